import type { Capability } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { atEveryStep, atStep, expecting, strictly } from '../expectations/expectation.ts';
import {
  describeAnswer,
  hasErrorEnvelope,
  hasErrorMessage,
  hasHeader,
  hasStatus,
  isRejected,
} from '../expectations/http.ts';
import { isText, orEmpty, type Predicate } from '../expectations/predicate.ts';
import { isChat } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/guides/error-codes';
const ok = askChat('Reply with exactly: OK');
const wrongKey = { ...ok, headers: { authorization: 'Bearer wrong-key-sent-on-purpose' } };
const unknownModel = askChat('Hi', { model: 'no-such-model-for-conformance' });
const noMessages = askChat('Hi', { messages: undefined });
const noModel = askChat('Hi', { model: undefined });
const hotTemperature = askChat('Hi', { temperature: 'hot' });

/** A field of the error fits. */
function hasError(field: 'code' | 'param' | 'type', { says, holds }: Predicate) {
  return expecting(`error.${field} is ${says}`, (seen) => {
    const { error } = seen.answer;
    return error !== undefined && holds(error[field])
      ? undefined
      : describeAnswer(seen) + ` (${field}: ${JSON.stringify(error?.[field])})`;
  });
}
const named = (...names: readonly string[]): Predicate => ({
  says: names.join(' or '),
  holds: (value) => typeof value === 'string' && names.includes(value),
});
const isRefused = isChat({ status: 400 });

