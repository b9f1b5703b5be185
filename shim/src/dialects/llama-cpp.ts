import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints, rareEndpoints } from './absent.ts';
import { ignoredParams } from './ignored.ts';

/** Measured on llama-server b1-de3ff81. */
const measured = sourced('https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md', '2026-11-23');

/** llama.cpp's llama-server, and the embedded engine that speaks its wire. */
export const llamaCpp = defineDialect({
  id: 'llama.cpp',
  name: 'llama.cpp',
  kind: 'engine',
  baseURLForm: 'http://127.0.0.1:8080/v1',
  endpoints: {
    'chat.completions': 'native',
    embeddings: 'native',
    'models.list': 'native',
    completions: 'native',
    'models.retrieve': { kind: 'emulated', ...measured('llama-server answers 404 for a single model') },
    responses: {
      kind: 'emulated',
      ...measured('llama-server ignores text.format, drops built-in tools and streams events the SDK cannot read'),
    },
    conversations: { kind: 'emulated', ...measured('llama-server has no Conversations API') },
    ...rareEndpoints,
    ...absentEndpoints('llama-server', measured, 'moderations', 'audio', 'images', 'files', 'batches'),
  },
  chat: {
    params: {
      ...ignoredParams('llama-server', measured),
      logit_bias: {
        kind: 'drop',
        severity: 'lossy',
        ...measured("its token ids belong to OpenAI's tokenizer and would steer other words"),
      },
      reasoning_effort: { kind: 'unknown', ...measured('the value goes to the model’s template, which may ignore it') },
      parallel_tool_calls: { kind: 'unknown', ...measured('the model’s template decides') },
    },
    developerRole: measured('the model’s template knows the role system'),
    singleSystem: measured('templates of many models take one system message, the first'),
    stringToolChoice: measured('an object tool_choice counts as "auto": of 20 named calls 20 went to another tool'),
    fanOut: measured('usage counts one choice only, and n above the number of slots is refused'),
    silentTools: measured('tools are ignored without a word where the model’s template knows none'),
    schemas: {
      plainPatterns: true,
      because: 'a pattern with lookarounds ends in "failed to parse grammar" or is not enforced',
      source: 'https://github.com/ggml-org/llama.cpp/issues/19051',
      checked: '2026-11-23',
    },
    askStreamUsage: measured('usage of a stream comes only with include_usage'),
  },
  embeddings: {
    params: {
      user: {
        kind: 'drop',
        severity: 'info',
        ...measured('llama-server ignores user, and the answer does not depend on it'),
      },
      dimensions: {
        kind: 'refuse',
        fix: 'Leave dimensions out and use the model’s own width',
        ...measured('llama-server ignores dimensions and answers in the model’s own width'),
      },
    },
  },
  native: each(
    measured('a grammar made of the schema holds the answer to it'),
    'response_format.json_object',
    'response_format.json_schema',
  ),
  extras: { answer: ['timings', '__verbose'], logprob: ['id'], models: ['models'] },
  signs: { headers: { server: /^llama\.cpp$/ }, ownedBy: /^llamacpp$/ },
});
