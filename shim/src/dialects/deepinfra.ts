import { sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const reported = sourced('https://github.com/earendil-works/pi/issues/1578', '2026-11-23');
const inPortkey = sourced('https://github.com/Portkey-AI/gateway/tree/main/src/providers/deepinfra', '2026-05-25');

/** DeepInfra. */
export const deepinfra = defineDialect({
  id: 'deepinfra',
  name: 'DeepInfra',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.deepinfra.com/v1/openai',
  apiKeyEnv: ['DEEPINFRA_API_KEY'],
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    audio: 'native',
    images: 'native',
  },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...inPortkey('max_tokens is the name of the limit there'),
      },
    },
    developerRole: reported('DeepInfra answers 422 to the role developer'),
    fanOut: inPortkey('one choice is the most it gives'),
  },
  signs: { host: /^api\.deepinfra\.com$/ },
});
