import type * as http from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ShimConfigError } from '../config-error.ts';
import { createHandler, type GatewayHandler, type GatewayOptions } from './gateway.ts';
import { makeKey } from './key.ts';

/** Settings of a gateway that listens. */
export interface ServerOptions extends GatewayOptions {
  /** Address to listen on; `127.0.0.1` when left out. Anything but loopback needs `exposed` and a `key`. */
  readonly host?: string;
  /** Port to listen on; 0 or nothing takes a free one. */
  readonly port?: number;
  /** Listen for other machines too. Traffic is not encrypted: put a TLS proxy in front. */
  readonly exposed?: boolean;
  /** Let everybody on this machine call, whatever key they send; loopback only. */
  readonly anyKey?: boolean;
  /** Longest time a caller may take to send a request, milliseconds; 120,000 when left out. */
  readonly requestTimeoutMs?: number;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** Base URL for callers, e.g. `http://127.0.0.1:41234/v1`. */
  readonly url: string;
  /** Key for callers: the given one, or one made for this run; `undefined` under `anyKey`. */
  readonly key: string | undefined;
  /** Stops listening, lets running answers end for `graceMs` (5,000 when left out), then breaks them off. */
  close(graceMs?: number): Promise<void>;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;
const leastExposedKey = 16;

/** Starts a gateway on Node's HTTP server. Rejects with `ShimConfigError`, or with the system's error when the port is not free. */
export async function startGateway(options: ServerOptions = {}): Promise<RunningGateway> {
  const { host = '127.0.0.1', port, exposed, anyKey = false, requestTimeoutMs, key: given, ...rest } = options;
  checkExposure(options, loopback.test(host));
  const key = anyKey ? undefined : (given ?? makeKey());
  const handle = createHandler(key === undefined ? rest : { ...rest, key });
  const { url, close } = await listen({ host, port, exposed, anyKey, requestTimeoutMs }, handle);
  return { url, key, close };
}

/** How a server listens. */
type ListenOptions = {
  readonly [Key in 'host' | 'port' | 'exposed' | 'anyKey' | 'requestTimeoutMs']?: ServerOptions[Key] | undefined;
};

/** Listens for requests and lets `handle` answer them; a connection whose answer fails is broken off. */
export async function listen(
  { host = '127.0.0.1', port = 0, exposed = false, anyKey = false, requestTimeoutMs = 120_000 }: ListenOptions,
  handle: GatewayHandler,
): Promise<Omit<RunningGateway, 'key'>> {
  const isLoopback = loopback.test(host);
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, 20_000),
      connectionsCheckingInterval: Math.min(requestTimeoutMs / 2, 5_000),
    },
    (incoming, outgoing) => {
      outgoing.once('close', () => {
        if (!server.listening) server.closeIdleConnections();
      });
      const rejection = rejectCaller(incoming, isLoopback && !exposed, anyKey);
      if (rejection !== undefined) return void refuse(outgoing, ...rejection);
      answer(incoming, outgoing, handle).catch(() => outgoing.destroy());
    },
  );
  server.on('clientError', answerBroken);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host.replace(/^\[|\]$/g, ''), () => resolve());
  });
  const bound = server.address() as AddressInfo;
  const named = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { url: `http://${named}:${bound.port}/v1`, close: (graceMs = 5_000) => closeServer(server, graceMs) };
}

/** Node's own modules are asked for at run time, so that the gateway's core loads where there is no Node. */
function createServer(options: http.ServerOptions, listener: http.RequestListener): Server {
  const host = globalThis as { readonly process?: { readonly getBuiltinModule?: (name: string) => unknown } };
  const found = host.process?.getBuiltinModule?.('node:http') as typeof http | undefined;
  if (found === undefined)
    throw new ShimConfigError('startGateway needs Node; elsewhere hand createGateway() to the platform’s own server');
  return found.createServer(options, listener);
}

function checkExposure({ host, exposed, key, anyKey }: ServerOptions, isLoopback: boolean): void {
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new ShimConfigError('the key for callers must be printable ASCII without spaces, as a header carries it');
  if (key !== undefined && anyKey === true) throw new ShimConfigError('a key and "any key" exclude each other');
  if (isLoopback) return;
  if (exposed !== true)
    throw new ShimConfigError(
      `host ${host} opens the gateway, and the target's key behind it, to other machines; say "exposed" as well if that is meant`,
    );
  if (key === undefined || key.length < leastExposedKey)
    throw new ShimConfigError(
      `a gateway that other machines reach needs a key of its own, of at least ${leastExposedKey} characters`,
    );
}

type Rejection = readonly [status: number, code: string, message: string];

/** Looks at how a request was sent; what it asks for is looked at by the handler. */
function rejectCaller(
  { url = '/', headers }: IncomingMessage,
  checksHost: boolean,
  anyKey: boolean,
): Rejection | undefined {
  // A page whose name was re-pointed to this machine sends its own name.
  if (checksHost && !loopback.test((headers.host ?? '').replace(/:\d+$/, '')))
    return [403, 'host_not_allowed', 'this gateway is called by 127.0.0.1, localhost or [::1] only'];
  if (anyKey && headers.origin !== undefined)
    return [403, 'origin_not_allowed', 'pages in a browser may not call this gateway'];
  if (!url.startsWith('/') || url.startsWith('//'))
    return [400, 'invalid_url', 'this is no proxy: ask for a path, e.g. /v1/chat/completions'];
  return undefined;
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handle: GatewayHandler): Promise<void> {
  const { url = '/', method = 'GET', headers } = incoming;
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const response = await handle({
    method,
    url: new URL(url, 'http://gateway.invalid'),
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: incoming,
    signal: gone.signal,
  });
  await send(incoming, outgoing, response);
}

async function send(incoming: IncomingMessage, outgoing: ServerResponse, response: Response): Promise<void> {
  if (outgoing.destroyed) return void response.body?.cancel();
  // The rest of a body that was not read would be taken for the next request.
  if (!incoming.complete) outgoing.shouldKeepAlive = false;
  const headers = Object.fromEntries(response.headers);
  if (/json/.test(headers['content-type'] ?? '')) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    outgoing.writeHead(response.status, { ...headers, 'content-length': bytes.length });
    outgoing.end(bytes);
    return;
  }
  outgoing.writeHead(response.status, headers);
  outgoing.flushHeaders();
  if (response.body !== null) await pump(response.body as ReadableStream<Uint8Array>, outgoing);
  outgoing.end();
}

/** Writes a body as fast as the caller reads it, and gives it up when the caller goes away. */
async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  let wake = (): void => undefined;
  const leave = (): void => {
    wake();
    void reader.cancel().catch(() => undefined);
  };
  outgoing.on('drain', () => wake());
  outgoing.once('close', leave);
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (outgoing.write(read.value) || outgoing.destroyed) continue;
    await new Promise<void>((resolve) => (wake = resolve));
  }
  outgoing.off('close', leave);
}

function refuse(outgoing: ServerResponse, status: number, code: string, message: string): void {
  outgoing.shouldKeepAlive = false;
  outgoing.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
  outgoing.end(writeError(code, message));
}

/** Answers what is no HTTP request, or did not come in time, on the bare connection. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, code, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? (['408 Request Timeout', 'request_timeout', 'the request took too long to arrive'] as const)
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? (['431 Request Header Fields Too Large', 'headers_too_large', "the request's headers are too large"] as const)
        : (['400 Bad Request', 'invalid_request', 'this is no HTTP/1.1 request the gateway can read'] as const);
  const body = writeError(code, message);
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

function writeError(code: string, message: string): string {
  return JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code } });
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
