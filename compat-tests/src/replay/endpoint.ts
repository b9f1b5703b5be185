import type { Exchange } from '@migrate-llm/shim/exchange';
import { type Endpoint, type EndpointRequest, type WireAnswer, writeJson } from '../endpoint.ts';
import type { Put } from '../faults/wire/fault.ts';
import { parseJson } from '../json.ts';
import { type AskedRequest, createMatcher, type Miss } from './match.ts';

/** How recordings answer. */
export interface ReplayEndpointOptions {
  readonly exchanges: readonly Exchange[];
  /** Wait between the pieces of a stream: 0 (the default) sends them at once, 1 at the recorded pace, 2 at half of it. */
  readonly pace?: number;
  /** Places of a request that do not count, as `messages[0].content`, beside `user`, `metadata`, `safety_identifier` and `prompt_cache_key`. */
  readonly ignore?: readonly string[];
  /** The patterns of `redact.patterns` that were recorded with. */
  readonly patterns?: Readonly<Record<string, string>>;
  /** What is put before the recordings: faults of `wireFaults`, `failFirst`, or your own. */
  readonly faults?: readonly Put[];
}

/** Recordings as an endpoint without a socket. */
export interface ReplayEndpoint {
  readonly endpoint: Endpoint;
  readonly misses: readonly Miss[];
  readonly unused: () => readonly Exchange[];
}

/** Headers that describe the recorded connection, not the answer; the server sets its own. */
const hopHeaders = new Set(['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding']);

/** Makes an endpoint that answers recorded requests as OpenAI did; a request that was not recorded gets a 404 that names the nearest. */
export function createReplayEndpoint(options: ReplayEndpointOptions): ReplayEndpoint {
  const { exchanges, pace = 0, faults = [] } = options;
  const matcher = createMatcher(exchanges, options);
  const misses: Miss[] = [];
  const answer: Endpoint = async (request) => {
    const asked = readAsked(request);
    const exchange = matcher.take(asked);
    if (exchange !== undefined) return writeRecorded(exchange, pace);
    const miss = matcher.describeMiss(asked);
    misses.push(miss);
    return writeMiss(miss, exchanges.length);
  };
  return {
    endpoint: faults.reduce((endpoint, put) => put(endpoint), answer),
    misses,
    unused: matcher.unused,
  };
}

/** A recording has no body where what was sent is no text of its own: an upload, whose parts are marked anew each time. */
function readAsked({ method, path, query, headers, text }: EndpointRequest): AskedRequest {
  const isUpload = /^(multipart|audio|image|application\/octet)/.test(headers['content-type'] ?? '');
  return {
    method,
    path: path.replace(/^\/v1(?=\/)/, '') + query,
    body: text === '' || isUpload ? null : (parseJson(text) ?? text),
  };
}

function writeRecorded({ id, response: { status, headers, chunks } }: Exchange, pace: number): WireAnswer {
  let before = 0;
  const kept = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !hopHeaders.has(name));
  return {
    status,
    headers: { ...Object.fromEntries(kept), 'x-migrate-llm-exchange': id },
    pieces: chunks.map(([ms, base64]) => {
      const waitMs = Math.max(0, (ms - before) * pace);
      before = ms;
      return { bytes: new Uint8Array(Buffer.from(base64, 'base64')), waitMs };
    }),
    ending: 'whole',
  };
}

function writeMiss({ method, path, nearest, differences }: Miss, count: number): WireAnswer {
  const hint =
    nearest === null
      ? `none of the ${count} recorded requests has this method and path`
      : `the nearest recorded request is ${nearest}, which differs in ${differences
          .slice(0, 5)
          .map(({ place }) => place)
          .join(', ')}`;
  const message = `No recorded answer for ${method} ${path}: ${hint}. Record this call, or correct the request.`;
  return writeJson(
    404,
    { error: { message, type: 'invalid_request_error', param: differences[0]?.place ?? null, code: 'replay_miss' } },
    { 'x-should-retry': 'false' },
  );
}
