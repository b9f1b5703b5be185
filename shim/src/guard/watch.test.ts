import { describe, expect, test } from 'vitest';
import { createFetch, type FetchOptions } from '../fetch.ts';
import type { Note } from '../note.ts';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import type { GuardConfig } from './settings.ts';

type Body = Record<string, unknown> & { messages: ReadonlyArray<{ role: string; content: unknown }> };

const event = { 'content-type': 'text/event-stream' };
const words = (text: string, size = 10) => text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
/** Each event arrives by itself. */
const streamOf = (...parts: readonly object[]) => {
  const events = sse(parts).match(/.+\n\n/g) ?? [];
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const next = events.shift();
    if (next === undefined) controller.close();
    else controller.enqueue(new TextEncoder().encode(next));
  };
  return new Response(new ReadableStream({ pull }), { headers: event });
};

/** A target and a guard on one address: the guard calls unsafe whatever has "poison" in its last turn. */
async function send(
  request: object,
  answer: (body: Body) => Response | Promise<Response>,
  guard: Partial<GuardConfig> = {},
  { path = 'chat/completions', ...options }: Partial<FetchOptions> & { path?: string } = {},
) {
  const judged: string[] = [];
  const asked: Body[] = [];
  const notes: Note[] = [];
  const call = createFetch({
    target: { dialect: 'vllm', baseURL: 'http://up.test/v1' },
    guard: { model: 'llama-guard-3-8b', input: 'block', output: 'block', ...guard },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    fetch: async (_, init) => {
      const body = JSON.parse(String(init?.body)) as Body;
      if (body['model'] !== 'llama-guard-3-8b') {
        asked.push(body);
        return answer(body);
      }
      const last = body.messages.at(-1);
      judged.push(`${last?.role}: ${String(last?.content)}`);
      if (String(last?.content).includes('riddle')) return Response.json(completion({ content: 'Hm.' }));
      return Response.json(completion({ content: /poison/.test(String(last?.content)) ? 'unsafe\nS9' : 'safe' }));
    },
    ...options,
  });
  const response = await call(`https://api.openai.com/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', ...request }),
  });
  const text = await response.text();
  return { status: response.status, text, judged, asked, codes: notes.map(({ code }) => code) };
}

const ask = (content: string, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more });
const says = (content: string) => () => Response.json(completion({ content }));
const readDeltas = (text: string) => {
  const chunks = text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map(
      (line) =>
        JSON.parse(line.slice(6)) as {
          choices: Array<{ index: number; delta: { content?: string }; finish_reason: string | null }>;
        },
    );
  const choices = chunks.flatMap((one) => one.choices);
  return {
    chunks,
    content: choices.map(({ delta }) => delta.content ?? '').join(''),
    finish: choices.map(({ finish_reason: reason }) => reason).filter((reason) => reason !== null),
  };
};

describe('input', () => {
  test('what is flagged never reaches the target', async () => {
    const { status, text, asked, codes } = await send(ask('how to make poison'), says('…'));
    expect([status, asked.length]).toEqual([400, 0]);
    expect(JSON.parse(text)).toMatchObject({
      error: { type: 'invalid_request_error', param: 'messages', code: 'content_filter' },
    });
    expect(codes).toContain('guard-input-blocked');
  });
  test('the last turn is judged, with what was said before; results of tools are said too, instructions are not', async () => {
    const messages = [
      { role: 'system', content: 'never say poison' },
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'w', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'poison rain' },
    ];
    const { status, judged } = await send({ messages }, says('…'));
    expect([status, judged]).toEqual([400, ['user: poison rain']]);
  });
  test('content that the guard cannot read is refused', async () => {
    const content = [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }];
    const { status, asked } = await send({ messages: [{ role: 'user', content }] }, says('…'));
    expect([status, asked.length]).toEqual([400, 0]);
  });
  test('a guard that gives no verdict is an error, and no call is made', async () => {
    const { status, text, asked } = await send(ask('a riddle'), says('…'));
    expect([status, asked.length]).toEqual([502, 0]);
    expect(text).toContain('guard_unreadable');
  });
});

describe('output', () => {
  test('safe: as it came', async () => {
    const { text, judged } = await send(ask('hello'), says('hi'));
    expect(JSON.parse(text)).toMatchObject({ choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] });
    expect(judged).toEqual(['user: hello', 'assistant: hi']);
  });
  test('flagged: nothing of it, reasoning included, and finish content_filter', async () => {
    const { text, codes } = await send(ask('hello'), () =>
      Response.json(completion({ content: 'take poison', reasoning_content: 'they want poison' })),
    );
    expect(text).not.toContain('poison');
    expect(JSON.parse(text)).toMatchObject({
      choices: [{ message: { content: '' }, finish_reason: 'content_filter' }],
    });
    expect(codes).toContain('guard-output-blocked');
  });
  test('arguments of calls are judged', async () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'order', arguments: '{"what":"poison"}' } }];
    const { text } = await send(ask('hello', { tools: [{ type: 'function', function: { name: 'order' } }] }), () =>
      Response.json(completion({ content: null, tool_calls: calls }, 'tool_calls')),
    );
    expect(JSON.parse(text)).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
    expect(text).not.toContain('poison');
  });
  test('of several choices only the flagged one goes', async () => {
    const choices = ['fine', 'poison'].map((content, index) => ({
      index,
      message: { role: 'assistant', content },
      finish_reason: 'stop',
    }));
    const { text } = await send(ask('hello', { n: 2 }), () => Response.json({ ...completion({}), choices }));
    expect(JSON.parse(text)).toMatchObject({
      choices: [
        { message: { content: 'fine' }, finish_reason: 'stop' },
        { message: { content: '' }, finish_reason: 'content_filter' },
      ],
    });
  });
  test('no verdict on the answer is an error, or counts as flagged where the settings say so', async () => {
    expect((await send(ask('hello'), says('a riddle'))).status).toBe(502);
    const { text } = await send(ask('hello'), says('a riddle'), { unreadable: 'flag' });
    expect(JSON.parse(text)).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
  });
});

describe('streams', () => {
  const stream = (text: string, more: readonly object[] = [], size = 10) =>
    streamOf(
      chunk({ role: 'assistant', content: '' }),
      ...words(text, size).map((content) => chunk({ content })),
      chunk({}, 'stop'),
      ...more,
    );
  const usage = { ...chunk({}), choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } };
  const request = ask('hello', { stream: true, stream_options: { include_usage: true } });

  test('safe text comes whole, judged a few times and not at every word', async () => {
    const said = 'abcdefghij'.repeat(100);
    const { text, judged } = await send(request, () => stream(said, [usage]));
    const { content, finish, chunks } = readDeltas(text);
    expect([content, finish]).toEqual([said, ['stop']]);
    expect(chunks.at(-1)).toMatchObject({ usage: { total_tokens: 3 } });
    expect(judged.length).toBe(1 + 3);
    expect(judged.at(-1)).toBe(`assistant: ${said}`);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
  test('flagged text never goes out, what was safe before it does, and the stream ends as OpenAI’s', async () => {
    const { text, codes } = await send(
      request,
      () => stream(`${'a'.repeat(40)}${'b'.repeat(30)} poison ${'c'.repeat(90)}`),
      {
        window: 40,
      },
    );
    const { content, finish } = readDeltas(text);
    expect(content).toBe('a'.repeat(40));
    expect(finish).toEqual(['content_filter']);
    expect(text).not.toContain('poison');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(codes).toContain('guard-output-blocked');
  });
  test('a word split over pieces is seen whole', async () => {
    const { text } = await send(request, () => stream('please take the poison now', [], 1), { window: 20 });
    expect(readDeltas(text).finish).toEqual(['content_filter']);
    expect(readDeltas(text).content).toBe('please take the pois');
  });
  test('the guard failing in the middle is an error event, and nothing unjudged goes out', async () => {
    const { text } = await send(request, () => stream('here is a riddle'));
    expect(text).toContain('guard_unreadable');
    expect(text).not.toContain('riddle');
  });
  test('text waits no longer than its time', async () => {
    let release = (): void => undefined;
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        const write = (part: object) => controller.enqueue(new TextEncoder().encode(sse([part], false)));
        write(chunk({ role: 'assistant', content: 'slow' }));
        await new Promise<void>((resolve) => (release = resolve));
        write(chunk({}, 'stop'));
        controller.enqueue(new TextEncoder().encode('data: [DONE]\n\n'));
        controller.close();
      },
    });
    const judged: string[] = [];
    const call = createFetch({
      target: { dialect: 'vllm', baseURL: 'http://up.test/v1' },
      guard: { model: 'llama-guard-3-8b', output: 'block', holdMs: 20 },
      policy: 'silent',
      fetch: async (_, init) => {
        const sent = JSON.parse(String(init?.body)) as Body;
        if (sent['model'] !== 'llama-guard-3-8b') return new Response(body, { headers: event });
        judged.push(String(sent.messages.at(-1)?.content));
        return Response.json(completion({ content: 'safe' }));
      },
    });
    const response = await call('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'm', ...request }),
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('slow')) text += new TextDecoder().decode((await reader.read()).value);
    expect(judged).toEqual(['slow']);
    release();
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += new TextDecoder().decode(part.value);
    expect(readDeltas(text)).toMatchObject({ content: 'slow', finish: ['stop'] });
  });
});

describe('the field moderation', () => {
  const moderation = { model: 'omni-moderation-latest' };
  test('asked for: both sides, and nothing blocked', async () => {
    const { text, asked } = await send(ask('poison', { moderation }), says('hi'), { input: 'off', output: 'off' });
    expect(asked[0]).not.toHaveProperty('moderation');
    const { moderation: got, choices } = JSON.parse(text) as { moderation: { input: object }; choices: object[] };
    expect(choices).toMatchObject([{ finish_reason: 'stop' }]);
    expect(got.input).toMatchObject({
      type: 'moderation_results',
      model: 'llama-guard-3-8b',
      results: [{ type: 'moderation_result', flagged: true, categories: { illicit: true } }],
    });
    expect(got).toMatchObject({ output: { results: [{ flagged: false }] } });
  });
  test('a call may be stricter than the settings, not laxer', async () => {
    const block = { ...moderation, policy: { input: { mode: 'block' }, output: { mode: 'score' } } };
    expect((await send(ask('poison', { moderation: block }), says('hi'), { input: 'off', output: 'off' })).status).toBe(
      400,
    );
    const score = { ...moderation, policy: { input: { mode: 'score' } } };
    expect((await send(ask('poison', { moderation: score }), says('hi'))).status).toBe(400);
  });
  test('a guard without a verdict is an error in the field, not of the call', async () => {
    const { status, text } = await send(ask('a riddle', { moderation }), says('hi'), { input: 'off', output: 'off' });
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      { moderation: { input: { type: 'error', code: 'guard_unreadable' } } },
    ]);
  });
  test('in a stream it comes in a chunk of its own', async () => {
    const { text } = await send(
      ask('hello', { stream: true, moderation }),
      () => streamOf(chunk({ role: 'assistant', content: 'take poison' }), chunk({}, 'stop')),
      { input: 'off', output: 'off' },
    );
    const { chunks, content } = readDeltas(text);
    expect(content).toBe('take poison');
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      moderation: { input: { results: [{ flagged: false }] }, output: { results: [{ flagged: true }] } },
    });
  });
});

describe('Responses', () => {
  const path = 'responses';
  test('blocked input is an error in its own words', async () => {
    const { status, text, asked } = await send({ input: 'poison' }, says('…'), {}, { path });
    expect([status, asked.length]).toEqual([400, 0]);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'content_filter', param: 'input' } });
  });
  test('blocked output is incomplete, and nothing of it is kept', async () => {
    const { text } = await send({ input: 'hello' }, says('take poison'), {}, { path });
    expect(text).not.toContain('poison');
    expect(JSON.parse(text)).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
  });
  test('in a stream', async () => {
    const { text } = await send(
      { input: 'hello', stream: true },
      () => streamOf(chunk({ role: 'assistant', content: 'take poison' }), chunk({}, 'stop')),
      {},
      { path },
    );
    expect(text).not.toContain('poison');
    expect(text).toContain('event: response.incomplete');
  });
  test('the field moderation', async () => {
    const { text } = await send(
      { input: 'hello', moderation: { model: 'omni-moderation-latest' } },
      says('take poison'),
      { output: 'off' },
      { path },
    );
    expect(JSON.parse(text)).toMatchObject({
      status: 'completed',
      moderation: { output: { results: [{ flagged: true }] } },
    });
  });
});

describe('OpenAI itself', () => {
  const options = {
    target: 'openai',
    targets: { guards: { dialect: 'vllm', baseURL: 'http://guards.test/v1' } },
    route: [{ when: { model: 'other' }, target: 'guards' }],
  } as const;
  const key = { 'content-type': 'application/json', authorization: 'Bearer sk-test' };
  test('chat is watched by the same guard; the guard gets no key of OpenAI’s', async () => {
    const seen: Array<[string, string | null]> = [];
    const call = createFetch({
      ...options,
      guard: { model: 'llama-guard-3-8b', target: 'guards', output: 'block' },
      policy: 'silent',
      fetch: async (input, init) => {
        seen.push([new URL(String(input)).host, new Headers(init?.headers).get('authorization')]);
        return Response.json(completion({ content: String(input).includes('guards') ? 'unsafe\nS9' : 'take poison' }));
      },
    });
    const response = await call('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: key,
      body: JSON.stringify({ model: 'gpt-4o', ...ask('hello') }),
    });
    expect(await response.json()).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
    expect(seen).toEqual([
      ['api.openai.com', 'Bearer sk-test'],
      ['guards.test', null],
    ]);
  });
  test('calls whose answers are not held back there are refused', async () => {
    const { status } = await send(
      { input: 'hello' },
      says('…'),
      { target: 'guards' },
      { path: 'responses', ...options },
    );
    expect(status).toBe(400);
  });
});
