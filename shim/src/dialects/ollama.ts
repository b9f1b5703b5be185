import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { ignoredParams } from './ignored.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Read in the request's struct, which drops every field it does not name. */
const read = sourced('https://github.com/ollama/ollama/blob/main/openai/openai.go', '2026-08-21');

const documented = sourced(
  'https://github.com/ollama/ollama/blob/main/docs/api/openai-compatibility.mdx',
  '2026-08-21',
);
const routes = sourced('https://github.com/ollama/ollama/blob/main/server/routes.go', '2026-08-21');

/** Measured on Ollama 0.17.4. */
const measured = sourced('https://github.com/ollama/ollama/releases/tag/v0.17.4', '2026-11-25');

/** Ollama's OpenAI-compatible routes, on loopback or at ollama.com. */
export const ollama = defineDialect({
  id: 'ollama',
  name: 'Ollama',
  kind: 'engine',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:11434/v1',
  apiKeyEnv: ['OLLAMA_API_KEY'],
  endpoints: {
    completions: 'native',
    embeddings: 'native',
    'models.list': 'native',
    'models.retrieve': 'native',
    responses: {
      kind: 'emulated',
      ...documented('its Responses keep no state: previous_response_id, conversation and truncation are not there'),
    },
    audio: 'native',
    ...absentEndpoints('Ollama', routes, 'moderations', 'images', 'files', 'batches'),
  },
  completions: { suffix: documented('suffix is a field that it supports') },
  chat: {
    params: {
      ...ignoredParams('Ollama', read),
      max_completion_tokens: { kind: 'rename', to: 'max_tokens', ...read('it knows max_tokens only') },
      parallel_tool_calls: {
        kind: 'drop',
        severity: 'info',
        emulated: true,
        ...read('it has no such field; the shim keeps to one call itself'),
      },
    },
    stringToolChoice: read('tool_choice is not a field of its request: only the tools it gets can be chosen'),
    noneWithoutTools: read('tool_choice is not a field of its request, so tools that are sent may be called'),
    textContent: read('each text part becomes a message of its own'),
    nullContent: read('a message without calls and without content is refused'),
    imageData: read('it takes images as data: URLs only'),
    imageDetail: read('detail of an image is not read'),
    toolStrict: read('strict is not a field of its tools'),
    fanOut: read('n is not a field of its request'),
  },
  embeddings: {
    params: {
      dimensions: {
        kind: 'refuse',
        fix: 'Leave dimensions out and use the model’s own width',
        ...measured('it cuts the vectors of every model to the width asked for, trained for it or not'),
      },
    },
  },
  native: each(
    read('a field of its request'),
    'max_tokens',
    'seed',
    'stop',
    'logprobs',
    'top_logprobs',
    'frequency_penalty',
    'presence_penalty',
    'reasoning_effort',
    'response_format.json_object',
    'response_format.json_schema',
    'stream_options',
  ),
  cuts: {
    // num_ctx where the last message fills it, and the four tokens it keeps with half of the rest where it makes room.
    counts: [2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072].flatMap((context) => [context, 4 + (context - 4) / 2]),
    because: 'it cuts a prompt at its context and logs "truncating input prompt", but answers 200',
    source: 'https://github.com/ollama/ollama/issues/4967',
    checked: '2026-11-23',
  },
  signs: { host: /^(www\.)?ollama\.com$/, ownedBy: /^library$/ },
});
