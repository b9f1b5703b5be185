import { each, sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

const inOgx = sourced(
  'https://github.com/ogx-ai/ogx/blob/main/src/ogx/providers/remote/inference/watsonx/watsonx.py',
  '2026-04-30',
);

/** IBM watsonx's model gateway. It takes an IAM access token of an hour, not the API key. */
export const watsonx = defineDialect({
  id: 'watsonx',
  name: 'watsonx model gateway',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://{region}.ml.cloud.ibm.com/ml/gateway/v1',
  apiKeyEnv: ['WATSONX_API_KEY'],
  keyExchange: {
    url: 'https://iam.cloud.ibm.com/identity/token',
    grantType: 'urn:ibm:params:oauth:grant-type:apikey',
    because: 'an API key is changed for an access token, which ends after an hour',
    source: 'https://www.ibm.com/docs/en/watsonx/wdi/saas?topic=tutorials-generating-api-key-bearer-token',
    checked: '2026-11-25',
  },
  endpoints: { completions: 'native', embeddings: 'native' },
  chat: {
    params: {
      max_completion_tokens: {
        kind: 'rename',
        to: 'max_tokens',
        ...inOgx('max_tokens is the name of the limit there'),
      },
      parallel_tool_calls: {
        kind: 'drop',
        severity: 'info',
        emulated: true,
        ...inOgx('it is not supported; the shim keeps to one call itself'),
      },
      stream_options: { kind: 'drop', severity: 'info', ...inOgx('it is not supported') },
    },
  },
  native: {
    ...each(
      inOgx('a field of its request'),
      'max_tokens',
      'n',
      'stop',
      'seed',
      'logprobs',
      'response_format.json_object',
    ),
    'stream.usage': inOgx('streams end with usage, asked for or not'),
  },
  signs: { host: /\.ml\.cloud\.ibm\.com$/ },
});
