import { isObject, type JsonObject, parseJson, readObjects } from '../../json.ts';
import { out } from './edit.ts';
import { isEventStream, joinBytes, readText, type Piece, type WireAnswer, writePieces } from '../../endpoint.ts';
import type { Put, Variation } from './fault.ts';
import { onAnswer, onBody, onEnvelope, onEventList, onEvents, onFrames, several } from './places.ts';

const chat = 'chat/completions';
const recode = (answer: WireAnswer, change: (text: string, at: number) => string): WireAnswer => ({
  ...answer,
  pieces: answer.pieces.map(({ bytes, waitMs }, at) => ({
    bytes: new TextEncoder().encode(change(new TextDecoder().decode(bytes), at)),
    waitMs,
  })),
});
const onStreamText = (change: (text: string, at: number) => string): Put =>
  onAnswer((answer) => (isEventStream(answer) ? recode(answer, change) : undefined));
const onEveryJson = (change: (text: string) => string): Put =>
  onAnswer((answer) => {
    if (isEventStream(answer) || !(answer.headers['content-type'] ?? '').startsWith('application/json'))
      return undefined;
    return { ...answer, pieces: writePieces(change(readText(answer))) };
  });
const onPieces = (change: (bytes: Uint8Array) => readonly Piece[]): Put =>
  onAnswer((answer) => ({ ...answer, pieces: change(joinBytes(answer.pieces)) }));
const slices = (bytes: Uint8Array, size: number, waitMs = 0): Piece[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => ({
    bytes: bytes.slice(at * size, (at + 1) * size),
    waitMs,
  }));
const header = (name: string, value: (answer: WireAnswer) => string): Put =>
  onAnswer((answer) => ({ ...answer, headers: { ...answer.headers, [name]: value(answer) } }));
const firstDelta = (change: (delta: JsonObject) => JsonObject): Put =>
  onEvents(chat, 'choices.*.delta', (old) => (isObject(old) && old['role'] !== undefined ? change(old) : old));
