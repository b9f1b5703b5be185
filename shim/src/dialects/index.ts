import type { Dialect } from '../dialect.ts';
import type { DialectId } from '../manifest/index.ts';
import { llamaCpp } from './llama-cpp.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Every dialect by its id. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'llama.cpp': llamaCpp,
  'openai-compatible': openaiCompatible,
};
