import { chat, type OpenModel } from './entry.ts';

const nim = 'providers/nvidia/models/meta';

/** Meta's Llama family. */
export const llamaModels: readonly OpenModel[] = [
  chat('meta-llama/Llama-3.3-70B-Instruct', 'models/meta/llama-3.3-70b-instruct', 128_000, ['tools'], 'llama-3.3', [
    'llama3.3',
    'llama3.3:70b',
    'llama-3.3-70b',
    'llama-3.3-70b-instruct-maas',
    'llama-3.3-70b-instruct-fp8-fast',
    'llama-3.3-70b-versatile',
    'llama-3-3-70b-instruct',
    'meta.llama3-3-70b-instruct-v1:0',
    'meta.llama-3.3-70b-instruct',
    'snowflake-llama3.3-70b',
    'llama3.3-70b',
    'databricks-meta-llama-3-3-70b-instruct',
  ]),
  chat('meta-llama/Llama-3.1-8B-Instruct', `${nim}/llama-3.1-8b-instruct`, 16_000, ['tools'], 'llama-3.1', [
    'llama3.1',
    'llama3.1:8b',
    'llama3.1-8b',
    'llama-3.1-8b-instant',
    'Meta-Llama-3.1-8B-Instruct',
    'meta.llama3-1-8b-instruct-v1:0',
  ]),
  chat('meta-llama/Llama-3.1-70B-Instruct', `${nim}/llama-3.1-70b-instruct`, 128_000, ['tools'], 'llama-3.1', [
    'llama3.1:70b',
    'llama3.1-70b',
    'Meta-Llama-3.1-70B-Instruct',
    'meta.llama3-1-70b-instruct-v1:0',
  ]),
  chat('meta-llama/Llama-3.2-1B-Instruct', `${nim}/llama-3.2-1b-instruct`, 128_000, ['tools'], 'llama-3.2', [
    'llama3.2:1b',
  ]),
  {
    ...chat('meta-llama/Llama-3.2-3B-Instruct', `${nim}/llama-3.2-3b-instruct`, 32_768, [], 'llama-3.2', [
      'llama3.2',
      'llama3.2:3b',
    ]),
    // NVIDIA serves it without tools, others with.
    tools: 'unknown',
  },
  chat(
    'meta-llama/Llama-3.2-11B-Vision-Instruct',
    `${nim}/llama-3.2-11b-vision-instruct`,
    128_000,
    ['tools', 'vision'],
    'llama-3.2',
    ['llama3.2-vision', 'llama3.2-vision:11b'],
  ),
  chat(
    'meta-llama/Llama-3.2-90B-Vision-Instruct',
    `${nim}/llama-3.2-90b-vision-instruct`,
    128_000,
    ['tools', 'vision'],
    'llama-3.2',
    ['llama3.2-vision:90b'],
  ),
  chat(
    'meta-llama/Llama-4-Scout-17B-16E-Instruct',
    'models/meta/llama-4-scout-17b-instruct',
    3_500_000,
    ['tools', 'vision'],
    'llama-4',
    ['llama4', 'llama4:scout', 'llama-4-scout', 'meta.llama4-scout-17b-instruct-v1:0'],
  ),
  chat(
    'meta-llama/Llama-4-Maverick-17B-128E-Instruct',
    'models/meta/llama-4-maverick-17b-instruct',
    1_000_000,
    ['tools', 'vision'],
    'llama-4',
    [
      'llama4:maverick',
      'llama4-maverick',
      'llama-4-maverick',
      'llama-4-maverick-17b-128e-instruct-maas',
      'databricks-llama-4-maverick',
      'meta.llama4-maverick-17b-instruct-v1:0',
      'meta.llama-4-maverick-17b-128e-instruct-fp8',
    ],
  ),
  {
    ...chat('meta-llama/Llama-Guard-4-12B', `${nim}/llama-guard-4-12b`, 128_000, ['vision'], 'llama-4', [
      'llama-guard4',
    ]),
    kind: 'guard',
  },
];
