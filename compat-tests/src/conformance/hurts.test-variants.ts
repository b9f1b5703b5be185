import { chatAnswer } from '../exchanges.test-material.ts';

/** An answer of an endpoint: its status, its type, and its text. */
export interface Wire {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** What a client asks, and OpenAI's answer to it. */
export type Base = 'text' | 'tools' | 'text stream' | 'tool stream' | 'refusal' | 'wrong key' | 'unknown model';

/** One way in which an endpoint leaves a case. */
export interface Variant {
  readonly case: string;
  readonly says: string;
  readonly base: Base;
  readonly wire: Wire;
}

type Json = Record<string, unknown>;
interface Piece extends Json {
  choices: Array<Json & { delta: Json & { tool_calls?: Array<Json & { function: Json }> }; finish_reason: unknown }>;
}

const json = (value: unknown, status = 200, type = 'application/json'): Wire => ({
  status,
  type,
  text: JSON.stringify(value),
});
const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
});
const text = chatAnswer({ content: 'It is mild.' });
const tools = chatAnswer({ tool_calls: [call('call_1', 'Paris'), call('call_2', 'London')] }, 'tool_calls');
const envelope = (code: string | null, message: string, param: string | null = null) => ({
  error: { message, type: 'invalid_request_error', param, code },
});
const refusal = envelope('invalid_type', 'temperature must be a number', 'temperature');
const wrongKey = envelope('invalid_api_key', 'Incorrect API key provided');
const unknownModel = envelope('model_not_found', 'The model does not exist', 'model');

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_764_000_000, model: 'gpt-4o-mini' };
const piece = (delta: Json, finish_reason: string | null = null): Piece =>
  ({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null }) as unknown as Piece;
const usage = { ...head, choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } };
const start = (index: number, id: string) =>
  piece({ tool_calls: [{ index, id, type: 'function', function: { name: 'get_weather', arguments: '' } }] });
const more = (index: number, args: string) => piece({ tool_calls: [{ index, function: { arguments: args } }] });

const textPieces = () => [
  piece({ role: 'assistant', content: '' }),
  piece({ content: 'It is' }),
  piece({ content: ' mild.' }),
  piece({}, 'stop'),
  structuredClone(usage) as unknown as Piece,
];
const toolPieces = () => [
  piece({ role: 'assistant', content: null }),
  start(0, 'call_1'),
  more(0, '{"city":'),
  more(0, '"Paris"}'),
  start(1, 'call_2'),
  more(1, '{"city":"London"}'),
  piece({}, 'tool_calls'),
  structuredClone(usage) as unknown as Piece,
];
const write = (pieces: readonly unknown[], end = 'data: [DONE]\n\n'): Wire => ({
  status: 200,
  type: 'text/event-stream',
  text: pieces.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('') + end,
});

/** What OpenAI answers. */
export const bases: Readonly<Record<Base, Wire>> = {
  text: json(text),
  tools: json(tools),
  'text stream': write(textPieces()),
  'tool stream': write(toolPieces()),
  refusal: json(refusal, 400),
  'wrong key': json(wrongKey, 401),
  'unknown model': json(unknownModel, 404),
};

const whole = (
  id: string,
  says: string,
  change: (body: Json & typeof text) => void,
  base: 'text' | 'tools' = 'text',
): Variant => {
  const body = structuredClone(base === 'text' ? text : tools) as unknown as Json & typeof text;
  change(body);
  return { case: id, says, base, wire: json(body) };
};
const streamed = (
  id: string,
  says: string,
  change: (pieces: Piece[]) => Piece[] | void,
  base: 'text stream' | 'tool stream' = 'text stream',
): Variant => {
  const pieces = base === 'text stream' ? textPieces() : toolPieces();
  return { case: id, says, base, wire: write(change(pieces) ?? pieces) };
};
const each = (change: (one: Piece) => void) => (pieces: Piece[]) => pieces.forEach(change);
const eachCall = (change: (fragment: Json & { function: Json }, isFirst: boolean) => void) => (pieces: Piece[]) => {
  for (const fragment of pieces.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? [])))
    change(fragment, fragment['id'] !== undefined);
};
const choice = (body: Json) => (body['choices'] as Json[])[0] as Json & { message: Json };
const calls = (body: Json) => choice(body).message['tool_calls'] as Array<Json & { function: Json }>;

