import { type ByteSource, openBody } from './answer/body.ts';
import { assembleCompletion, joinCompletions, normaliseCompletion, splitCompletion } from './answer/completion.ts';
import { normaliseEmbeddings } from './answer/embeddings.ts';
import { normaliseModels, pickModel } from './answer/models.ts';
import { type ChunkBatches, encodeChunks, mergeChunks, readChunks } from './answer/stream.ts';
import { readHiddenError, readUpstreamError } from './answer/upstream-error.ts';
import { findDialect } from './detect.ts';
import type { Dialect } from './dialect.ts';
import { cutBase, type EndpointId, findEndpoint } from './endpoints.ts';
import { answerHeaders, listHeaders } from './headers.ts';
import { Refusal, refuseAnswer, refuseRequest } from './refusal.ts';
import { createReport, type Report } from './report.ts';
import { type ChatPlan, translateChat } from './request/chat.ts';
import { translateEmbeddings } from './request/embeddings.ts';
import { errorResponse, jsonResponse, type Migration, streamResponse } from './response.ts';
import type { ActiveSetup } from './setup.ts';
import { type Ask, createAsk, type Fetch, TransportFailure } from './transport.ts';
import { isObject, parseJson, type WireObject } from './wire.ts';

/** Everything a handler of one endpoint needs. */
interface Call {
  readonly ask: Ask;
  /** Path below the base URL with its query. */
  readonly path: string;
  readonly body: WireObject;
  readonly dialect: Dialect;
  readonly requestedModel: string;
  readonly model: string;
  readonly report: Report;
  readonly migration: Migration;
}

/**
 * Makes the fetch that sends OpenAI requests to a target and brings its answers into OpenAI's shape: route, request passes, endpoint, answer passes.
 * It throws only what the inner fetch threw (an abort, a broken connection), so that the SDK's own retries and error classes work.
 */
