import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://console.groq.com/docs/openai', '2026-11-23');
const typed = sourced(
  'https://github.com/groq/groq-typescript/blob/main/src/resources/chat/completions.ts',
  '2026-11-23',
);

const listed = sourced('https://github.com/groq/groq-typescript/blob/main/api.md', '2026-11-23');

/** GroqCloud. */
export const groq = defineDialect({
  id: 'groq',
  name: 'Groq',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.groq.com/openai/v1',
  apiKeyEnv: ['GROQ_API_KEY'],
  endpoints: {
    'models.list': 'native',
    audio: 'native',
    files: 'native',
    batches: 'native',
    ...absentEndpoints('Groq', listed, 'completions', 'moderations', 'images'),
  },
  chat: {
    params: {
      logprobs: {
        kind: 'refuse',
        idle: (value) => value === false,
        fix: 'Leave logprobs out',
        ...documented('Groq answers 400 to logprobs'),
      },
      top_logprobs: {
        kind: 'refuse',
        idle: (value) => value === 0,
        fix: 'Leave top_logprobs out',
        ...documented('Groq answers 400 to top_logprobs'),
      },
      ...each(
        {
          kind: 'drop',
          severity: 'lossy',
          unless: (value: unknown) => value === 0,
          ...typed('no model at Groq supports it yet'),
        } as const,
        'frequency_penalty',
        'presence_penalty',
      ),
      ...each({ kind: 'drop', severity: 'info', ...typed('Groq does not support it') } as const, 'store', 'metadata'),
      service_tier: {
        kind: 'drop',
        severity: 'info',
        unless: (value) => ['auto', 'on_demand', 'flex', 'performance'].some((tier) => tier === value),
        ...typed('Groq’s tiers are auto, on_demand, flex and performance'),
      },
    },
    messageNames: documented('Groq answers 400 to messages[].name'),
    fanOut: documented('n must be 1'),
  },
  audio: { noSubtitles: documented('Groq does not support vtt and srt') },
  native: each(
    typed('a field of its request'),
    'max_tokens',
    'max_completion_tokens',
    'seed',
    'stop',
    'user',
    'parallel_tool_calls',
    'tool_choice.required',
    'tool_choice.named',
    'response_format.json_object',
  ),
  extras: { answer: ['x_groq', 'usage_breakdown'] },
  signs: { host: /^api\.groq\.com$/, modelKeys: ['active', 'context_window', 'public_apps'] },
});
