import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://docs.mistral.ai/api/', '2026-11-23');
const inPortkey = sourced('https://github.com/Portkey-AI/gateway/tree/main/src/providers/mistral-ai', '2026-05-25');
const reported = sourced('https://github.com/BerriAI/litellm/issues/30882', '2026-11-23');
const recorded = sourced(
  'https://github.com/maruel/genai/tree/66b63e62/providers/mistral/testdata/TestClient/Scoreboard',
  '2025-12-14',
);
const forbidden = reported('Mistral answers 422 (extra_forbidden) to fields it does not know');

/** Mistral's own API. */
export const mistral = defineDialect({
  id: 'mistral',
  name: 'Mistral',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.mistral.ai/v1',
  apiKeyEnv: ['MISTRAL_API_KEY'],
  endpoints: {
    embeddings: 'native',
    'models.list': 'native',
    audio: 'native',
    files: 'native',
    ...absentEndpoints('Mistral', inPortkey, 'completions', 'images'),
    moderations: { kind: 'emulated', ...documented('its moderations have categories of their own') },
  },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...documented('max_tokens is the name of the limit there'),
      },
      seed: { kind: 'rename', to: 'random_seed', ...documented('the seed is called random_seed there') },
      ...each(
        {
          kind: 'refuse',
          idle: (value: unknown) => value === false || value === 0,
          fix: 'Leave it out',
          ...documented('it has no log-probabilities'),
        } as const,
        'logprobs',
        'top_logprobs',
      ),
      ...each(
        { kind: 'drop', severity: 'info', ...forbidden } as const,
        'user',
        'store',
        'service_tier',
        'safety_identifier',
        'prompt_cache_options',
        'prompt_cache_retention',
      ),
      stream_options: {
        kind: 'drop',
        severity: 'info',
        emulated: true,
        ...recorded('streams end with usage, asked for or not'),
      },
      verbosity: { kind: 'drop', severity: 'lossy', ...forbidden },
    },
    messageNames: forbidden,
    reasoningHistory: forbidden,
  },
  native: {
    ...each(
      documented('a field of its request'),
      'max_tokens',
      'n',
      'stop',
      'frequency_penalty',
      'presence_penalty',
      'prediction',
      'parallel_tool_calls',
      'response_format.json_object',
      'response_format.json_schema',
    ),
    'tool_choice.required': recorded('asked with it, and answered with a call'),
    'stream.usage': recorded('streams end with usage, asked for or not'),
  },
  finish: { model_length: 'length' },
  signs: { host: /^api\.mistral\.ai$/, ownedBy: /^mistralai$/ },
});
