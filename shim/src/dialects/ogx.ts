import { sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const read = sourced('https://github.com/ogx-ai/ogx/blob/main/docs/docs/api-openai/conformance.mdx', '2026-04-30');

/** Measured on Llama Stack 0.2.12 over llama-server, with tool templates and without. */
const measured = sourced('https://github.com/ogx-ai/ogx/releases/tag/v0.2.12', '2026-11-25');

/** OGX, which was called Llama Stack: a server in front of other engines, so that most depends on those. */
export const ogx = defineDialect({
  id: 'ogx',
  name: 'OGX (Llama Stack)',
  kind: 'engine',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:8321/v1',
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    files: 'native',
    batches: 'native',
    vector_stores: 'native',
    ...absentEndpoints('OGX', read, 'audio', 'images', 'fine_tuning'),
    moderations: {
      kind: 'emulated',
      ...read('its moderations are keyed by Llama Guard’s category names, so that OpenAI’s keys read undefined'),
    },
  },
  chat: {
    stringToolChoice: measured(
      'an object tool_choice is handed to the engine below: over llama-server another tool was called',
    ),
    silentTools: measured('tools are ignored without a word where the model’s template below knows none'),
  },
  extras: { answer: ['metadata', 'moderation', 'obfuscation', 'timings'], logprob: ['id'] },
  signs: { ownedBy: /^(llama_stack|ogx)$/ },
});
