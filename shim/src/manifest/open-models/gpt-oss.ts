import { chat, type OpenModel } from './entry.ts';

const able = ['tools', 'reasoning'] as const;

/** OpenAI's open weights. Licence: https://github.com/openai/gpt-oss, checked 2026-11-25. */
export const gptOssModels: readonly OpenModel[] = [
  chat('openai/gpt-oss-120b', 'models/openai/gpt-oss-120b', 131_072, able, 'apache-2.0', [
    'gpt-oss:120b',
    'openai.gpt-oss-120b-1:0',
    'openai.gpt-oss-120b',
    'databricks-gpt-oss-120b',
  ]),
  chat('openai/gpt-oss-20b', 'providers/groq/models/openai/gpt-oss-20b', 131_072, able, 'apache-2.0', [
    'gpt-oss',
    'gpt-oss:20b',
    'openai.gpt-oss-20b-1:0',
    'openai.gpt-oss-20b',
    'databricks-gpt-oss-20b',
  ]),
  {
    ...chat(
      'openai/gpt-oss-safeguard-20b',
      'providers/groq/models/openai/gpt-oss-safeguard-20b',
      131_072,
      able,
      'unknown',
    ),
    kind: 'guard',
  },
];
