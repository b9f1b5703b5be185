import type OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { majors } from '../majors.test-sdks.ts';
import type { Note } from '../note.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from '../upstream.test-server.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
});

const tool = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
};
const call = (id: string, args: string, name = 'get_weather') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

describe.each(majors)('$name', ({ name: major, Shim }) => {
  const notes: Note[] = [];
  const client = (more: object = {}) =>
    new Shim({
      apiKey: 'sk-openai-secret',
      maxRetries: 0,
      migrate: {
        policy: 'silent',
        target: { dialect: 'llama.cpp', baseURL: upstream.baseURL },
        onNote: (note: Note) => notes.push(note),
        responses: { tenant: major },
        ...more,
      },
    } as object);
  const collect = async (stream: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>) => {
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    return events;
  };

  test('a text answer has every key of OpenAI’s', async () => {
    upstream.reply = { body: completion({ content: 'Hello there' }) };
    const response = await client().responses.create({
      model: 'gpt-4o',
      instructions: 'Be short.',
      input: 'Hi',
      max_output_tokens: 64,
      temperature: 0,
      text: { verbosity: 'low' },
      metadata: { a: 'b' },
    });
    expect(response.output_text).toBe('Hello there');
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'gpt-4o',
      error: null,
      incomplete_details: null,
      instructions: 'Be short.',
      temperature: 0,
      metadata: { a: 'b' },
      output: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hello there', annotations: [], logprobs: [] }],
        },
      ],
      usage: {
        input_tokens: 3,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 5,
      },
    });
    expect(response.id).toMatch(/^resp_[0-9a-f]{48}$/);
    expect(response.output[0]?.id).toMatch(/^msg_/);
    expect(upstream.received[0]).toMatchObject({
      path: '/v1/chat/completions',
      body: {
        messages: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: 'Hi' },
        ],
        max_completion_tokens: 64,
        temperature: 0,
      },
    });
    expect(upstream.received[0]?.body).not.toHaveProperty('input');
  });

  test('a stream of text has OpenAI’s events in OpenAI’s order', async () => {
    upstream.reply = {
      body: sse([
        chunk({ role: 'assistant', content: null }),
        chunk({ content: 'Hel' }),
        chunk({ content: 'lo' }),
        chunk({}, 'stop'),
        chunk({}, null, { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }),
      ]),
    };
    const events = await collect(await client().responses.create({ model: 'gpt-4o', input: 'Hi', stream: true }));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const last = events.at(-1);
    expect(last?.type === 'response.completed' && last.response).toMatchObject({
      output: [{ content: [{ text: 'Hello' }] }],
      usage: { input_tokens: 3, output_tokens: 2 },
    });
  });

  test('responses.stream() gives the calls, one whole after the other', async () => {
    upstream.reply = {
      body: sse([
        chunk({ role: 'assistant', reasoning_content: 'Two cities.' }),
        chunk({ tool_calls: [{ index: 0, ...call('a', '{"ci') }] }),
        chunk({ tool_calls: [{ index: 1, ...call('b', '{"city":') }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: 'ty":"Rome"}' } }] }),
        chunk({ tool_calls: [{ index: 1, function: { arguments: '"Oslo"}' } }] }),
        chunk({}, 'tool_calls'),
      ]),
    };
    const stream = client().responses.stream({ model: 'gpt-4o', input: 'Weather?', tools: [tool] });
    const types: string[] = [];
    stream.on('event', (event) => types.push(event.type));
    const final = await stream.finalResponse();
    expect(final.output.map((item) => [item.type, 'arguments' in item ? item.arguments : ''])).toEqual([
      ['reasoning', ''],
      ['function_call', '{"city":"Rome"}'],
      ['function_call', '{"city":"Oslo"}'],
    ]);
    expect(types.filter((type) => type.startsWith('response.output_item'))).toEqual(
      Array.from({ length: 3 }, () => ['response.output_item.added', 'response.output_item.done']).flat(),
    );
    expect(final.output[0]).toMatchObject({ content: [{ type: 'reasoning_text', text: 'Two cities.' }], summary: [] });
  });

  test('responses.parse() reads what the schema asked for', async () => {
    upstream.reply = { body: completion({ content: '{"n":4}' }) };
    const schema = {
      type: 'object',
      properties: { n: { type: 'number' } },
      required: ['n'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema' as const, name: 'answer', schema, strict: true };
    const response = await client().responses.parse({ model: 'gpt-4o', input: '2+2', text: { format } });
    expect(response.output_text).toBe('{"n":4}');
    expect(upstream.received[0]?.body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema, strict: true },
    });
  });

  test('a cut answer is incomplete, and says why', async () => {
    upstream.reply = { body: completion({ content: 'Once upon' }, 'length') };
    const response = await client().responses.create({ model: 'gpt-4o', input: 'Tell', max_output_tokens: 16 });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
    });
  });

  test('a stored response is read, listed, chained on and deleted', async () => {
    upstream.reply = { body: completion({ content: 'Blue.' }) };
    const openai = client();
    const first = await openai.responses.create({ model: 'gpt-4o', input: 'My colour is blue.' });
    expect((await openai.responses.retrieve(first.id)).output).toEqual(first.output);
    const items = await openai.responses.inputItems.list(first.id);
    expect(items.data).toMatchObject([{ type: 'message', role: 'user', content: [{ text: 'My colour is blue.' }] }]);
    await openai.responses.create({ model: 'gpt-4o', input: 'Which?', previous_response_id: first.id });
    expect(upstream.received.at(-1)?.body['messages']).toEqual([
      { role: 'user', content: 'My colour is blue.' },
      { role: 'assistant', content: 'Blue.' },
      { role: 'user', content: 'Which?' },
    ]);
    const remove = (openai.responses as unknown as { del?: (id: string) => Promise<unknown> }).del;
    await (remove === undefined ? openai.responses.delete(first.id) : remove.call(openai.responses, first.id));
    await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
    await expect(
      openai.responses.create({ model: 'gpt-4o', input: 'x', previous_response_id: first.id }),
    ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
  });

  test('store: false keeps nothing', async () => {
    upstream.reply = { body: completion({ content: 'x' }) };
    const { id } = await client().responses.create({ model: 'gpt-4o', input: 'x', store: false });
    await expect(client().responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  test('an error before the stream is an API error, one within it too', async () => {
    upstream.reply = { status: 404, body: { error: { message: 'model "x" not found', code: 404 } } };
    await expect(client().responses.create({ model: 'x', input: 'x', stream: true })).rejects.toMatchObject({
      status: 400,
      code: 'model_not_found',
      param: 'model',
    });
    upstream.reply = { body: sse([chunk({ content: 'a' }), { error: { message: 'it broke', code: 500 } }], false) };
    const stream = await client().responses.create({ model: 'gpt-4o', input: 'x', stream: true });
    await expect(collect(stream)).rejects.toThrow(/it broke/);
  });

  test('a tool that runs at OpenAI is refused by name', async () => {
    await expect(
      client().responses.create({ model: 'gpt-4o', input: 'x', tools: [{ type: 'web_search' }] } as never),
    ).rejects.toMatchObject({ status: 400, param: 'tools[0]', message: expect.stringContaining('builtInTools') });
    expect(upstream.received).toEqual([]);
  });

  test('a built-in tool that is plugged in runs, and its result goes back to the model', async () => {
    let turn = 0;
    upstream.reply = () => {
      turn += 1;
      return {
        body:
          turn === 1
            ? completion(
                { content: null, tool_calls: [call('call_s', '{"query":"llamas"}', 'web_search')] },
                'tool_calls',
              )
            : completion({ content: 'Llamas are camelids.' }),
      };
    };
    const seen: unknown[] = [];
    const response = await client({
      responses: {
        tenant: major,
        builtInTools: {
          web_search: {
            description: 'Searches',
            parameters: { type: 'object', properties: { query: { type: 'string' } } },
            run: async (args: { query: string }) => {
              seen.push(args);
              return { output: 'camelids', item: { action: { type: 'search', query: args.query } } };
            },
          },
        },
      },
    }).responses.create({ model: 'gpt-4o', input: 'x', tools: [{ type: 'web_search' }] } as never);
    expect(seen).toEqual([{ query: 'llamas' }]);
    expect(response.output.map(({ type }) => type)).toEqual(['web_search_call', 'message']);
    expect(upstream.received.at(-1)?.body['messages']).toEqual([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, tool_calls: [call('call_s', '{"query":"llamas"}', 'web_search')] },
      { role: 'tool', tool_call_id: 'call_s', content: 'camelids' },
    ]);
    expect(response.usage).toMatchObject({ input_tokens: 6, output_tokens: 4 });
  });

  test('a conversation keeps its items across calls', async () => {
    const openai = client() as OpenAI & { conversations?: OpenAI['conversations'] };
    // openai 4 has no conversations.
    if (major === 'openai4') return expect(openai.conversations).toBeUndefined();
    upstream.reply = { body: completion({ content: 'Hi Ann.' }) };
    const { id } = await openai.conversations.create({
      items: [{ type: 'message', role: 'user', content: 'I am Ann.' }],
    });
    await openai.responses.create({ model: 'gpt-4o', input: 'Hello', conversation: id });
    await openai.responses.create({ model: 'gpt-4o', input: 'Who am I?', conversation: id });
    expect(upstream.received.at(-1)?.body['messages']).toEqual([
      { role: 'user', content: 'I am Ann.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi Ann.' },
      { role: 'user', content: 'Who am I?' },
    ]);
    const page = await openai.conversations.items.list(id, { order: 'asc', limit: 2 });
    expect(page.data).toHaveLength(2);
    expect(page.has_more).toBe(true);
    expect(await openai.conversations.delete(id)).toMatchObject({ deleted: true });
    await expect(openai.conversations.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });
});
