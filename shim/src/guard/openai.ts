import type { Call } from '../call.ts';
import { answerChat } from '../handlers/chat.ts';
import { defineDialect } from '../layers.ts';
import type { OpenCall } from '../open-call.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { askOpenAI } from '../route/openai.ts';
import type { ActiveSetup } from '../setup.ts';
import type { Fetch } from '../transport.ts';
import { isObject, parseJson } from '../wire.ts';
import { openGuard } from './open.ts';
import { readWatch } from './watch.ts';

/** OpenAI read as a dialect: nothing is different there. */
const plain = defineDialect({
  id: 'openai-compatible',
  name: 'OpenAI',
  kind: 'fallback',
  endpoints: { 'chat.completions': 'native' },
  chat: { params: {} },
  signs: {},
});

/** What a call to OpenAI needs. */
interface Around {
  readonly setup: ActiveSetup;
  readonly inner: Fetch;
  readonly report: Report;
  readonly signal: AbortSignal | null | undefined;
}

/** Asks OpenAI itself with the same guard as every target; `undefined` where the guard watches nothing of this call. Throws a `Refusal` for calls whose answers it cannot hold back. */
export async function askOpenAIWatched(
  { request, url, path, endpoint, body, requestedModel }: OpenCall,
  model: string,
  { setup, inner, report, signal }: Around,
): Promise<Response | undefined> {
  const { openai } = setup;
  const guard = openGuard(setup, inner, request, { ...request.init, signal: signal ?? null });
  if (request.method !== 'POST' || readWatch(guard, undefined) === undefined) return undefined;
  if (endpoint === 'responses' || endpoint === 'completions')
    throw refuseRequest(
      `${path} at OpenAI itself is not watched by the guard that the settings name: send this call to a target, or ask by chat.completions`,
      null,
      'unsupported_endpoint',
    );
  if (endpoint !== 'chat.completions') return undefined;
  const call: Call = {
    ask: (_, change = {}) => {
      const changed = typeof change.body === 'string' ? parseJson(change.body) : undefined;
      return askOpenAI(
        { request, path: `${path}${url.search}`, changed: isObject(changed) ? changed : undefined, signal },
        openai,
        inner,
      );
    },
    method: request.method,
    signal: signal ?? undefined,
    endpoint,
    path,
    body,
    dialect: plain,
    requestedModel,
    model,
    baseURL: openai.baseURL,
    reasoning: 'keep',
    responses: setup.responses,
    embeddings: setup.embeddings,
    images: undefined,
    guard,
    form: undefined,
    report,
  };
  return answerChat(call);
}
