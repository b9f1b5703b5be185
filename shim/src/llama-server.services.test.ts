import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createFetch } from './fetch.ts';
import { openEngines } from './live/engine.test-process.ts';
import { chatHelpers, majors } from './majors.test-sdks.ts';
import { chatParams } from './manifest/index.ts';
import type { Note } from './note.ts';

/** A real llama-server with the scripted model and with embeddings, on two loopback ports. */
const engines = openEngines();
let chatURL = '';
let embedURL = '';

beforeAll(async () => {
  chatURL = await engines.start('llama-server', 'scripted');
  embedURL = await engines.start('llama-server', 'scripted', '--pooling', 'mean');
}, 600_000);
afterAll(() => engines.stop());

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Get the weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};
const time = {
  type: 'function' as const,
  function: {
    name: 'get_time',
    description: 'Get the time',
    parameters: {
      type: 'object',
      properties: { zone: { type: 'string' } },
      required: ['zone'],
      additionalProperties: false,
    },
  },
};
// Temperature 0, so that the model does the same each time.
const say = (content: string) => ({
  temperature: 0,
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content }],
});

describe.each(majors)('llama-server through the shim on $name', ({ sdk, Shim, Bare }) => {
  const heard: Note[] = [];
  const open = (baseURL: string, dialect: 'llama.cpp' | 'auto' = 'llama.cpp') =>
    new Shim({ migrate: { target: { dialect, baseURL }, policy: 'silent', onNote: (note) => heard.push(note) } });

  test('chat', async () => {
    const answer = await open(chatURL).chat.completions.create(say('Say hello'));
    expect(answer.choices[0]?.message).toEqual({
      role: 'assistant',
      content: expect.stringContaining('Hello'),
      refusal: null,
    });
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', logprobs: null });
    expect(answer.model).toBe('gpt-4o');
    expect(answer).not.toHaveProperty('timings');
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  });

  test('stream, with usage only for who asks', async () => {
    for (const asked of [false, true]) {
      let text = '';
      const usages: unknown[] = [];
      const finishes: unknown[] = [];
      for await (const chunk of await open(chatURL).chat.completions.create({
        ...say('Say hello'),
        stream: true,
        ...(asked ? { stream_options: { include_usage: true } } : {}),
      })) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
        usages.push(chunk.usage);
      }
      expect(text).toContain('Hello');
      expect(finishes).toEqual(['stop']);
      expect(usages.at(-1)).toEqual(asked ? expect.objectContaining({ total_tokens: expect.any(Number) }) : undefined);
      expect(usages.slice(0, -1).every((usage) => usage === (asked ? null : undefined))).toBe(true);
    }
  });

  test('a required tool call', async () => {
    const answer = await open(chatURL).chat.completions.create({
      ...say('What is the weather in Paris?'),
      tools: [weather, time],
      tool_choice: 'required',
    });
    const [choice] = answer.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.content).toBeNull();
    expect(choice?.message.tool_calls?.[0]).toMatchObject({
      id: expect.stringMatching(/^call_/),
      type: 'function',
      function: { name: 'get_weather' },
    });
  });

  test('a named tool is the one called: the bare SDK gets another', async () => {
    const request = {
      ...say('What is the weather in Paris?'),
      tools: [weather, time],
      tool_choice: { type: 'function' as const, function: { name: 'get_time' } },
    };
    const name = (answer: { choices: Array<{ message: { tool_calls?: unknown[] } }> }) =>
      (answer.choices[0]?.message.tool_calls?.[0] as { function: { name: string } } | undefined)?.function.name;
    expect(name(await new Bare({ apiKey: 'x', baseURL: chatURL }).chat.completions.create(request))).not.toBe(
      'get_time',
    );
    const answer = await open(chatURL).chat.completions.create(request);
    expect(name(answer)).toBe('get_time');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  test('streamed tools through the helper', async () => {
    const stream = chatHelpers(open(chatURL)).stream({
      ...say('What is the weather in Paris?'),
      tools: [weather],
      tool_choice: 'required',
    });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.finish_reason).toBe('tool_calls');
    expect(final.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: expect.stringMatching(/^call_/),
      function: { name: 'get_weather', arguments: expect.stringMatching(/^\{.*\}$/) },
    });
  });

  test('json_schema by zod', async () => {
    const person = z.object({ name: z.string(), age: z.number().int() });
    const answer = await chatHelpers(open(chatURL)).parse({
      ...say('Describe Ada'),
      response_format: zodResponseFormat(person, 'person'),
    });
    expect(person.safeParse(answer.choices[0]?.message.parsed).success).toBe(true);
  });

  test('n is n answers, counted right', async () => {
    const one = await open(chatURL).chat.completions.create(say('Say hello'));
    const three = await open(chatURL).chat.completions.create({ ...say('Say hello'), n: 3 });
    expect(three.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(three.usage?.completion_tokens).toBe(3 * (one.usage?.completion_tokens ?? 0));
    const texts = ['', '', ''];
    for await (const chunk of await open(chatURL).chat.completions.create({ ...say('Say hello'), n: 3, stream: true }))
      for (const { index, delta } of chunk.choices) texts[index] += delta.content ?? '';
    expect(texts.every((text) => text.includes('Hello'))).toBe(true);
  });

  test('stop and token limits', async () => {
    const cut = await open(chatURL).chat.completions.create({ ...say('Say hello'), max_completion_tokens: 3 });
    expect(cut.choices[0]?.finish_reason).toBe('length');
    const stopped = await open(chatURL).chat.completions.create({ ...say('Say hello'), stop: '!' });
    expect(stopped.choices[0]?.message.content).not.toContain('!');
  });

  test('logprobs as asked for', async () => {
    const { choices } = await open(chatURL).chat.completions.create({
      ...say('Say hello'),
      logprobs: true,
      max_tokens: 3,
    });
    expect(choices[0]?.logprobs?.content?.[0]?.top_logprobs).toEqual([]);
    expect(choices[0]?.logprobs?.content?.[0]).not.toHaveProperty('id');
  });

  test('embeddings, and what they cannot do', async () => {
    const { data, usage } = await open(embedURL).embeddings.create({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
    });
    const floats = await open(embedURL).embeddings.create({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
      encoding_format: 'float',
    });
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual(
      floats.data.map(({ index, embedding }) => [index, embedding.length]),
    );
    expect(data[0]?.embedding.length).toBeGreaterThan(100);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
    await expect(open(embedURL).embeddings.create({ model: 'm', input: 'x', dimensions: 8 })).rejects.toMatchObject({
      status: 400,
      param: 'dimensions',
    });
    await expect(open(chatURL).embeddings.create({ model: 'm', input: 'x' })).rejects.toMatchObject({
      status: 501,
      message: expect.stringContaining('--embeddings'),
    });
  });

  test('models', async () => {
    const client = open(chatURL);
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toHaveLength(1);
    expect(await client.models.retrieve(ids[0] ?? '')).toMatchObject({ id: ids[0], object: 'model' });
    await expect(client.models.retrieve('nope')).rejects.toBeInstanceOf(sdk.NotFoundError);
  });

  test('errors are OpenAI’s', async () => {
    const client = open(chatURL);
    await expect(client.chat.completions.create(say('word '.repeat(20_000)))).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
    });
    await expect(client.chat.completions.create({ ...say('x'), top_logprobs: 2 })).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      code: null,
    });
    await expect(client.moderations.create({ input: 'x' })).rejects.toMatchObject({ code: 'unsupported_endpoint' });
  });

  test('legacy completions', async () => {
    const ask = { model: 'gpt-3.5-turbo-instruct', prompt: 'Once', max_tokens: 6, temperature: 0 };
    const whole = await open(chatURL).completions.create({ ...ask, echo: true });
    expect(whole).toMatchObject({ object: 'text_completion', model: 'gpt-3.5-turbo-instruct' });
    expect(whole.id).toMatch(/^cmpl-/);
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'length', text: expect.stringMatching(/^Once\S*/) });
    const { choices } = await open(chatURL).completions.create({ ...ask, logprobs: 2 });
    const { tokens, token_logprobs: scores, top_logprobs: tops, text_offset: offsets } = choices[0]?.logprobs ?? {};
    expect(tokens?.join('')).toBe(choices[0]?.text);
    expect([scores?.length, tops?.length, offsets?.[0]]).toEqual([tokens?.length, tokens?.length, 0]);
    expect(Object.keys(tops?.[0] ?? {}).length).toBeLessThanOrEqual(2);
    let text = '';
    for await (const chunk of await open(chatURL).completions.create({ ...ask, stream: true }))
      text += chunk.choices[0]?.text ?? '';
    expect(text).toBe(choices[0]?.text);
    const several = await open(chatURL).completions.create({ ...ask, prompt: ['Once', 'Twice'] });
    expect(several.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(several.usage?.completion_tokens).toBeGreaterThanOrEqual(12);
  });

  test('the tokens of an input', async () => {
    const count = async (input: string) =>
      open(chatURL).post('/responses/input_tokens', { body: { model: 'gpt-4o', input } }) as Promise<{
        readonly input_tokens: number;
      }>;
    const [short, long] = [await count('Say hello'), await count('Say hello '.repeat(20))];
    expect(short).toMatchObject({ object: 'response.input_tokens' });
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 20);
  });

  test('auto finds out what it is', async () => {
    heard.length = 0;
    await open(chatURL, 'auto').chat.completions.create(say('Say hello'));
    expect(heard.find(({ code }) => code === 'dialect-detected')?.what).toContain('llama.cpp');
  });
});

