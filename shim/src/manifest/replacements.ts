import type { ModelRole } from './openai-models.ts';

/** An open model that may take an OpenAI model's place, and why it comes to mind. Whether it is good enough, only a parity run tells. */
export interface OpenReplacement {
  /** Id in `openModels`. */
  readonly model: string;
  readonly because: string;
}

const oss120: OpenReplacement = {
  model: 'openai/gpt-oss-120b',
  because:
    'OpenAI’s own open weights with adjustable reasoning, and what Groq and Cerebras recommend for retired models',
};
const oss20: OpenReplacement = {
  model: 'openai/gpt-oss-20b',
  because: 'OpenAI’s own small open weights with adjustable reasoning; runs within 16 GB of memory',
};
const llama: OpenReplacement = {
  model: 'meta-llama/Llama-3.3-70B-Instruct',
  because: 'no reasoning to wait or pay for, as with GPT-4o, and most clouds host it',
};
const gemma: OpenReplacement = {
  model: 'google/gemma-4-31B-it',
  because: 'takes images, under Apache 2.0 without limits of territory',
};
const qwen: OpenReplacement = {
  model: 'Qwen/Qwen3.6-27B',
  because: 'takes images and tools; Groq recommends it for retired models',
};

/** Open models by what they may replace, the likeliest first; empty where the catalogue knows none. */
export const openReplacements: Readonly<Record<ModelRole, readonly OpenReplacement[]>> = {
  chat: [oss120, llama, gemma, qwen],
  'small-chat': [oss20, { model: 'google/gemma-4-E4B-it', because: 'small, takes images, under Apache 2.0' }],
  reasoning: [oss120, { model: 'deepseek-ai/DeepSeek-V4-Pro', because: 'reasons over a context of a million tokens' }],
  code: [{ model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct', because: 'trained for code and tools' }, oss120],
  search: [],
  'deep-research': [],
  embedding: [
    {
      model: 'Qwen/Qwen3-Embedding-8B',
      because: 'its vectors may be cut to any width from 32 to 4096, so `dimensions` keeps working',
    },
    { model: 'nomic-ai/nomic-embed-text-v1.5', because: 'small, and its vectors may be cut to 64, 128, 256 or 512' },
  ],
  moderation: [
    {
      model: 'meta-llama/Llama-Guard-4-12B',
      because: 'a guard model: named in "guard" of the settings, it answers moderations.create',
    },
    { model: 'openai/gpt-oss-safeguard-20b', because: 'judges by OpenAI’s categories, or by a policy you write' },
  ],
  transcription: [{ model: 'openai/whisper-large-v3', because: 'the open weights of the family of whisper-1' }],
  'text-to-speech': [],
  'audio-chat': [],
  realtime: [],
  image: [],
  video: [],
};
