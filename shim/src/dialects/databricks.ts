import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const inAnyLlm = sourced(
  'https://github.com/mozilla-ai/any-llm/blob/main/src/any_llm/providers/registry.py',
  '2026-08-19',
);
const inOgx = sourced(
  'https://github.com/ogx-ai/ogx/tree/main/src/ogx/providers/remote/inference/databricks',
  '2026-04-30',
);
const noList = {
  kind: 'refused',
  fix: 'Look the endpoint up in the workspace',
  ...inAnyLlm('it has no list of models'),
} as const;

/** Databricks model serving; `model` is the endpoint's name. */
export const databricks = defineDialect({
  id: 'databricks',
  name: 'Databricks',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://{workspace}.cloud.databricks.com/serving-endpoints',
  apiKeyEnv: ['DATABRICKS_TOKEN', 'DATABRICKS_API_KEY'],
  endpoints: { completions: 'native', embeddings: 'native', 'models.list': noList, 'models.retrieve': noList },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...inOgx('max_tokens is the name of the limit there'),
      },
      ...each({ kind: 'drop', severity: 'info', ...inOgx('it is not supported') } as const, 'store', 'user'),
    },
  },
  signs: { host: /\.(cloud\.databricks\.com|azuredatabricks\.net|gcp\.databricks\.com)$/ },
});
