import { ShimConfigError } from '../config-error.ts';
import { lookAround } from '../config-file.ts';
import type { MigrateOptions } from '../config.ts';
import { createTranslatingFetch } from '../core.ts';
import type { Note } from '../note.ts';
import { type ActiveSetup, resolveSetup } from '../setup.ts';
import type { Fetch } from '../transport.ts';
import { isObject, parseJson, type WireError, type WireObject } from '../wire.ts';
import { admitRequest } from './admission.ts';
import { type GatewayCall, listFeatures } from './call-record.ts';
import { answerHeaders, forwardHeaders } from './hygiene.ts';
import { BodyTooLarge, type Incoming, readBody } from './incoming.ts';
import { describeFailure, type Finish, readError, watchBody } from './watched-body.ts';

/** Settings of a gateway: those of the constructor option `migrate`, and what only a server needs. */
export interface GatewayOptions extends MigrateOptions {
  /** Sends the requests; the platform's fetch when left out. */
  readonly fetch?: Fetch;
  /** Every request goes to this model of the target, whatever it asks for. */
  readonly model?: string;
  /** Key that callers must send; everybody may call when left out. It never goes to the target. */
  readonly key?: string;
  /** Largest request body, bytes; 64 MiB when left out. */
  readonly maxBodyBytes?: number;
  /** Prints no note on stderr; a policy of `strict` stays strict. */
  readonly quiet?: boolean;
  /** Hears of every request when its answer has ended. */
  readonly onCall?: (call: GatewayCall) => void;
}

/** Answers one request. */
export type GatewayHandler = (incoming: Incoming) => Promise<Response>;

const defaultMaxBodyBytes = 64 * 1024 * 1024;

/**
 * Makes an HTTP endpoint that speaks OpenAI's API below `/v1` and is answered by the configured target: the same core as the SDK door, for callers in any language.
 * Settings missing here come from `MIGRATE_LLM_*` and `migrate-llm.config.json`. `GET /health` answers without a key. Throws `ShimConfigError`.
 */
export function createGateway(options: GatewayOptions = {}): (request: Request) => Promise<Response> {
  const handle = createHandler(options);
  return (request) =>
    handle({
      method: request.method,
      url: new URL(request.url),
      headers: new Map(request.headers),
      body: request.body === null ? null : readPieces(request.body),
      signal: request.signal,
    });
}

/** Makes the part of a gateway that knows no server. Throws `ShimConfigError`. */
export function createHandler(options: GatewayOptions): GatewayHandler {
  const { key, maxBodyBytes = defaultMaxBodyBytes, onCall } = options;
  const setup = settle(options);
  const inner: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const send = createTranslatingFetch(setup, inner);
  const address = setup.target === 'openai' ? 'openai' : setup.target.baseURL;

  return async (incoming) => {
    const startedAt = Date.now();
    const { method, url, headers, signal } = incoming;
    if (url.pathname === '/health' && method === 'GET') return Response.json({ status: 'ok' });
    const notes: Note[] = [];
    let refusal: WireError | undefined;
    let body: WireObject | undefined;
    const finish: Finish = (status, outcome, error) =>
      tell(onCall, {
        method,
        path: url.pathname.replace(/^\/v1(?=\/|$)/, ''),
        model: typeof body?.['model'] === 'string' ? body['model'] : undefined,
        features: listFeatures(body),
        status,
        outcome,
        error,
        notes,
        durationMs: Date.now() - startedAt,
      });
    const fail = (
      outcome: GatewayCall['outcome'],
      status: number,
      code: string,
      message: string,
      more: Readonly<Record<string, string>> = {},
    ): Response => {
      const error = { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param: null, code };
      finish(status, outcome, error);
      return refuse(status, error, more);
    };

    const rejection = admitRequest(incoming, key);
    if (rejection !== undefined) return fail('rejected', ...rejection);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await readBody(incoming, maxBodyBytes);
    } catch (error) {
      if (error instanceof BodyTooLarge)
        return fail('rejected', 413, 'request_too_large', `the request body is over ${maxBodyBytes} bytes`);
      return fail('left', 400, 'request_incomplete', 'the request broke off before its end');
    }
    const type = headers.get('content-type') ?? '';
    const text = /^(multipart|audio|image|application\/octet)/.test(type) ? '' : new TextDecoder().decode(bytes);
    const json = text === '' ? undefined : parseJson(text);
    if (isObject(json)) body = json;
    else if (text !== '' && (/json/.test(type) || type === ''))
      return fail('rejected', 400, 'invalid_json', 'the request body is not a JSON object; send one');

    try {
      const response = await send(
        url.href,
        {
          method,
          headers: [
            ...forwardHeaders(headers).filter(([name]) => body === undefined || name !== 'content-type'),
            ...(body === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
          ],
          signal,
          ...(bytes.length === 0 ? {} : { body: body === undefined ? bytes : text }),
        },
        { onNote: (note) => notes.push(note), onRefusal: (error) => (refusal = error) },
      );
      const outcome = refusal !== undefined ? 'refused' : response.status >= 400 ? 'failed' : 'answered';
      if (onCall === undefined) return withBody(response, response.body);
      if (response.status >= 400) {
        const answer = await response.text();
        finish(response.status, outcome, refusal ?? readError(answer));
        return withBody(response, answer);
      }
      return withBody(response, watchBody(response, finish));
    } catch (error) {
      if (signal.aborted) return fail('left', 499, 'caller_left', 'the caller went away');
      const why = describeFailure(error);
      return fail('failed', 502, 'target_unreachable', `the target ${address} does not answer: ${why}`);
    }
  };
}

function settle({
  fetch: _f,
  model,
  key,
  maxBodyBytes: _m,
  onCall: _o,
  quiet,
  ...migrate
}: GatewayOptions): ActiveSetup {
  const setup = resolveSetup(migrate, lookAround());
  if (setup === 'openai' || setup.target === 'openai')
    throw new ShimConfigError(
      'the target is "openai", and a gateway translates for another one: name it, or let the callers go to OpenAI themselves (unset OPENAI_BASE_URL)',
    );
  return {
    ...setup,
    ...(quiet === true && setup.policy === 'warn' ? { policy: 'silent' } : {}),
    ...(model === undefined
      ? {}
      : { routes: { ...setup.routes, rules: [], usual: () => ({ to: setup.target, model }) } }),
    secrets: key === undefined ? setup.secrets : [...setup.secrets, key],
  };
}

function tell(onCall: GatewayOptions['onCall'], call: GatewayCall): void {
  try {
    onCall?.(call);
  } catch (error) {
    // A broken hook must not cost the caller its answer, but its author should see it.
    console.error('migrate-llm: onCall threw:', error);
  }
}

function refuse(status: number, error: WireError, more: Readonly<Record<string, string>>): Response {
  const headers = answerHeaders(new Headers({ ...more, 'content-type': 'application/json' }));
  // A broken connection may work the next time; a refusal stays one.
  if (status < 500) headers.set('x-should-retry', 'false');
  return new Response(JSON.stringify({ error }), { status, headers });
}

function withBody(response: Response, body: BodyInit | null): Response {
  return new Response(body, { status: response.status, headers: answerHeaders(response.headers) });
}

async function* readPieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
