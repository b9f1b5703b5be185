import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const inPi = sourced('https://www.npmjs.com/package/@earendil-works/pi-ai', '2026-11-23');
const reported = sourced('https://github.com/NVIDIA/garak/issues/748', '2026-11-23');

/** NVIDIA NIM, hosted or at home; what a model takes differs from model to model. */
export const nvidiaNim = defineDialect({
  id: 'nvidia-nim',
  name: 'NVIDIA NIM',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://integrate.api.nvidia.com/v1',
  apiKeyEnv: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'],
  endpoints: { completions: 'native', embeddings: 'native', 'models.list': 'native' },
  chat: {
    params: {
      max_completion_tokens: { kind: 'rename', to: 'max_tokens', ...inPi('max_tokens is the name of the limit there') },
      store: { kind: 'drop', severity: 'info', ...inPi('it is not supported') },
      reasoning_effort: { kind: 'drop', severity: 'lossy', ...inPi('it is not supported') },
      ...each(
        {
          kind: 'unknown',
          ...reported('some models answer 422 "Extra inputs are not permitted", which the shim learns from'),
        } as const,
        'frequency_penalty',
        'presence_penalty',
      ),
    },
    fanOut: reported('some models answer 422 to what they do not know'),
  },
  signs: { host: /^integrate\.api\.nvidia\.com$/ },
});
