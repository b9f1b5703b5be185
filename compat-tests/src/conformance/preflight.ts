import { isObject, quoteText, readObjects } from '../json.ts';
import type { Ask } from './ask.ts';
import type { CaseRequest } from './case.ts';
import type { Observation } from './observation.ts';

/** The plainest question there is: what cannot answer it cannot be tested. */
export const plainQuestion: CaseRequest = {
  path: '/chat/completions',
  body: {
    model: '$model',
    messages: [{ role: 'user', content: 'Reply with exactly: OK' }],
    temperature: 0,
    max_tokens: 8,
  },
};

/**
 * Asks one plain question before the cases.
 * @returns why the endpoint cannot be tested and what to do, or undefined.
 */
export async function findObstacle(ask: Ask, model: string, timeoutMs: number): Promise<string | undefined> {
  let seen = await ask(plainQuestion, timeoutMs);
  for (let time = 0; time < 2 && (seen.status === 429 || seen.status === 503); time += 1) {
    await new Promise((wake) => setTimeout(wake, 1000));
    seen = await ask(plainQuestion, timeoutMs);
  }
  const obstacle = describeObstacle(seen, model);
  if (obstacle === undefined || !obstacle.isModel) return obstacle?.what;
  const known = await listModels(ask, timeoutMs);
  return `${obstacle.what}${known.length === 0 ? '' : `; it has ${known.slice(0, 8).join(', ')}`}; name one with --model`;
}

/** The ids that the endpoint's list of models has; `[]` when it gives none. */
export async function listModels(ask: Ask, timeoutMs: number): Promise<string[]> {
  const { answer } = await ask({ method: 'GET', path: '/models' }, timeoutMs);
  const list = isObject(answer.json) ? readObjects(answer.json['data']) : [];
  return list.map(({ id }) => id).filter((id) => typeof id === 'string');
}

function describeObstacle(
  { failure, status, headers, text, answer }: Observation,
  model: string,
): { readonly what: string; readonly isModel?: true } | undefined {
  if (failure?.kind === 'unreachable')
    return { what: `the endpoint cannot be reached: ${failure.what}; see that it runs and that the base URL is right` };
  if (failure !== null) return { what: `a plain question got no whole answer: ${failure.what}` };
  const said = quoteText(readMessage(answer.json) ?? text, 200);
  if (/html/i.test(headers['content-type'] ?? '') || /^\s*<(?:!doctype|html)/i.test(text))
    return { what: `the endpoint answers ${status} with HTML: ${said}; most base URLs end in /v1` };
  if (status === 401 || status === 403)
    return { what: `the endpoint refuses the key (${status}): ${said}; name the variable with it: --api-key-env` };
  if (status === 429 || status === 503)
    return { what: `the endpoint is too busy (${status}): ${said}; wait, then try again` };
  if (status >= 500) return { what: `a plain question is answered ${status}: ${said}; look at the endpoint's log` };
  if ((status === 404 || status === 400) && isAboutModel(answer.error ?? answer.json, text))
    return { what: `the endpoint does not know the model "${model}" (${status}): ${said}`, isModel: true };
  if (status === 404 || status === 405)
    return { what: `there is no /chat/completions (${status}): ${said}; most base URLs end in /v1` };
  if (status >= 300 && status < 400)
    return {
      what: `the endpoint sends elsewhere (${status} ${headers['location'] ?? ''}); give the address it points to`,
    };
  return undefined;
}

function readMessage(json: unknown): string | undefined {
  if (!isObject(json)) return undefined;
  const error = isObject(json['error']) ? json['error']['message'] : json['error'];
  return [error, json['message'], json['detail']].find((text) => typeof text === 'string');
}

function isAboutModel(error: unknown, text: string): boolean {
  if (isObject(error) && (error['code'] === 'model_not_found' || error['param'] === 'model')) return true;
  return /\bmodel\b.{0,120}\b(?:not (?:found|exist|available|supported)|does not exist|unknown|invalid)\b|\b(?:unknown|invalid|no such) model\b/is.test(
    text,
  );
}
