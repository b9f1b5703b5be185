import { isObject, type JsonObject, parseJson, readObjects } from '../../json.ts';
import { type Change, instead, out } from './edit.ts';
import { writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onBody, onRequest, several } from './places.ts';

const chat = 'chat/completions';
const refuse = (message: string, param: string | null = null) =>
  writeJson(400, { error: { message, type: 'invalid_request_error', param, code: 'unsupported_value' } });
const crash = writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } });
const refuseWhen = (when: (body: JsonObject) => boolean, message: string, param?: string) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? refuse(message, param) : undefined));
const crashWhen = (when: (body: JsonObject) => boolean) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? crash : undefined));
const within =
  (low: number, high: number): Change =>
  (old) =>
    typeof old === 'number' ? Math.min(high, Math.max(low, old)) : old;
const asNumber: Change = (old) => (typeof old === 'string' ? 1 : old);

/** Parameters that are dropped, refused, or taken where OpenAI refuses them. */
export const samplingFaults: readonly WireFault[] = [
  {
    id: 'temperature-text-accepted',
    level: 'must',
    summary: 'a temperature that is a text is taken',
    seen: ['mistral errors.shape'],
    put: onRequest(chat, 'temperature', asNumber),
  },
  {
    id: 'temperature-text-500',
    level: 'must',
    summary: 'a temperature that is a text gives a server error',
    seen: ['mistral errors.shape'],
    put: crashWhen(({ temperature }) => typeof temperature === 'string'),
  },
  {
    id: 'temperature-zero-refused',
    level: 'must',
    summary: 'temperature 0 is refused',
    seen: ['huggingface errors.shape'],
    put: refuseWhen(({ temperature }) => temperature === 0, '`temperature` must be strictly positive', 'temperature'),
  },
  {
    id: 'temperature-two-refused',
    level: 'must',
    summary: 'temperatures above 1 are refused',
    seen: ['zai chat.finish'],
    put: refuseWhen(({ temperature }) => Number(temperature ?? 0) > 1, 'temperature must be at most 1', 'temperature'),
  },
  {
    id: 'temperature-any-accepted',
    level: 'should',
    summary: 'temperatures above 2 and below 0 are taken',
    seen: ['llama-server temperature'],
    put: onRequest(chat, 'temperature', within(0, 2)),
  },
  {
    id: 'temperature-ignored',
    level: 'should',
    summary: 'the temperature is ignored',
    seen: ['case SAMP-03'],
    put: onRequest(chat, 'temperature', (old) => (typeof old === 'number' && old <= 2 ? 0 : old)),
  },
  {
    id: 'top-p-any-accepted',
    level: 'should',
    summary: 'top_p above 1 is taken',
    seen: ['llama-server top_p'],
    put: onRequest(chat, 'top_p', within(0, 1)),
  },
  {
    id: 'top-p-refused',
    level: 'must',
    summary: 'top_p is refused',
    seen: ['https://github.com/vllm-project/vllm/pull/10463'],
    put: refuseWhen(({ top_p: top }) => typeof top === 'number', 'top_p is not supported', 'top_p'),
  },
  {
    id: 'penalties-500',
    level: 'should',
    summary: 'penalties give a server error',
    seen: ['case SAMP-05'],
    put: crashWhen((body) => typeof (body['frequency_penalty'] ?? body['presence_penalty']) === 'number'),
  },
  {
    id: 'nulls-refused',
    level: 'should',
    summary: 'null for a parameter is refused',
    seen: ['case SAMP-09'],
    put: crashWhen((body) => Object.values(body).some((value) => value === null)),
  },
  {
    id: 'logit-bias-500',
    level: 'should',
    summary: 'logit_bias gives a server error',
    seen: ['case SAMP-07'],
    put: crashWhen(({ logit_bias: bias }) => isObject(bias)),
  },
  {
    id: 'reasoning-effort-500',
    level: 'should',
    summary: 'reasoning_effort gives a server error',
    seen: ['case SAMP-11'],
    put: crashWhen(({ reasoning_effort: effort }) => effort !== undefined),
  },
  {
    id: 'seed-ignored',
    level: 'should',
    summary: 'the seed is ignored',
    seen: ['case SEED-01'],
    put: several(
      onRequest(chat, 'temperature', (old, { seed }) => (typeof seed === 'number' ? 1 : old)),
      onRequest(chat, 'seed', (old) => (typeof old === 'number' ? undefined : old)),
    ),
  },
  {
    id: 'seed-500',
    level: 'should',
    summary: 'a seed gives a server error',
    seen: ['case SEED-03'],
    put: crashWhen(({ seed }) => seed !== undefined && seed !== null),
  },
  {
    id: 'stop-ignored',
    level: 'must',
    summary: 'stop is ignored',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/13780'],
    put: onRequest(chat, 'stop', out),
  },
  {
    id: 'stop-in-text',
    level: 'must',
    summary: 'the stop sequence stands at the end of the answer',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/13780'],
    put: (endpoint) => async (request) => {
      const body = parseJson(request.text);
      const stop = isObject(body) ? [body['stop']].flat().find((one) => typeof one === 'string') : undefined;
      if (typeof stop !== 'string') return endpoint(request);
      const add = onBody(chat, 'choices.*.message.content', (old) => (typeof old === 'string' ? old + stop : old));
      return add(endpoint)(request);
    },
  },
  {
    id: 'stop-list-refused',
    level: 'must',
    summary: 'a list of stop sequences is refused',
    seen: ['huggingface errors.shape'],
    put: refuseWhen(({ stop }) => Array.isArray(stop), 'stop must be a string', 'stop'),
  },
  {
    id: 'stop-list-first-only',
    level: 'should',
    summary: 'of a list of stop sequences only the first is heeded',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/13780'],
    put: onRequest(chat, 'stop', (old) => (Array.isArray(old) && old.length > 1 ? [old[0] as unknown] : old)),
  },
  {
    id: 'stop-null-500',
    level: 'should',
    summary: 'stop: null and stop: [] give a server error',
    seen: ['case STOP-04'],
    put: crashWhen(({ stop }) => stop === null || (Array.isArray(stop) && stop.length === 0)),
  },
  {
    id: 'stop-on-first-character',
    level: 'should',
    summary: 'an answer stops at the first character of a stop sequence',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/13780'],
    put: onRequest(chat, 'stop', (old) => (typeof old === 'string' && old.length > 1 ? old.slice(0, 1) : old)),
  },
  {
    id: 'max-tokens-ignored',
    level: 'must',
    summary: 'max_tokens is ignored',
    seen: ['https://github.com/abetlen/llama-cpp-python/issues/1907'],
    put: onRequest(chat, 'max_tokens', (old) => (Number(old) > 0 ? undefined : old)),
  },
  {
    id: 'max-completion-tokens-ignored',
    level: 'must',
    summary: 'max_completion_tokens is ignored',
    seen: ['https://github.com/ollama/ollama/issues/7125'],
    put: onRequest(chat, 'max_completion_tokens', (old) => (Number(old) > 0 ? undefined : old)),
  },
  {
    id: 'max-completion-tokens-refused',
    level: 'must',
    summary: 'max_completion_tokens is refused',
    seen: ['case LEN-02'],
    put: refuseWhen(
      (body) => body['max_completion_tokens'] !== undefined,
      'Extra inputs are not permitted',
      'max_completion_tokens',
    ),
  },
  {
    id: 'max-tokens-zero-accepted',
    level: 'should',
    summary: 'max_tokens 0 and below are taken',
    seen: ['case LEN-04', 'llama-server max_tokens'],
    put: several(
      onRequest(chat, 'max_tokens', (old) => (typeof old === 'number' && old < 1 ? 1 : old)),
      onRequest(chat, 'max_completion_tokens', (old) => (typeof old === 'number' && old < 1 ? 1 : old)),
    ),
  },
  {
    id: 'max-tokens-huge-500',
    level: 'should',
    summary: 'max_tokens above the window gives a server error',
    seen: ['case LEN-05'],
    put: crashWhen((body) => Number(body['max_tokens'] ?? body['max_completion_tokens'] ?? 0) > 100_000),
  },
  {
    id: 'cut-before-call-500',
    level: 'should',
    summary: 'few tokens and a required tool give a server error',
    seen: ['case LEN-08'],
    put: crashWhen(
      (body) =>
        body['tool_choice'] === 'required' && Number(body['max_tokens'] ?? body['max_completion_tokens'] ?? 9) < 5,
    ),
  },
  {
    id: 'logprobs-ignored',
    level: 'should',
    summary: 'logprobs are ignored',
    seen: ['case LOGP-01'],
    put: onBody(chat, 'choices.*.logprobs', instead(null)),
  },
  {
    id: 'logprobs-positive',
    level: 'should',
    summary: 'logprobs are probabilities, not their logarithms',
    seen: ['case LOGP-01'],
    put: onBody(chat, 'choices.*.logprobs.content.*.logprob', (old) => Math.exp(Number(old)) + 0.001),
  },
  {
    id: 'logprobs-tokens-lost',
    level: 'should',
    summary: 'the last tokens of an answer have no logprobs',
    seen: ['llamacpp chat.choicekeys'],
    put: onBody(chat, 'choices.*.logprobs.content', (old) =>
      Array.isArray(old) ? (old as unknown[]).slice(0, -1) : old,
    ),
  },
  {
    id: 'logprobs-top-fixed',
    level: 'should',
    summary: 'top_logprobs holds one entry whatever was asked',
    seen: ['llama-server logprobs'],
    put: onBody(chat, 'choices.*.logprobs.content.*.top_logprobs', (old, { token, logprob }) =>
      Array.isArray(old) && old.length === 1 ? old : [{ token, logprob, bytes: null }],
    ),
  },
  {
    id: 'logprobs-old-form',
    level: 'should',
    summary: 'logprobs have the form of the old completions',
    seen: ['case LOGP-01'],
    put: onBody(chat, 'choices.*.logprobs', (old) =>
      isObject(old) ? { tokens: readObjects(old['content']).map(({ token }) => token), token_logprobs: [] } : old,
    ),
  },
  {
    id: 'logprobs-unasked',
    level: 'should',
    summary: 'logprobs come though nobody asked',
    seen: ['mistral chat.choicekeys'],
    put: onBody(chat, 'choices.*.logprobs', (old) => old ?? { content: [], refusal: null }),
  },
  {
    id: 'top-logprobs-any-accepted',
    level: 'should',
    summary: 'more than 20 top_logprobs are taken',
    seen: ['case LOGP-05'],
    put: onRequest(chat, 'top_logprobs', within(0, 20)),
  },
  {
    id: 'top-logprobs-alone-accepted',
    level: 'should',
    summary: 'top_logprobs without logprobs is taken',
    seen: ['case LOGP-06'],
    put: onRequest(chat, 'top_logprobs', (old, { logprobs }) => (logprobs === true ? old : undefined)),
  },
];
