import { isObject, type JsonObject, parseJson, readObjects } from '../../json.ts';
import { type Change, out, to } from './edit.ts';
import { isEventStream, writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, isTo, onAnswer, onBody, onRequest } from './places.ts';

const route = 'responses';
const items = 'output.*';
const refuse = (status: number, message: string, param: string | null = null) =>
  writeJson(status, { error: { message, type: 'invalid_request_error', param, code: null } });
const refuseWhen = (when: (body: JsonObject) => boolean, message: string) =>
  insteadOf((request, body) =>
    request.method === 'POST' && isTo(request, route) && when(body) ? refuse(400, message) : undefined,
  );
const ofType =
  (type: string, change: (item: JsonObject) => unknown): Change =>
  (old) =>
    isObject(old) && old['type'] === type ? change(old) : old;
const without = (key: string) => (item: JsonObject) =>
  Object.fromEntries(Object.entries(item).filter(([name]) => name !== key));
const inputItems = (body: JsonObject) => readObjects(body['input']);

const rowOf =
  (place: typeof onBody) =>
  (
    id: string,
    level: 'must' | 'should',
    summary: string,
    seen: readonly string[],
    path: string,
    change: Change,
  ): WireFault => ({ id: `response-${id}`, level, summary, seen, put: place(route, path, change) });
const bodyRow = rowOf(onBody);
const requestRow = rowOf(onRequest);

