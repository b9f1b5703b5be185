import type { ServerResponse } from 'node:http';
import type { Exchange } from '@migrate-llm/shim/exchange';
import type { WireAnswer } from './endpoint.ts';
import { type LoopbackRequest, startLoopback } from './loopback.ts';
import { createReplayEndpoint, type ReplayEndpointOptions } from './replay/endpoint.ts';
import type { Miss } from './replay/match.ts';

/** What to replay. */
export interface ReplayOptions extends ReplayEndpointOptions {
  /** A free one when left out. */
  readonly port?: number;
}

/** A server that answers from recordings. */
export interface Replay {
  /** What goes into an SDK's `baseURL`. */
  readonly baseURL: string;
  readonly misses: readonly Miss[];
  /** Exchanges that answered nothing yet. */
  readonly unused: () => readonly Exchange[];
  readonly close: () => Promise<void>;
}

/**
 * Starts a loopback server that answers recorded requests as OpenAI did: same status, headers and pieces.
 * Requests match by method, path and body, whatever the order of keys, the fields that name the caller, and personal data; one recorded several times gets its answers
 * in turn, then the last one that was no error. A request that was not recorded gets a 404 that names the nearest recorded one. Rejects when the port is taken.
 */
export async function startReplay({ port = 0, ...options }: ReplayOptions): Promise<Replay> {
  const { endpoint, misses, unused } = createReplayEndpoint(options);
  const server = await startLoopback(async ({ method, path, headers, text, signal }, response) => {
    const at = path.indexOf('?');
    const [bare, query] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
    await sendAnswer(response, await endpoint({ method, path: bare, query, headers, text }), signal);
  }, port);
  return { baseURL: `${server.origin}/v1`, misses, unused, close: server.close };
}

async function sendAnswer(
  response: ServerResponse,
  { status, headers, pieces, ending }: WireAnswer,
  signal: LoopbackRequest['signal'],
): Promise<void> {
  response.writeHead(status, headers);
  for (const { bytes, waitMs } of pieces) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (signal.aborted) return;
    // Waiting until a piece is on its way keeps it apart from the next.
    await new Promise((resolve) => response.write(bytes, resolve));
  }
  if (ending === 'reset') response.destroy();
  else if (ending === 'whole') response.end();
}
