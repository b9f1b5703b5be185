import { sendAnswer } from '../endpoint-server.ts';
import { type Loopback, startLoopback } from '../loopback.ts';
import { createReference, referenceKey } from './endpoint.ts';

export { createReference, referenceKey } from './endpoint.ts';
export { referenceModels } from './models.ts';

/** The reference endpoint on a loopback address. */
export interface ReferenceServer {
  /** Base URL for clients; ends in `/v1`. */
  readonly url: string;
  readonly apiKey: string;
  readonly close: Loopback['close'];
}

/** Starts the reference endpoint; `port` 0 takes a free one. Rejects when the port is taken. */
export async function startReference({
  port = 0,
  apiKey = referenceKey,
}: { readonly port?: number; readonly apiKey?: string } = {}): Promise<ReferenceServer> {
  const endpoint = createReference({ apiKey });
  const server = await startLoopback(async ({ method, path, headers, text }, response) => {
    const { pathname, search } = new URL(path, 'http://localhost');
    await sendAnswer(response, await endpoint({ method, path: pathname, query: search, headers, text }));
  }, port);
  return { url: `${server.origin}/v1`, apiKey, close: server.close };
}