test('every chat parameter is served or refused by its own name', async () => {
  const client = new OpenAI({
    apiKey: 'x',
    maxRetries: 0,
    fetch: createFetch({ target: { dialect: 'llama.cpp', baseURL: chatURL }, policy: 'silent' }),
  });
  const samples: Record<string, unknown> = {
    audio: { voice: 'alloy', format: 'wav' },
    frequency_penalty: 0.1,
    function_call: 'auto',
    functions: [{ name: 'f' }],
    logit_bias: { 50256: -100 },
    logprobs: true,
    max_completion_tokens: 4,
    max_tokens: 4,
    metadata: { a: 'b' },
    modalities: ['text'],
    moderation: { model: 'm' },
    n: 2,
    parallel_tool_calls: false,
    prediction: { type: 'content', content: 'x' },
    presence_penalty: 0.1,
    prompt_cache_key: 'k',
    reasoning_effort: 'low',
    response_format: { type: 'json_object' },
    safety_identifier: 's',
    seed: 1,
    service_tier: 'auto',
    stop: 'x',
    store: true,
    temperature: 0,
    tool_choice: 'auto',
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    top_p: 0.5,
    user: 'u',
    verbosity: 'low',
    web_search_options: {},
  };
  const refused: string[] = [];
  for (const name of chatParams.filter((param) => param in samples)) {
    const body = {
      model: 'm',
      messages: [{ role: 'user', content: 'Say hello' }],
      max_tokens: 8,
      [name]: samples[name],
    };
    const failed = await client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) continue;
    expect(failed).toMatchObject({ status: 400, param: name });
    refused.push(name);
  }
  expect(refused).toEqual(['audio', 'function_call', 'functions', 'moderation', 'web_search_options']);
});
