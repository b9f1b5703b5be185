import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a loopback server got it. */
export interface LoopbackRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** A running loopback server. */
export interface Loopback {
  /** E.g. `http://127.0.0.1:41234`. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Answers one request; what it throws becomes a 500 in OpenAI's envelope. */
export type Answerer = (request: LoopbackRequest, response: ServerResponse) => Promise<void>;

/** Starts a server on 127.0.0.1; `port` 0 takes a free one. Rejects when the port is taken. */
export async function startLoopback(answer: Answerer, port = 0): Promise<Loopback> {
  const server = createServer((incoming, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    readText(incoming)
      .then((text) =>
        answer(
          {
            method: incoming.method ?? 'GET',
            path: incoming.url ?? '/',
            headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
            text,
            signal: gone.signal,
          },
          response,
        ),
      )
      .catch((error: unknown) => {
        if (response.headersSent) return void response.destroy();
        const message = error instanceof Error ? error.message : String(error);
        sendError(response, 500, { message, type: 'server_error', param: null, code: null });
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends an error in OpenAI's envelope. */
function sendError(response: ServerResponse, status: number, error: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
  response.end(JSON.stringify({ error }));
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
