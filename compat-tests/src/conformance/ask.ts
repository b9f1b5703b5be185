import { describeFailure } from '../candidate.ts';
import type { CaseForm, CaseRequest, JsonValue } from './case.ts';
import { type Failure, observe, type Observation, type ArrivedAnswer, type SentRequest } from './observation.ts';

/** The models a run asks; those that are missing make the cases that need them UNTESTED. */
export interface Models {
  readonly chat: string;
  readonly embeddings?: string;
  readonly moderations?: string;
  readonly vision?: string;
  readonly completions?: string;
  readonly reasoning?: string;
}

/** How requests are sent. */
export interface AskOptions {
  /** Sends; the platform's fetch, or a shim's. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** E.g. `http://127.0.0.1:8080/v1`. */
  readonly baseURL: string;
  /** Sent with every request, e.g. `authorization`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly models: Models;
  /** Sends what a case asks with a key of its own, where the fetch brings the key itself, as a shim's does. */
  readonly wrongKeyFetch?: AskOptions['fetch'];
  /** Where reading of an answer stops; 4 MiB when left out. */
  readonly maxBytes?: number;
}

/** Sends a request of a case and gives what came back, raw and with its times; never throws. */
export type Ask = (request: CaseRequest, timeoutMs: number) => Promise<Observation>;

const defaultMaxBytes = 4 * 1024 * 1024;

/** Makes the function that sends the requests of cases. */
export function createAsk({
  fetch,
  wrongKeyFetch = fetch,
  baseURL,
  headers,
  models,
  maxBytes = defaultMaxBytes,
}: AskOptions): Ask {
  return async (request, timeoutMs) => {
    const { sent, body } = prepareRequest(request, models, headers);
    const stop = new AbortController();
    const late = AbortSignal.timeout(Math.ceil(timeoutMs));
    const startedAt = performance.now();
    const clock = () => Math.round((performance.now() - startedAt) * 10) / 10;
    const raw: { -readonly [K in keyof ArrivedAnswer]: ArrivedAnswer[K] } & {
      pieces: Array<readonly [number, Uint8Array]>;
    } = {
      status: 0,
      headers: {},
      pieces: [],
    };
    const fail = (error: unknown): Failure => {
      if (stop.signal.aborted) return stop.signal.reason as Failure;
      if (late.aborted)
        return {
          kind: 'timeout',
          what: `${raw.status === 0 ? 'no answer' : 'no end'} within ${Math.round(timeoutMs / 100) / 10} s`,
        };
      return { kind: raw.status === 0 ? 'unreachable' : 'cut off', what: describeFailure(error) };
    };
    const { ms: stopMs } = request.stopAfter ?? {};
    const stopTimer =
      stopMs === undefined
        ? undefined
        : setTimeout(() => stop.abort({ kind: 'stopped', what: `left after ${stopMs} ms` } satisfies Failure), stopMs);
    try {
      const send = request.headers?.['authorization'] === undefined ? fetch : wrongKeyFetch;
      const response = await send(joinURL(baseURL, sent.path), {
        method: sent.method,
        headers: sent.headers,
        signal: AbortSignal.any([stop.signal, late]),
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      });
      raw.status = response.status;
      raw.headers = Object.fromEntries(response.headers);
      await readPieces(response, {
        request,
        maxBytes: request.maxBytes ?? maxBytes,
        pieces: raw.pieces,
        clock,
        stop,
        signal: late,
      });
      return observe(sent, raw, null, clock());
    } catch (error) {
      return observe(sent, raw.status === 0 ? undefined : raw, fail(error), clock());
    } finally {
      clearTimeout(stopTimer);
    }
  };
}

interface Reading {
  readonly request: CaseRequest;
  readonly maxBytes: number;
  readonly pieces: Array<readonly [number, Uint8Array]>;
  readonly clock: () => number;
  readonly stop: AbortController;
  readonly signal: AbortSignal;
}

async function readPieces(
  response: Response,
  { request, maxBytes, pieces, clock, stop, signal }: Reading,
): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const leave = (failure: Failure): never => {
    stop.abort(failure);
    throw new Error(failure.what);
  };
  // An in-process answer may not know the signal, so that the waiting for it has to end here.
  const ended = new Promise<never>((_resolve, reject) => {
    const end = () => reject(new Error('ended'));
    for (const source of [signal, stop.signal]) {
      if (source.aborted) end();
      source.addEventListener('abort', end, { once: true });
    }
  });
  ended.catch(() => {});
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), ended]);
      if (done) return;
      pieces.push([clock(), value]);
      bytes += value.length;
      if (bytes > maxBytes) leave({ kind: 'too large', what: `more than ${maxBytes} bytes; the rest was not read` });
      const most = request.stopAfter?.pieces;
      if (most !== undefined && pieces.length >= most) leave({ kind: 'stopped', what: `left after ${most} pieces` });
      if (request.readDelayMs !== undefined) await new Promise((wake) => setTimeout(wake, request.readDelayMs));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function prepareRequest(
  request: CaseRequest,
  models: Models,
  own: Readonly<Record<string, string>>,
): { readonly sent: SentRequest; readonly body: NonNullable<RequestInit['body']> | undefined } {
  const { raw, form } = request;
  const json = request.body === undefined ? undefined : fillModels(request.body, models);
  const text = typeof raw === 'string' ? fillText(raw, models) : undefined;
  const filled = form === undefined ? undefined : fillForm(form, models);
  const hasBody = json !== undefined || raw !== undefined || form !== undefined;
  const headers: Record<string, string> = { ...own };
  // A form brings its own type, with the boundary in it.
  if (hasBody && form === undefined) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(request.headers ?? {}))
    if (value === null) delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = value;
  return {
    sent: {
      method: request.method ?? (hasBody ? 'POST' : 'GET'),
      path: request.path.replaceAll(placeholder, (name) => encodeURIComponent(fillModel(name, models))),
      headers,
      body: json ?? text ?? (filled === undefined ? (raw === undefined ? null : '(bytes)') : { $multipart: filled }),
    },
    body:
      json !== undefined
        ? JSON.stringify(json)
        : filled !== undefined
          ? writeForm(filled)
          : (text ?? (raw as BodyInit | undefined)),
  };
}

function fillForm(form: CaseForm, models: Models): CaseForm {
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { ...value, content: fillText(value.content, models) },
    ]),
  );
}

function writeForm(form: CaseForm): FormData {
  const written = new FormData();
  for (const [name, value] of Object.entries(form))
    if (typeof value === 'string') written.set(name, value);
    else written.set(name, new Blob([value.content]), value.filename);
  return written;
}

/** Fills in models within a text, as they stand in JSON. */
function fillText(text: string, models: Models): string {
  return text.replaceAll(placeholder, (name) => JSON.stringify(fillModel(name, models)).slice(1, -1));
}

const placeholder = /\$model(?::[a-z]+)?/g;

function fillModels(value: JsonValue, models: Models): JsonValue {
  if (typeof value === 'string') return fillModel(value, models);
  if (Array.isArray(value)) return value.map((item: JsonValue) => fillModels(item, models));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, JsonValue | undefined>>).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, fillModels(item, models)]],
    ),
  );
}

function fillModel(text: string, models: Models): string {
  if (!/^\$model(?::[a-z]+)?$/.test(text)) return text;
  return models[(text.split(':')[1] ?? 'chat') as keyof Models] ?? models.chat;
}

/** A path that starts with two slashes asks for a base URL that ends in one. */
function joinURL(baseURL: string, path: string): string {
  return `${baseURL.replace(/\/+$/, '')}${path}`;
}
