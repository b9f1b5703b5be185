import { explainError } from './answer/explain-error.ts';
import { type Call, type Handler } from './call.ts';
import type { ExchangeFrame } from './capture.ts';
import { readRequest } from './client-request.ts';
import { findDialect } from './detect.ts';
import type { Dialect } from './dialect.ts';
import type { EndpointId } from './endpoints.ts';
import { answerAudio } from './handlers/audio.ts';
import { answerChat } from './handlers/chat.ts';
import { answerCompletions } from './handlers/completions.ts';
import { answerConversations } from './handlers/conversations.ts';
import { answerEmbeddings } from './handlers/embeddings.ts';
import { answerModerations } from './handlers/moderations.ts';
import { answerModels } from './handlers/models.ts';
import { passThrough } from './handlers/pass-through.ts';
import { answerResponses } from './handlers/responses.ts';
import { openGuard } from './guard/open.ts';
import { draftExchange, frameExchange } from './record/frame.ts';
import { askOpenAIWatched } from './guard/openai.ts';
import { readForm } from './multipart.ts';
import { openRecorder } from './record/recorder.ts';
import { findBearer } from './key-exchange.ts';
import { openCall, type OpenCall } from './open-call.ts';
import type { Note } from './note.ts';
import { Refusal, refuseRequest } from './refusal.ts';
import { createReport, type Report } from './report.ts';
import { errorResponse, markResponse, type Migration, readMigration } from './response.ts';
import { runChain } from './route/chain.ts';
import { askOpenAI } from './route/openai.ts';
import { type Hop, planCall, type Plan } from './route/plan.ts';
import { shadowCall } from './route/shadow.ts';
import { settleDialect } from './settle.ts';
import type { ActiveSetup } from './setup.ts';
import { nameDestination } from './target.ts';
import { endpointFeatures } from './support.ts';
import { createAsk, type Fetch, TransportFailure } from './transport.ts';
import type { WireError } from './wire.ts';

/** Who serves which endpoint; the rest passes through. */
const handlers: { readonly [E in EndpointId]?: Handler } = {
  'chat.completions': answerChat,
  completions: answerCompletions,
  audio: answerAudio,
  embeddings: answerEmbeddings,
  'models.list': answerModels,
  'models.retrieve': answerModels,
  responses: answerResponses,
  conversations: answerConversations,
  moderations: answerModerations,
};

/** Hears what becomes of one call, for doors that serve many callers. */
interface CallObserver {
  readonly onNote: (note: Note) => void;
  /** The shim's own rules refused the call: it is no error of the endpoint. */
  readonly onRefusal: (error: WireError) => void;
}

/** A fetch whose calls can be observed one by one. */
export type TranslatingFetch = (
  input: string | URL | Request,
  init?: RequestInit,
  observer?: CallObserver,
) => Promise<Response>;

/**
 * Makes the fetch that sends OpenAI requests to a target and brings its answers into OpenAI's shape: route, request passes, endpoint, answer passes.
 * It throws only what the inner fetch threw (an abort, a broken connection), so that the SDK's own retries and error classes work.
 */
export function createTranslatingFetch(setup: ActiveSetup, inner: Fetch): TranslatingFetch {
  const recorder =
    setup.record === undefined
      ? undefined
      : openRecorder(setup.record, [...setup.secrets, ...setup.targetKeys], setup.clock);
  return async (input, init, observer) => {
    // The SDK asks its fetch for `data:,` to learn which Response class it makes: no request to translate.
    if (!/^https?:/i.test(typeof input === 'string' || input instanceof URL ? String(input) : input.url))
      return inner(input, init);
    const report = createReport(setup.policy, joinHooks(observer?.onNote, setup.onNote));
    const startedAt = setup.clock.now();
    let call: OpenCall | undefined;
    let response: Response;
    try {
      call = openCall(await readForm(await readRequest(input, init)), setup);
      response = await answerCall(call, setup, inner, report);
    } catch (error) {
      if (isOurs(error)) observer?.onRefusal(error.error);
      response = answerError(error, report);
    }
    if (recorder !== undefined && call !== undefined) {
      const target = readMigration(response)?.target ?? nameDestination(setup.target);
      const parts = { ...call, target };
      recorder.record(response, startedAt, () => draftExchange(parts));
    }
    return response;
  };
}

function joinHooks(first: CallObserver['onNote'] | undefined, second: ActiveSetup['onNote']): ActiveSetup['onNote'] {
  if (first === undefined || second === undefined) return first ?? second;
  return (note) => {
    first(note);
    second(note);
  };
}

/** Tells a refusal by the shim's own rules from an error of the endpoint. */
function isOurs(error: unknown): error is Refusal {
  return error instanceof Refusal && error.headers === undefined && error.status !== 502;
}

/** Makes the error answer of what was thrown on the way; throws on what the SDK must see as it is: a broken connection, an abort. */
function answerError(error: unknown, report: Report): Response {
  if (error instanceof TransportFailure) throw error.cause;
  if ((error as Error | undefined)?.name === 'AbortError') throw error;
  if (error instanceof Refusal) return errorResponse(error, report, isOurs(error));
  const message = `the shim failed: ${error instanceof Error ? error.message : String(error)}`;
  return errorResponse(
    new Refusal(500, { message, type: 'server_error', param: null, code: 'shim_failed' }),
    report,
    true,
  );
}

