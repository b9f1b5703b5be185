import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { ignoredParams } from './ignored.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html', '2026-11-23');

/** vLLM's OpenAI-compatible server. */
export const vllm = defineDialect({
  id: 'vllm',
  name: 'vLLM',
  kind: 'engine',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:8000/v1',
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    'models.retrieve': 'native',
    audio: 'native',
    ...absentEndpoints('vLLM', documented, 'moderations', 'images', 'files'),
  },
  chat: {
    params: ignoredParams('vLLM', documented),
    developerRole: documented('the schema takes it, and templates of many models reject it'),
  },
  completions: {
    promptLogprobs: sourced(
      'https://github.com/vllm-project/vllm/blob/030ea52effcb05071543c8c42b8f0145e94cee43/vllm/entrypoints/openai/completion/serving.py',
      '2026-11-25',
    )('echo puts the prompt’s tokens and their log-probabilities first'),
  },
  native: each(
    documented('a field of its request'),
    'max_tokens',
    'max_completion_tokens',
    'n',
    'seed',
    'stop',
    'logprobs',
    'top_logprobs',
    'frequency_penalty',
    'presence_penalty',
    'parallel_tool_calls',
    'reasoning_effort',
    'tool_choice.required',
    'tool_choice.named',
    'response_format.json_object',
    'response_format.json_schema',
    'stream_options',
  ),
  signs: { ownedBy: /^vllm$/, modelKeys: ['max_model_len', 'permission'] },
});
