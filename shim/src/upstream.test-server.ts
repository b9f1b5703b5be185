import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the test endpoint got. */
interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** What the test endpoint answers: an object goes out as JSON, a text as it is, `cut` breaks the connection after it. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly cut?: boolean;
}

/** A loopback endpoint whose answers a test writes. */
export interface Upstream {
  readonly baseURL: string;
  readonly received: Received[];
  reply: Reply | ((request: Received) => Reply);
  close(): Promise<void>;
}

/** Starts a test endpoint on a free port. */
export async function startUpstream(reply: Upstream['reply'] = { body: {} }): Promise<Upstream> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    // The engine's page about itself is none of the requests a test means.
    if (request.url === '/props') {
      response.writeHead(404).end();
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const got: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        text,
        body: text.startsWith('{') ? JSON.parse(text) : {},
      };
      received.push(got);
      const {
        status = 200,
        headers = {},
        body,
        cut = false,
      } = typeof upstream.reply === 'function' ? upstream.reply(got) : upstream.reply;
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/event-stream' : 'application/json', ...headers });
      response.write(isText ? body : JSON.stringify(body), () => (cut ? request.socket.destroy() : response.end()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const upstream: Upstream = {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    reply,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}

/** Writes events as a stream; `[DONE]` comes last unless told otherwise. */
export function sse(events: readonly unknown[], done = true): string {
  const lines = events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
  return lines.join('') + (done ? 'data: [DONE]\n\n' : '');
}

/** Writes a chunk of one choice. */
export function chunk(delta: unknown, finish: string | null = null, more: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'gpt-4o',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  };
}

/** Writes a whole answer of one choice. */
export function completion(message: object, finish: string | null = 'stop', more: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    ...more,
  };
}
