import { Refusal } from '../refusal.ts';
import { TransportFailure } from '../transport.ts';

/** Why a target did not answer, where another one may. */
export interface Failure {
  /** In words, e.g. `429 (rate limit reached)`. */
  readonly what: string;
  /** Whether the target itself is in trouble, rather than its caller too fast. */
  readonly isTrouble: boolean;
  /** Milliseconds the target asks its caller to wait. */
  readonly waitMs: number | undefined;
}

/** Makes the 504 of a target that took too long. */
export function refuseLate(target: string, ms: number): Refusal {
  const message = `${target} did not answer within ${Math.round(ms)} ms (deadline)`;
  return new Refusal(504, { message, type: 'server_error', param: null, code: 'deadline_exceeded' }, new Headers());
}

/** Reads what an attempt threw; `undefined` for what another target would not mend: a refusal, or the caller's own abort. */
export function readThrown(error: unknown): Failure | undefined {
  if (error instanceof TransportFailure) {
    const cause = error.cause as { readonly name?: string; readonly message?: string } | undefined;
    if (cause?.name === 'AbortError') return undefined;
    return { what: `no connection (${cause?.message ?? error.message})`, isTrouble: true, waitMs: undefined };
  }
  if (!(error instanceof Refusal)) return undefined;
  // The guard is the same whoever answers.
  if (error.error.code?.startsWith('guard_') === true) return undefined;
  // Without upstream's headers the refusal is ours, but for the 502 of an answer that is none.
  const theirs = error.headers !== undefined || error.status === 502;
  return theirs ? readStatus(error.status, error.message, error.headers) : undefined;
}

/** Reads an answer's status; `undefined` for one that stands. */
export function readStatus(status: number, message: string, headers: Headers | undefined): Failure | undefined {
  if (status < 500 && status !== 429 && status !== 408) return undefined;
  // What an endpoint does not implement it will not implement on the next try, but another target may.
  const what = `${status}${message === '' ? '' : ` (${message.slice(0, 200)})`}`;
  return { what, isTrouble: status !== 429 && status !== 501, waitMs: readWait(headers) };
}

/** Reads `retry-after-ms`, or `retry-after` in seconds. Source: openai@7.57.0 client.ts, checked 2026-11-23. */
function readWait(headers: Headers | undefined): number | undefined {
  const ms = headers?.get('retry-after-ms');
  const seconds = headers?.get('retry-after');
  const wait = typeof ms === 'string' ? Number(ms) : typeof seconds === 'string' ? Number(seconds) * 1000 : NaN;
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}
