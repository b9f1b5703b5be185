import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://docs.cohere.com/docs/compatibility-api', '2026-11-23');

/** Cohere's compatibility API. */
export const cohere = defineDialect({
  id: 'cohere',
  name: 'Cohere',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.cohere.ai/compatibility/v1',
  apiKeyEnv: ['COHERE_API_KEY', 'CO_API_KEY'],
  endpoints: {
    embeddings: 'native',
    ...absentEndpoints('the compatibility API', documented, 'completions', 'moderations', 'audio', 'images'),
  },
  native: each(
    documented('among its parameters'),
    'max_completion_tokens',
    'seed',
    'stop',
    'response_format.json_object',
  ),
  signs: { host: /^api\.cohere\.(ai|com)$/ },
});
