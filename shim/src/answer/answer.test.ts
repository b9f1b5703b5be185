import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import { ask, events, json } from './ask.test-endpoint.ts';
import { encodeVector } from './embeddings.ts';

const folder = new URL('./streams.fixtures/', import.meta.url);

function cut(bytes: Uint8Array, cuts: readonly number[]): Response {
  const edges = [0, ...cuts, bytes.length];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const [at, end] of edges.slice(1).entries()) controller.enqueue(bytes.slice(edges[at], end));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

describe.each(readdirSync(folder))('%s', (name) => {
  test('comes out the same however its bytes are cut', async () => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    const request = { stream: true, stream_options: { include_usage: true } };
    const whole = await ask(request, [cut(bytes, [])]);
    for (let at = 1; at < bytes.length; at += 3)
      expect((await ask(request, [cut(bytes, [at, Math.min(at + 1, bytes.length)])])).text).toBe(whole.text);
    const single = Array.from(bytes.keys()).slice(1);
    expect((await ask(request, [cut(bytes, single)])).text).toBe(whole.text);
    expect(whole.text.endsWith('data: [DONE]\n\n') !== /data: \{"error":[^\n]*\}\n\n$/.test(whole.text)).toBe(true);
  });
});

describe('n by several requests', () => {
  test('choices are numbered, the prompt counts once', async () => {
    const { text, sent } = await ask({ n: 2 }, [
      json(completion({ content: 'a' })),
      json(completion({ content: 'b' })),
    ]);
    const answer = JSON.parse(text);
    expect(sent).toHaveLength(2);
    expect(
      answer.choices.map((choice: { index: number; message: { content: string } }) => [
        choice.index,
        choice.message.content,
      ]),
    ).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(answer.usage).toEqual({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
  });
  test('streams run as one, with one id and one usage', async () => {
    const usage = {
      id: 'x',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    };
    const one = (content: string) => events(sse([chunk({ role: 'assistant', content }), chunk({}, 'stop'), usage]));
    const { text } = await ask({ n: 2, stream: true, stream_options: { include_usage: true } }, [one('a'), one('b')]);
    const chunks = text
      .split('\n\n')
      .slice(0, -2)
      .map((line) => JSON.parse(line.slice(6)));
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.filter((item) => item.usage).map((item) => item.usage)).toEqual([
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    ]);
    expect(
      chunks
        .flatMap(({ choices }) =>
          choices
            .filter((choice: { finish_reason: unknown }) => choice.finish_reason !== null)
            .map(({ index }: { index: number }) => index),
        )
        .sort(),
    ).toEqual([0, 1]);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
  test('one that fails is the answer', async () => {
    const { status, text } = await ask({ n: 2 }, [
      json(completion({ content: 'a' })),
      json({ error: { code: 503, message: 'Loading model' } }, 503),
    ]);
    expect([status, JSON.parse(text).error.message]).toEqual([503, 'Loading model']);
  });
  test('one that breaks mid-stream ends the stream with an error', async () => {
    const good = events(sse([chunk({ role: 'assistant', content: 'a' }), chunk({}, 'stop')]));
    const { text } = await ask({ n: 2, stream: true }, [
      good,
      events(sse([chunk({ role: 'assistant', content: 'b' })], false)),
    ]);
    expect(text).toMatch(/data: \{"error":.*stream_truncated.*\}\n\n$/);
  });
});

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
      { code: 'rate_limit_exceeded', type: 'rate_limit_error' },
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
  ])('%s', async (_, status, body, wanted, error) => {
    const { status: got, text } = await ask({}, [json(body, status)]);
    const { error: found } = JSON.parse(text);
    expect([got, found]).toEqual([wanted, expect.objectContaining(error)]);
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

describe('what cannot be read is an error, never silence', () => {
  test.each<[string, object, Response]>([
    ['JSON cut short', {}, json('{"choices": [')],
    ['no choices', {}, json({ object: 'list' })],
    ['a choice without message', {}, json({ choices: [{ index: 0 }] })],
    ['a reason that is a failure', {}, json(completion({ content: 'x' }, 'error'))],
  ])('%s', async (_, request, reply) => {
    const { status, text } = await ask(request, [reply]);
    expect([status, JSON.parse(text).error.type]).toEqual([502, 'server_error']);
  });
  test.each<[string, string]>([
    ['no event at all', ''],
    ['an event that is not JSON', 'data: {"choices"\n\n'],
    ['only [DONE]', 'data: [DONE]\n\n'],
    ['[DONE] before the end of a choice', sse([chunk({ role: 'assistant', content: 'x' })])],
    [
      'a call without a name',
      sse([
        chunk({ role: 'assistant', tool_calls: [{ index: 0, id: 'a', function: { arguments: '{}' } }] }),
        chunk({}, 'tool_calls'),
      ]),
    ],
  ])('a stream with %s', async (_, text) => {
    const { text: answer } = await ask({ stream: true }, [events(text)]);
    expect(answer).toMatch(/data: \{"error":\{.*\}\}\n\n$/);
    expect(answer).not.toContain('[DONE]');
  });
});

describe('tool calls', () => {
  const call = (more: object) => ({
    id: 'call_a',
    type: 'function',
    function: { name: 'f', arguments: '{}' },
    ...more,
  });
  const read = async (pieces: readonly object[][], request: object = {}) => {
    const { text } = await ask({ stream: true, tools: [{ type: 'function', function: { name: 'f' } }], ...request }, [
      events(sse([...pieces.map((tool_calls) => chunk({ tool_calls })), chunk({}, 'tool_calls')])),
    ]);
    return text
      .split('\n\n')
      .slice(0, -2)
      .flatMap((line) => JSON.parse(line.slice(6)).choices[0].delta.tool_calls ?? []);
  };
  test('clean ones pass as they are', async () => {
    const pieces = [
      { index: 0, ...call({ function: { name: 'f', arguments: '' } }) },
      { index: 0, function: { arguments: '{"a"' } },
      { index: 0, function: { arguments: ':1}' } },
    ];
    expect(await read(pieces.map((piece) => [piece]))).toEqual(pieces);
  });
  test('pieces of two calls in turn go each to its own', async () => {
    const pieces = [
      { index: 0, ...call({ function: { name: 'f', arguments: '' } }) },
      { index: 1, ...call({ id: 'call_b', function: { name: 'f', arguments: '' } }) },
      { index: 0, function: { arguments: '1' } },
      { index: 1, function: { arguments: '2' } },
    ];
    expect(await read(pieces.map((piece) => [piece]))).toEqual(pieces);
  });
  test('a new id on every piece is still one call', async () => {
    const pieces = await read([
      [{ index: 0, ...call({ id: 'x1', function: { name: 'f', arguments: '{' } }) }],
      [{ index: 0, id: 'x2', function: { arguments: '}' } }],
    ]);
    expect(pieces).toEqual([
      { index: 0, id: 'call_x1', type: 'function', function: { name: 'f', arguments: '{' } },
      { index: 0, function: { arguments: '}' } },
    ]);
  });
  test('a name that comes late is waited for', async () => {
    const pieces = await read([
      [{ index: 0, id: 'call_a', function: { arguments: '{' } }],
      [{ index: 0, function: { name: 'f', arguments: '}' } }],
    ]);
    expect(pieces).toEqual([{ index: 0, id: 'call_a', type: 'function', function: { name: 'f', arguments: '{}' } }]);
  });
  test('whole calls in a message keep their order', async () => {
    const { text } = await ask({}, [
      json(completion({ content: '', tool_calls: [call({ index: 0 }), call({ id: 'b', index: 0 })] }, 'stop')),
    ]);
    const [choice] = JSON.parse(text).choices;
    expect(choice.message).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [call({}), call({ id: 'call_b' })],
    });
    expect(choice.finish_reason).toBe('tool_calls');
  });
  test('length is never overridden', async () => {
    const { text } = await ask({}, [
      json(completion({ content: null, tool_calls: [call({ function: { name: 'f', arguments: '{"a' } })] }, 'length')),
    ]);
    expect(JSON.parse(text).choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { tool_calls: [{ function: { arguments: '{"a' } }] },
    });
  });
  test('a required call that did not come is an error', async () => {
    const { status, text } = await ask(
      { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' },
      [json(completion({ content: 'no' }))],
    );
    expect([status, JSON.parse(text).error.code]).toEqual([502, 'tool_choice_not_honoured']);
  });
});

describe('embeddings', () => {
  const list = (items: object[]) =>
    json({ object: 'list', model: 'm', data: items, usage: { prompt_tokens: 1, total_tokens: 1 } });
  const embed = (request: object, reply: Response) => ask({ input: ['a', 'b'], ...request }, [reply], {}, 'embeddings');
  const vector = [0.5, -0.25, 3];
  test.each([
    ['float', vector],
    ['base64', encodeVector(vector)],
  ])('as %s, in order', async (encoding_format, wanted) => {
    for (const sent of [vector, encodeVector(vector)]) {
      const { text } = await embed(
        { encoding_format },
        list([
          { index: 1, embedding: sent },
          { index: 0, embedding: sent, encoding_format: 'base64' },
        ]),
      );
      expect(JSON.parse(text).data).toEqual([0, 1].map((index) => ({ object: 'embedding', index, embedding: wanted })));
    }
  });
  test('too few is an error', async () =>
    expect((await embed({}, list([{ index: 0, embedding: vector }]))).status).toBe(502));
});

describe('notes and policy', () => {
  test('strict turns a lossy answer into an error', async () => {
    const { status, text } = await ask({}, [json(completion({ content: 'x' }, 'whatever'))], { policy: 'strict' });
    expect([status, JSON.parse(text).error.message]).toEqual([400, expect.stringContaining('"whatever"')]);
  });
  test('a hook that throws costs no answer', async () => {
    const { status } = await ask({ user: 'x' }, [json(completion({ content: 'x' }))], {
      onNote: () => {
        throw new Error('hook');
      },
    });
    expect(status).toBe(200);
  });
});
