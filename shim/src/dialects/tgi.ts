import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { isObject } from '../wire.ts';
import { ignoredParams } from './ignored.ts';
import { openaiCompatible } from './openai-compatible.ts';

const read = sourced(
  'https://github.com/huggingface/text-generation-inference/blob/main/router/src/lib.rs',
  '2026-01-08',
);
const routes = sourced(
  'https://github.com/huggingface/text-generation-inference/blob/main/router/src/server.rs',
  '2026-01-08',
);

/** Hugging Face's text-generation-inference, which is in maintenance. */
export const tgi = defineDialect({
  id: 'tgi',
  name: 'TGI',
  kind: 'engine',
  extends: openaiCompatible,
  baseURLForm: 'http://127.0.0.1:8080/v1',
  endpoints: {
    completions: 'native',
    'models.list': 'native',
    embeddings: {
      kind: 'refused',
      fix: 'Send embeddings to a server of an embedding model',
      ...routes('TGI has no embeddings route'),
    },
    ...absentEndpoints('TGI', routes, 'moderations', 'audio', 'images', 'files', 'batches'),
  },
  chat: {
    params: {
      ...ignoredParams('TGI', read),
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...read('it reads both names as one field and refuses the pair'),
      },
      stop: {
        kind: 'map',
        severity: 'info',
        unless: Array.isArray,
        with: (value) => [value],
        ...read('stop is a list there, and a text is refused'),
      },
      response_format: {
        kind: 'map',
        severity: 'info',
        with: mapFormat,
        ...read('the schema stands under "value" there'),
      },
      top_logprobs: {
        kind: 'refuse',
        unless: (value) => typeof value === 'number' && value <= 5,
        fix: 'Ask for 5 at most',
        ...read('top_logprobs goes up to 5'),
      },
      presence_penalty: {
        kind: 'drop',
        severity: 'lossy',
        unless: (value) => value === 0,
        ...read('it becomes a repetition penalty of 2 more, which is another thing'),
      },
      parallel_tool_calls: {
        kind: 'drop',
        severity: 'info',
        emulated: true,
        ...read('it is not read; the shim keeps to one call itself'),
      },
    },
    fanOut: read('n is not read'),
    toolStrict: read('strict of a tool is not read'),
  },
  native: each(
    read('a field of its request'),
    'max_tokens',
    'seed',
    'logprobs',
    'tool_choice.required',
    'tool_choice.named',
  ),
  signs: {},
});

/** `json` is the name that all its versions know. */
function mapFormat(format: unknown): unknown {
  if (!isObject(format)) return format;
  if (format['type'] === 'json_object') return { type: 'json', value: { type: 'object' } };
  const held = format['json_schema'];
  if (format['type'] === 'json_schema' && isObject(held))
    return { type: 'json', value: held['schema'] ?? { type: 'object' } };
  // Text is what it answers without a format.
  return format['type'] === 'text' ? undefined : format;
}
