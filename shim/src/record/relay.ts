import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { systemClock } from '../clock.ts';
import { checkBaseURL } from '../config.ts';
import { forwardHeaders, isCrooked, relayHeaders } from '../gateway/hygiene.ts';
import { BodyTooLarge, type Incoming, readBody } from '../gateway/incoming.ts';
import { listen } from '../gateway/node-server.ts';
import { describeFailure } from '../gateway/watched-body.ts';
import { isOpenAIOrigin } from '../target.ts';
import { isObject, parseJson } from '../wire.ts';
import { draftExchange } from './frame.ts';
import { checkRecording } from './recording-file.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import type { RecordTotals } from './scribe.ts';
import type { RecordConfig } from './settings.ts';

/** Settings of a recording relay. */
export interface RelayOptions {
  readonly record: RecordConfig;
  /** Base URL that requests are passed on to; OpenAI's when left out. */
  readonly upstream?: string;
  /** Port on 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** Tag of calls that bring none of their own. */
  readonly callSite?: string;
  /** Values that must be found in no recording, whatever their form. */
  readonly secrets?: readonly string[];
  /** Largest request body, bytes; 512 MiB, which is OpenAI's own limit of a file, when left out. */
  readonly maxBodyBytes?: number;
  /** Hears why a request could not be passed on. */
  readonly onTrouble?: (what: string) => void;
}

/** A relay that listens. */
export interface RunningRelay {
  /** Base URL for callers, e.g. `http://127.0.0.1:41234/v1`. */
  readonly url: string;
  /** Stops listening, lets running answers end for `graceMs` (5,000 when left out), and waits until all is written. */
  readonly close: (graceMs?: number) => Promise<RelayTotals>;
}

/** What went through a relay. */
export interface RelayTotals extends RecordTotals {
  readonly requests: number;
  /** Requests that found nobody upstream: their callers saw the connection break, as without the relay. */
  readonly unreachable: number;
}

const callSiteHeader = 'x-migrate-llm-call-site';

/**
 * Starts a server on loopback that passes requests on to OpenAI as they are, the caller's own key included, and records each exchange that
 * is read to its end. It never waits for the recording. Rejects with `ShimConfigError`, `RecordingError`, or the system's error when the port is not free.
 */
export async function startRelay(options: RelayOptions): Promise<RunningRelay> {
  const { record, port, secrets = [], upstream: given = 'https://api.openai.com/v1' } = options;
  const upstream = checkBaseURL(given, 'upstream');
  await checkRecording(record);
  const recorder = openRecorder(record, secrets, systemClock);
  const seen = { requests: 0, unreachable: 0 };
  // Any key is taken: it is the caller's own, and goes upstream with the call.
  const server = await listen({ port, anyKey: true, requestTimeoutMs: 600_000 }, async (incoming) => {
    seen.requests += 1;
    try {
      return await relayRequest(incoming, upstream, recorder, options);
    } catch (error) {
      if (!incoming.signal.aborted) {
        seen.unreachable += 1;
        options.onTrouble?.(`${upstream} does not answer: ${describeFailure(error)}`);
      }
      throw error;
    }
  });
  return {
    url: server.url,
    close: async (graceMs) => {
      await server.close(graceMs);
      await recorder.settle();
      return { ...seen, ...(await recorder.totals()) };
    },
  };
}

async function relayRequest(
  incoming: Incoming,
  upstream: string,
  recorder: Recorder,
  { callSite, maxBodyBytes = 512 * 2 ** 20 }: RelayOptions,
): Promise<Response> {
  const { method, url, headers, signal } = incoming;
  if (!/^\/v1(\/|$)/.test(url.pathname) || isCrooked(url.pathname))
    return refuse(404, 'unknown_url', `unknown URL (${method} ${url.pathname.slice(0, 200)}); the API is below /v1/`);
  if (/websocket/i.test(headers.get('upgrade') ?? ''))
    return refuse(400, 'unsupported_endpoint', 'WebSockets are not recorded; use the HTTP endpoints');
  let body: Uint8Array<ArrayBuffer>;
  try {
    body = await readBody(incoming, maxBodyBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    return refuse(413, 'request_too_large', `the request body is over ${maxBodyBytes} bytes`);
  }
  const path = url.pathname.slice('/v1'.length);
  const sent = forwardHeaders(headers).filter(([name]) => name !== callSiteHeader);
  const startedAt = systemClock.now();
  const response = await send(new URL(`${upstream}${path}${url.search}`), method, sent, body, signal);
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  // Redaction would not see through it.
  if (encoding !== 'identity') recorder.lose('encoded');
  else
    recorder.record(response, startedAt, () => {
      const text = isText(headers) ? new TextDecoder().decode(body) : '';
      const json = parseJson(text);
      const model = isObject(json) && typeof json['model'] === 'string' ? json['model'] : '';
      return draftExchange({
        request: { method, headers: sent },
        path: method === 'GET' ? `${path}${url.search}` : path,
        text,
        requestedModel: model,
        callSite: headers.get(callSiteHeader) ?? callSite,
        target: isOpenAIOrigin(upstream) ? 'openai' : new URL(upstream).host,
      });
    });
  return new Response(response.body, { status: response.status, headers: relayHeaders(response.headers) });
}

function isText(headers: Incoming['headers']): boolean {
  const type = headers.get('content-type') ?? 'application/json';
  return /json|text\//.test(type) && (headers.get('content-encoding') ?? 'identity') === 'identity';
}

/** Sends a request without the time limits and the redirects of fetch: both are the caller's matter, and its key goes to this address only. */
function send(
  url: URL,
  method: string,
  headers: ReadonlyArray<readonly [string, string]>,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Response> {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const length =
      body.length > 0 || !/^(GET|HEAD|DELETE|OPTIONS)$/.test(method) ? { 'content-length': body.length } : {};
    const outgoing = open(
      url,
      { method, signal, headers: { ...Object.fromEntries(headers), 'accept-encoding': 'identity', ...length } },
      (answer) => resolve(toResponse(answer)),
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function toResponse(answer: IncomingMessage): Response {
  const { statusCode: status = 502, rawHeaders } = answer;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (status === 204 || status === 205 || status === 304) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
}

function refuse(status: number, code: string, message: string): Response {
  const error = { message, type: 'invalid_request_error', param: null, code };
  return Response.json({ error }, { status, headers: { 'x-should-retry': 'false' } });
}
