import type { EngineRequest } from './engine.ts';
import { readNumber, readStop, type Body } from './fields.ts';

const INT32_MAX = 2_147_483_647;

/**
 * Reads what decides which tokens are taken. llama-server's own default temperature is 0.8; here it is 0, as if it had been started with
 * `--temp 0`, so that an app's tests see the same answer twice.
 */
export function readSampling(body: Body): Omit<EngineRequest, 'prompt' | 'topLogprobs'> {
  const limit = ['max_completion_tokens', 'max_tokens', 'n_predict']
    .map((field) => readNumber(body, field, [-1, INT32_MAX]))
    .find((value) => value !== undefined);
  const given = {
    topP: readNumber(body, 'top_p'),
    topK: readNumber(body, 'top_k'),
    minP: readNumber(body, 'min_p'),
    seed: readNumber(body, 'seed'),
    presencePenalty: readNumber(body, 'presence_penalty'),
    frequencyPenalty: readNumber(body, 'frequency_penalty'),
    grammar: typeof body['grammar'] === 'string' ? body['grammar'] : undefined,
  };
  return {
    maxTokens: limit ?? -1,
    stop: readStop(body),
    temperature: readNumber(body, 'temperature') ?? 0,
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<EngineRequest>),
  };
}
