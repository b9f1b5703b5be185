import { cleanHeaders, type Secrets } from './headers.ts';
import { Refusal } from './refusal.ts';
import type { Report } from './report.ts';
import type { Target } from './target.ts';

/** The part of `fetch` that clients hand in and that the shim calls. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Wraps what the inner fetch threw, to tell a broken connection from a bug of ours; its `cause` goes back to the client unchanged. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
}

/** Sends requests to one target on behalf of one call. */
export type Ask = (
  path: string,
  change?: {
    readonly method?: string;
    readonly body?: BodyInit | null;
    readonly signal?: AbortSignal;
    /** Content type of the body, where it is another than the client's. */
    readonly type?: string;
  },
) => Promise<Response>;

/** Access tokens that stand for a key. */
export interface Bearer {
  /** Gives one that has not ended. Throws a `Refusal`, or a `TransportFailure`. */
  read(): Promise<string>;
  /** Drops one that the endpoint does not take. */
  forget(token: string): void;
}

const maxRedirects = 5;

/** Makes the sender of a call. `init` is the client's own, so that its signal, agent and dispatcher stay. */
export function createAsk(
  inner: Fetch,
  target: Target,
  init: RequestInit,
  given: Iterable<readonly [string, string]>,
  setup: Secrets,
  report: Report,
  bearer?: Bearer,
): Ask {
  const headers = cleanHeaders(given, target, setup, report);
  // openai 4's node-fetch gets a plain object from its SDK, later majors a Headers: each gets its own kind back.
  const plain = !(init.headers instanceof Headers);
  const send: Ask = async (path, { type, ...change } = {}) => {
    const own = new Headers(headers);
    if (type !== undefined) own.set('content-type', type);
    let url = `${target.baseURL}${path}`;
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const sent: RequestInit = {
        ...init,
        ...change,
        headers: plain ? Object.fromEntries(own) : new Headers(own),
        redirect: 'manual',
      };
      if (sent.method === 'GET') delete sent.body;
      const response = await inner(url, sent).catch((cause: unknown) => {
        throw new TransportFailure('the request failed', { cause });
      });
      const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      if (location === null) return response;
      url = followRedirect(url, location, response.status, sent.method ?? 'GET');
    }
    throw misdirected(`${target.baseURL} redirects in a circle`);
  };
  if (bearer === undefined) return send;
  return async (path, change = {}) => {
    for (let isSecond = false; ; isSecond = true) {
      const token = await bearer.read();
      headers.set('authorization', `Bearer ${token}`);
      const response = await send(path, change);
      const { body = init.body } = change;
      const isRead = typeof body !== 'string' && body !== undefined && body !== null;
      if (response.status !== 401 || isSecond || isRead) return response;
      // It may have been revoked before its end.
      bearer.forget(token);
      await response.text();
    }
  };
}

/** A redirect to another origin would carry the target's key and the prompt there: only the user may say so. */
function followRedirect(from: string, location: string, status: number, method: string): string {
  const next = new URL(location, from);
  if (next.origin === new URL(from).origin && (method === 'GET' || status === 307 || status === 308)) return next.href;
  throw misdirected(
    `${from} redirects (${status}) to ${next.origin}${next.pathname}: set the target's baseURL to where the endpoint is`,
  );
}

function misdirected(message: string): Refusal {
  return new Refusal(400, { message, type: 'invalid_request_error', param: null, code: 'endpoint_redirected' });
}
