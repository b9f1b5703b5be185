import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const typed = sourced(
  'https://github.com/Cerebras/cerebras-cloud-sdk-node/blob/main/src/resources/chat/completions.ts',
  '2026-11-23',
);
const listed = sourced('https://github.com/Cerebras/cerebras-cloud-sdk-node/blob/main/api.md', '2026-11-23');
const recorded = sourced(
  'https://github.com/maruel/genai/tree/66b63e62/providers/cerebras/testdata/TestClient/Scoreboard',
  '2026-07-21',
);
const inHub = sourced(
  'https://github.com/huggingface/huggingface.js/blob/main/packages/inference/src/providers/cerebras.ts',
  '2026-11-23',
);
const inPydantic = sourced(
  'https://github.com/pydantic/pydantic-ai/blob/main/pydantic_ai_slim/pydantic_ai/providers/cerebras.py',
  '2026-08-22',
);

/** Cerebras Inference. */
export const cerebras = defineDialect({
  id: 'cerebras',
  name: 'Cerebras',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://api.cerebras.ai/v1',
  apiKeyEnv: ['CEREBRAS_API_KEY'],
  endpoints: {
    completions: 'native',
    'models.list': 'native',
    'models.retrieve': 'native',
    ...absentEndpoints('Cerebras', listed, 'embeddings', 'moderations', 'audio', 'images'),
  },
  chat: {
    params: {
      store: { kind: 'drop', severity: 'info', ...inHub('Cerebras answers 400 to store') },
      service_tier: { kind: 'drop', severity: 'info', ...inPydantic('it is not supported') },
      ...each(
        {
          kind: 'drop',
          severity: 'lossy',
          unless: (value: unknown) => value === 0,
          ...inPydantic('it is not supported'),
        } as const,
        'frequency_penalty',
        'presence_penalty',
      ),
    },
  },
  native: {
    ...each(
      typed('a field of its request'),
      'max_completion_tokens',
      'seed',
      'stop',
      'user',
      'prediction',
      'response_format.json_object',
      'response_format.json_schema',
      'tool_choice.named',
    ),
    ...each(
      recorded('asked with it, and answered'),
      'max_tokens',
      'logprobs',
      'top_logprobs',
      'parallel_tool_calls',
      'tool_choice.required',
    ),
    'stream.usage': recorded('streams end with usage, asked for or not'),
  },
  extras: { answer: ['time_info'] },
  signs: { host: /^api\.cerebras\.ai$/, ownedBy: /^Cerebras$/ },
});
