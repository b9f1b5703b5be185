import { sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced(
  'https://docs.oracle.com/en-us/iaas/Content/generative-ai/openai-compatible-api.htm',
  '2026-11-23',
);

/** Oracle's OCI Generative AI, with its API keys. */
export const oci = defineDialect({
  id: 'oci',
  name: 'OCI Generative AI',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://inference.generativeai.{region}.oci.oraclecloud.com/openai/v1',
  apiKeyEnv: ['OCI_GENAI_API_KEY'],
  endpoints: {
    files: 'native',
    vector_stores: 'native',
    embeddings: {
      kind: 'refused',
      fix: 'Call OCI’s own embeddings',
      ...documented('the OpenAI-compatible API has no embeddings'),
    },
  },
  signs: { host: /^inference\.generativeai\.[a-z0-9-]+\.oci\.oraclecloud\.com$/ },
});
