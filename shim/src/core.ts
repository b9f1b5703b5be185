import { explainError } from './answer/explain-error.ts';
import { type Call, type Handler } from './call.ts';
import { findDialect } from './detect.ts';
import type { Dialect } from './dialect.ts';
import { cutBase, type EndpointId, findEndpoint } from './endpoints.ts';
import { answerChat } from './handlers/chat.ts';
import { answerEmbeddings } from './handlers/embeddings.ts';
import { answerModels } from './handlers/models.ts';
import { passThrough } from './handlers/pass-through.ts';
import { listHeaders } from './headers.ts';
import { Refusal, refuseRequest } from './refusal.ts';
import { createReport, type Report } from './report.ts';
import { errorResponse } from './response.ts';
import { settleDialect } from './settle.ts';
import type { ActiveSetup } from './setup.ts';
import { createAsk, type Fetch, TransportFailure } from './transport.ts';
import { isObject, parseJson, type WireObject } from './wire.ts';

/** Who serves which endpoint; the rest passes through. */
const handlers: { readonly [E in EndpointId]?: Handler } = {
  'chat.completions': answerChat,
  embeddings: answerEmbeddings,
  'models.list': answerModels,
  'models.retrieve': answerModels,
};

/**
 * Makes the fetch that sends OpenAI requests to a target and brings its answers into OpenAI's shape: route, request passes, endpoint, answer passes.
 * It throws only what the inner fetch threw (an abort, a broken connection), so that the SDK's own retries and error classes work.
 */
export function createTranslatingFetch(setup: ActiveSetup, inner: Fetch): Fetch {
  return async (input, init) => {
    // The SDK asks its fetch for `data:,` to learn which Response class it makes: no request to translate.
    if (!/^https?:/i.test(typeof input === 'string' || input instanceof URL ? String(input) : input.url))
      return inner(input, init);
    const report = createReport(setup.policy, setup.onNote);
    try {
      return await answerCall(input, init, setup, inner, report);
    } catch (error) {
      if (error instanceof TransportFailure) throw error.cause;
      if ((error as Error | undefined)?.name === 'AbortError') throw error;
      if (error instanceof Refusal)
        return errorResponse(error, report, error.headers === undefined && error.status !== 502);
      const message = `the shim failed: ${error instanceof Error ? error.message : String(error)}`;
      return errorResponse(
        new Refusal(500, { message, type: 'server_error', param: null, code: 'shim_failed' }),
        report,
        true,
      );
    }
  };
}

async function answerCall(
  input: string | URL | Request,
  init: RequestInit | undefined,
  setup: ActiveSetup,
  inner: Fetch,
  report: Report,
): Promise<Response> {
  const request = await readRequest(input, init);
  const url = new URL(request.url);
  const path = cutBase(url, setup.target.baseURL);
  const endpoint = findEndpoint(request.method, path);
  const json = typeof request.init.body === 'string' ? parseJson(request.init.body) : undefined;
  const body = isObject(json) ? json : undefined;
  const requestedModel = readModel(url, path, endpoint, body ?? {});
  const { target, model } = setup.route(requestedModel);
  if (model !== requestedModel)
    report.add({
      code: 'model-routed',
      severity: 'info',
      where: 'request.model',
      what: `"${requestedModel}" sent as "${model}" to ${target.id}`,
      why: 'the settings map it',
      fix: '',
    });

  const ask = createAsk(inner, target, request.init, request.headers, setup, report);
  const dialect = settleDialect(await findDialect(target, ask, report), model, target.rules);
  checkEndpoint(dialect, endpoint, path, report);
  url.searchParams.delete('api-version');
  const call: Call = {
    ask,
    endpoint,
    path: `${path}${url.search}`,
    body,
    dialect,
    requestedModel,
    model,
    baseURL: target.baseURL,
    reasoning: setup.reasoning,
    report,
    migration: {
      target: target.id,
      dialect: dialect.id,
      model: requestedModel === '' ? undefined : model,
      notes: report.notes,
    },
  };
  return (handlers[endpoint] ?? passThrough)(call).catch(async (error: unknown) => {
    throw await explainError(error, call);
  });
}

interface ReadRequest {
  readonly url: string;
  readonly method: string;
  readonly init: RequestInit;
  readonly headers: ReadonlyArray<readonly [string, string]>;
}

/** Reads what a client handed to fetch: an address with options, or a Request, whose body is read whole. */
async function readRequest(input: string | URL | Request, init: RequestInit = {}): Promise<ReadRequest> {
  if (typeof input === 'string' || input instanceof URL)
    return {
      url: String(input),
      method: (init.method ?? 'GET').toUpperCase(),
      init,
      headers: listHeaders(init.headers),
    };
  const method = (init.method ?? input.method).toUpperCase();
  const isText = /json|text/.test(input.headers.get('content-type') ?? '');
  const body =
    init.body ??
    (method === 'GET' || input.body === null ? undefined : isText ? await input.text() : await input.arrayBuffer());
  const headers = init.headers ?? input.headers;
  return {
    url: input.url,
    method,
    init: {
      signal: input.signal,
      ...init,
      method,
      headers: new Headers(headers),
      ...(body === undefined ? {} : { body }),
    },
    headers: listHeaders(headers),
  };
}

/** Azure names the model's deployment in the path, where the body may leave it out. */
function readModel(url: URL, path: string, endpoint: EndpointId, body: WireObject): string {
  if (endpoint === 'models.retrieve') return decodeURIComponent(path.slice('/models/'.length));
  if (typeof body['model'] === 'string' && body['model'] !== '') return body['model'];
  return decodeURIComponent(/\/deployments\/([^/]+)\//.exec(url.pathname)?.[1] ?? '');
}

function checkEndpoint(dialect: Dialect, endpoint: EndpointId, path: string, report: Report): void {
  const rule = dialect.endpoints[endpoint];
  if (rule === undefined)
    report.add({
      code: 'endpoint-untranslated',
      severity: 'info',
      where: `request ${path}`,
      what: 'sent and answered as it is',
      why: `the shim has no rules for this endpoint at ${dialect.id}`,
      fix: 'Check that the endpoint has it',
    });
  else if (rule !== 'native' && rule.kind === 'refused')
    throw refuseRequest(
      `${path} is not served through ${dialect.id}: ${rule.because} (${rule.source}, ${rule.checked}). ${rule.fix}.`,
      null,
      'unsupported_endpoint',
    );
}
