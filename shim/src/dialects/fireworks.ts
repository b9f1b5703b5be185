import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://docs.fireworks.ai/tools-sdks/migrate-to-fireworks', '2026-11-23');
const inAiSdk = sourced('https://github.com/vercel/ai/tree/main/packages/fireworks', '2026-08-22');
const inPortkey = sourced(
  'https://github.com/Portkey-AI/gateway/blob/main/src/providers/fireworks-ai/chatComplete.ts',
  '2026-05-25',
);

/** Fireworks AI. */
export const fireworks = defineDialect({
  id: 'fireworks',
  name: 'Fireworks',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.fireworks.ai/inference/v1',
  apiKeyEnv: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY', 'FIREWORKSAI_API_KEY', 'FIREWORKS_AI_TOKEN'],
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    images: {
      kind: 'refused',
      fix: 'Keep this call on OpenAI, or call Fireworks’ own image endpoint',
      ...inPortkey('images are made at /image_generation/{model}, in another form'),
    },
  },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...inPortkey('max_tokens is the name of the limit there'),
      },
      reasoning_effort: {
        kind: 'map',
        severity: 'lossy',
        unless: (value) => value !== 'minimal' && value !== 'xhigh',
        with: (value) => (value === 'minimal' ? 'low' : 'high'),
        ...inAiSdk('it knows neither minimal nor xhigh'),
      },
    },
    reasoningHistory: sourced(
      'https://github.com/BerriAI/litellm/blob/main/litellm/llms/fireworks_ai/chat/transformation.py',
      '2026-11-23',
    )('messages with a field for reasoning are refused'),
  },
  native: {
    ...each(
      inPortkey('a field of its request'),
      'max_tokens',
      'n',
      'logprobs',
      'top_logprobs',
      'stop',
      'response_format.json_object',
      'response_format.json_schema',
    ),
    'stream.usage': documented('streams include usage in the last chunk'),
  },
  signs: {
    host: /^api\.fireworks\.ai$/,
    ownedBy: /^fireworks$/,
    modelKeys: ['kind', 'supports_chat', 'supports_tools'],
  },
});
