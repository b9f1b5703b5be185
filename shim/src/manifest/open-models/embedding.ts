import { embedding, type OpenModel } from './entry.ts';

const vllmDocs = 'https://docs.vllm.ai/en/latest/models/pooling_models.html';
const vllmTests = 'https://github.com/vllm-project/vllm/tree/main/tests';
const qwen = { source: 'https://ollama.com/library/qwen3-embedding', checked: '2026-11-25' };
/** Widths as recorded from the hosts. */
const recorded = {
  source: 'https://github.com/llamastack/llama-stack/tree/main/tests/integration',
  checked: '2026-04-30',
};
const measured = { source: 'https://github.com/traceloop/openllmetry', checked: '2024-11-19' };

/** Open embedding models, with the widths their vectors may be cut to. */
export const embeddingModels: readonly OpenModel[] = [
  embedding(
    'Qwen/Qwen3-Embedding-8B',
    32_768,
    'apache-2.0',
    { width: 4096, matryoshka: { from: 32, to: 4096 }, ...qwen },
    ['qwen3-embedding', 'qwen3-embedding:8b'],
  ),
  embedding(
    'Qwen/Qwen3-Embedding-4B',
    32_768,
    'apache-2.0',
    { width: 2560, matryoshka: { from: 32, to: 2560 }, ...qwen },
    ['qwen3-embedding:4b'],
  ),
  embedding(
    'Qwen/Qwen3-Embedding-0.6B',
    32_768,
    'apache-2.0',
    { width: 1024, matryoshka: { from: 32, to: 1024 }, ...qwen },
    ['qwen3-embedding:0.6b'],
  ),
  embedding(
    'nomic-ai/nomic-embed-text-v1.5',
    8192,
    'apache-2.0',
    {
      width: 768,
      matryoshka: [64, 128, 256, 512, 768],
      source: 'https://huggingface.co/nomic-ai/nomic-embed-text-v1.5',
      checked: '2026-11-25',
    },
    ['nomic-embed-text:v1.5'],
  ),
  embedding(
    'google/embeddinggemma-300m',
    2048,
    'gemma',
    {
      width: 768,
      matryoshka: [128, 256, 512, 768],
      source: 'https://huggingface.co/blog/embeddinggemma',
      checked: '2025-09-04',
    },
    ['embeddinggemma', 'embeddinggemma:300m'],
  ),
  embedding('Snowflake/snowflake-arctic-embed-m-v1.5', 'unknown', 'unknown', {
    width: 'unknown',
    matryoshka: [256],
    source: vllmDocs,
    checked: '2025-11-14',
  }),
  // Trained for it, but the widths have not been read.
  embedding('Snowflake/snowflake-arctic-embed-l-v2.0', 'unknown', 'unknown', {
    width: 'unknown',
    matryoshka: 'unknown',
    source: vllmTests,
    checked: '2026-11-25',
  }),
  // MIT: https://github.com/FlagOpen/FlagEmbedding, "released models can be used for commercial purposes", checked 2026-11-25
  embedding('BAAI/bge-m3', 8192, 'mit', {
    width: 'unknown',
    matryoshka: false,
    source: vllmDocs,
    checked: '2025-11-14',
  }),
  embedding('BAAI/bge-large-en-v1.5', 'unknown', 'mit', { width: 1024, matryoshka: 'unknown', ...recorded }, [
    'databricks-bge-large-en',
  ]),
  embedding(
    'sentence-transformers/all-MiniLM-L6-v2',
    'unknown',
    'unknown',
    { width: 384, matryoshka: 'unknown', ...recorded },
    ['all-minilm', 'all-minilm:l6-v2'],
  ),
  embedding('togethercomputer/m2-bert-80M-32k-retrieval', 32_768, 'unknown', {
    width: 768,
    matryoshka: 'unknown',
    ...recorded,
  }),
  embedding('intfloat/e5-mistral-7b-instruct', 'unknown', 'unknown', {
    width: 4096,
    matryoshka: 'unknown',
    ...measured,
  }),
  embedding('intfloat/multilingual-e5-small', 'unknown', 'unknown', {
    width: 'unknown',
    matryoshka: false,
    source: vllmTests,
    checked: '2026-11-25',
  }),
];
