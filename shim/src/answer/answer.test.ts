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
  test('a required call that did not come, asked for once more, is an error', async () => {
    const { status, text, sent } = await ask(
      { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' },
      [json(completion({ content: 'no' })), json(completion({ content: 'no' }))],
    );
    expect(sent).toHaveLength(2);
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