const backwards = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(backwards);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, held]) => [key, backwards(held)]),
  );
};
const escaped = (text: string) =>
  text.replace(/[\u0080-\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const padding = 'x'.repeat(70_000);

/** Ways in which sound endpoints differ, OpenAI's own included. */
export const variations: readonly Variation[] = [
  { id: 'line-ends-crlf', summary: 'events end in CR LF', put: onStreamText((text) => text.replaceAll('\n', '\r\n')) },
  { id: 'line-ends-cr', summary: 'events end in CR', put: onStreamText((text) => text.replaceAll('\n', '\r')) },
  {
    id: 'stream-bom',
    summary: 'a stream begins with a byte order mark',
    put: onStreamText((text, at) => (at === 0 ? `\uFEFF${text}` : text)),
  },
  {
    id: 'stream-comments',
    summary: 'comments stand between events',
    put: onStreamText((text) => text.replaceAll('\n\n', '\n\n: PROCESSING\n\n')),
  },
  {
    id: 'stream-comment-first',
    summary: 'a stream begins with a comment',
    put: onStreamText((text, at) => (at === 0 ? `: ping\n\n${text}` : text)),
  },
  {
    id: 'stream-no-space',
    summary: 'no space stands after `data:`',
    put: onStreamText((text) => text.replaceAll(/^data: /gm, 'data:')),
  },
  {
    id: 'stream-ids-and-retry',
    summary: 'events have ids and a retry time',
    put: onStreamText((text) => text.replaceAll(/^data: /gm, 'id: 1\nretry: 3000\ndata: ')),
  },
  {
    id: 'stream-blank-lines',
    summary: 'several blank lines stand between events',
    put: onStreamText((text) => text.replaceAll('\n\n', '\n\n\n\n')),
  },
  {
    id: 'stream-data-lines',
    summary: 'the data of an event stands in several lines',
    put: onStreamText((text) => text.replaceAll(',"choices":', ',\ndata: "choices":')),
  },
  {
    id: 'stream-chat-named',
    summary: 'chat events have a name',
    put: onFrames(chat, (frames) => frames.map((frame) => ({ ...frame, event: 'message' }))),
  },
  {
    id: 'stream-trailing-lines',
    summary: 'blank lines follow the end of a stream',
    put: onStreamText((text) => (text.includes('[DONE]') ? `${text}\n\n` : text)),
  },
  {
    id: 'bytes-one-by-one',
    summary: 'every byte comes alone',
    put: onPieces((bytes) => slices(bytes, bytes.length > 2000 ? 61 : 1)),
  },
  {
    id: 'bytes-in-sevens',
    summary: 'a body comes seven bytes at a time',
    put: onPieces((bytes) => slices(bytes, bytes.length > 2000 ? 67 : 7)),
  },
  {
    id: 'slow',
    summary: 'an answer takes its time',
    put: onAnswer((answer) => ({
      ...answer,
      pieces: answer.pieces.map((piece, at) => ({ ...piece, waitMs: piece.waitMs + (at === 0 ? 5 : 0) })),
    })),
  },
  {
    id: 'charset',
    summary: 'content types name their charset',
    put: header('content-type', ({ headers }) => `${headers['content-type'] ?? ''}; charset=utf-8`),
  },
  {
    id: 'content-type-capitals',
    summary: 'content types are written with capitals',
    put: header('content-type', ({ headers }) =>
      (headers['content-type'] ?? '')
        .replace('application/json', 'Application/JSON')
        .replace('text/event-stream', 'Text/Event-Stream'),
    ),
  },
  {
    id: 'more-headers',
    summary: 'answers have headers of proxies',
    put: several(
      header('via', () => '1.1 proxy'),
      header('server', () => 'nginx'),
      header('set-cookie', () => 'a=b'),
    ),
  },
  {
    id: 'json-spaced',
    summary: 'JSON is written with spaces and line ends',
    put: onEveryJson((text) => (parseJson(text) === undefined ? text : JSON.stringify(parseJson(text), null, 2))),
  },
  {
    id: 'json-backwards',
    summary: 'keys come in another order',
    put: several(
      onEveryJson((text) => (parseJson(text) === undefined ? text : JSON.stringify(backwards(parseJson(text))))),
      onFrames(chat, (frames) =>
        frames.map((frame) => {
          const json = parseJson(frame.data);
          return json === undefined ? frame : { ...frame, data: JSON.stringify(backwards(json)) };
        }),
      ),
    ),
  },
  {
    id: 'json-escaped',
    summary: 'characters beyond ASCII are escaped',
    put: onAnswer((answer) => recode(answer, escaped)),
  },
  {
    id: 'unknown-fields',
    summary: 'answers have fields of their vendor',
    put: several(
      onBody(chat, 'x_vendor', () => ({ id: 'req_1', usage: { queue_time: 0.1 } })),
      onBody(chat, 'choices.*.stop_reason', () => null),
      onBody(chat, 'choices.*.message.reasoning_content', () => null),
      onBody(chat, 'usage.prompt_time', () => 0.01),
    ),
  },
  {
    id: 'unknown-chunk-fields',
    summary: 'chunks have fields of their vendor',
    put: several(
      onEvents(chat, 'provider', () => 'somebody'),
      onEvents(chat, 'choices.*.native_finish_reason', () => null),
      onEvents(chat, 'choices.*.delta.reasoning', () => null),
    ),
  },
  {
    id: 'unknown-model-fields',
    summary: 'models have fields of their vendor',
    put: onBody('models', 'data.*.context_length', () => 8192),
  },
  {
    id: 'unknown-error-fields',
    summary: 'errors have fields of their vendor',
    put: onEnvelope((error) => ({ error: { ...error, metadata: {} }, request_id: 'req_1' })),
  },
  { id: 'obfuscation', summary: 'chunks are padded', put: onEvents(chat, 'obfuscation', () => 'aX3k9') },
  {
    id: 'large-event',
    summary: 'a chunk is larger than 64 KiB',
    put: onEventList(chat, (events) =>
      events.map((event, at) => (at === 1 ? { ...event, obfuscation: padding } : event)),
    ),
  },
  {
    id: 'first-content-null',
    summary: 'the first delta has content null',
    put: firstDelta((delta) => ({ ...delta, content: null })),
  },
  {
    id: 'first-content-absent',
    summary: 'the first delta has no content',
    put: firstDelta(({ content: _content, ...delta }) => delta),
  },
  {
    id: 'refusal-in-deltas',
    summary: 'the first delta has refusal null',
    put: firstDelta((delta) => ({ ...delta, refusal: null })),
  },
  {
    id: 'usage-null-absent',
    summary: 'chunks before the last have no usage: null',
    put: onEvents(chat, 'usage', (old) => (old === null ? undefined : old)),
  },
  {
    id: 'chunk-logprobs-absent',
    summary: 'the choices of chunks have no logprobs: null',
    put: onEvents(chat, 'choices.*.logprobs', (old) => (old === null ? undefined : old)),
  },
  {
    id: 'annotations-absent',
    summary: 'messages have no annotations',
    put: onBody(chat, 'choices.*.message.annotations', out),
  },
  {
    id: 'service-tier-absent',
    summary: 'answers have no service tier and no fingerprint',
    put: several(
      onBody(chat, 'service_tier', out),
      onBody(chat, 'system_fingerprint', out),
      onEvents(chat, 'service_tier', out),
      onEvents(chat, 'system_fingerprint', out),
    ),
  },
  {
    id: 'usage-details-absent',
    summary: 'the usage has no details',
    put: several(
      onBody(chat, 'usage.prompt_tokens_details', out),
      onBody(chat, 'usage.completion_tokens_details', out),
    ),
  },
  {
    id: 'call-ids-of-others',
    summary: 'ids of calls have another form',
    put: several(
      onBody(chat, 'choices.*.message.tool_calls.*.id', (old) => String(old).slice(5, 14)),
      onEvents(chat, 'choices.*.delta.tool_calls.*.id', (old) => (old === undefined ? old : String(old).slice(5, 14))),
    ),
  },
  {
    id: 'calls-with-index',
    summary: 'calls have an index in a body',
    put: onBody(chat, 'choices.*.message.tool_calls', (old) =>
      Array.isArray(old) ? readObjects(old).map((call, index) => ({ ...call, index })) : old,
    ),
  },
  { id: 'calls-whole', summary: 'a streamed call comes in one chunk', put: onEventList(chat, joinCalls) },
  { id: 'pieces-joined', summary: 'two pieces of text come in one chunk', put: onEventList(chat, joinText) },
  {
    id: 'model-dated',
    summary: 'the model is named with its date',
    put: several(
      onBody(chat, 'model', (old) => `${String(old)}-2026-08-06`),
      onEvents(chat, 'model', (old) => `${String(old)}-2026-08-06`),
    ),
  },
  {
    id: 'responses-done',
    summary: 'a stream of the Responses API ends with [DONE]',
    put: onFrames('responses', (frames) => [...frames, { event: undefined, data: '[DONE]' }]),
  },
  {
    id: 'responses-unknown-fields',
    summary: 'a response has fields of its vendor',
    put: onBody('responses', 'billing', () => ({ payer: 'developer' })),
  },
  {
    id: 'empty-choices-first',
    summary: 'a stream begins with a chunk without choices',
    put: onEventList(chat, (events) => {
      const [first] = events;
      return first === undefined ? events : [{ ...first, choices: [], prompt_filter_results: [] }, ...events];
    }),
  },
  {
    id: 'limits',
    summary: 'answers have headers of rate limits',
    put: several(
      header('x-ratelimit-limit-requests', () => '5000'),
      header('x-ratelimit-remaining-requests', () => '4999'),
      header('x-ratelimit-reset-requests', () => '12ms'),
    ),
  },
];

function joinCalls(events: readonly JsonObject[]): readonly JsonObject[] {
  const piecesOf = (event: JsonObject) =>
    readObjects(event['choices']).flatMap(({ delta }) => (isObject(delta) ? readObjects(delta['tool_calls']) : []));
  const functionOf = ({ function: held }: JsonObject) => (isObject(held) ? held : {});
  const texts = new Map<unknown, string>();
  for (const piece of events.flatMap(piecesOf)) {
    texts.set(piece['index'], (texts.get(piece['index']) ?? '') + String(functionOf(piece)['arguments'] ?? ''));
  }
  if (texts.size === 0) return events;
  return events.flatMap((event) => {
    const pieces = piecesOf(event);
    if (pieces.length === 0) return [event];
    const first = pieces.filter(({ id }) => id !== undefined);
    if (first.length === 0) return [];
    const whole = first.map((piece) => ({
      ...piece,
      function: { ...functionOf(piece), arguments: texts.get(piece['index']) },
    }));
    return [
      {
        ...event,
        choices: readObjects(event['choices']).map((choice) => ({
          ...choice,
          delta: { ...(choice['delta'] as JsonObject), tool_calls: whole },
        })),
      },
    ];
  });
}

function joinText(events: readonly JsonObject[]): readonly JsonObject[] {
  const textOf = (event: JsonObject) => {
    const [choice, second] = readObjects(event['choices']);
    const delta = choice?.['delta'];
    const plain = second === undefined && choice?.['index'] === 0 && choice['logprobs'] === null;
    return plain && isObject(delta) && delta['role'] === undefined && typeof delta['content'] === 'string'
      ? delta['content']
      : undefined;
  };
  const many = events.some((event) => readObjects(event['choices']).some(({ index }) => Number(index) > 0));
  const pieces = events.filter((event) => textOf(event) !== undefined);
  const [first, second] = pieces;
  // An answer of two pieces stays one of two: that it comes in pieces is what a stream is for.
  if (many || pieces.length < 4 || first === undefined || second === undefined) return events;
  const joined = {
    ...first,
    choices: readObjects(first['choices']).map((choice) => ({
      ...choice,
      delta: { content: `${textOf(first)}${textOf(second)}` },
    })),
  };
  return events.flatMap((event) => (event === first ? [joined] : event === second ? [] : [event]));
}