/** Every way that is tried, by case. */
export const variants: readonly Variant[] = [
  { case: 'HTTP-01', says: 'text/plain', base: 'text', wire: { ...bases.text, type: 'text/plain' } },
  whole('CHAT-01', 'without id', (body) => delete (body as Json)['id']),
  whole('CHAT-01', 'without object', (body) => delete (body as Json)['object']),
  whole('CHAT-01', 'without choices', (body) => ((body as Json)['choices'] = [])),
  whole('CHAT-04', 'without role', (body) => delete choice(body).message['role']),
  whole('CHAT-04', 'without index', (body) => delete choice(body)['index']),
  whole('CHAT-05', 'finish_reason "eos"', (body) => (choice(body)['finish_reason'] = 'eos')),
  whole('CHAT-05', 'finish_reason null', (body) => (choice(body)['finish_reason'] = null)),
  whole('CHAT-06', 'content absent beside calls', (body) => delete choice(body).message['content'], 'tools'),
  whole('USG-01', 'without usage', (body) => delete (body as Json)['usage']),
  {
    case: 'STR-01',
    says: 'application/json',
    base: 'text stream',
    wire: { ...bases['text stream'], type: 'application/json' },
  },
  {
    case: 'STR-02',
    says: 'a line of JSON without data:',
    base: 'text stream',
    wire: { ...bases['text stream'], text: bases['text stream'].text.replaceAll('data: {', '{') },
  },
  {
    case: 'STR-02',
    says: 'a piece that is no JSON',
    base: 'text stream',
    wire: { ...bases['text stream'], text: bases['text stream'].text.replace('data: {"id"', 'data: {id') },
  },
  { case: 'STR-03', says: 'without [DONE]', base: 'text stream', wire: write(textPieces(), '') },
  { case: 'STR-03', says: 'cut off before its end', base: 'text stream', wire: write(textPieces().slice(0, 3), '') },
  streamed('STR-04', 'a chunk without choices', (pieces) =>
    each((one) => void (one.choices.length === 0 && delete (one as Json)['choices']))(pieces),
  ),
  streamed(
    'STR-04',
    'without object',
    each((one) => delete one['object']),
  ),
  streamed('STR-05', 'an id for each chunk', (pieces) => pieces.forEach((one, at) => (one['id'] = `chatcmpl-${at}`))),
  streamed('STR-06', 'created changes', (pieces) => pieces.forEach((one, at) => (one['created'] = 1_764_000_000 + at))),
  streamed(
    'STR-07',
    'without a role',
    each(({ choices }) => choices.forEach(({ delta }) => delete delta['role'])),
  ),
  streamed(
    'STR-07',
    'the role in each chunk',
    each(({ choices }) => choices.forEach(({ delta }) => (delta['role'] = 'assistant'))),
  ),
  streamed(
    'STR-11',
    'without finish_reason',
    each(({ choices }) => choices.forEach((one) => (one.finish_reason = null))),
  ),
  streamed('STR-11', 'finish_reason twice', (pieces) => [...pieces.slice(0, 4), piece({}, 'stop'), ...pieces.slice(4)]),
  streamed('STR-12', 'text beside finish_reason', (pieces) => [
    ...pieces.slice(0, 2),
    piece({ content: ' mild.' }, 'stop'),
    ...pieces.slice(4),
  ]),
  streamed('STR-13', 'no usage', (pieces) => pieces.slice(0, -1)),
  streamed('STR-13', 'usage in the chunk of the end', (pieces) => {
    (pieces[3] as Json)['usage'] = usage.usage;
    return pieces.slice(0, -1);
  }),
  streamed(
    'LEN-09',
    'finish_reason "" until the end',
    each(({ choices }) => choices.forEach((one) => (one.finish_reason ??= ''))),
  ),
  { case: 'STR-18', says: 'the refusal in a stream of 200', base: 'refusal', wire: write([refusal]) },
  streamed(
    'STT-01',
    'without index',
    eachCall((fragment) => delete fragment['index']),
    'tool stream',
  ),
  streamed(
    'STT-02',
    'without type',
    eachCall((fragment) => delete fragment['type']),
    'tool stream',
  ),
  streamed(
    'STT-02',
    'without id',
    eachCall((fragment) => delete fragment['id']),
    'tool stream',
  ),
  streamed(
    'STT-03',
    'id and name in each fragment',
    (pieces) => {
      let [id, name] = ['', ''];
      eachCall((fragment, isFirst) => {
        if (isFirst) [id, name] = [String(fragment['id']), String(fragment.function['name'])];
        fragment['id'] = id;
        fragment.function['name'] = name;
      })(pieces);
    },
    'tool stream',
  ),
  streamed('STT-04', 'arguments cut off', (pieces) => pieces.filter((_one, at) => at !== 3), 'tool stream'),
  streamed(
    'STT-05',
    'ends by "stop"',
    each(({ choices }) => choices.forEach((one) => (one.finish_reason = one.finish_reason === null ? null : 'stop'))),
    'tool stream',
  ),
  streamed(
    'STT-07',
    'both calls at index 0',
    eachCall((fragment) => (fragment['index'] = 0)),
    'tool stream',
  ),
  streamed(
    'STT-12',
    'arguments as an object',
    eachCall((fragment, isFirst) => (fragment.function['arguments'] = isFirst ? {} : JSON.parse('{"city":"Paris"}'))),
    'tool stream',
  ),
  whole('TOOL-02', 'without id', (body) => calls(body).forEach((one) => delete one['id']), 'tools'),
  whole('TOOL-02', 'without type', (body) => calls(body).forEach((one) => delete one['type']), 'tools'),
  whole(
    'TOOL-02',
    'arguments as an object',
    (body) => calls(body).forEach((one) => (one.function['arguments'] = { city: 'Paris' })),
    'tools',
  ),
  whole(
    'TOOL-03',
    'arguments that are no JSON',
    (body) => calls(body).forEach((one) => (one.function['arguments'] = '{"city":')),
    'tools',
  ),
  { case: 'ERR-01', says: 'no envelope', base: 'refusal', wire: json(refusal.error, 400) },
  {
    case: 'ERR-01',
    says: 'an error that is a text',
    base: 'refusal',
    wire: json({ error: refusal.error.message }, 400),
  },
  { case: 'ERR-01', says: 'detail', base: 'refusal', wire: json({ detail: refusal.error.message }, 400) },
  {
    case: 'ERR-16',
    says: 'a number as code',
    base: 'refusal',
    wire: json({ error: { ...refusal.error, code: 400 } }, 400),
  },
  {
    case: 'ERR-18',
    says: 'application/octet-stream',
    base: 'refusal',
    wire: { ...bases.refusal, type: 'application/octet-stream' },
  },
  { case: 'ERR-03', says: '403', base: 'wrong key', wire: { ...bases['wrong key'], status: 403 } },
  { case: 'ERR-04', says: '500', base: 'unknown model', wire: { ...bases['unknown model'], status: 500 } },
];
