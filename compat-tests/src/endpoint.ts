import { isObject, type JsonObject, parseJson } from './json.ts';

/** A request as it reaches an endpoint that lives in this process. */
export interface EndpointRequest {
  readonly method: string;
  /** Path of the URL, without its query. */
  readonly path: string;
  /** The query with its `?`, or `''`. */
  readonly query: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; a multipart body too. */
  readonly text: string;
}

/** One write to the socket: its bytes, and how long the endpoint waits before it. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly waitMs: number;
}

/** An answer as it goes over the wire, down to its single writes. */
export interface WireAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly Piece[];
  /** How the body ends: as it should, by a reset connection, or never. */
  readonly ending: 'whole' | 'reset' | 'never';
}

/** Something that answers requests, without a socket. */
export type Endpoint = (request: EndpointRequest) => Promise<WireAnswer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const decoded = new WeakMap<WireAnswer, string>();
const answered = new WeakMap<WireAnswer, unknown>();
const asked = new WeakMap<EndpointRequest, unknown>();

/** Keeps what was made of an object, so that the many who look at it make it once. */
function remember<Key extends object, Value>(known: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as Value;
}

/** The body of an answer as one text. */
export function readText(answer: WireAnswer): string {
  return remember(decoded, answer, () => decoder.decode(joinBytes(answer.pieces)));
}

/** The body of an answer as JSON; `undefined` when it is none. Not to be written to. */
export function readAnswerJson(answer: WireAnswer): unknown {
  return remember(answered, answer, () => parseJson(readText(answer)));
}

/** The body of a request as JSON; `undefined` when it is none. Not to be written to. */
export function readRequestJson(request: EndpointRequest): unknown {
  return remember(asked, request, () => parseJson(request.text));
}

/** The bytes of all pieces, one after the other. */
export function joinBytes(pieces: readonly Piece[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of pieces) {
    joined.set(bytes, at);
    at += bytes.length;
  }
  return joined;
}

/** A body of one piece a text. */
export function writePieces(...texts: readonly string[]): Piece[] {
  return texts.map((text) => ({ bytes: encoder.encode(text), waitMs: 0 }));
}

/** An answer of JSON. */
export function writeJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    pieces: writePieces(JSON.stringify(value)),
    ending: 'whole',
  };
}

/** Tells an answer that is a stream of events. */
export function isEventStream({ headers }: WireAnswer): boolean {
  return (headers['content-type'] ?? '').startsWith('text/event-stream');
}

/** The JSON object of a request; `{}` when its body is none. */
export function readBody(request: EndpointRequest): JsonObject {
  const body = readRequestJson(request);
  return isObject(body) ? body : {};
}