/** Responses that are no streams, and the state behind them. */
export const responseFaults: readonly WireFault[] = [
  bodyRow('object-absent', 'must', 'a response does not say what object it is', ['case RSP-01'], 'object', out),
  bodyRow(
    'id-of-chat',
    'should',
    'the id of a response begins with chatcmpl-',
    ['case RSP-01'],
    'id',
    to('chatcmpl-1'),
  ),
  bodyRow('created-absent', 'must', 'a response has no time', ['case RSP-01'], 'created_at', out),
  bodyRow('status-absent', 'must', 'a response has no status', ['case RSP-01'], 'status', out),
  bodyRow('status-done', 'must', 'the status of a response is "done"', ['case RSP-01'], 'status', (old) =>
    old === 'completed' ? 'done' : old,
  ),
  bodyRow('output-absent', 'must', 'a response has no output', ['case RSP-01'], 'output', out),
  bodyRow('output-text', 'must', 'the output of a response is a text', ['case RSP-01'], 'output', to('Hello')),
  bodyRow('usage-of-chat', 'must', 'the usage of a response has the keys of chat', ['case RSP-01'], 'usage', (old) => {
    if (!isObject(old)) return old;
    return {
      prompt_tokens: old['input_tokens'],
      completion_tokens: old['output_tokens'],
      total_tokens: old['total_tokens'],
    };
  }),
  bodyRow('usage-absent', 'must', 'a response has no usage', ['case RSP-01'], 'usage', out),
  bodyRow(
    'usage-details-absent',
    'should',
    'the usage of a response has no details',
    ['case RSP-15'],
    'usage.output_tokens_details',
    out,
  ),
  bodyRow(
    'message-type-absent',
    'must',
    'a message of the output does not say its type',
    ['case RSP-02'],
    items,
    ofType('message', without('type')),
  ),
  bodyRow(
    'message-id-absent',
    'must',
    'a message of the output has no id',
    ['case RSP-02'],
    items,
    ofType('message', without('id')),
  ),
  bodyRow(
    'message-role-absent',
    'must',
    'a message of the output has no role',
    ['case RSP-02'],
    items,
    ofType('message', without('role')),
  ),
  bodyRow(
    'content-text',
    'must',
    'the content of a message is a text',
    ['case RSP-02'],
    items,
    ofType('message', (item) => ({ ...item, content: 'Hello' })),
  ),
  bodyRow(
    'part-of-chat',
    'must',
    'the parts of a message have the type "text"',
    ['case RSP-02'],
    'output.*.content.*.type',
    (old) => (old === 'output_text' ? 'text' : old),
  ),
  bodyRow(
    'annotations-absent',
    'must',
    'parts of text have no annotations',
    ['case RSP-02'],
    'output.*.content.*.annotations',
    out,
  ),
  bodyRow(
    'echo-absent',
    'should',
    'a response does not repeat tools, tool_choice and text',
    ['case RSP-03'],
    'tools',
    out,
  ),
  bodyRow(
    'tool-choice-echo-absent',
    'should',
    'a response does not repeat tool_choice',
    ['case RSP-03'],
    'tool_choice',
    out,
  ),
  bodyRow(
    'incomplete-details-absent',
    'should',
    'a response has no incomplete_details',
    ['case RSP-03'],
    'incomplete_details',
    out,
  ),
  bodyRow(
    'call-id-absent',
    'must',
    'a function call of the output has no call_id',
    ['case RSP-07'],
    items,
    ofType('function_call', without('call_id')),
  ),
  bodyRow(
    'call-of-chat',
    'must',
    'a function call of the output has the type tool_call',
    ['case RSP-07'],
    items,
    ofType('function_call', (item) => ({ ...item, type: 'tool_call' })),
  ),
  bodyRow(
    'call-arguments-object',
    'must',
    'arguments of a function call of the output are an object',
    ['case RSP-07'],
    items,
    ofType('function_call', (item) => ({ ...item, arguments: parseJson(String(item['arguments'])) })),
  ),
  bodyRow('call-lost', 'must', 'a function call of the output is lost', ['case RSP-07'], 'output', (old) =>
    readObjects(old).filter(({ type }) => type !== 'function_call'),
  ),
  bodyRow(
    'cut-says-completed',
    'must',
    'a response that ran out of tokens is completed',
    ['case RSP-10'],
    'status',
    (old) => (old === 'incomplete' ? 'completed' : old),
  ),
  bodyRow(
    'cut-without-reason',
    'must',
    'an incomplete response does not say why',
    ['case RSP-10'],
    'incomplete_details',
    to(null),
  ),
  requestRow(
    'max-tokens-ignored',
    'must',
    'max_output_tokens is ignored',
    ['case RSP-10'],
    'max_output_tokens',
    (old) => (Number(old) >= 16 ? undefined : old),
  ),
  requestRow(
    'max-tokens-small-accepted',
    'should',
    'max_output_tokens below 16 is taken',
    ['case RSP-11'],
    'max_output_tokens',
    (old) => (typeof old === 'number' && old < 16 ? 16 : old),
  ),
  requestRow('format-ignored', 'must', 'text.format is ignored', ['case RSP-12'], 'text', out),
  requestRow('instructions-ignored', 'must', 'instructions are ignored', ['case RSP-06'], 'instructions', out),
  requestRow('tools-ignored', 'must', 'tools are ignored', ['case RSP-07'], 'tools', (old) =>
    readObjects(old).length > 0 ? [] : old,
  ),
  requestRow('tool-choice-ignored', 'should', 'tool_choice is ignored', ['case RSP-09'], 'tool_choice', (old, body) =>
    readObjects(body['tools']).length === 0 || old === undefined ? old : 'auto',
  ),
  requestRow(
    'history-dropped',
    'must',
    'of a list of input items only the last reaches the model',
    ['case RSP-05'],
    'input',
    (old) =>
      Array.isArray(old) && old.length > 1 && !readObjects(old).some(({ type }) => type === 'function_call_output')
        ? (old as unknown[]).slice(-1)
        : old,
  ),
  requestRow(
    'call-output-ignored',
    'must',
    'function_call_output does not reach the model',
    ['case RSP-08'],
    'input.*.output',
    to(''),
  ),
  requestRow(
    'previous-ignored',
    'should',
    'previous_response_id is ignored',
    ['case RSS-02'],
    'previous_response_id',
    out,
  ),
  requestRow('store-false-ignored', 'should', 'store: false is ignored', ['case RSS-03'], 'store', out),
  requestRow('store-ignored', 'should', 'nothing is kept', ['case RSS-01'], 'store', to(false)),
  requestRow(
    'hosted-tools-dropped',
    'should',
    'tools the endpoint does not have are dropped',
    ['case RSP-18'],
    'tools',
    (old) => {
      const kept = readObjects(old).filter(({ type }) => type === 'function');
      return kept.length === readObjects(old).length ? old : kept;
    },
  ),
  {
    id: 'response-list-refused',
    level: 'must',
    summary: 'input as a list is refused',
    seen: ['case RSP-05'],
    put: refuseWhen(({ input }) => Array.isArray(input), 'input must be a string'),
  },
  {
    id: 'response-shorthand-refused',
    level: 'must',
    summary: 'input items without a type are refused',
    seen: ['case RSP-05'],
    put: refuseWhen(
      (body) => inputItems(body).some(({ type, role }) => type === undefined && role !== undefined),
      'item type is required',
    ),
  },
  {
    id: 'response-call-output-refused',
    level: 'must',
    summary: 'function_call_output is refused',
    seen: ['case RSP-08'],
    put: refuseWhen(
      (body) => inputItems(body).some(({ type }) => type === 'function_call_output'),
      'unknown item type',
    ),
  },
  {
    id: 'response-ids-required',
    level: 'should',
    summary: 'items of the history need an id',
    seen: ['case RSP-16'],
    put: refuseWhen(
      (body) => inputItems(body).some(({ role, id }) => role === 'assistant' && id === undefined),
      'id is required',
    ),
  },
  {
    id: 'response-previous-500',
    level: 'should',
    summary: 'an unknown previous_response_id gives a server error',
    seen: ['case RSP-19'],
    put: onAnswer((answer, { text }) =>
      answer.status >= 400 && text.includes('previous_response_id')
        ? writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } })
        : undefined,
    ),
  },
  {
    id: 'response-delete-ignored',
    level: 'should',
    summary: 'a deleted response can still be read',
    seen: ['case RSS-04'],
    put: insteadOf((request) =>
      request.method === 'DELETE' && isTo(request, route)
        ? writeJson(200, { id: request.path.split('/').at(-1), object: 'response', deleted: true })
        : undefined,
    ),
  },
  {
    id: 'response-input-items-absent',
    level: 'should',
    summary: 'the input of a response cannot be listed',
    seen: ['case RSS-05'],
    put: insteadOf(({ path }) => (path.endsWith('/input_items') ? refuse(404, 'Not found') : undefined)),
  },
  {
    id: 'responses-route-absent',
    level: 'must',
    summary: 'there is no Responses API',
    seen: ['https://github.com/vercel/ai/issues/18226', 'https://github.com/BerriAI/litellm/issues/13352'],
    put: insteadOf((request) => (isTo(request, route) ? refuse(404, 'Invalid URL (POST /v1/responses)') : undefined)),
  },
  {
    id: 'response-as-chat',
    level: 'must',
    summary: 'a response has the form of a chat answer',
    seen: ['https://github.com/vercel/ai/issues/17944'],
    put: onAnswer((answer, request) =>
      request.method === 'POST' && isTo(request, route) && answer.status === 200 && !isEventStream(answer)
        ? writeJson(200, {
            id: 'chatcmpl-1',
            object: 'chat.completion',
            created: 1,
            model: 'm',
            choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
            usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
          })
        : undefined,
    ),
  },
];
