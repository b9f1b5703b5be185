import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced(
  'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.md',
  '2026-11-23',
);
const missing = (what: string, fix: string) =>
  ({ kind: 'refused', fix, ...documented(`the runtime endpoint has no ${what}`) }) as const;

/** Amazon Bedrock's OpenAI routes at the runtime endpoint, which AWS recommends for new apps. */
export const bedrock = defineDialect({
  id: 'bedrock',
  name: 'Amazon Bedrock (runtime)',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1',
  apiKeyEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
  endpoints: {
    ...absentEndpoints('the runtime endpoint', documented, 'completions', 'moderations', 'audio', 'images'),
    embeddings: missing('embeddings route', 'Call InvokeModel, or another embeddings server'),
    'models.list': missing('list of models', 'Look the model up in the Bedrock console'),
    'models.retrieve': missing('list of models', 'Look the model up in the Bedrock console'),
  },
  native: each(documented('a field of its request'), 'max_completion_tokens'),
  signs: { host: /^bedrock-runtime(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/ },
});

/** Amazon Bedrock's mantle endpoint. Some models are at /v1 and some at /openai/v1. */
export const bedrockMantle = defineDialect({
  id: 'bedrock-mantle',
  name: 'Amazon Bedrock (mantle)',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://bedrock-mantle.us-east-1.api.aws/openai/v1 (or /v1: the model decides)',
  apiKeyEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
  endpoints: { 'models.list': 'native' },
  native: each(documented('a field of its request'), 'max_completion_tokens'),
  signs: { host: /^bedrock-mantle\.[a-z0-9-]+\.api\.aws$/ },
});
