import type { Fetch } from '@migrate-llm/shim/fetch';
import type { Fault, FaultRequest, RawAnswer } from './faults/fault.ts';
import { isObject, parseJson } from './json.ts';
import { startLoopback } from './loopback.ts';

/** An endpoint with a fault put before it. */
export interface FaultyEndpoint {
  /** Takes the place of the upstream's base URL. */
  readonly baseURL: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts a loopback server that passes requests on to `upstream` (a base URL) and breaks its answers.
 * Answers are read whole before they are broken, so a stream loses its timing, not its events.
 */
export async function startFaulty({ upstream, fault }: { upstream: string; fault: Fault }): Promise<FaultyEndpoint> {
  const { origin, pathname } = new URL(upstream);
  const server = await startLoopback(async ({ method, path, headers, text, signal }, response) => {
    const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
    const answer = await fetch(origin + path, {
      method,
      headers: kept,
      signal,
      ...(text === '' ? {} : { body: text }),
    });
    const broken = applyFault(fault, readRequest(method, path, text), await readRaw(answer));
    response.writeHead(broken.status, { 'content-type': broken.contentType });
    response.end(broken.text);
  });
  return { baseURL: server.origin + pathname.replace(/\/$/, ''), close: server.close };
}

/** Wraps the fetch that reaches an endpoint, and breaks the answers. */
export function createFaultyFetch(inner: Fetch, fault: Fault): Fetch {
  return async (input, init) => {
    const answer = await inner(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const text = typeof init?.body === 'string' ? init.body : '';
    const broken = applyFault(fault, readRequest(init?.method ?? 'GET', pathname, text), await readRaw(answer));
    return new Response(broken.text, { status: broken.status, headers: { 'content-type': broken.contentType } });
  };
}

function applyFault(fault: Fault, request: FaultRequest, answer: RawAnswer): RawAnswer {
  return request.method === 'POST' ? fault.apply(request, answer) : answer;
}

function readRequest(method: string, path: string, text: string): FaultRequest {
  const body = parseJson(text);
  return { method: method.toUpperCase(), path: path.replace(/\?.*$/, ''), body: isObject(body) ? body : {} };
}

async function readRaw(answer: Response): Promise<RawAnswer> {
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? 'application/json',
    text: await answer.text(),
  };
}