/** Errors. */
export const errors: Capability = {
  name: 'Errors',
  cases: [
    {
      id: 'ERR-01',
      level: 'must',
      kind: 'wire',
      title: 'an error is {"error": {message, type, param, code}}',
      source: `${reference}; schema ErrorResponse; recorded traffic`,
      steps: [hotTemperature],
      expect: [isRejected(400, 422), hasErrorMessage, hasError('type', isText), strictly(hasErrorEnvelope)],
      applies: isRefused,
    },
    {
      id: 'ERR-02',
      level: 'should',
      kind: 'wire',
      title: 'error.code is a text or null, never a number',
      source:
        'https://github.com/vllm-project/vllm/issues/37011; recorded traffic (OpenRouter, llama.cpp and Baseten send numbers)',
      steps: [hotTemperature, unknownModel],
      expect: [atEveryStep(hasError('code', orEmpty(isText)))],
    },
    {
      id: 'ERR-16',
      level: 'should',
      kind: 'wire',
      title: 'the code and the param of a refusal are texts or null',
      source: `${reference}; recorded traffic`,
      steps: [hotTemperature],
      expect: [hasError('code', orEmpty(isText)), hasError('param', orEmpty(isText))],
      applies: isRefused,
    },
    {
      id: 'ERR-03',
      level: 'must',
      kind: 'wire',
      title: 'a wrong key is answered 401 with an error',
      source: `${reference}; recorded traffic (Baseten answers 403)`,
      needs: 'api key',
      steps: [wrongKey],
      expect: [hasStatus(401), hasErrorMessage, strictly(hasError('code', named('invalid_api_key')))],
      applies: isChat({ status: 401 }),
    },
    {
      id: 'ERR-17',
      level: 'must',
      kind: 'wire',
      title: 'a request without a key is answered 401 with an error',
      source: reference,
      needs: 'api key',
      steps: [{ ...ok, headers: { authorization: null } }],
      expect: [hasStatus(401), hasErrorMessage],
    },
    {
      id: 'ERR-04',
      level: 'must',
      kind: 'wire',
      title: 'an unknown model is answered 404, code model_not_found',
      source: `${reference}; recorded traffic (Mistral, DeepSeek and Hugging Face answer 400)`,
      steps: [unknownModel],
      expect: [
        hasStatus(404, 400),
        hasErrorMessage,
        strictly(hasStatus(404)),
        strictly(hasError('code', named('model_not_found'))),
      ],
      applies: isChat({ status: 404 }),
    },
    {
      id: 'ERR-05',
      level: 'must',
      kind: 'wire',
      title: 'a missing field is refused with 400, and the error names it',
      source: `${reference}; webai-at-home missing_messages`,
      steps: [noMessages, noModel],
      expect: [
        atStep(0, isRejected(400, 422)),
        atStep(1, isRejected(400, 404, 422)),
        atEveryStep(hasErrorMessage),
        strictly(
          atStep(
            0,
            expecting('the error names messages', (seen) =>
              seen.text.includes('messages') ? undefined : describeAnswer(seen),
            ),
          ),
        ),
      ],
    },
    {
      id: 'ERR-06',
      level: 'must',
      kind: 'wire',
      title: 'a field of the wrong type is refused with 400',
      source: 'recorded traffic (Mistral answers 422)',
      steps: [[hotTemperature, askChat('Hi', { max_tokens: 'many' }), askChat('Hi', { messages: 'Hi' })]],
      expect: [atEveryStep(isRejected(400, 422)), atEveryStep(hasErrorMessage)],
    },
    {
      id: 'ERR-07',
      level: 'should',
      kind: 'wire',
      title: 'a parameter the model does not take is refused as unsupported_parameter or unsupported_value',
      source: 'recorded traffic',
      steps: [],
      expect: [hasErrorMessage, hasError('param', isText)],
      applies: isChat({ status: 400, where: (body) => /^(?:o\d|gpt-5)/.test(String(body['model'])) }),
      untested:
        "takes a model that is known to refuse a parameter, which an open endpoint's models do not say of themselves",
    },
    {
      id: 'ERR-08',
      level: 'should',
      kind: 'wire',
      title: 'a body beyond the limit is answered 413 or 400, and the connection is not cut',
      source: 'ollama middleware tests',
      steps: [
        {
          path: '/chat/completions',
          raw: `{"model":"none","messages":[],"pad":"${'x'.repeat(24_000_000)}"}`,
          maxTokens: 0,
        },
      ],
      expect: [isRejected(400, 404, 413, 422)],
      alone: true,
    },
    {
      id: 'ERR-09',
      level: 'must',
      kind: 'wire',
      title: 'a 429 says when to come back, or why it never will',
      source: `${reference}; openai-node retry tests`,
      steps: [],
      expect: [
        hasErrorMessage,
        expecting('there is a retry-after header or an error.type', ({ headers, answer }) =>
          'retry-after' in headers || 'retry-after-ms' in headers || typeof answer.error?.['type'] === 'string'
            ? undefined
            : JSON.stringify(headers),
        ),
      ],
      applies: isChat({ status: 429 }),
      untested: 'a limit cannot be reached at will without loading the endpoint; held on recorded answers only',
    },
    {
      id: 'ERR-10',
      level: 'should',
      kind: 'wire',
      title: 'quota and permission errors (402, 403) keep the envelope',
      source: 'recorded traffic (Hugging Face answers 402 with a text)',
      steps: [],
      expect: [hasErrorMessage],
      applies: (recorded) => recorded.status === 402 || recorded.status === 403,
      untested: 'an account cannot be emptied on purpose; held on recorded answers only',
    },
    {
      id: 'ERR-11',
      level: 'must',
      kind: 'wire',
      title: 'a bad request is never a 5xx, and an error is JSON',
      source: 'recorded traffic (llama.cpp answers 500, Hugging Face 502 as HTML)',
      steps: [
        [
          hotTemperature,
          noMessages,
          unknownModel,
          askChat('Hi', { messages: [{ role: 'user' }] }),
          askChat('Hi', { response_format: 'json' }),
        ],
      ],
      expect: [
        atEveryStep(
          expecting('the status is below 500', (seen) => (seen.status < 500 ? undefined : describeAnswer(seen))),
        ),
        atEveryStep(
          expecting('an error is application/json', ({ status, headers }) =>
            status < 400 || /^application\/(?:problem\+)?json\b/i.test(headers['content-type'] ?? '')
              ? undefined
              : `${status} ${headers['content-type'] ?? 'without a type'}`,
          ),
        ),
      ],
    },
    {
      id: 'ERR-18',
      level: 'must',
      kind: 'wire',
      title: 'the body of an error is application/json',
      source: 'recorded traffic (DeepSeek sends application/octet-stream)',
      steps: [hotTemperature],
      expect: [isRejected(400, 422), hasHeader('content-type', /^application\/json\b/i)],
      applies: isRefused,
    },
    {
      id: 'ERR-12',
      level: 'must',
      kind: 'wire',
      title: 'after a refused request the next one is answered',
      source: 'vLLM "server should still work afterwards"',
      steps: [hotTemperature, noMessages, streamChat('Hi', { messages: [] }), ok],
      expect: [hasStatus(200)],
    },
    {
      id: 'ERR-13',
      level: 'should',
      kind: 'wire',
      title: 'a request that is refused is refused within a second',
      source: 'am-i-openai-compatible; maruel/genai (21 ms)',
      steps: [hotTemperature],
      expect: [
        isRejected(400, 422),
        expecting('the answer took less than 1 s', ({ durationMs }) =>
          durationMs < 1000 ? undefined : `${Math.round(durationMs)} ms`,
        ),
      ],
      alone: true,
    },
    {
      id: 'ERR-14',
      level: 'should',
      kind: 'wire',
      title: "the SDK's error classes fit: 400, 401, 403, 404, 409, 422, 429 and 5xx",
      source: 'openai-node core error tests',
      steps: [],
      expect: [],
      untested:
        'the SDK chooses the class by the status alone, which ERR-03, ERR-04, ERR-05 and ERR-06 look at; SDK-06 asks through the SDK',
    },
    {
      id: 'ERR-15',
      level: 'should',
      kind: 'wire',
      title: 'an error tells no stack trace and no key',
      source: 'maruel/genai; security',
      steps: [[hotTemperature, noMessages, unknownModel, { path: '/chat/completions', raw: '{' }]],
      expect: [
        atEveryStep(
          expecting('there is no stack trace and no key', ({ text }) =>
            /Traceback \(most recent call last\)|\n\s+at .+:\d+:\d+|goroutine \d+ \[|\bsk-[A-Za-z0-9]{20,}/.test(text)
              ? text.slice(0, 160)
              : undefined,
          ),
        ),
      ],
    },
  ],
};
