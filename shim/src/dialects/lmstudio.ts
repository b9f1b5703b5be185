import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { ignoredParams } from './ignored.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://lmstudio.ai/docs/developer/openai-compat', '2026-11-23');

/** LM Studio's local server. */
export const lmstudio = defineDialect({
  id: 'lmstudio',
  name: 'LM Studio',
  kind: 'engine',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:1234/v1',
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    ...absentEndpoints('LM Studio', documented, 'moderations', 'audio', 'images', 'files', 'batches'),
  },
  chat: {
    params: {
      ...ignoredParams('LM Studio', documented),
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...documented('its documentation knows max_tokens only'),
      },
    },
    stringToolChoice: documented('tool_choice is a word there; a named function is not documented'),
    fanOut: documented('n is not among its parameters'),
  },
  native: each(
    documented('among its parameters'),
    'max_tokens',
    'seed',
    'stop',
    'frequency_penalty',
    'presence_penalty',
    'response_format.json_schema',
    'stream_options',
  ),
  extras: { answer: ['stats', 'model_info', 'runtime'] },
  signs: { ownedBy: /^organization_owner$/ },
});