async function answerCall(call: OpenCall, setup: ActiveSetup, inner: Fetch, report: Report): Promise<Response> {
  const { request, endpoint, body, text, requestedModel, callSite } = call;
  const header = (name: string): string | undefined =>
    request.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const plan = planCall({ endpoint, model: requestedModel, callSite, body, text, header }, setup.routes);
  notePlan(plan, requestedModel, setup, report);

  const startedAt = setup.clock.now();
  let answered: Answered | undefined;
  const attempt = async (hop: Hop, signal: AbortSignal | null | undefined): Promise<Response> => {
    answered = await answerHop(call, hop, setup, inner, report, signal);
    return answered.response;
  };
  const response = await runChain(plan, attempt, {
    clock: setup.clock,
    report,
    signal: request.init.signal,
    isRetry: Number(header('x-stainless-retry-count') ?? 0) > 0,
  });
  if (answered === undefined) return response;
  markResponse(response, answered.migration);
  const { shadow } = plan;
  const { onShadow } = setup;
  if (shadow !== undefined && onShadow !== undefined && response.status < 400) {
    const frame = (target: string): ExchangeFrame => frameExchange({ ...call, target });
    shadowCall(response, {
      clock: setup.clock,
      startedAt,
      primary: frame(answered.migration.target),
      shadow: frame(nameDestination(shadow.to)),
      onShadow,
      ask: (signal) => {
        // Its notes are the shadow's own: the app's call has nothing to do with them.
        const quiet = createReport(setup.policy === 'strict' ? 'strict' : 'silent', undefined);
        return answerHop(call, shadow, setup, inner, quiet, signal).then(
          ({ response: second }) => second,
          (error: unknown) => answerError(error, quiet),
        );
      },
    });
  }
  return response;
}

interface Answered {
  readonly response: Response;
  readonly migration: Migration;
}

/** Lets one place answer: a target through its dialect's passes, OpenAI as it is. */
async function answerHop(
  open: OpenCall,
  hop: Hop,
  setup: ActiveSetup,
  inner: Fetch,
  report: Report,
  signal: AbortSignal | null | undefined,
): Promise<Answered> {
  const { request, url, path, endpoint, body, requestedModel } = open;
  const { to, model } = hop;
  const sentModel = requestedModel === '' ? undefined : model;
  if (to === 'openai') {
    const changed = body !== undefined && sentModel !== requestedModel ? { ...body, model: sentModel } : undefined;
    const response =
      (await askOpenAIWatched(open, model, { setup, inner, report, signal })) ??
      (await askOpenAI({ request, path: `${path}${url.search}`, changed, signal }, setup.openai, inner));
    return { response, migration: { target: 'openai', dialect: 'openai', model: sentModel, notes: report.notes } };
  }
  const init = signal === request.init.signal ? request.init : { ...request.init, signal: signal ?? null };
  const bearer = findBearer(to, inner, init, setup.clock.now);
  const ask = createAsk(inner, to, init, request.headers, setup, report, bearer);
  const dialect = settleDialect(await findDialect(to, ask, report), model, to.rules);
  // A guard answers moderations whatever the target has.
  if (endpoint !== 'moderations' || setup.guard === undefined) checkEndpoint(dialect, endpoint, path, report);
  const query = new URLSearchParams(url.search);
  query.delete('api-version');
  const migration: Migration = { target: to.id, dialect: dialect.id, model: sentModel, notes: report.notes };
  const call: Call = {
    ask,
    method: request.method,
    signal: signal ?? undefined,
    endpoint,
    path: query.size === 0 ? path : `${path}?${query.toString()}`,
    body,
    dialect,
    requestedModel,
    model,
    baseURL: to.baseURL,
    reasoning: setup.reasoning,
    responses: setup.responses,
    embeddings: setup.embeddings,
    images: setup.images,
    guard: openGuard(setup, inner, request, init),
    form: open.form,
    report,
  };
  const response = await (handlers[endpoint] ?? passThrough)(call).catch(async (error: unknown) => {
    throw await explainError(error, call);
  });
  return { response, migration };
}

function notePlan({ hops, why, skipped }: Plan, requestedModel: string, setup: ActiveSetup, report: Report): void {
  const [{ to, model }] = hops as [Hop];
  const name = nameDestination(to);
  if (setup.unusedRoute !== undefined)
    report.add({
      code: 'route-unused',
      severity: 'info',
      where: 'route',
      what: 'the rules of the config file are not used',
      why: setup.unusedRoute,
      fix: 'Say the target in the config file, or give the rules where the target is given',
    });
  if (why !== undefined)
    report.add({ code: 'route-chosen', severity: 'info', where: 'target', what: `${name} is asked`, why, fix: '' });
  // A call that names no model, such as the list of models, has none to send elsewhere.
  if (requestedModel !== '' && model !== requestedModel)
    report.add({
      code: 'model-routed',
      severity: 'info',
      where: 'request.model',
      what: `"${requestedModel}" sent as "${model}" to ${name}`,
      why: 'the settings map it',
      fix: '',
    });
  if (skipped.length > 0)
    report.add({
      code: 'route-skipped',
      severity: 'info',
      where: 'request.model',
      what: `${skipped.join(', ')} left out of the route`,
      why: 'vectors of another model do not fit those of the first',
      fix: 'Give the rule the same embedding model at each target',
    });
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
  else if (typeof rule === 'object' && rule.kind === 'refused')
    throw refuseRequest(
      `${path} is not served through ${dialect.id}: ${rule.because} (${rule.source}, ${rule.checked}). ${rule.fix}. If the endpoint has it, say "rules": {"pass": ["${endpointFeatures[endpoint] ?? path}"]} of the target.`,
      null,
      'unsupported_endpoint',
    );
}
