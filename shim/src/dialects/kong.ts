import { each } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Kong's AI gateway in front of another endpoint, whose ways it keeps. */
export const kong = defineDialect({
  id: 'kong',
  name: 'Kong AI Gateway',
  kind: 'gateway',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:8000/{route}',
  endpoints: each('unchecked', 'files', 'batches', 'vector_stores', 'fine_tuning', 'realtime'),
  signs: { headers: { via: /\bkong\b/i } },
});
