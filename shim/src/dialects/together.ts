import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const typed = sourced(
  'https://github.com/togethercomputer/together-typescript/blob/main/src/resources/chat/completions.ts',
  '2026-11-23',
);
const recorded = sourced(
  'https://github.com/maruel/genai/tree/66b63e62/providers/togetherai/testdata/TestClient/Scoreboard',
  '2026-05-31',
);
const inOgx = sourced(
  'https://github.com/ogx-ai/ogx/blob/main/src/ogx/providers/remote/inference/together/together.py',
  '2026-04-30',
);

const listed = sourced('https://github.com/togethercomputer/together-typescript/blob/main/api.md', '2026-11-23');

/** Together AI. */
export const together = defineDialect({
  id: 'together',
  name: 'Together',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.together.ai/v1',
  apiKeyEnv: ['TOGETHER_API_KEY'],
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    audio: 'native',
    images: 'native',
    files: 'native',
    batches: 'native',
    ...absentEndpoints('Together', listed, 'moderations'),
  },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...typed('max_tokens is the name of the limit there'),
      },
      stop: {
        kind: 'map',
        severity: 'info',
        unless: Array.isArray,
        with: (value) => [value],
        ...typed('stop is a list there'),
      },
      logprobs: {
        kind: 'map',
        severity: 'info',
        with: (value, body) => (value === true ? Number(body['top_logprobs'] ?? 0) || 1 : undefined),
        ...recorded('logprobs is the number of alternatives there'),
      },
      top_logprobs: {
        kind: 'drop',
        severity: 'info',
        emulated: true,
        ...recorded('the number stands in logprobs there'),
      },
      store: { kind: 'drop', severity: 'info', ...typed('it is not a field of its request') },
    },
  },
  embeddings: { params: { user: { kind: 'drop', severity: 'info', ...inOgx('Together answers 400 to user') } } },
  native: {
    ...each(
      typed('a field of its request'),
      'max_tokens',
      'n',
      'seed',
      'frequency_penalty',
      'presence_penalty',
      'response_format.json_object',
      'response_format.json_schema',
      'tool_choice.named',
    ),
    'tool_choice.required': recorded('asked with it, and answered with a call'),
    'stream.usage': recorded('streams end with usage, asked for or not'),
  },
  finish: { eos: 'stop' },
  extras: { answer: ['prompt'] },
  signs: { host: /^api\.together\.(ai|xyz)$/ },
});
