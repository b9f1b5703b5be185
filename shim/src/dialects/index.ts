import type { Dialect } from '../dialect.ts';
import type { DialectId } from '../manifest/index.ts';
import { groq } from './groq.ts';
import { llamaCpp } from './llama-cpp.ts';
import { ollama } from './ollama.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { vllm } from './vllm.ts';

/** Every dialect by its id. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'llama.cpp': llamaCpp,
  vllm,
  ollama,
  groq,
  'openai-compatible': openaiCompatible,
};

/** Finds the dialect whose host a base URL names; `undefined` when its host says nothing. */
export function dialectAt(baseURL: string): Dialect | undefined {
  const { hostname } = new URL(baseURL);
  return Object.values(dialects).find(({ signs }) => signs.host?.test(hostname) === true);
}
