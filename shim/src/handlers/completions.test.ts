import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, events, json } from '../answer/ask.test-endpoint.ts';
import type { DialectId } from '../manifest/index.ts';
import { majors } from '../majors.test-sdks.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from '../upstream.test-server.ts';

interface Choice {
  readonly text: string;
  readonly index: number;
  readonly finish_reason: string | null;
  readonly logprobs: Record<string, unknown> | null;
}
interface Answer {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: Record<string, number>;
  readonly error?: Record<string, unknown>;
}

const answer = (text: string, more: object = {}, top: object = {}) => ({
  id: 'chatcmpl-7',
  object: 'text_completion',
  created: 1_700_000_000,
  model: 'llama',
  choices: [{ text, index: 0, finish_reason: 'stop', logprobs: null, ...more }],
  usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
  ...top,
});
const complete = async (request: object, replies: readonly unknown[], dialect: DialectId = 'llama.cpp') => {
  const got = await ask(
    { messages: undefined, model: 'gpt-3.5-turbo-instruct', ...request },
    replies.map((reply) => (reply instanceof Response ? reply : json(reply))),
    { target: { dialect, baseURL: 'http://up.test/v1' } },
    'completions',
  );
  const isStream = got.headers.get('content-type')?.includes('event-stream') === true;
  return {
    ...got,
    body: (isStream ? {} : JSON.parse(got.text)) as Answer,
    chunks: isStream
      ? got.text
          .split('\n\n')
          .filter((line) => line.startsWith('data: {'))
          .map((line) => JSON.parse(line.slice(6)) as Answer)
      : [],
    codes: got.notes.map(({ code }) => code),
  };
};

describe('an endpoint with completions', () => {
  test('the prompt goes out as it is, the answer in OpenAI’s shape, its spaces kept', async () => {
    const { body, sent } = await complete({ prompt: 'Once upon', stop: ['x'], temperature: 0 }, [answer(' a time ')]);
    expect(sent[0]).toEqual({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Once upon',
      stop: ['x'],
      temperature: 0,
      max_tokens: 16,
    });
    expect(body).toEqual({
      id: 'cmpl-7',
      object: 'text_completion',
      created: 1_700_000_000,
      model: 'gpt-3.5-turbo-instruct',
      choices: [{ text: ' a time ', index: 0, finish_reason: 'stop', logprobs: null }],
      usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
    });
  });
  test('thinking stays in the text: nobody asked for a chat', async () => {
    const { body } = await complete({ prompt: 'x' }, [answer('<think>a</think>b')]);
    expect(body.choices[0]?.text).toBe('<think>a</think>b');
  });
  test('log-probabilities in the form of chat become OpenAI’s for completions', async () => {
    const content = [' a', ' b'].map((token, index) => ({
      id: 5,
      token,
      logprob: -index - 0.5,
      bytes: null,
      top_logprobs: [{ token, logprob: -index - 0.5, bytes: null }],
    }));
    const { body, sent } = await complete({ prompt: 'x', logprobs: 1 }, [answer(' a b', { logprobs: { content } })]);
    expect(sent[0]).toMatchObject({ logprobs: 1 });
    expect(sent[0]).not.toHaveProperty('top_logprobs');
    expect(body.choices[0]?.logprobs).toEqual({
      tokens: [' a', ' b'],
      token_logprobs: [-0.5, -1.5],
      top_logprobs: [{ ' a': -0.5 }, { ' b': -1.5 }],
      text_offset: [0, 2],
    });
  });
  test('echo: the prompt stands before the answer', async () => {
    const { body, sent, codes } = await complete({ prompt: 'Once', echo: true }, [answer(' more')]);
    expect(sent[0]).not.toHaveProperty('echo');
    expect([body.choices[0]?.text, codes.includes('echo-emulated')]).toEqual(['Once more', true]);
  });
  test('echo with logprobs scores the prompt where the endpoint does', async () => {
    const logprobs = {
      tokens: ['On', 'ce'],
      token_logprobs: [null, -2],
      top_logprobs: [null, { ce: -2 }],
      text_offset: [0, 2],
    };
    const { body, sent } = await complete(
      { prompt: 'Once', echo: true, logprobs: 1, max_tokens: 0 },
      [answer('Once', { logprobs, finish_reason: 'length' })],
      'vllm',
    );
    expect(sent[0]).toMatchObject({ echo: true, max_tokens: 0, logprobs: 1 });
    expect(body.choices[0]).toMatchObject({ text: 'Once', logprobs });
    expect((await complete({ prompt: 'Once', echo: true, logprobs: 1 }, [])).body.error).toMatchObject({
      param: 'echo',
    });
  });
  test('suffix where it is honoured, else an error', async () => {
    expect((await complete({ prompt: 'a', suffix: 'c' }, [answer('b')], 'ollama')).sent[0]).toMatchObject({
      suffix: 'c',
    });
    const { status, body } = await complete({ prompt: 'a', suffix: 'c' }, []);
    expect([status, body.error?.['param']]).toEqual([400, 'suffix']);
  });
  test('several prompts and answers: a request each, in OpenAI’s order, usage summed', async () => {
    const { body, sent } = await complete(
      { prompt: ['a', 'b'], n: 2, seed: 3 },
      ['a0', 'a1', 'b0', 'b1'].map((text) => answer(text)),
    );
    expect(sent.map(({ prompt, seed }) => `${String(prompt)} ${String(seed)}`)).toEqual(['a 3', 'a 4', 'b 3', 'b 4']);
    expect(body.choices.map(({ text, index }) => `${index} ${text}`)).toEqual(['0 a0', '1 a1', '2 b0', '3 b1']);
    expect(body.usage).toMatchObject({ completion_tokens: 8 });
  });
  test.each([
    [{}, 'prompt'],
    [{ prompt: [] }, 'prompt'],
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: [[1], [2]] }, 'prompt'],
    [{ prompt: { a: 1 } }, 'prompt'],
    [{ prompt: 'x', best_of: 3 }, 'best_of'],
    [{ prompt: 'x', n: 0 }, 'n'],
    [{ prompt: 'x', logprobs: true }, 'logprobs'],
  ])('%j is refused', async (request, param) => {
    const { status, body, sent } = await complete(request, []);
    expect([status, body.error?.['param'], sent.length]).toEqual([400, param, 0]);
  });
  test('an error of the endpoint keeps its shape', async () => {
    const { status, body } = await complete({ prompt: 'x' }, [
      json(
        { error: { message: 'the request exceeds the available context size', type: 'exceed_context_size_error' } },
        400,
      ),
    ]);
    expect([status, body.error?.['code']]).toEqual([400, 'context_length_exceeded']);
  });
});

