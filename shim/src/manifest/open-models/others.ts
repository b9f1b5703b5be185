import { chat, type OpenModel } from './entry.ts';

const able = ['tools', 'reasoning'] as const;
const seeing = ['tools', 'vision', 'reasoning'] as const;

/** Families with a few models each. Where a licence is `unknown`, the model's card has not been read. */
export const otherModels: readonly OpenModel[] = [
  // Apache 2.0: https://scaleway.com/en/docs/generative-apis/reference-content/supported-models, checked 2025-09-12
  chat(
    'Qwen/Qwen3-Coder-30B-A3B-Instruct',
    'models/alibaba/qwen3-coder-30b-a3b-instruct',
    262_144,
    ['tools'],
    'apache-2.0',
    ['qwen3-coder', 'qwen3-coder:30b'],
  ),
  chat('Qwen/Qwen3-32B', 'models/alibaba/qwen3-32b', 131_072, able, 'unknown', ['qwen3:32b', 'qwen-3-32b']),
  chat('Qwen/Qwen3-235B-A22B', 'models/alibaba/qwen3-235b-a22b', 131_072, able, 'unknown', ['qwen3:235b']),
  chat('Qwen/Qwen3.5-9B', 'models/alibaba/qwen3.5-9b', 262_144, able, 'unknown', ['qwen3.5:9b']),
  chat('Qwen/Qwen3.5-397B-A17B', 'models/alibaba/qwen3.5-397b-a17b', 262_144, seeing, 'unknown', ['qwen3.5:397b']),
  chat('Qwen/Qwen3.6-27B', 'models/alibaba/qwen3.6-27b', 262_144, seeing, 'unknown', ['qwen3.6:27b']),
  chat('Qwen/Qwen3.6-35B-A3B', 'models/alibaba/qwen3.6-35b-a3b', 262_144, seeing, 'unknown', ['qwen3.6:35b']),
  // Apache 2.0: https://huggingface.co/blog/gemma4, checked 2026-04-02
  chat('google/gemma-4-31B-it', 'models/google/gemma-4-31b-it', 262_144, seeing, 'apache-2.0', ['gemma4:31b']),
  chat('google/gemma-4-26B-A4B-it', 'models/google/gemma-4-26b-a4b-it', 262_144, seeing, 'apache-2.0', ['gemma4:26b']),
  chat('google/gemma-4-E4B-it', 'models/google/gemma-4-E4B-it', 131_072, seeing, 'apache-2.0', ['gemma4:e4b']),
  chat('google/gemma-4-E2B-it', 'models/google/gemma-4-E2B-it', 131_072, seeing, 'apache-2.0', ['gemma4:e2b']),
  chat('mistralai/Mistral-Small-4-119B-2603', 'models/mistral/mistral-small-2603', 256_000, seeing, 'unknown', [
    'mistral-small-2603',
    'mistral-small-latest',
  ]),
  // Apache 2.0: https://scaleway.com/en/docs/generative-apis/reference-content/supported-models, checked 2025-09-12
  chat(
    'mistralai/Mistral-Small-3.2-24B-Instruct-2506',
    'models/mistral/mistral-small-2506',
    128_000,
    ['tools', 'vision'],
    'apache-2.0',
    ['mistral-small-2506', 'mistral-small3.2', 'mistral-small3.2:24b'],
  ),
  chat('mistralai/Mistral-Nemo-Instruct-2407', 'models/mistral/mistral-nemo', 128_000, ['tools'], 'apache-2.0', [
    'mistral-nemo',
    'mistral-nemo:12b',
  ]),
  chat('mistralai/Mistral-Medium-3.5-128B', 'models/mistral/mistral-medium-2604', 262_144, seeing, 'unknown', [
    'mistral-medium-2604',
  ]),
  chat(
    'mistralai/Mistral-Large-3-675B-Instruct-2512',
    'models/mistral/mistral-large-2512',
    262_144,
    ['tools', 'vision'],
    'unknown',
    ['mistral-large-2512', 'mistral-large-latest', 'mistral-large-3:675b'],
  ),
  // MIT: https://huggingface.co/Pinaster/DeepSeek-V4-Flash-FP8-4layer, which repeats its base's licence, checked 2026-11-25
  chat('deepseek-ai/DeepSeek-V4-Flash', 'models/deepseek/deepseek-v4-flash', 1_000_000, able, 'mit'),
  chat('deepseek-ai/DeepSeek-V4-Pro', 'models/deepseek/deepseek-v4-pro', 1_000_000, able, 'unknown'),
  chat('deepseek-ai/DeepSeek-R1', 'models/deepseek/deepseek-r1', 128_000, able, 'unknown'),
  chat('zai-org/GLM-4.7', 'models/zhipuai/glm-4.7', 204_800, able, 'unknown', ['zai-glm-4.7']),
  chat('zai-org/GLM-5.2', 'models/zhipuai/glm-5.2', 1_000_000, able, 'unknown', ['glm-5p2']),
  chat('moonshotai/Kimi-K2.6', 'models/moonshotai/kimi-k2.6', 262_144, seeing, 'unknown', ['kimi-k2p6']),
  chat('MiniMaxAI/MiniMax-M3', 'models/minimax/MiniMax-M3', 512_000, seeing, 'unknown'),
  chat('CohereLabs/c4ai-command-a-03-2025', 'models/cohere/command-a-03-2025', 256_000, ['tools'], 'unknown', [
    'command-a-03-2025',
  ]),
  // The two sizes have a table of their own at models.dev, without abilities beside speech.
  {
    ...chat('openai/whisper-large-v3', 'models/openai/whisper-large-v3', 448, [], 'apache-2.0'),
    kind: 'transcription',
  },
  {
    ...chat('openai/whisper-large-v3-turbo', 'models/openai/whisper-large-v3-turbo', 448, [], 'unknown'),
    kind: 'transcription',
  },
];
