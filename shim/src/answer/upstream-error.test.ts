import { describe, expect, test } from 'vitest';
import { chunk, sse } from '../upstream.test-server.ts';
import { ask, checkError, events, json } from './ask.test-endpoint.ts';

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
      'Llama Stack’s list',
      400,
      {
        error: {
          detail: { errors: [{ loc: ['body', 'temperature'], msg: 'must be a number', type: 'float_parsing' }] },
        },
      },
      400,
      { message: 'temperature: must be a number', param: 'temperature' },
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
    ['nothing at all', 422, '', 422, { message: expect.stringContaining('without a body') }],
    [
      'a page',
      502,
      '<html><head><title>502</title></head><body>Bad Gateway</body></html>',
      502,
      { message: expect.stringContaining('HTML page: 502 Bad Gateway') },
    ],
  ])('%s', (_, ...row) => checkError(...row));
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
