import { answerHeaders } from './headers.ts';
import type { Note } from './note.ts';
import type { Refusal } from './refusal.ts';
import { encodeNotes, type Report } from './report.ts';

/** What happened to one call: the non-enumerable `_migration` of a result. */
export interface Migration {
  readonly target: string;
  /** Id of the dialect the endpoint was read as. */
  readonly dialect: string;
  /** Model name sent to the endpoint; `undefined` where the call names none. */
  readonly model: string | undefined;
  readonly notes: readonly Note[];
}

/** Header that carries the notes of a call. */
const notesHeader = 'x-migrate-llm-notes';

/** Makes a JSON answer. Its `json()` gives the body with the `_migration` that {@link markResponse} says of it, unseen by loops and JSON.stringify. */
export function jsonResponse(body: unknown, upstream: Headers | undefined, report: Report): Response {
  const response = new Response(JSON.stringify(body), {
    status: 200,
    headers: withNotes(answerHeaders(upstream, 'application/json'), report),
  });
  const readBody = response.json.bind(response);
  const json = async (): Promise<unknown> => {
    return attachMigration(await readBody(), response);
  };
  return Object.defineProperty(response, 'json', { value: json, configurable: true, writable: true });
}

const migrations = new WeakMap<object, Migration>();

/** Says of an answer what happened to its call, for the result that is read from it and for recordings. */
export function markResponse(response: object, migration: Migration): void {
  migrations.set(response, migration);
}

/** Gives what {@link markResponse} said of an answer. */
export function readMigration(response: object): Migration | undefined {
  return migrations.get(response);
}

/** Puts `_migration` on a result read from one of our responses; anything else stays as it is. */
export function attachMigration(value: unknown, response: unknown): unknown {
  const migration = typeof response === 'object' && response !== null ? migrations.get(response) : undefined;
  if (migration !== undefined && typeof value === 'object' && value !== null && !('_migration' in value))
    Object.defineProperty(value, '_migration', { value: migration, enumerable: false, configurable: true });
  return value;
}

/** Makes a streamed answer; its header holds the notes so far, later ones reach `onNote`. */
export function streamResponse(
  body: ReadableStream<Uint8Array>,
  upstream: Headers | undefined,
  report: Report,
): Response {
  const headers = withNotes(answerHeaders(upstream, 'text/event-stream; charset=utf-8'), report);
  headers.set('cache-control', 'no-cache');
  return new Response(body, { status: 200, headers });
}

/** Makes an error answer in OpenAI's envelope, which the SDK turns into its error classes. */
export function errorResponse(refusal: Refusal, report: Report, isOurs: boolean): Response {
  const headers = withNotes(answerHeaders(refusal.headers, 'application/json'), report);
  // Another try of a refusal, or of what the endpoint does not implement, ends the same.
  if (isOurs || refusal.status === 501) headers.set('x-should-retry', 'false');
  return new Response(JSON.stringify({ error: refusal.error }), { status: refusal.status, headers });
}

function withNotes(headers: Headers, report: Report): Headers {
  if (report.notes.length > 0) headers.set(notesHeader, encodeNotes(report.notes));
  return headers;
}
