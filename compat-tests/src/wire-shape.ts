import type { Answer, StreamEvent } from './answer.ts';
import { isObject, type JsonObject, readObjects } from './json.ts';
import { findSchemaProblems } from './openai-schema/validate.ts';
import { checkResponsesStream } from './responses/stream-rules.ts';

/**
 * Holds an answer of 200 against the shape OpenAI's API gives it: the published schema, and for streams the rules between events.
 * @returns one line a problem; `[]` when the answer conforms or its endpoint has no rules here.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming and the schemas of openai-openapi; calibrated on recorded answers
 */
export function findWireProblems(path: string, request: JsonObject, answer: Answer): string[] {
  return findProblems(path, request, answer).filter((problem) => !observed.some((allowed) => allowed.test(problem)));
}

/** Where OpenAI's own answers leave its schema. Source: recorded answers of its API, checked 2026-11-25 (wire-shape.corpus.test.ts) */
const observed: readonly RegExp[] = [
  // Models without a fingerprint have null.
  /\/system_fingerprint must be string$/,
  // Reasoning models leave it out.
  /\/choices\/\d+ must have required property 'logprobs'$/,
];

function findProblems(path: string, request: JsonObject, answer: Answer): string[] {
  if (path === '/embeddings') return findSchemaProblems('CreateEmbeddingResponse', answer.json);
  if (path === '/responses') return findResponsesProblems(request, answer);
  if (path !== '/chat/completions') return [];
  if (request['stream'] !== true)
    return answer.events === undefined
      ? [...findSchemaProblems('CreateChatCompletionResponse', answer.json), ...findUsageProblems(answer.usage)]
      : ['an event stream, though none was asked for'];
  return answer.events === undefined
    ? ['one JSON body, though a stream was asked for']
    : findStreamProblems(request, answer.events);
}

/** The published schemas of Responses are not in this kit; these fields are what SDKs and apps read of every answer. Source: https://platform.openai.com/docs/api-reference/responses/object, checked 2026-11-23 */
function findResponsesProblems(request: JsonObject, { events, json }: Answer): string[] {
  if (request['stream'] === true) {
    if (events === undefined) return ['one JSON body, though a stream was asked for'];
    const broken = events.filter((event) => event.data !== '[DONE]' && !isObject(event.json));
    const read = events.flatMap((event) => {
      const { json: data } = event;
      return isObject(data) ? [{ name: typeof data['type'] === 'string' ? data['type'] : undefined, data }] : [];
    });
    return [
      ...(broken.length > 0 ? ['an event is not a JSON object'] : []),
      ...new Set(checkResponsesStream(read).map(({ rule, what }) => `${rule}: ${what}`)),
    ];
  }
  if (!isObject(json)) return ['not a JSON object'];
  const text = ['id', 'status', 'model'].filter((key) => typeof json[key] !== 'string');
  return [
    ...(json['object'] === 'response' ? [] : ["object is not 'response'"]),
    ...text.map((key) => `${key} is no text`),
    ...(Array.isArray(json['output']) ? [] : ['output is no list']),
  ];
}

function findStreamProblems(request: JsonObject, events: readonly StreamEvent[]): string[] {
  const problems = new Set<string>();
  if (events.at(-1)?.data !== '[DONE]') problems.add('the stream does not end with data: [DONE]');
  const chunks: JsonObject[] = [];
  for (const { data, json } of events) {
    if (data === '[DONE]') continue;
    if (!isObject(json)) problems.add('an event is not a JSON object');
    else if (isObject(json['error'])) problems.add(`an error inside the stream: ${String(json['error']['message'])}`);
    else chunks.push(json);
  }
  for (const chunk of chunks)
    for (const problem of findSchemaProblems('CreateChatCompletionStreamResponse', chunk))
      problems.add(`chunk ${problem}`);
  if (chunks.length === 0) problems.add('the stream has no chunk');
  for (const key of ['id', 'model', 'created'])
    if (new Set(chunks.map((chunk) => chunk[key])).size > 1) problems.add(`${key} changes between chunks`);
  for (const problem of [...findChoiceProblems(chunks), ...findUsagePlaceProblems(request, chunks)])
    problems.add(problem);
  return [...problems];
}

