import { expect, test } from 'vitest';
import { checkError } from './ask.test-endpoint.ts';
import { readUpstreamError } from './upstream-error.ts';

test.each<[string, number, unknown, number, object]>([
  // As recorded from the providers.
  [
    'llama-server’s model that sees nothing',
    500,
    {
      error: {
        code: 500,
        message: 'image input is not supported - hint: if this is unexpected, …',
        type: 'server_error',
      },
    },
    400,
    { code: 'invalid_value', type: 'invalid_request_error' },
  ],
  [
    'Mistral’s model',
    400,
    {
      object: 'error',
      message: 'Invalid model: bad model',
      type: 'invalid_model',
      param: null,
      code: '1500',
    },
    404,
    { code: 'model_not_found', type: 'invalid_request_error', message: 'Invalid model: bad model' },
  ],
  [
    'DeepSeek’s model',
    400,
    {
      error: {
        message: 'Model Not Exist',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_request_error',
      },
    },
    404,
    { code: 'model_not_found' },
  ],
  [
    'Together’s model',
    404,
    {
      id: 'x',
      error: {
        message: 'Unable to access model bad model. Please visit …',
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_available',
      },
    },
    404,
    { code: 'model_not_found' },
  ],
  [
    'Cerebras’ key',
    401,
    { message: 'Wrong API Key', type: 'invalid_request_error', param: 'api_key', code: 'wrong_api_key' },
    401,
    { code: 'invalid_api_key', param: 'api_key' },
  ],
  [
    'Baseten’s key',
    403,
    { error: 'please check the api-key you provided' },
    401,
    { code: 'invalid_api_key', message: 'please check the api-key you provided' },
  ],
  [
    'Xiaomi’s model, explained in param',
    400,
    { error: { code: '400', message: 'Param Incorrect', param: 'Not supported model bad model' } },
    404,
    { code: 'model_not_found', param: null, message: 'Param Incorrect: Not supported model bad model' },
  ],
  [
    'Cerebras’ permission',
    403,
    {
      message: 'Multimodal is not enabled for your organization and model',
      type: 'invalid_request_error',
      param: 'model',
      code: 'multimodal_not_enabled',
    },
    403,
    { code: 'multimodal_not_enabled', param: 'model' },
  ],
  [
    'Mistral’s list of places',
    422,
    {
      detail: [
        { type: 'enum', loc: ['body', 'tools', 'list[Tool]', 0, 'type'], msg: "Input should be 'function'" },
        { type: 'missing', loc: ['body', 'tool_choice', 'ToolChoice', 'name'], msg: 'Field required' },
      ],
    },
    422,
    {
      param: 'tools[0].type',
      message: "tools[0].type: Input should be 'function'; tool_choice.name: Field required",
      code: null,
    },
  ],
  [
    'OpenRouter’s provider',
    400,
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: '{"code":400,"msg":"invalid request, invalid parameter"}', provider_name: 'AtlasCloud' },
      },
      user_id: 'u',
    },
    400,
    { message: 'Provider returned error (AtlasCloud: invalid request, invalid parameter)', code: null },
  ],
  [
    'a provider’s context behind OpenRouter',
    400,
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: {
          raw: '{"error":{"message":"This model\'s maximum context length is 8192 tokens"}}',
          provider_name: 'X',
        },
      },
    },
    400,
    { code: 'context_length_exceeded' },
  ],
  [
    'Together’s error under its message',
    400,
    { error: { message: { message: 'Invalid JSON data', type: 'invalid_request_error', code: 'json_data_error' } } },
    400,
    { message: 'Invalid JSON data', code: 'json_data_error' },
  ],
  [
    'Hugging Face’s credits',
    402,
    { error: 'You have exceeded your monthly included credits for Inference Providers.' },
    429,
    { code: 'insufficient_quota', type: 'insufficient_quota' },
  ],
  ['a payment asked for without a word', 402, {}, 429, { code: 'insufficient_quota' }],
  [
    'Groq’s limit under 413',
    413,
    {
      error: {
        message: 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    429,
    { code: 'rate_limit_exceeded', type: 'tokens' },
  ],
  [
    'Groq’s context',
    400,
    {
      error: {
        message: 'Please reduce the length of the messages or completion.',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
    400,
    { code: 'context_length_exceeded', param: 'messages' },
  ],
  [
    'Ollama’s model',
    404,
    {
      error: {
        message: 'model "llama9" not found, try pulling it first',
        type: 'not_found_error',
        param: null,
        code: null,
      },
    },
    404,
    { code: 'model_not_found', type: 'invalid_request_error' },
  ],
  [
    'TGI’s context',
    422,
    {
      error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000',
      error_type: 'validation',
    },
    400,
    { code: 'context_length_exceeded' },
  ],
  [
    'Azure’s filter',
    400,
    {
      error: {
        message: 'The response was filtered due to the prompt triggering content management policy.',
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
      },
    },
    400,
    { code: 'content_filter', param: 'prompt' },
  ],
  [
    'Azure’s deployment',
    404,
    { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
    404,
    { code: 'model_not_found' },
  ],
  [
    'watsonx',
    400,
    { errors: [{ code: 'invalid_request', message: 'bad', more_info: 'x' }], trace: 't', status_code: 400 },
    400,
    { message: 'bad', code: 'invalid_request' },
  ],
  [
    'an overload',
    529,
    { error: { message: 'Overloaded', type: 'overloaded_error' } },
    503,
    { type: 'server_error', code: null },
  ],
  [
    'a list around the error',
    400,
    [{ error: { code: 400, message: 'Invalid value', status: 'INVALID_ARGUMENT' } }],
    400,
    { message: 'Invalid value', code: null },
  ],
  [
    'a name with a dot',
    404,
    { error: { message: 'model "llama3.3:70b" not found, try pulling it first' } },
    404,
    { code: 'model_not_found' },
  ],
  [
    'vLLM’s name',
    404,
    { error: { message: 'The model `meta-llama/Llama-3.1-8B` does not exist.', type: 'NotFoundError', code: 404 } },
    404,
    { code: 'model_not_found' },
  ],
  [
    'a name of two words',
    404,
    { detail: 'Model bad model does not exist or you do not have access to it.' },
    404,
    { code: 'model_not_found' },
  ],
  [
    'what the model cannot, and another thing that is missing',
    400,
    { error: { message: 'This model does not support images. The file you sent was not found' } },
    400,
    { code: null },
  ],
  [
    'a token that is no key',
    400,
    { error: { message: 'Invalid stop token: max_tokens must be positive' } },
    400,
    { code: null },
  ],
  [
    'Google’s key',
    400,
    [
      {
        error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' },
      },
    ],
    401,
    { code: 'invalid_api_key' },
  ],
  [
    'a limit that names the billing page',
    429,
    {
      error: {
        message:
          'Rate limit reached for tokens per day (TPD). Need more? Upgrade at https://console.groq.com/settings/billing',
      },
    },
    429,
    { code: 'rate_limit_exceeded', type: 'tokens' },
  ],
  [
    'a quota per minute',
    429,
    { error: { message: 'Quota exceeded for online_prediction_requests per minute' } },
    429,
    { code: 'rate_limit_exceeded' },
  ],
  [
    'a quota that is used up',
    429,
    { error: { message: 'You exceeded your current quota, please check your plan' } },
    429,
    { code: 'insufficient_quota' },
  ],
  [
    'DashScope’s inspection',
    400,
    {
      error: {
        message: 'Input data may contain inappropriate content.',
        type: 'data_inspection_failed',
        code: 'data_inspection_failed',
      },
    },
    400,
    { code: 'content_filter' },
  ],
  // OpenAI's own words stay OpenAI's.
  [
    'OpenAI’s permission',
    401,
    {
      error: {
        message: 'You have insufficient permissions for this operation.',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    },
    401,
    { code: null, type: 'invalid_request_error' },
  ],
  [
    'OpenAI’s parameter',
    400,
    {
      error: {
        message: "Unsupported parameter: 'max_tokens' is not supported with this model.",
        type: 'invalid_request_error',
        param: 'max_tokens',
        code: 'unsupported_parameter',
      },
    },
    400,
    { code: 'unsupported_parameter', param: 'max_tokens' },
  ],
  [
    'image input, which is no model that is missing',
    400,
    {
      object: 'error',
      message: 'Image input is not enabled for this model',
      type: 'invalid_request_invalid_args',
      param: null,
      code: '3051',
    },
    400,
    { code: null, message: 'Image input is not enabled for this model' },
  ],
])('%s', (_, ...row) => checkError(...row));

test('whatever an error body holds, the envelope has its four keys and nothing throws', async () => {
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const keys = [
    'error',
    'errors',
    'detail',
    'message',
    'code',
    'type',
    'param',
    'fault',
    'metadata',
    'raw',
    'loc',
    'msg',
    'status',
    'choices',
  ];
  const make = (depth: number): unknown => {
    const kind = next(depth > 3 ? 6 : 8);
    if (kind === 0) return null;
    if (kind === 1) return next(700);
    if (kind === 2) return ['', 'x', 'model "a" not found', '{"error":"x"}', 'try again in 1s'][next(5)];
    if (kind === 3) return next(2) === 0;
    if (kind < 6) return 'quota';
    if (kind === 6) return Array.from({ length: next(3) }, () => make(depth + 1));
    return Object.fromEntries(Array.from({ length: next(5) }, () => [keys[next(keys.length)], make(depth + 1)]));
  };
  for (let round = 0; round < 2000; round += 1) {
    const status = [400, 401, 402, 403, 404, 413, 422, 424, 429, 500, 503, 529][next(12)] ?? 500;
    const body = make(0);
    const { error, status: got } = readUpstreamError(status, JSON.stringify(body) ?? '', new Headers());
    expect([body, Object.keys(error).sort()]).toEqual([body, ['code', 'message', 'param', 'type']]);
    expect([body, typeof error.message, error.message === '']).toEqual([body, 'string', false]);
    expect([body, got >= 400 && got < 600]).toEqual([body, true]);
    expect([body, error.code === null || typeof error.code === 'string']).toEqual([body, true]);
    expect([body, error.param === null || typeof error.param === 'string']).toEqual([body, true]);
  }
});
