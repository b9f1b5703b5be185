import { type Exchange, readResponseText } from '@migrate-llm/shim/exchange';
import { isObject, type JsonObject, parseJson, readObjects } from './json.ts';

/** A tool call of an answer; `arguments` is the text on the wire. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** One choice of a chat answer, put together from its pieces when it was streamed. */
export interface Choice {
  readonly index: number;
  readonly text: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | null;
}

/** One event of a stream: its data as text and, unless it is `[DONE]` or broken, as JSON. */
export interface StreamEvent {
  readonly data: string;
  readonly json: unknown;
}

/** An answer as it came over the wire, whichever side gave it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The body of an answer that is not a stream; `undefined` when it is not JSON. */
  readonly json: unknown;
  /** The events of a stream; `undefined` for any other answer. */
  readonly events: readonly StreamEvent[] | undefined;
  /** The error in OpenAI's envelope, in the body or inside a stream. */
  readonly error: JsonObject | undefined;
  readonly choices: readonly Choice[];
  readonly usage: JsonObject | undefined;
}

/** Reads an answer's status, content type and text. */
export function readAnswer(status: number, contentType: string | null, text: string): Answer {
  const events = /^text\/event-stream\b/i.test(contentType ?? '') ? splitEvents(text) : undefined;
  const json = events === undefined ? parseJson(text) : undefined;
  const bodies = (events === undefined ? [json] : events.map((event) => event.json)).flatMap(unwrapResponse);
  const error = bodies.filter(isObject).find((body) => isObject(body['error']))?.['error'];
  const usage = bodies.filter(isObject).findLast((body) => isObject(body['usage']))?.['usage'];
  return {
    status,
    text,
    json,
    events,
    error: isObject(error) ? error : undefined,
    choices: readResponseChoices(bodies) ?? (events === undefined ? readChoices(json) : joinChoices(events)),
    usage: isObject(usage) ? usage : undefined,
  };
}

/** Reads the recorded answer of an exchange. */
export function readRecordedAnswer({ response }: Exchange): Answer {
  const type = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return readAnswer(response.status, type ?? null, readResponseText(response));
}

/** Splits a whole event stream into its events. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream, checked 2026-11-25 */
function splitEvents(text: string): StreamEvent[] {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .split(/\n\n+/)
    .flatMap((block) => {
      const lines = block.split('\n').filter((line) => line === 'data' || line.startsWith('data:'));
      if (lines.length === 0) return [];
      const data = lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
      return [{ data, json: data === '[DONE]' ? undefined : parseJson(data) }];
    });
}

/** Events of a Responses stream carry the whole response; its error and its usage stand in there. */
function unwrapResponse(body: unknown): unknown[] {
  return isObject(body) && isObject(body['response']) ? [body, body['response']] : [body];
}

/** Reads the last response among the bodies as one choice, as chat would have answered; `undefined` for answers of other APIs. */
function readResponseChoices(bodies: readonly unknown[]): Choice[] | undefined {
  const response = bodies.filter(isObject).findLast((body) => body['object'] === 'response');
  if (response === undefined) return undefined;
  const items = readObjects(response['output']);
  const parts = items.flatMap((item) => readObjects(item['content']));
  const join = (type: string, key: string): string =>
    parts
      .filter((part) => part['type'] === type)
      .map((part) => readText(part[key]))
      .join('');
  const toolCalls = items
    .filter(({ type }) => type === 'function_call')
    .map((item) => ({
      id: readText(item['call_id']),
      name: readText(item['name']),
      arguments: readText(item['arguments']),
    }));
  const { status, incomplete_details: details } = response;
  const cut = isObject(details) ? readText(details['reason']) : '';
  const ended = toolCalls.length > 0 ? 'tool_calls' : 'stop';
  return [
    {
      index: 0,
      text: join('output_text', 'text'),
      refusal: join('refusal', 'refusal'),
      toolCalls,
      finishReason:
        status === 'completed' ? ended : cut === 'max_output_tokens' ? 'length' : cut || readText(status) || null,
    },
  ];
}

function readChoices(body: unknown): Choice[] {
  if (!isObject(body)) return [];
  return readObjects(body['choices']).map((choice, at) => {
    const message = isObject(choice['message']) ? choice['message'] : {};
    return {
      index: typeof choice['index'] === 'number' ? choice['index'] : at,
      text: readText(message['content']),
      refusal: readText(message['refusal']),
      toolCalls: readObjects(message['tool_calls']).map(readToolCall),
      finishReason: typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : null,
    };
  });
}

function readToolCall(call: JsonObject): ToolCall {
  const held = isObject(call['function']) ? call['function'] : {};
  return { id: readText(call['id']), name: readText(held['name']), arguments: readText(held['arguments']) };
}

interface OpenChoice {
  text: string;
  refusal: string;
  calls: Map<number, { id: string; name: string; arguments: string }>;
  finishReason: string | null;
}

function joinChoices(events: readonly StreamEvent[]): Choice[] {
  const open = new Map<number, OpenChoice>();
  for (const { json } of events) {
    if (!isObject(json)) continue;
    for (const [at, piece] of readObjects(json['choices']).entries()) {
      const index = typeof piece['index'] === 'number' ? piece['index'] : at;
      const choice = open.get(index) ?? { text: '', refusal: '', calls: new Map(), finishReason: null };
      open.set(index, choice);
      joinDelta(choice, isObject(piece['delta']) ? piece['delta'] : {});
      if (typeof piece['finish_reason'] === 'string') choice.finishReason = piece['finish_reason'];
    }
  }
  return [...open]
    .sort(([a], [b]) => a - b)
    .map(([index, { calls, ...choice }]) => ({
      index,
      ...choice,
      toolCalls: [...calls].sort(([a], [b]) => a - b).map(([, call]) => call),
    }));
}

function joinDelta(choice: OpenChoice, delta: JsonObject): void {
  choice.text += readText(delta['content']);
  choice.refusal += readText(delta['refusal']);
  for (const [at, piece] of readObjects(delta['tool_calls']).entries()) {
    const index = typeof piece['index'] === 'number' ? piece['index'] : at;
    const call = choice.calls.get(index) ?? { id: '', name: '', arguments: '' };
    choice.calls.set(index, call);
    const { id, name, arguments: more } = readToolCall(piece);
    call.id ||= id;
    call.name ||= name;
    call.arguments += more;
  }
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
