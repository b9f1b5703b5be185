import { type WireAnswer, writeJson } from '../endpoint.ts';
import { isObject, type JsonObject, readObjects } from '../json.ts';
import { writeStream } from './chat.ts';
import {
  checkFields,
  countPrompt,
  readChoice,
  readFormat,
  readLimits,
  readTools,
  samplingChecks,
} from './chat-request.ts';
import { generate, type Generation } from './generation.ts';
import { readImageColour } from './image.ts';
import { writeLogprobs } from './logprobs.ts';
import type { Models } from './models.ts';
import { Refusal, refuseAbsence, refuseType, refuseValue } from './refusal.ts';
import { writeResponseEvents } from './response-events.ts';
import type { Turn } from './script.ts';
import { createVariety, type State } from './state.ts';

const any = () => {};
/** Parameters of the Responses API beside those of sampling. Source: https://platform.openai.com/docs/api-reference/responses/create, checked 2026-11-25 */
const checks = {
  ...samplingChecks,
  ...Object.fromEntries(
    [
      'model',
      'input',
      'instructions',
      'max_output_tokens',
      'max_tool_calls',
      'text',
      'tool_choice',
      'previous_response_id',
      'conversation',
      'include',
      'truncation',
      'background',
      'reasoning',
      'stream_options',
      'prompt',
      'context_management',
    ].map((name) => [name, any]),
  ),
};

/** POST /responses. @throws {Refusal} */
export function answerResponses(body: JsonObject, state: State, models: Models): WireAnswer {
  checkFields(body, checks, (name) => new Refusal(400, `Unknown parameter: '${name}'.`, name, 'unknown_parameter'));
  if (body['model'] === undefined || body['model'] === null) throw refuseAbsence('model');
  const model = models.find(body['model'], 'chat', 400);
  const { max_output_tokens: maxTokens } = body;
  if (typeof maxTokens === 'number' && maxTokens < 16)
    throw refuseValue(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${maxTokens} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  if (body['previous_response_id'] && body['conversation'])
    throw new Refusal(
      400,
      "Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
      null,
      'mutually_exclusive_parameters',
    );
  const input = readInput(body['input'], state);
  const earlier = readEarlier(body, state);
  const instructions =
    typeof body['instructions'] === 'string' ? [{ role: 'system' as const, text: body['instructions'] }] : [];
  const turns = [...instructions, ...[...earlier, ...input].map((item, at) => readItem(item, at, model.sees))];
  const tools = readTools(body['tools'], false);
  const choice = readChoice(body['tool_choice'], tools, false);
  const text = isObject(body['text']) ? body['text'] : {};
  const format = readFormat(text['format'], turns, false);
  const inputTokens = countPrompt(turns, body['tools']);
  const limits = readLimits(maxTokens, undefined, inputTokens, 'input');
  const generation = generate(
    {
      turns,
      tools,
      choice,
      parallel: body['parallel_tool_calls'] !== false,
      format,
      variety: createVariety(state, body, 0),
    },
    limits,
  );
  const thought = model.reasons ? 8 : 0;
  const id = state.createId('resp_');
  const output = writeOutput(generation, body, model.reasons, state);
  const cut = generation.finish === 'length';
  const base = {
    id,
    object: 'response',
    created_at: state.now(),
    background: body['background'] === true,
    ...echo(body, text, tools.length),
    model: model.name,
  };
  const item: JsonObject = {
    ...base,
    status: cut ? 'incomplete' : 'completed',
    completed_at: cut ? null : state.now(),
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output,
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: generation.size + thought,
      output_tokens_details: { reasoning_tokens: thought },
      total_tokens: inputTokens + generation.size + thought,
    },
  };
  const begun = {
    ...base,
    status: 'in_progress',
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
  };
  if (body['store'] !== false) state.responses.set(id, { item, input: [...earlier, ...input] });
  keepInConversation(body, state, [...input, ...output]);
  if (body['background'] === true && body['stream'] !== true) {
    // It is done at the first look, as a fast job would be.
    return writeJson(200, { ...begun, status: 'queued' });
  }
  if (body['stream'] !== true) return writeJson(200, item);
  const events = writeResponseEvents(begun, item);
  return writeStream(events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`));
}

/** POST /responses/input_tokens. @throws {Refusal} */
export function countInput(body: JsonObject, state: State): WireAnswer {
  const turns = [...readEarlier(body, state), ...readInput(body['input'], state)].map((item, at) =>
    readItem(item, at, true),
  );
  const instructions =
    typeof body['instructions'] === 'string' ? [{ role: 'system' as const, text: body['instructions'] }] : [];
  return writeJson(200, {
    object: 'response.input_tokens',
    input_tokens: countPrompt([...instructions, ...turns], body['tools']),
  });
}

function echo(body: JsonObject, text: JsonObject, tools: number): JsonObject {
  const or = (name: string, fallback: unknown) => body[name] ?? fallback;
  return {
    error: null,
    instructions: or('instructions', null),
    max_output_tokens: or('max_output_tokens', null),
    max_tool_calls: or('max_tool_calls', null),
    parallel_tool_calls: or('parallel_tool_calls', true),
    previous_response_id: or('previous_response_id', null),
    conversation:
      body['conversation'] === undefined || body['conversation'] === null ? null : { id: conversationId(body) },
    prompt_cache_key: or('prompt_cache_key', null),
    reasoning: or('reasoning', { effort: null, summary: null }),
    safety_identifier: or('safety_identifier', null),
    service_tier: 'default',
    store: or('store', true),
    temperature: or('temperature', 1),
    text: { ...text, format: text['format'] ?? { type: 'text' }, verbosity: text['verbosity'] ?? 'medium' },
    tool_choice: or('tool_choice', 'auto'),
    tools: tools === 0 ? [] : readObjects(body['tools']).map((tool) => ({ description: null, strict: true, ...tool })),
    top_logprobs: or('top_logprobs', 0),
    top_p: or('top_p', 1),
    truncation: or('truncation', 'disabled'),
    frequency_penalty: 0,
    presence_penalty: 0,
    user: or('user', null),
    metadata: or('metadata', {}),
  };
}

/** The input items as the API stores them, with ids. */
function readInput(input: unknown, state: State): JsonObject[] {
  if (input === undefined || input === null) throw refuseAbsence('input');
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  if (!Array.isArray(items)) throw refuseType('input', 'one of a string or an array of objects', input);
  if (items.length === 0) throw refuseAbsence('input');
  return items.map((item: unknown, at) => {
    if (!isObject(item)) throw refuseType(`input[${at}]`, 'an object', item);
    if (item['role'] === undefined) return { id: state.createId('item_'), ...item };
    const type = item['role'] === 'assistant' ? 'output_text' : 'input_text';
    const content =
      typeof item['content'] === 'string'
        ? [{ type, text: item['content'], ...(type === 'output_text' ? { annotations: [] } : {}) }]
        : item['content'];
    return { id: state.createId('msg_'), type: 'message', status: 'completed', ...item, content };
  });
}

function readEarlier(body: JsonObject, state: State): readonly JsonObject[] {
  const { previous_response_id: previous } = body;
  if (typeof previous === 'string') {
    const stored = state.responses.get(previous);
    if (stored === undefined)
      throw new Refusal(
        400,
        `Previous response with id '${previous}' not found.`,
        'previous_response_id',
        'previous_response_not_found',
      );
    return [...stored.input, ...readObjects(stored.item['output'])];
  }
  if (body['conversation'] === undefined || body['conversation'] === null) return [];
  const held = state.conversations.get(conversationId(body));
  if (held === undefined)
    throw new Refusal(404, `Conversation with id '${conversationId(body)}' not found.`, 'conversation', null);
  return held.items;
}

function conversationId(body: JsonObject): string {
  const { conversation } = body;
  return String(isObject(conversation) ? conversation['id'] : conversation);
}

function keepInConversation(body: JsonObject, state: State, items: readonly JsonObject[]): void {
  const held = state.conversations.get(conversationId(body));
  if (held !== undefined) held.items = [...held.items, ...items];
}

function readItem(item: JsonObject, at: number, sees: boolean): Turn {
  const here = `input[${at}]`;
  const { type = 'message', role } = item;
  if (type === 'function_call')
    return { role: 'assistant', text: `${String(item['name'])}(${String(item['arguments'])})` };
  if (type === 'function_call_output')
    return { role: 'tool', text: readParts(item['output'], `${here}.output`, sees).text };
  if (type === 'reasoning') return { role: 'assistant', text: '' };
  if (type !== 'message')
    throw refuseValue(
      `Invalid value: '${String(type)}'. Supported values are: 'message', 'function_call', 'function_call_output', and 'reasoning'.`,
      `${here}.type`,
    );
  if (!['user', 'assistant', 'system', 'developer'].includes(String(role)))
    throw refuseValue(
      `Invalid value: '${String(role)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      `${here}.role`,
    );
  return {
    role: role === 'developer' ? 'system' : (role as Turn['role']),
    ...readParts(item['content'], `${here}.content`, sees),
  };
}