describe('streams', () => {
  const part = (text: string, finish: string | null = null, more: object = {}) =>
    answer(text, { finish_reason: finish, ...more }, { usage: undefined });
  test('chunks in OpenAI’s shape; usage in a chunk of its own, where it was asked for', async () => {
    const wire = () => events(sse([part(' a'), part(' b'), answer('', { finish_reason: 'length' })]));
    const { chunks, text } = await complete({ prompt: 'x', stream: true, stream_options: { include_usage: true } }, [
      wire(),
    ]);
    expect(chunks.map(({ choices }) => choices[0]?.text)).toEqual([' a', ' b', '', undefined]);
    expect(chunks[2]).toMatchObject({
      id: 'cmpl-7',
      object: 'text_completion',
      choices: [{ finish_reason: 'length' }],
      usage: null,
    });
    expect(chunks[3]).toMatchObject({ choices: [], usage: { total_tokens: 6 } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const without = await complete({ prompt: 'x', stream: true }, [wire()]);
    expect(without.chunks.some((one) => 'usage' in one)).toBe(false);
  });
  test('echo comes first, offsets go on behind it', async () => {
    const logprobs = (token: string) => ({ content: [{ token, logprob: -1, bytes: null, top_logprobs: [] }] });
    const { chunks } = await complete({ prompt: 'Go', echo: true, stream: true }, [
      events(sse([part(' a'), part(' b', 'stop')])),
    ]);
    expect(chunks.map(({ choices }) => choices[0]?.text)).toEqual(['Go a', ' b']);
    const scored = await complete({ prompt: 'Go', logprobs: 0, stream: true }, [
      events(sse([part(' a', null, { logprobs: logprobs(' a') }), part(' b', 'stop', { logprobs: logprobs(' b') })])),
    ]);
    expect(scored.chunks.flatMap(({ choices }) => choices.map((choice) => choice.logprobs?.['text_offset']))).toEqual([
      [0],
      [2],
    ]);
  });
  test('several prompts in one stream', async () => {
    const { chunks } = await complete({ prompt: ['a', 'b'], stream: true }, [
      events(sse([part('0', 'stop')])),
      events(sse([part('1', 'stop')])),
    ]);
    const texts = chunks
      .flatMap(({ choices }) => choices.map(({ index, text }) => `${index}${text}`))
      .filter((text) => text.length > 1);
    expect(texts.sort()).toEqual(['00', '11']);
  });
  test('a stream that breaks off is an error event', async () => {
    const { text } = await complete({ prompt: 'x', stream: true }, [events(sse([part(' a')], false))]);
    expect(text).toContain('stream_truncated');
  });
});

describe('an endpoint without completions', () => {
  test('its chat model answers the prompt, and a note says that this is not the same', async () => {
    const logprobs = { content: [{ token: 'hi', logprob: -1, bytes: null, top_logprobs: [] }] };
    const reply = completion({ content: 'hi' }, 'stop');
    Object.assign((reply as { choices: object[] }).choices[0] as object, { logprobs });
    const { body, sent, codes } = await complete({ prompt: 'Say hi', logprobs: 0 }, [reply], 'bedrock');
    expect(sent[0]).toMatchObject({ messages: [{ role: 'user', content: 'Say hi' }], logprobs: true });
    expect(body).toMatchObject({
      id: 'cmpl-1',
      choices: [{ text: 'hi', logprobs: { tokens: ['hi'], top_logprobs: null } }],
    });
    expect(codes).toContain('completion-as-chat');
  });
  test('strict refuses it', async () => {
    const { status, text } = await ask(
      { prompt: 'x' },
      [],
      { policy: 'strict', target: { dialect: 'bedrock', baseURL: 'http://up.test/v1' } },
      'completions',
    );
    expect([status, text]).toEqual([400, expect.stringContaining('strict')]);
  });
  test('in a stream', async () => {
    const { chunks } = await complete(
      { prompt: 'x', stream: true },
      [events(sse([chunk({ role: 'assistant', content: 'hi' }), chunk({}, 'stop')]))],
      'bedrock',
    );
    expect(chunks.map(({ choices }) => [choices[0]?.text, choices[0]?.finish_reason])).toEqual([
      ['hi', null],
      ['', 'stop'],
    ]);
  });
});

test('a guard judges prompts and texts', async () => {
  const safe = () => json(completion({ content: 'safe' }));
  const guard = { model: 'llama-guard-3-8b', input: 'block', output: 'block' } as const;
  const blocked = await ask(
    { prompt: 'x' },
    [safe(), json(answer('bad')), json(completion({ content: 'unsafe\nS1' }))],
    { guard },
    'completions',
  );
  expect(JSON.parse(blocked.text)).toMatchObject({ choices: [{ text: '', finish_reason: 'content_filter' }] });
  const refused = await ask({ prompt: 'x' }, [json(completion({ content: 'unsafe\nS1' }))], { guard }, 'completions');
  expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
    400,
    { error: { code: 'content_filter', param: 'prompt' } },
  ]);
});

describe.each(majors)('$name', ({ Shim }) => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());
  const client = () =>
    new Shim({
      maxRetries: 0,
      migrate: { target: { dialect: 'llama.cpp', baseURL: upstream.baseURL }, policy: 'silent' },
    });

  test('whole and streamed', async () => {
    upstream.reply = { body: answer(' a time') };
    const whole = await client().completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Once' });
    expect([whole.object, whole.choices[0]?.text]).toEqual(['text_completion', ' a time']);
    upstream.reply = { body: sse([answer(' a', { finish_reason: null }), answer(' b')]) };
    const stream = await client().completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Once', stream: true });
    let text = '';
    for await (const part of stream) text += part.choices[0]?.text ?? '';
    expect(text).toBe(' a b');
    expect(upstream.received.at(-1)?.path).toBe('/v1/completions');
  });
});
