import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const inLiteLlm = sourced('https://docs.litellm.ai/docs/providers/sambanova', '2026-05-02');
const inPortkey = sourced('https://github.com/Portkey-AI/gateway/tree/main/src/providers/sambanova', '2026-05-25');
const inOgx = sourced(
  'https://github.com/ogx-ai/ogx/tree/main/src/ogx/providers/remote/inference/sambanova',
  '2026-04-30',
);

/** SambaNova Cloud. */
export const sambanova = defineDialect({
  id: 'sambanova',
  name: 'SambaNova',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.sambanova.ai/v1',
  apiKeyEnv: ['SAMBANOVA_API_KEY'],
  endpoints: { embeddings: 'native', 'models.list': 'native', audio: 'native' },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...inLiteLlm('max_tokens is the only limit it lists'),
      },
      ...each(
        {
          kind: 'drop',
          severity: 'lossy',
          unless: (value: unknown) => value === 0,
          ...inPortkey('it is not supported'),
        } as const,
        'frequency_penalty',
        'presence_penalty',
      ),
      ...each(
        {
          kind: 'refuse',
          idle: (value: unknown) => value === false || value === 0,
          fix: 'Leave it out',
          ...inPortkey('log-probabilities are not supported'),
        } as const,
        'logprobs',
        'top_logprobs',
      ),
      user: { kind: 'drop', severity: 'info', ...inPortkey('it is not supported') },
    },
    fanOut: inPortkey('n is not supported'),
    imageData: inOgx('images are taken as base64 only'),
  },
  native: each(inLiteLlm('a field it lists'), 'max_tokens', 'stop', 'response_format.json_object'),
  signs: { host: /^api\.sambanova\.ai$/ },
});
