import { quoteText } from '../../json.ts';
import { findSchemaProblems } from '../../openai-schema/validate.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { expecting } from './expectation.ts';

/** The status is one of these. */
export function hasStatus(...allowed: readonly number[]): Expectation {
  return expecting(`the status is ${allowed.join(' or ')}`, (seen) =>
    allowed.includes(seen.status) ? undefined : describeAnswer(seen),
  );
}

/** Statuses that say "I do not do this" in an honest way. */
const refusals = [400, 403, 404, 405, 413, 415, 422, 501];

/** The feature is there; a clear refusal is no failure, a 500 is. */
export const isServed: Expectation = {
  says: 'the request is served',
  judge: (seen) => {
    if (seen.status >= 200 && seen.status < 300) return 'held';
    return refusals.includes(seen.status) ? { refused: describeAnswer(seen) } : { broken: describeAnswer(seen) };
  },
};

/** Served or refused with a client error: never a 5xx, never cut off. */
export const isServedOrRefused: Expectation = expecting('it is answered 200 or refused with 4xx', (seen) =>
  seen.status >= 200 && seen.status < 500 ? undefined : describeAnswer(seen),
);

/** A request that is wrong is refused with a client error. */
export function isRejected(...allowed: readonly number[]): Expectation {
  const statuses = allowed.length === 0 ? [400, 422] : allowed;
  return hasStatus(...statuses);
}

/** The body is an error as OpenAI writes it. Source: schema ErrorResponse of openai-openapi */
export const hasErrorEnvelope: Expectation = expecting(
  'the error is {"error": {message, type, param, code}}',
  (seen) => {
    const [problem] = findSchemaProblems('ErrorResponse', seen.answer.json);
    return problem === undefined ? undefined : `${problem}: ${quoteText(seen.text)}`;
  },
);

/** The body has at least an `error.message` that clients can show. */
export const hasErrorMessage: Expectation = expecting('error.message is a text', ({ answer, text }) =>
  typeof answer.error?.['message'] === 'string' && answer.error['message'] !== '' ? undefined : quoteText(text),
);

/** A response header fits. */
export function hasHeader(name: string, pattern: RegExp): Expectation {
  return expecting(`the header ${name} fits ${String(pattern)}`, ({ headers }) => {
    const value = headers[name];
    return value !== undefined && pattern.test(value) ? undefined : (value ?? 'the header is missing');
  });
}

/** Status and the start of the body, for what came instead. */
export function describeAnswer({ status, text, answer, failure }: Observation): string {
  if (status === 0) return failure?.what ?? 'no answer';
  const message = answer.error?.['message'];
  return `${status} ${quoteText(typeof message === 'string' ? message : text)}`;
}
