import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmbeddedEngineError, type Engine } from './engine.ts';
import { readBody, sendError } from './http.ts';
import { startLlamaNode } from './llama-node.ts';
import { OPEN_PATHS, ROUTES } from './routes.ts';
import { ensureTinyModel, TINY_MODEL_ID } from './tiny-model.ts';
import { notFound, WireError } from './wire-error.ts';

/** How to start the endpoint; everything has a default. */
export interface EmbeddedOptions {
  /** Path of a GGUF file; without it the project's own tiny model. */
  readonly model?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** 127.0.0.1 by default; another address opens the endpoint to others. */
  readonly host?: string;
  /** When set, requests need it as a bearer token. */
  readonly apiKey?: string;
  /** Tokens of one slot: prompt and answer together. 4096 by default. */
  readonly contextSize?: number;
  /** Generations at once, and the largest `n`. 4 by default. */
  readonly slots?: number;
  /** Whether /v1/embeddings answers; true by default. */
  readonly embeddings?: boolean;
  /** Stops the start, and later closes the endpoint. */
  readonly signal?: AbortSignal;
  /** Called with lines the user should read, e.g. that the cache folder cannot be written. By default they go to stderr. */
  readonly onNotice?: (line: string) => void;
}

/** A running endpoint. */
export interface EmbeddedServer {
  /** Base URL for clients; ends in `/v1`. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly modelId: string;
  /** Ends the engine and every open connection. Calling it again does nothing. */
  close(): Promise<void>;
}

interface ServeOptions {
  readonly notice: (line: string) => void;
  readonly apiKey: string | undefined;
  readonly embeddings: boolean;
}

/** llama-server applies it; the engine's package does not read it in the form it documents, and crashes on it. */
const NO_LOGIT_BIAS =
  'The embedded engine cannot apply logit_bias: the field has no effect. Use llama-server, Ollama or vLLM where it matters.';

/** The binding reports chances after its samplers, and greedy sampling leaves one; the tiny model's scores are so far apart that it does not matter. */
const SAMPLED_LOGPROBS =
  'The embedded engine samples at temperature 1 when logprobs are asked for at temperature 0, so the text may differ from the greedy one.';

const authorised = (request: IncomingMessage, key: string) =>
  request.headers.authorization === `Bearer ${key}` || request.headers['x-api-key'] === key;

function createEndpoint(engine: Engine, options: ServeOptions): { server: Server; abort: () => void } {
  const running = new Set<AbortController>();
  const said = new Set<string>();
  const notice = (line: string) => {
    if (said.has(line)) return;
    said.add(line);
    options.notice(line);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('server', 'llama.cpp');
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS');
      response.setHeader('access-control-allow-headers', '*');
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': 0 }).end();
      return;
    }
    const { apiKey } = options;
    if (apiKey !== undefined && !OPEN_PATHS.has(pathname) && !authorised(request, apiKey)) {
      throw new WireError(401, 'authentication_error', 'Invalid API Key');
    }
    const route = ROUTES[`${request.method} ${pathname}`];
    if (route === undefined) throw notFound();
    const control = new AbortController();
    const busySlots = running.size;
    running.add(control);
    response.once('close', () => control.abort());
    try {
      const body = request.method === 'POST' && pathname !== '/v1/audio/transcriptions' ? await readBody(request) : {};
      if (body['logit_bias'] !== undefined && body['logit_bias'] !== null) notice(NO_LOGIT_BIAS);
      if (body['logprobs'] && !body['temperature'] && engine.modelId !== TINY_MODEL_ID) notice(SAMPLED_LOGPROBS);
      await route({ engine, body, response, signal: control.signal, options, busySlots });
    } finally {
      running.delete(control);
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => sendError(response, error));
  });
  return { server, abort: () => running.forEach((control) => control.abort()) };
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${host}:${port}`;
      const reasons: Record<string, string> = {
        EADDRINUSE: `Port ${port} on ${host} is in use. Choose another, or 0 for any free one.`,
        EACCES: `This user may not listen on ${where}. Choose a port above 1023.`,
        EADDRNOTAVAIL: `${host} is no address of this machine. Use 127.0.0.1.`,
        ENOTFOUND: `${host} is no address of this machine. Use 127.0.0.1.`,
      };
      reject(new EmbeddedEngineError(reasons[error.code ?? ''] ?? `Cannot listen on ${where}: ${error.message}`));
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/**
 * Starts a Llama engine on this machine and an endpoint in front of it that speaks llama-server's wire, deviations from OpenAI's included.
 * @throws {EmbeddedEngineError} the engine's package, its libraries, the model file or the port; says what to do.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  options.signal?.throwIfAborted();
  const notice = options.onNotice ?? ((line) => void process.stderr.write(`${line}\n`));
  let { model } = options;
  if (model === undefined) {
    const tiny = await ensureTinyModel();
    if (tiny.notice !== undefined) notice(tiny.notice);
    model = tiny.path;
  }
  const engine = await startLlamaNode({
    model,
    contextSize: options.contextSize ?? 4096,
    slots: options.slots ?? 4,
    ...(options.model === undefined ? { modelId: TINY_MODEL_ID } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const { server, abort } = createEndpoint(engine, {
    notice,
    apiKey: options.apiKey,
    embeddings: options.embeddings ?? true,
  });
  const host = options.host ?? '127.0.0.1';
  let address: AddressInfo;
  try {
    address = await listen(server, options.port ?? 0, host);
  } catch (error) {
    await engine.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= (async () => {
      abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, engine.close()]);
    })());
  options.signal?.addEventListener('abort', () => void close(), { once: true });
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  return { url: `${origin}/v1`, origin, port: address.port, modelId: engine.modelId, close };
}
