import { randomBytes } from 'node:crypto';
import type { Engine, EngineCompletion, TokenChance } from './engine.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** 32 random letters and digits: llama-server's ids, also for tool calls, where OpenAI's begin with `call_`. */
export const createId = (): string => [...randomBytes(32)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** The fields that every completion object and chunk carries. */
export const stamp = (engine: Engine, id: string, object: string) => ({
  created: now(),
  id,
  // Whatever model was asked for, the answer names the one that is loaded.
  model: engine.modelId,
  system_fingerprint: 'migrate-llm-embedded',
  object,
});

/** `usage` of one choice: with n > 1 llama-server counts only one. */
export const writeUsage = (completion: EngineCompletion) => ({
  completion_tokens: completion.completionTokens,
  prompt_tokens: completion.promptTokens,
  total_tokens: completion.promptTokens + completion.completionTokens,
  prompt_tokens_details: { cached_tokens: completion.cachedTokens },
});

const LOWEST_FLOAT32 = -3.402_823_466_385_288_6e38;
const logarithm = (probability: number) => (probability > 0 ? Math.log(probability) : LOWEST_FLOAT32);

/** One entry of `logprobs.content`. Of a token that is no whole UTF-8 text, `bytes` are those of the replacement character. */
export function writeLogprob(chances: readonly TokenChance[], taken: TokenChance | undefined) {
  const entry = ({ id, text, probability }: TokenChance) => ({
    id,
    token: text,
    bytes: [...Buffer.from(text, 'utf8')],
    logprob: logarithm(probability),
  });
  const first = taken ?? { id: -1, text: '', probability: 0 };
  return { ...entry(first), top_logprobs: chances.map(entry) };
}
