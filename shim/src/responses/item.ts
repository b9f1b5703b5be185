import type { WireObject } from '../wire.ts';

/** An input or output item of the Responses API with its id: a message, a function call, its output, reasoning. */
export type Item = WireObject & { readonly id: string; readonly type: string };

/** Ids start with what they name, as OpenAI's do. Source: OpenAI's recorded answers, checked 2026-11-23. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  reasoning: 'rs',
  web_search_call: 'ws',
  file_search_call: 'fs',
  code_interpreter_call: 'ci',
  mcp_call: 'mcp',
};

/** Makes an id such as `resp_3f…`: the prefix and 48 hex digits. */
export function makeObjectId(prefix: string): string {
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, '0'));
  return `${prefix}_${hex.join('')}`;
}

/** Makes the id of an item by its type. */
export function makeItemId(type: string): string {
  return makeObjectId(prefixes[type] ?? 'item');
}

/** Gives an input item its type and id; the short form `{role, content}` is a message. */
export function identifyItem(item: WireObject): Item {
  const type = typeof item['type'] === 'string' ? item['type'] : 'message';
  const id = typeof item['id'] === 'string' && item['id'] !== '' ? item['id'] : makeItemId(type);
  return type === 'message' ? { ...completeMessage(item), id, type } : { ...item, id, type };
}

/** Writes a message as OpenAI stores it: content as parts, with a status. */
function completeMessage(item: WireObject): WireObject {
  const { content } = item;
  const kind = item['role'] === 'assistant' ? 'output_text' : 'input_text';
  const parts =
    typeof content === 'string'
      ? [kind === 'output_text' ? { type: kind, text: content, annotations: [] } : { type: kind, text: content }]
      : content;
  return { ...item, content: parts, status: item['status'] ?? 'completed' };
}