export function createTranslatingFetch(setup: ActiveSetup, inner: Fetch): Fetch {
  return async (input, init) => {
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
  const body = isObject(json) ? json : {};
  const requestedModel = readModel(url, path, endpoint, body);
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
  const dialect = await findDialect(target, ask, report);
  checkEndpoint(dialect, endpoint, path, report);
  url.searchParams.delete('api-version');
  const call: Call = {
    ask,
    path: `${path}${url.search}`,
    body,
    dialect,
    requestedModel,
    model,
    report,
    migration: {
      target: target.id,
      dialect: dialect.id,
      model: requestedModel === '' ? undefined : model,
      notes: report.notes,
    },
  };
  switch (endpoint) {
    case 'chat.completions':
      if (!isObject(json)) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
      return answerChat(call);
    case 'embeddings':
      return answerEmbeddings(call);
    case 'models.list':
    case 'models.retrieve':
      return answerModels(call, endpoint);
    default:
      return passThrough(call, isObject(json));
  }
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

async function answerChat(call: Call): Promise<Response> {
  const { ask, path, body, model, dialect, report, migration } = call;
  const { bodies, plan } = translateChat(body, model, dialect, report);
  const responses = await Promise.all(bodies.map((sent) => ask(path, { body: JSON.stringify(sent) })));
  const failed = responses.find((response) => response.status >= 400);
  if (failed !== undefined) {
    for (const response of responses)
      if (response !== failed)
        void openBody(response)
          .cancel()
          .catch(() => undefined);
    throw readUpstreamError(failed.status, await failed.text(), copyHeaders(failed));
  }
  const upstream = copyHeaders(responses[0]);
  if (plan.stream) {
    const sources = responses.map((response) => openBody(response));
    const batches = responses.map((response, index) =>
      openChunks(response, sources[index] as ByteSource, plan, dialect, report),
    );
    const merged = batches.length === 1 ? (batches[0] as ChunkBatches) : mergeChunks(batches);
    const stop = (): void => sources.forEach((source) => void source.cancel().catch(() => undefined));
    return streamResponse(encodeChunks(merged, plan.wantsUsage, stop), upstream, report);
  }
  const answers = await Promise.all(responses.map((response) => readCompletion(response, plan, dialect, report)));
  return jsonResponse(answers.length === 1 ? answers[0] : joinCompletions(answers), upstream, report, migration);
}

/** Reads a stream's answer in whatever form it came: events, or one JSON body that is cut into chunks. */
async function* openChunks(
  response: Response,
  source: ByteSource,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
): ChunkBatches {
  const type = response.headers.get('content-type') ?? '';
  if (!/json|html/i.test(type)) {
    yield* readChunks(source, plan, dialect, report);
    return;
  }
  const text = await readText(source);
  const answer = readAnswer(text, response.status, copyHeaders(response));
  report.add({
    code: 'json-streamed',
    severity: 'info',
    where: 'response',
    what: 'a JSON answer sent as a stream',
    why: 'the endpoint does not stream this request',
    fix: '',
  });
  yield splitCompletion(normaliseCompletion(answer, plan, dialect, report));
}

async function readCompletion(
  response: Response,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
): Promise<WireObject> {
  const text = await response.text();
  const isEvents =
    /event-stream/i.test(response.headers.get('content-type') ?? '') || /^\s*(data|event|id):/.test(text);
  if (!isEvents)
    return normaliseCompletion(readAnswer(text, response.status, copyHeaders(response)), plan, dialect, report);
  report.add({
    code: 'stream-assembled',
    severity: 'info',
    where: 'response',
    what: 'an event stream sent as one answer',
    why: 'the endpoint streams although it was not asked to',
    fix: '',
  });
  const chunks = [];
  for await (const batch of readChunks(textSource(text), plan, dialect, report)) chunks.push(...batch);
  return assembleCompletion(chunks);
}

async function answerEmbeddings({
  ask,
  path,
  body,
  requestedModel,
  model,
  dialect,
  report,
  migration,
}: Call): Promise<Response> {
  const { body: sent, wants, count } = translateEmbeddings(body, model, dialect, report);
  const { value, headers } = await askJson(ask, path, JSON.stringify(sent));
  return jsonResponse(normaliseEmbeddings(value, wants, requestedModel, count, report), headers, report, migration);
}

async function answerModels(
  { ask, path, requestedModel, model, dialect, report, migration }: Call,
  endpoint: EndpointId,
): Promise<Response> {
  const rule = dialect.endpoints[endpoint];
  const single = endpoint === 'models.retrieve';
  const emulated = single && typeof rule === 'object' && rule.kind === 'emulated';
  const { value, headers } = await askJson(
    ask,
    emulated ? '/models' : single ? `/models/${encodeURIComponent(model)}` : path,
  );
  if (single && !emulated) return jsonResponse(value, headers, report, migration);
  const list = normaliseModels(value, dialect);
  return jsonResponse(single ? pickModel(list, requestedModel, model) : list, headers, report, migration);
}

/** Endpoints without passes of their own: the model is mapped, errors are brought into shape, the rest stays. */
async function passThrough({ ask, path, body, model, requestedModel }: Call, isJson: boolean): Promise<Response> {
  const mapped = isJson && requestedModel !== '' && model !== requestedModel;
  const response = await ask(path, mapped ? { body: JSON.stringify({ ...body, model }) } : {});
  // The Node stream of node-fetch stays in its own response.
  if (response.status < 400 && response.body !== null && !('getReader' in response.body)) return response;
  if (response.status < 400)
    return new Response(response.body, {
      status: response.status,
      headers: answerHeaders(copyHeaders(response), response.headers.get('content-type') ?? 'application/octet-stream'),
    });
  throw readUpstreamError(response.status, await response.text(), copyHeaders(response));
}

async function askJson(
  ask: Ask,
  path: string,
  body?: string,
): Promise<{ readonly value: unknown; readonly headers: Headers }> {
  const response = await ask(path, body === undefined ? {} : { body });
  const headers = copyHeaders(response);
  const text = await response.text();
  if (response.status >= 400) throw readUpstreamError(response.status, text, headers);
  return { value: readAnswer(text, response.status, headers), headers };
}

function readAnswer(text: string, status: number, headers: Headers): unknown {
  const value = parseJson(text);
  if (value === undefined)
    throw new Refusal(
      502,
      { ...readUpstreamError(status, text, headers).error, type: 'server_error', code: 'invalid_answer' },
      headers,
    );
  const hidden = readHiddenError(value, headers);
  if (hidden !== undefined) throw hidden;
  return value;
}

async function readText(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next())
    text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

function textSource(text: string): ByteSource {
  let bytes: Uint8Array | undefined = new TextEncoder().encode(text);
  return {
    next: async () => {
      const piece = bytes;
      bytes = undefined;
      return piece;
    },
    cancel: async () => undefined,
  };
}

/** Copies headers into the platform's class: node-fetch has its own. */
function copyHeaders(response: Response | undefined): Headers {
  return new Headers(listHeaders(response?.headers).map(([name, value]) => [name, value]));
}
