import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://openrouter.ai/docs/api-reference/overview', '2026-11-23');
const reasoning = sourced('https://openrouter.ai/docs/use-cases/reasoning-tokens', '2026-11-23');
const inPydantic = sourced(
  'https://github.com/pydantic/pydantic-ai/blob/main/pydantic_ai_slim/pydantic_ai/providers/openrouter.py',
  '2026-08-22',
);

/** OpenRouter: most depends on the provider it chooses, unless `provider.require_parameters` is sent. */
export const openrouter = defineDialect({
  id: 'openrouter',
  name: 'OpenRouter',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://openrouter.ai/api/v1',
  apiKeyEnv: ['OPENROUTER_API_KEY'],
  endpoints: { completions: 'native', embeddings: 'native', 'models.list': 'native' },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...inPydantic('max_tokens is the name of the limit there'),
      },
      reasoning_effort: {
        kind: 'rename',
        to: 'reasoning',
        with: (effort) => ({ effort }),
        ...reasoning('effort stands in "reasoning" there'),
      },
    },
  },
  native: each(documented('a field of its request'), 'max_tokens', 'user'),
  extras: { answer: ['provider'] },
  signs: { host: /^openrouter\.ai$/, modelKeys: ['canonical_slug', 'supported_parameters'] },
});
