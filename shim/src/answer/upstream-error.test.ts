import { describe, expect, test } from 'vitest';
import { chunk, sse } from '../upstream.test-server.ts';
import { ask, events, json } from './ask.test-endpoint.ts';

describe('errors in OpenAI’s envelope', () => {
  test.each<[string, number, unknown, number, object]>([
    [
      'llama.cpp’s context',
      400,
      {
        error: {
          code: 400,
          message: 'request (2712 tokens) exceeds the available context size (2048 tokens), try increasing it',
          type: 'exceed_context_size_error',
        },
      },
      400,
      { code: 'context_length_exceeded', type: 'invalid_request_error' },
    ],
    [
      'llama.cpp’s batch',
      500,
      {
        error: {
          code: 500,
          message:
            'input (2701 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
          type: 'server_error',
        },
      },
      400,
      { code: 'context_length_exceeded' },
    ],
    [
      'a bad key',
      401,
      { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } },
      401,
      { code: 'invalid_api_key', type: 'invalid_request_error' },
    ],
    [
      'vLLM’s flat form',
      404,
      { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: null, code: 404 },
      404,
      { code: 'model_not_found' },
    ],
    [
      'FastAPI’s list',
      422,
      { detail: [{ loc: ['body', 'n'], msg: 'must be 1', type: 'value_error' }] },
      422,
      { message: 'n: must be 1', param: 'n' },
    ],
    [
      'problem+json',
      404,
      { type: 'urn:x', title: 'Not Found', status: 404, detail: 'no such function' },
      404,
      { message: 'no such function' },
    ],
    [
      'a fault',
      400,
      { fault: { faultstring: 'bad', detail: { errorcode: 'x.y' } } },
      400,
      { message: 'bad', code: 'x.y' },
    ],
    [
      'Cloudflare’s list',
      400,
      { success: false, errors: [{ code: 7000, message: 'No route' }], result: null },
      400,
      { message: 'No route', code: null },
    ],
    ['Databricks', 400, { error_code: 'BAD_REQUEST', message: 'nope' }, 400, { message: 'nope', code: 'BAD_REQUEST' }],
    [
      'too many requests',
      429,
      { error: 'Model is overloaded', error_type: 'overloaded' },
      429,
      { code: 'rate_limit_exceeded', type: 'requests', message: 'Model is overloaded' },
    ],
    [
      'a failed generation',
      424,
      { error: 'Request failed during generation', error_type: 'generation' },
      500,
      { type: 'server_error' },
    ],
    // As recorded from the providers.
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
    ['nothing at all', 422, '', 422, { message: expect.stringContaining('without a body') }],
    [
      'a page',
      502,
      '<html><head><title>502</title></head><body>Bad Gateway</body></html>',
      502,
      { message: expect.stringContaining('HTML page: 502 Bad Gateway') },
    ],
  ])('%s', async (_, status, body, wanted, error) => {
    const { status: got, text } = await ask({}, [json(body, status)]);
    const { error: found } = JSON.parse(text);
    // Hints may follow upstream's words.
    const words = (error as { message?: unknown }).message;
    const expected = typeof words === 'string' ? { ...error, message: expect.stringContaining(words) } : error;
    expect([got, found]).toEqual([wanted, expect.objectContaining(expected)]);
    expect(Object.keys(found).sort()).toEqual(['code', 'message', 'param', 'type']);
  });
  test('the request id and the retry time come along', async () => {
    const { headers } = await ask({}, [
      json({ error: { message: 'slow down' } }, 429, {
        'x-groq-id': 'req_1',
        'retry-after': '3',
        'content-encoding': 'identity',
      }),
    ]);
    expect([headers.get('x-request-id'), headers.get('retry-after'), headers.get('content-encoding')]).toEqual([
      'req_1',
      '3',
      null,
    ]);
  });
});

test('what was changed is a note', async () => {
  const { notes } = await ask({}, [
    json({ error: { message: 'Model Not Exist', code: 'invalid_request_error' } }, 400),
  ]);
  expect(notes).toContainEqual(
    expect.objectContaining({
      code: 'error-translated',
      what: '400 invalid_request_error sent as 404 model_not_found',
    }),
  );
});

test('a request id in the body becomes the header the SDK reads', async () => {
  const { headers } = await ask({}, [json({ error: { message: 'x' }, request_id: 'req-9' }, 400, { 'cf-ray': 'ray' })]);
  expect([headers.get('x-request-id'), headers.get('cf-ray')]).toEqual(['req-9', 'ray']);
});

test.each<[string, object, number, string]>([
  [
    'an error beside no choices',
    { error: { message: 'Provider returned error', code: 400 }, choices: [] },
    400,
    'Provider returned error',
  ],
  ['an error with a text', { error: 'out of memory' }, 502, 'out of memory'],
  ['a flat error with its status', { object: 'error', message: 'no', status: 503 }, 503, 'no'],
])('an error in a 200: %s', async (_, body, status, message) => {
  const { status: got, text } = await ask({}, [json(body)]);
  expect([got, JSON.parse(text)]).toEqual([status, { error: expect.objectContaining({ message }) }]);
});

test('a raw error line in a stream is an error of the stream', async () => {
  const { text } = await ask({ stream: true }, [
    events(
      `${sse([chunk({ role: 'assistant', content: 'h' })], false)}{"error":"an error was encountered while running the model"}\n`,
    ),
  ]);
  expect(text).toContain('"content":"h"');
  expect(text).toContain('an error was encountered while running the model');
  expect(text).not.toContain('[DONE]');
});
