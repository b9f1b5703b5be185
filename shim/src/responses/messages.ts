import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';
import type { Item } from './item.ts';
import { mapParts, textOfParts } from './parts.ts';

/** Items of tools that ran at OpenAI, and what only OpenAI can read: an endpoint has no use for them. */
const foreign: Readonly<Record<string, string>> = {
  web_search_call: 'a search that ran at OpenAI',
  file_search_call: 'a search that ran at OpenAI',
  code_interpreter_call: 'code that ran at OpenAI',
  image_generation_call: 'an image made at OpenAI',
  computer_call: 'an action of OpenAI’s computer tool',
  computer_call_output: 'an output of OpenAI’s computer tool',
  local_shell_call: 'an action of OpenAI’s shell tool',
  local_shell_call_output: 'an output of OpenAI’s shell tool',
  shell_call: 'an action of OpenAI’s shell tool',
  shell_call_output: 'an output of OpenAI’s shell tool',
  apply_patch_call: 'an action of OpenAI’s patch tool',
  apply_patch_call_output: 'an output of OpenAI’s patch tool',
  mcp_list_tools: 'a list of tools OpenAI fetched',
  mcp_call: 'a tool call OpenAI made',
  mcp_approval_request: 'a question of OpenAI’s MCP tool',
  mcp_approval_response: 'an answer to OpenAI’s MCP tool',
  tool_search_call: 'a tool search that ran at OpenAI',
  tool_search_output: 'a tool search that ran at OpenAI',
  program_output: 'an output of a program that ran at OpenAI',
};

type Message = Record<string, unknown>;

/**
 * Writes items as chat messages. What one turn of the assistant said, its text and its calls, is one message, and the calls' outputs follow it,
 * so that client-held items and stored ones give the same history. Throws a `Refusal` for items that cannot be told.
 */
export function writeMessages(items: readonly Item[], instructions: unknown, report: Report): readonly WireObject[] {
  const messages: Message[] = [];
  if (typeof instructions === 'string' && instructions !== '') messages.push({ role: 'system', content: instructions });
  let turn: Message | undefined;
  const assistant = (): Message => {
    if (turn === undefined) {
      turn = { role: 'assistant', content: null };
      messages.push(turn);
    }
    return turn;
  };
  const addCall = (id: unknown, name: unknown, args: string, place: string): void => {
    if (typeof id !== 'string' || typeof name !== 'string')
      throw refuseRequest(`${place} lacks call_id or name`, place, 'missing_required_parameter');
    const message = assistant();
    const calls = (message['tool_calls'] ??= []) as unknown[];
    calls.push({ id, type: 'function', function: { name, arguments: args } });
  };

  items.forEach((item, index) => {
    const place = `input[${index}]`;
    switch (item.type) {
      case 'message':
        if (item['role'] === 'assistant') {
          // A text after calls that wait for their outputs belongs to the same turn.
          const message = assistant();
          const text = textOfParts(item['content'], `${place}.content`);
          message['content'] = isAbsent(message['content']) ? text : `${String(message['content'])}${text}`;
          return;
        }
        turn = undefined;
        messages.push({ role: item['role'], content: mapParts(item['content'], `${place}.content`, report) });
        return;
      case 'function_call':
        addCall(item['call_id'], item['name'], asText(item['arguments']) ?? '', place);
        return;
      case 'custom_tool_call':
        addCall(item['call_id'], item['name'], JSON.stringify({ input: item['input'] ?? '' }), place);
        return;
      case 'function_call_output':
      case 'custom_tool_call_output': {
        turn = undefined;
        const { text, others } = splitOutput(item['output'], `${place}.output`, report);
        messages.push({ role: 'tool', tool_call_id: item['call_id'], content: text });
        if (others.length > 0) messages.push({ role: 'user', content: others });
        return;
      }
      case 'reasoning':
        report.add({
          code: 'reasoning-not-sent',
          severity: 'info',
          where: `request.${place}`,
          what: 'reasoning of an earlier turn left out',
          why: 'chat endpoints take the history without it',
          fix: '',
        });
        return;
      case 'compaction':
        throw refuseRequest(
          `${place} is a compaction, which only OpenAI can read; send the items it was made of`,
          place,
          'unsupported_item',
        );
      default:
        if (foreign[item.type] === undefined)
          throw refuseRequest(
            `${place} has type "${item.type}", which the Responses API is not known to have`,
            `${place}.type`,
            'invalid_value',
          );
        report.add({
          code: 'item-not-sent',
          severity: 'lossy',
          where: `request.input[].${item.type}`,
          what: `${item.type} left out of the history`,
          why: `it is ${foreign[item.type] ?? ''}, and a chat endpoint has no form for it`,
          fix: 'Put what it found into a message, or into the output of a function of your own',
        });
    }
  });
  return orderOutputs(messages);
}

/** Puts each call's output right behind the message that called: a text the client put between them goes after. */
function orderOutputs(messages: readonly Message[]): readonly WireObject[] {
  const out: Message[] = [];
  const taken = new Set<Message>();
  messages.forEach((message, index) => {
    if (taken.has(message)) return;
    out.push(message);
    const calls = message['tool_calls'];
    if (!Array.isArray(calls)) return;
    const ids = new Set(calls.map((call: WireObject) => call['id']));
    for (const later of messages.slice(index + 1)) {
      if (later['role'] !== 'tool' || !ids.has(later['tool_call_id']) || taken.has(later)) continue;
      ids.delete(later['tool_call_id']);
      taken.add(later);
      out.push(later);
    }
  });
  return out;
}

/** An output may hold images and files, which a tool message of chat cannot: they follow as a user message. */
function splitOutput(
  output: unknown,
  place: string,
  report: Report,
): { readonly text: string; readonly others: readonly WireObject[] } {
  if (!Array.isArray(output)) return { text: asText(output) ?? JSON.stringify(output ?? ''), others: [] };
  const parts = mapParts(output, place, report);
  if (typeof parts === 'string') return { text: parts, others: [] };
  const isText = (part: WireObject) => part['type'] === 'text';
  const others = parts.filter((part) => !isText(part));
  if (others.length > 0)
    report.add({
      code: 'tool-output-split',
      severity: 'info',
      where: `request.${place}`,
      what: 'images of a tool’s output sent as a user message behind it',
      why: 'a tool message of chat completions holds text only',
      fix: '',
    });
  return {
    text: parts
      .filter(isText)
      .map((part) => String(part['text']))
      .join(''),
    others,
  };
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : undefined;
}
