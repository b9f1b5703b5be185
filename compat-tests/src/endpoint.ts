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

/** The body of an answer as one text. */
export function readText({ pieces }: WireAnswer): string {
  return decoder.decode(joinBytes(pieces));
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
export function readBody({ text }: EndpointRequest): JsonObject {
  const body = parseJson(text);
  return isObject(body) ? body : {};
}
