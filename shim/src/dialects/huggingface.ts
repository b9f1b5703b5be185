import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced('https://huggingface.co/docs/inference-providers/tasks/chat-completion', '2026-11-23');

const guide = sourced(
  'https://github.com/huggingface/hub-docs/blob/main/docs/inference-providers/guides/responses-api.md',
  '2026-11-23',
);

/** Hugging Face's router: which provider answers, and with what, depends on the model's name (`model:provider` pins one). */
export const huggingface = defineDialect({
  id: 'huggingface',
  name: 'Hugging Face router',
  kind: 'provider',
  extends: openaiCompatible,
  baseURL: 'https://router.huggingface.co/v1',
  apiKeyEnv: ['HF_TOKEN'],
  endpoints: {
    'models.list': 'native',
    ...absentEndpoints('the router’s OpenAI route', guide, 'completions', 'moderations', 'audio', 'images'),
    embeddings: {
      kind: 'refused',
      fix: 'Send embeddings to a server of an embedding model',
      ...documented('embeddings are a task with an API of its own (feature extraction)'),
    },
  },
  native: each(documented('the documented name of the limit'), 'max_tokens'),
  signs: { host: /^router\.huggingface\.co$/ },
});
