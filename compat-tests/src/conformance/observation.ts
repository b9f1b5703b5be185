import { type Answer, readAnswer } from '../answer.ts';
import { isObject, type JsonObject } from '../json.ts';

/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  /** Path below the base URL, e.g. `/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON; text or bytes stay what they are, null where there is none. */
  readonly body: unknown;
}

/** An answer as it came over the wire. */
export interface ArrivedAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they arrived: milliseconds since the request was sent, and the piece. */
  readonly pieces: ReadonlyArray<readonly [ms: number, bytes: Uint8Array]>;
}

/** Why an answer is missing or not whole; `stopped` is the case's own doing. */
export type FailureKind = 'unreachable' | 'timeout' | 'cut off' | 'too large' | 'stopped' | 'refused by the budget';

/** Why there is no whole answer. */
export interface Failure {
  readonly kind: FailureKind;
  readonly what: string;
}

/** A request with everything that came back: what expectations judge. */
export interface Observation {
  readonly request: SentRequest;
  /** The request's JSON body; `{}` where it has none. */
  readonly body: JsonObject;
  /** 0 where nothing was answered. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Arrival and size of each piece of the body, milliseconds since the request was sent. */
  readonly pieces: ReadonlyArray<{ readonly ms: number; readonly bytes: number }>;
  readonly answer: Answer;
  /** The JSON objects of a stream, in order, `[DONE]` left out; `[]` for any other answer. */
  readonly chunks: readonly JsonObject[];
  readonly failure: Failure | null;
  readonly durationMs: number;
}

/** Puts an observation together; live, recorded and mutated answers go the same way. Never throws. */
export function observe(
  request: SentRequest,
  raw: ArrivedAnswer | undefined,
  failure: Failure | null = null,
  durationMs = raw?.pieces.at(-1)?.[0] ?? 0,
): Observation {
  const { status = 0, headers = {}, pieces = [] } = raw ?? {};
  const text = decodePieces(pieces.map(([, bytes]) => bytes));
  const answer = readAnswer(status, headers['content-type'] ?? null, text);
  return {
    request,
    body: isObject(request.body) ? request.body : {},
    status,
    headers,
    text,
    pieces: pieces.map(([ms, bytes]) => ({ ms, bytes: bytes.length })),
    answer,
    chunks: (answer.events ?? []).map(({ json }) => json).filter(isObject),
    failure,
    durationMs,
  };
}

/** Bytes that are no UTF-8 become U+FFFD, as clients read them; a byte order mark stays, for the cases to see. */
function decodePieces(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
}
