import { gzipSync } from 'node:zlib';
import type { Capability } from '../case.ts';
import { askChat, askMessages, user } from '../chat-request.ts';
import { atEveryStep, atStep, expecting, own, strictly } from '../expectations/expectation.ts';
import {
  hasErrorEnvelope,
  hasErrorMessage,
  hasHeader,
  hasStatus,
  isRejected,
  isServedOrRefused,
} from '../expectations/http.ts';
import { isChat } from '../recorded.ts';

const ping = askChat('Reply with exactly: OK');
const chatReference = 'https://platform.openai.com/docs/api-reference/chat/create';

/** Transport, auth and HTTP. */
export const transport: Capability = {
  name: 'Transport, auth, HTTP',
  cases: [
    {
      id: 'HTTP-01',
      level: 'must',
      kind: 'wire',
      title: 'a chat request is answered 200 with application/json',
      source: `${chatReference}; recorded traffic`,
      steps: [ping],
      expect: [hasStatus(200), hasHeader('content-type', /^application\/json\b/i)],
      applies: isChat({ stream: false, status: 200 }),
    },
    {
      id: 'HTTP-02',
      level: 'must',
      kind: 'wire',
      title: 'the key is taken as Authorization: Bearer',
      source: 'https://platform.openai.com/docs/api-reference/authentication; openai-node tests/index.test.ts',
      needs: 'api key',
      steps: [ping],
      expect: [hasStatus(200)],
      applies: isChat({ stream: false, status: 200 }),
    },
    {
      id: 'HTTP-03',
      level: 'should',
      kind: 'wire',
      title: 'a base URL that ends in a slash reaches the same route',
      source: 'openai-node tests/index.test.ts (baseURL with a trailing slash)',
      steps: [
        { method: 'GET', path: '/models' },
        { method: 'GET', path: '//models' },
      ],
      expect: [
        {
          says: 'the path with two slashes is answered as the path with one',
          judge: ({ status }, [plain]) =>
            status === plain?.status ? 'held' : { broken: `${status}, not ${plain?.status ?? 0}` },
        },
      ],
    },
    {
      id: 'HTTP-04',
      level: 'should',
      kind: 'wire',
      title: "an unknown route is answered 404 with OpenAI's error envelope",
      source: 'recorded traffic (a Hugging Face endpoint answers text, and 502 as HTML)',
      steps: [{ method: 'GET', path: '/no-such-route' }],
      expect: [hasStatus(404), hasErrorMessage],
    },
    {
      id: 'HTTP-05',
      level: 'should',
      kind: 'wire',
      title: 'GET on a route for POST is answered 404 or 405',
      source: 'am-i-openai-compatible, phase A',
      steps: [{ method: 'GET', path: '/embeddings' }],
      expect: [hasStatus(404, 405)],
    },
    {
      id: 'HTTP-06',
      level: 'should',
      kind: 'wire',
      title: 'a gzip body is read, or refused with 4xx',
      source: 'ollama middleware tests of compressed bodies',
      steps: [
        {
          path: '/chat/completions',
          headers: { 'content-encoding': 'gzip' },
          raw: gzipSync('{"model":"none","messages":[{"role":"user","content":"Hi"}],"max_tokens":8}'),
        },
      ],
      expect: [isServedOrRefused],
    },
    {
      id: 'HTTP-07',
      level: 'info',
      kind: 'wire',
      title: 'each answer has an x-request-id of its own',
      source: 'https://platform.openai.com/docs/api-reference/debugging-requests; openai-node error.request_id',
      steps: [ping, ping],
      expect: [
        atEveryStep(hasHeader('x-request-id', /\S/)),
        {
          says: 'the two ids differ',
          judge: (second, [first]) =>
            first?.headers['x-request-id'] !== second.headers['x-request-id']
              ? 'held'
              : { broken: 'they are the same' },
        },
      ],
    },
    {
      id: 'HTTP-08',
      level: 'info',
      kind: 'wire',
      title: 'the limits are told in x-ratelimit-* headers that can be read',
      source: 'https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers',
      steps: [ping],
      expect: [
        hasHeader('x-ratelimit-limit-requests', /^\d+$/),
        hasHeader('x-ratelimit-remaining-requests', /^\d+$/),
        hasHeader('x-ratelimit-reset-requests', /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/),
      ],
    },
    {
      id: 'HTTP-09',
      level: 'should',
      kind: 'wire',
      title: 'the preflight of a browser is answered',
      source: 'https://github.com/Oaklight/llm-rosetta/issues/406',
      steps: [
        {
          method: 'OPTIONS',
          path: '/chat/completions',
          headers: {
            origin: 'http://localhost:3000',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization, content-type',
          },
        },
      ],
      expect: [hasHeader('access-control-allow-origin', /\S/)],
    },
    {
      id: 'HTTP-10',
      level: 'should',
      kind: 'wire',
      title: 'an unknown field at the top is ignored, or refused with 400 and its name',
      source: 'vLLM test_extra_fields_allowed; recorded traffic',
      steps: [askChat('Reply with exactly: OK', { no_such_field: 1 })],
      expect: [
        isServedOrRefused,
        expecting('a refusal names the field', ({ status, text }) =>
          status < 400 || text.includes('no_such_field') ? undefined : `${status} ${text.slice(0, 160)}`,
        ),
      ],
    },
    {
      id: 'HTTP-11',
      level: 'must',
      kind: 'wire',
      title: 'a JSON body that is no object is refused with 400',
      source: 'vLLM test_non_object_body_validation',
      steps: ['[]', '"text"', 'null'].map((raw) => ({ path: '/chat/completions', raw })),
      expect: [atEveryStep(isRejected(400, 422)), atEveryStep(strictly(hasErrorEnvelope))],
    },
    {
      id: 'HTTP-12',
      level: 'must',
      kind: 'wire',
      title: 'a body that is no JSON is refused with 400 and an error.message',
      source: 'llama-stack test_malformed_request_returns_sdk_compatible_error',
      steps: [{ path: '/chat/completions', raw: '{"model": "none", "messages": [' }],
      expect: [isRejected(400, 422), hasErrorMessage, strictly(hasStatus(400)), strictly(hasErrorEnvelope)],
    },
    {
      id: 'HTTP-13',
      level: 'should',
      kind: 'wire',
      title: 'headers that clients send of their own do not break a request',
      source: 'openai-node default headers (x-stainless-*), OpenAI-Organization, OpenAI-Project, Idempotency-Key',
      steps: [
        ping,
        {
          ...askMessages([user('Reply with exactly: OK')]),
          headers: {
            'x-stainless-lang': 'js',
            'x-stainless-retry-count': '0',
            'idempotency-key': 'stainless-node-retry-1',
            'openai-beta': 'assistants=v2',
          },
        },
      ],
      expect: [own(atStep(0, hasStatus(200))), hasStatus(200)],
    },
  ],
};
