import type { ServerResponse } from 'node:http';
import { type Exchange, keyRequest } from '@migrate-llm/shim/exchange';
import { isObject, parseJson } from './json.ts';
import { type Loopback, type LoopbackRequest, sendError, startLoopback } from './loopback.ts';

/** What to replay. */
export interface ReplayOptions {
  readonly exchanges: readonly Exchange[];
  /** A free one when left out. */
  readonly port?: number;
  /** Wait between the pieces of a stream: 0 (the default) sends them at once, 1 at the recorded pace. */
  readonly pace?: number;
}

/** A request that no exchange answers, and the recorded one nearest to it. */
export interface Miss {
  readonly method: string;
  readonly path: string;
  readonly nearest: string | null;
  /** Where the bodies differ, as `messages[1].content`. */
  readonly differs: readonly string[];
}

/** A server that answers from recordings. */
export interface Replay {
  /** What goes into an SDK's `baseURL`. */
  readonly baseURL: string;
  readonly misses: readonly Miss[];
  readonly close: () => Promise<void>;
}

/**
 * Starts a loopback server that answers recorded requests as OpenAI did: same status, headers and pieces.
 * Requests match by method, path and body, whatever the order of keys; one recorded several times gets its answers in turn, then the last one that was no error.
 * A request that was not recorded gets a 404 that names the nearest recorded one. Rejects when the port is taken.
 */
export async function startReplay({ exchanges, port = 0, pace = 0 }: ReplayOptions): Promise<Replay> {
  const queues = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const key = keyRequest(exchange.request);
    queues.set(key, [...(queues.get(key) ?? []), exchange]);
  }
  const misses: Miss[] = [];
  const server: Loopback = await startLoopback(async (request, response) => {
    const path = request.path.replace(/^\/v1(?=\/)/, '');
    const body = request.text === '' ? null : (parseJson(request.text) ?? request.text);
    const key = keyRequest({ method: request.method, path, body });
    const [next, ...later] = queues.get(key) ?? [];
    if (next === undefined) {
      const miss = describeMiss({ method: request.method, path, body }, exchanges);
      misses.push(miss);
      return sendMiss(response, miss, exchanges.length);
    }
    // A last answer stays for good; an error before it was met once, as the app met it.
    if (later.length > 0)
      queues.set(key, next.response.status < 400 && later.every(isError) ? [...later, next] : later);
    await sendExchange(response, next, request.signal, pace);
  }, port);
  return { baseURL: `${server.origin}/v1`, misses, close: server.close };
}

const isError = ({ response }: Exchange): boolean => response.status >= 400;

/** Headers that describe the recorded connection, not the answer; the server sets its own. */
const hopHeaders = new Set(['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding']);

async function sendExchange(
  response: ServerResponse,
  { id, response: recorded }: Exchange,
  signal: LoopbackRequest['signal'],
  pace: number,
): Promise<void> {
  const headers = Object.entries(recorded.headers).filter(([name]) => !hopHeaders.has(name.toLowerCase()));
  response.writeHead(recorded.status, { ...Object.fromEntries(headers), 'x-migrate-llm-exchange': id });
  let at = 0;
  for (const [ms, base64] of recorded.chunks) {
    if (pace > 0) await new Promise((resolve) => setTimeout(resolve, (ms - at) * pace));
    if (signal.aborted) return;
    at = ms;
    // Waiting until a piece is on its way keeps it apart from the next.
    await new Promise((resolve) => response.write(Buffer.from(base64, 'base64'), resolve));
  }
  response.end();
}

function sendMiss(response: ServerResponse, { method, path, nearest, differs }: Miss, count: number): void {
  const hint =
    nearest === null
      ? `none of the ${count} recorded requests has this method and path`
      : `the nearest recorded request is ${nearest}, which differs in ${differs.slice(0, 5).join(', ')}`;
  sendError(response, 404, {
    message: `No recorded answer for ${method} ${path}: ${hint}. Record this call, or correct the request.`,
    type: 'invalid_request_error',
    param: differs[0] ?? null,
    code: 'replay_miss',
  });
}

function describeMiss(
  asked: { readonly method: string; readonly path: string; readonly body: unknown },
  exchanges: readonly Exchange[],
): Miss {
  const sameCall = exchanges.filter(
    ({ request }) => request.method.toUpperCase() === asked.method.toUpperCase() && request.path === asked.path,
  );
  const ranked = sameCall
    .map(({ id, request }) => ({ id, differs: findDifferences(request.body, asked.body) }))
    .sort((a, b) => a.differs.length - b.differs.length);
  return {
    method: asked.method,
    path: asked.path,
    nearest: ranked[0]?.id ?? null,
    differs: ranked[0]?.differs ?? [],
  };
}

function findDifferences(recorded: unknown, asked: unknown, place = ''): string[] {
  if (Array.isArray(recorded) && Array.isArray(asked))
    return Array.from({ length: Math.max(recorded.length, asked.length) }, (_, at) =>
      findDifferences(recorded[at], asked[at], `${place}[${at}]`),
    ).flat();
  if (isObject(recorded) && isObject(asked))
    return [...new Set([...Object.keys(recorded), ...Object.keys(asked)])].flatMap((key) =>
      findDifferences(recorded[key], asked[key], place === '' ? key : `${place}.${key}`),
    );
  return JSON.stringify(recorded) === JSON.stringify(asked) ? [] : [place || 'the body'];
}
