import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { ignoredParams } from './ignored.ts';
import { openaiCompatible } from './openai-compatible.ts';

const read = sourced(
  'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/openai/protocol.py',
  '2026-11-23',
);

/** SGLang's OpenAI-compatible server. */
export const sglang = defineDialect({
  id: 'sglang',
  name: 'SGLang',
  kind: 'engine',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:30000/v1',
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    audio: 'native',
    realtime: 'unchecked',
    files: 'unchecked',
    batches: 'unchecked',
  },
  chat: { params: ignoredParams('SGLang', read) },
  native: each(
    read('a field of its request'),
    'max_tokens',
    'max_completion_tokens',
    'n',
    'seed',
    'stop',
    'logprobs',
    'top_logprobs',
    'parallel_tool_calls',
    'reasoning_effort',
    'tool_choice.required',
    'tool_choice.named',
    'response_format.json_object',
    'response_format.json_schema',
    'stream_options',
  ),
  signs: { ownedBy: /^sglang$/ },
});