function readParts(
  content: unknown,
  param: string,
  sees: boolean,
): { readonly text: string; readonly images?: readonly string[] } {
  if (typeof content === 'string') return { text: content };
  if (!Array.isArray(content)) throw refuseType(param, 'one of a string or array of objects', content);
  const images: string[] = [];
  const texts = readObjects(content).map((part, at) => {
    const here = `${param}[${at}]`;
    if (part['type'] === 'input_image') {
      if (!sees) throw new Refusal(400, 'This model does not support image inputs.', 'input', 'invalid_value');
      images.push(readImageColour(part['image_url'], `${here}.image_url`));
      return '';
    }
    if (!['input_text', 'output_text', 'refusal'].includes(String(part['type'])))
      throw refuseValue(
        `Invalid value: '${String(part['type'])}'. Supported values are: 'input_text', 'input_image', 'output_text', and 'refusal'.`,
        `${here}.type`,
      );
    return String(part['text'] ?? part['refusal'] ?? '');
  });
  return images.length > 0 ? { text: texts.join(''), images } : { text: texts.join('') };
}

function writeOutput(generation: Generation, body: JsonObject, reasons: boolean, state: State): JsonObject[] {
  const { tokens, calls, finish } = generation;
  const status = finish === 'length' ? 'incomplete' : 'completed';
  const wantsLogprobs =
    (Array.isArray(body['include']) && body['include'].includes('message.output_text.logprobs')) ||
    Number(body['top_logprobs'] ?? 0) > 0;
  const thoughts = reasons ? [{ id: state.createId('rs_'), type: 'reasoning', summary: [], content: [] }] : [];
  if (calls.length > 0) {
    return [
      ...thoughts,
      ...calls.map(({ name, arguments: text }) => ({
        id: state.createId('fc_'),
        type: 'function_call',
        status,
        arguments: text,
        call_id: state.createId('call_'),
        name,
      })),
    ];
  }
  const logprobs = wantsLogprobs ? writeLogprobs(tokens, Number(body['top_logprobs'] ?? 0)) : [];
  return [
    ...thoughts,
    {
      id: state.createId('msg_'),
      type: 'message',
      status,
      content: [{ type: 'output_text', annotations: [], logprobs, text: tokens.join('') }],
      role: 'assistant',
    },
  ];
}
