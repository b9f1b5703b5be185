import { type Check, type Comparison, passCheck } from '../check.ts';
import type { Answer } from '../answer.ts';
import { quoteText, readObjects, isObject } from '../json.ts';
import { findSchemaProblems } from '../openai-schema/validate.ts';

/** Names the error class that the openai SDK throws for a status. Source: openai@7.57.0 core/error (`APIError.generate`), checked 2026-11-25 */
export function nameErrorClass(status: number): string {
  const names: Readonly<Record<number, string>> = {
    400: 'BadRequestError',
    401: 'AuthenticationError',
    403: 'PermissionDeniedError',
    404: 'NotFoundError',
    409: 'ConflictError',
    422: 'UnprocessableEntityError',
    429: 'RateLimitError',
  };
  return names[status] ?? (status >= 500 ? 'InternalServerError' : 'APIError');
}

/** The error class and code where OpenAI answered with an error. */
export const compareErrors: Comparison = ({ recorded, candidate }) => {
  const expected = describeError(recorded);
  if (candidate.status < 400 && candidate.error === undefined) return [judgeAnswer(expected, candidate)];
  const got = describeError(candidate);
  const shape = findSchemaProblems('ErrorResponse', candidate.json);
  const sameClass = nameErrorClass(candidate.status) === nameErrorClass(recorded.status);
  return [
    sameClass
      ? passCheck('error-class', expected, got)
      : {
          check: 'error-class',
          verdict: 'FAIL',
          expected,
          got,
          why: "the app's catch blocks tell errors apart by class; this one lands in another block",
          fix: 'put the shim before the endpoint; if it is there already, report the endpoint with this exchange',
        },
    ...(sameClass ? compareCodes(recorded, candidate) : []),
    shape.length === 0
      ? passCheck('wire-shape', "the shape of OpenAI's errors")
      : {
          check: 'wire-shape',
          verdict: 'FAIL',
          expected: "the shape of OpenAI's errors",
          got: shape.join('; '),
          why: 'the SDK reads code, param and type from it; they come out undefined',
          fix: 'put the shim before the endpoint',
        },
  ];
};

function compareCodes(recorded: Answer, candidate: Answer): Check[] {
  const [expected, got] = [readCode(recorded), readCode(candidate)];
  if (expected === got) return expected === 'none' ? [] : [passCheck('error-code', expected)];
  const known = expected !== 'none';
  return [
    {
      check: 'error-code',
      verdict: known ? 'FAIL' : 'INFO',
      expected,
      got,
      why: known ? 'apps branch on error.code' : 'OpenAI gives no code here; the candidate does',
      fix: known ? 'put the shim before the endpoint; else branch on the status instead' : '',
    },
  ];
}

function judgeAnswer(expected: string, candidate: Answer): Check {
  const { json, choices, text } = candidate;
  const vectors = readObjects(isObject(json) ? json['data'] : undefined).some(
    ({ embedding }) => (Array.isArray(embedding) || typeof embedding === 'string') && embedding.length > 0,
  );
  const answers = vectors || choices.some((choice) => choice.text !== '' || choice.toolCalls.length > 0);
  return {
    check: 'error-class',
    verdict: answers ? 'WARN' : 'FAIL',
    expected,
    got: answers
      ? `an answer: ${quoteText(choices[0]?.text ?? text, 80)}`
      : `status ${candidate.status} with an empty answer`,
    why: answers
      ? 'the candidate serves a request that OpenAI rejects: a mistake of the app goes unnoticed there'
      : 'an error was swallowed: the app takes nothing for an answer, and no catch block hears of it',
    fix: answers
      ? 'see whether the app counts on the rejection'
      : 'do not use this endpoint; report it with this exchange',
  };
}

function readCode({ error }: Answer): string {
  const code = error?.['code'];
  return typeof code === 'string' ? code : code === undefined || code === null ? 'none' : JSON.stringify(code);
}

function describeError(answer: Answer): string {
  return `${nameErrorClass(answer.status)} (${answer.status}, code ${readCode(answer)})`;
}
