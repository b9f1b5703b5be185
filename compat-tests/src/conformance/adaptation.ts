import type { Ask } from './ask.ts';
import type { CaseRequest, JsonValue } from './case.ts';
import type { Observation } from './observation.ts';
import { plainQuestion } from './preflight.ts';

/** What the model refuses of the plainest question, and so is sent otherwise in every request. */
interface Adaptation {
  /** `max_tokens` goes as `max_completion_tokens`. */
  readonly renamesLimit: boolean;
  /** `temperature: 0`, with which the cases ask so that answers repeat, is left out. */
  readonly dropsTemperature: boolean;
}

/**
 * Learns from the plain question before the cases what the model does not take, and sends every request as it does.
 * Nothing else is learnt from, so that no failure of a case is hidden; the cases that are about these parameters say UNSUPPORTED.
 */
export function createAdaptingAsk(ask: Ask): Ask {
  let known: Adaptation = { renamesLimit: false, dropsTemperature: false };
  return async (request, timeoutMs) => {
    const seen = await ask(adaptRequest(request, known), timeoutMs);
    if (request !== plainQuestion) return seen;
    const learnt = learn(known, seen);
    if (learnt === undefined) return seen;
    known = learnt;
    const again = await ask(adaptRequest(request, known), timeoutMs);
    known = learn(known, again) ?? known;
    return again.status === 400 ? ask(adaptRequest(request, known), timeoutMs) : again;
  };
}

/** Reasoning models of OpenAI refuse both. Source: recorded traffic (unsupported_parameter, unsupported_value), checked 2026-11-25 */
function learn(known: Adaptation, { status, answer }: Observation): Adaptation | undefined {
  if (status !== 400) return undefined;
  const { param, message } = answer.error ?? {};
  const names = (field: string) => param === field || (typeof message === 'string' && message.includes(`'${field}'`));
  if (!known.renamesLimit && names('max_tokens')) return { ...known, renamesLimit: true };
  return !known.dropsTemperature && names('temperature') ? { ...known, dropsTemperature: true } : undefined;
}

function adaptRequest(request: CaseRequest, { renamesLimit, dropsTemperature }: Adaptation): CaseRequest {
  const { body } = request;
  if (!(renamesLimit || dropsTemperature) || request.path !== '/chat/completions' || !isFields(body)) return request;
  const { max_tokens: limit, temperature, ...rest } = body;
  const bounded =
    limit === undefined
      ? {}
      : renamesLimit && typeof limit === 'number' && rest['max_completion_tokens'] === undefined
        ? { max_completion_tokens: limit }
        : { max_tokens: limit };
  const heated = temperature === undefined || (dropsTemperature && temperature === 0) ? {} : { temperature };
  return { ...request, body: { ...rest, ...bounded, ...heated } };
}

function isFields(body: JsonValue | undefined): body is { readonly [key: string]: JsonValue | undefined } {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