function findChoiceProblems(chunks: readonly JsonObject[]): string[] {
  const problems: string[] = [];
  const pieces = chunks.flatMap((chunk) => readObjects(chunk['choices']));
  const indexes = new Set(pieces.map((piece) => piece['index']));
  if (chunks.length > 0 && indexes.size === 0) problems.push('no chunk has a choice');
  for (const index of indexes) {
    const own = pieces.filter((piece) => piece['index'] === index);
    const place = `choice ${String(index)}`;
    const roles = own.filter((piece) => isObject(piece['delta']) && piece['delta']['role'] !== undefined);
    if (roles.length !== 1) problems.push(`${place}: the role comes ${roles.length} times, not once`);
    else if (roles[0] !== own[0]) problems.push(`${place}: the role does not come first`);
    const finishes = own.filter((piece) => typeof piece['finish_reason'] === 'string');
    if (finishes.length !== 1) problems.push(`${place}: finish_reason comes ${finishes.length} times, not once`);
    else if (finishes[0] !== own.at(-1)) problems.push(`${place}: something comes after its finish_reason`);
    problems.push(...findToolPieceProblems(own, place));
  }
  return problems;
}

function findToolPieceProblems(own: readonly JsonObject[], place: string): string[] {
  const problems: string[] = [];
  const started = new Set<unknown>();
  const ids = new Set<unknown>();
  for (const piece of own.flatMap(({ delta }) => (isObject(delta) ? readObjects(delta['tool_calls']) : []))) {
    const { index, id, type } = piece;
    const held = isObject(piece['function']) ? piece['function'] : {};
    if (started.has(index)) {
      if (id !== undefined || held['name'] !== undefined)
        problems.push(`${place}: tool call ${String(index)} is named again after its first piece`);
      continue;
    }
    if (index !== started.size)
      problems.push(`${place}: tool call index ${String(index)} where ${started.size} is due`);
    started.add(index);
    if (
      typeof id !== 'string' ||
      id === '' ||
      typeof held['name'] !== 'string' ||
      held['name'] === '' ||
      type !== 'function'
    )
      problems.push(`${place}: tool call ${String(index)} starts without id, type and name`);
    if (ids.has(id)) problems.push(`${place}: two tool calls have the same id`);
    ids.add(id);
  }
  return problems;
}

function findUsagePlaceProblems(request: JsonObject, chunks: readonly JsonObject[]): string[] {
  const options = request['stream_options'];
  const asked = isObject(options) && options['include_usage'] === true;
  const holders = chunks.filter((chunk) => isObject(chunk['usage']));
  if (!asked) return holders.length === 0 ? [] : ['usage in the stream, though it was not asked for'];
  if (holders.length !== 1) return [`usage comes ${holders.length} times, not once`];
  const [holder] = holders;
  const problems = findUsageProblems(holder?.['usage']);
  const after = chunks.slice(chunks.findIndex((chunk) => chunk === holder) + 1);
  // With moderation asked for, OpenAI sends its results in a chunk without choices after the one with usage.
  if (after.some((chunk) => readObjects(chunk['choices']).length > 0)) problems.push('choices come after usage');
  if (readObjects(holder?.['choices']).length > 0) problems.push('the chunk with usage has choices');
  return problems;
}

function findUsageProblems(usage: unknown): string[] {
  if (!isObject(usage)) return ['usage is missing'];
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
  return typeof prompt === 'number' && typeof completion === 'number' && prompt + completion !== total
    ? ['usage.total_tokens is not the sum of prompt_tokens and completion_tokens']
    : [];
}
