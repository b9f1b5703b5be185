import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeExchange, type Exchange, parseExchanges } from '@migrate-llm/shim/exchange';
import { openRecording } from '@migrate-llm/shim/record';
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chatAnswer, chatRequest, chunk, makeExchange, type Sketch } from '../exchanges.test-material.ts';
import { wireFaults } from '../faults/wire/index.ts';
import { type ReplayOptions, startReplay } from '../replay.ts';
import { failFirst } from './fail-first.ts';
import { describeMiss, replayInTests } from './in-tests.ts';

async function start(sketches: readonly (Sketch | Exchange)[], options: Partial<ReplayOptions> = {}) {
  const exchanges = sketches.map((sketch, at) => ('v' in sketch ? sketch : makeExchange({ id: `x${at}`, ...sketch })));
  const replay = await startReplay({ exchanges, ...options });
  onTestFinished(replay.close);
  return { ...replay, client: new OpenAI({ baseURL: replay.baseURL, apiKey: 'sk-any', maxRetries: 0 }) };
}
const ask = (content: string, more: object = {}) =>
  ({ ...chatRequest({ messages: [{ role: 'user', content }] }), ...more }) as never;
const textOf = async (answer: Promise<OpenAI.Chat.ChatCompletion>) => (await answer).choices[0]?.message.content;
const sketch = (content: string, answer: string, more: object = {}): Sketch => ({
  request: ask(content, more),
  answer: chatAnswer({ content: answer }),
});

/** Records exchanges as the app would, with pseudonyms. */
async function record(exchanges: readonly Exchange[], patterns = {}): Promise<Exchange[]> {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-replay-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'traffic.jsonl');
  const writer = await openRecording({ path, redact: { patterns } });
  for (const { response, ...exchange } of exchanges) {
    const chunks = response.chunks.map(([ms, base64]) => [ms, new Uint8Array(Buffer.from(base64, 'base64'))] as const);
    await writer.write({ ...exchange, response: { ...response, chunks } });
  }
  return parseExchanges(readFileSync(path, 'utf8'), path);
}

describe('what matches', () => {
  test('a request with personal data meets its recording, which has pseudonyms', async () => {
    const patterns = { employee: 'EMP-\\d{6}' };
    const recorded = await record(
      ['I am jane@example.com, EMP-402817, call +49 30 901820', 'nothing personal'].map((content, at) =>
        makeExchange({ id: `r${at}`, ...sketch(content, `answer ${at}`) }),
      ),
      patterns,
    );
    expect(JSON.stringify(recorded)).not.toMatch(/jane@|402817|901820/);
    const { client, misses, unused } = await start(recorded, { patterns });
    const content = 'I am jane@example.com, EMP-402817, call +49 30 901820';
    expect(await textOf(client.chat.completions.create(ask(content)))).toBe('answer 0');
    expect(unused().map(({ id }) => id)).toEqual(['r1']);
    await expect(client.chat.completions.create(ask(content.replace('I am', 'it is')))).rejects.toThrow(
      'No recorded answer',
    );
    expect(misses).toHaveLength(1);
  });

  test('requests that differ by personal data alone get their answers in turn', async () => {
    const recorded = await record(
      ['jane', 'joe'].map((name) => makeExchange({ id: name, ...sketch(`mail ${name}@example.com`, name) })),
    );
    const { client } = await start(recorded);
    const answers = [];
    for (const name of ['jane', 'joe'])
      answers.push(await textOf(client.chat.completions.create(ask(`mail ${name}@example.com`))));
    expect(answers).toEqual(['jane', 'joe']);
  });

  test('fields that name the caller do not count, nor do places that are named', async () => {
    const { client } = await start(
      [
        sketch('Hi', 'ok', {
          user: 'u1',
          metadata: { run: '1' },
          messages: [
            { role: 'system', content: 'It is 10:00' },
            { role: 'user', content: 'Hi' },
          ],
        }),
      ],
      { ignore: ['messages[0].content'] },
    );
    const messages = [
      { role: 'system', content: 'It is 11:30' },
      { role: 'user', content: 'Hi' },
    ];
    expect(await textOf(client.chat.completions.create(ask('', { user: 'u2', messages })))).toBe('ok');
    await expect(client.chat.completions.create(ask('', { messages: messages.slice(1) }))).rejects.toThrow(
      'messages[1]',
    );
  });

  test('a path with a query, and an upload whose body was not recorded', async () => {
    const { client } = await start([
      {
        ...makeExchange({ id: 'page', request: null, answer: { object: 'list', data: [{ id: 'f1' }] } }),
        request: { method: 'GET', path: '/files?limit=1', headers: {}, body: null },
      },
      {
        ...makeExchange({ id: 'models', request: null, answer: { object: 'list', data: [{ id: 'm1' }] } }),
        request: { method: 'GET', path: '/models', headers: {}, body: null },
      },
      {
        ...makeExchange({ id: 'heard', request: null, answer: { text: 'hello' } }),
        request: { method: 'POST', path: '/audio/transcriptions', headers: {}, body: null },
      },
    ]);
    expect((await client.files.list({ limit: 1 })).data[0]?.id).toBe('f1');
    expect((await client.models.list({ query: { after: 'x' } })).data[0]?.id).toBe('m1');
    const file = new File(['sound'], 'a.wav');
    expect((await client.audio.transcriptions.create({ file, model: 'whisper-1' })).text).toBe('hello');
  });
});

describe('timing and faults', () => {
  const stream = (): Exchange => {
    const made = makeExchange({
      id: 's',
      request: chatRequest({ stream: true }),
      answer: [chunk({ role: 'assistant', content: 'a' }), chunk({}, 'stop')],
    });
    return {
      ...made,
      response: { ...made.response, chunks: made.response.chunks.map(([, part], at) => [at * 60, part] as const) },
    };
  };
  const time = async (pace: number): Promise<number> => {
    const { client } = await start([stream()], { pace });
    const from = performance.now();
    for await (const _ of await client.chat.completions.create({
      ...(ask('Hi') as object),
      stream: true,
    } as unknown as OpenAI.Chat.ChatCompletionCreateParamsStreaming))
      continue;
    return performance.now() - from;
  };
  test('a stream comes at its pace, at twice its length, or at once', async () => {
    expect(await time(1)).toBeGreaterThan(110);
    expect(await time(2)).toBeGreaterThan(230);
    expect(await time(0)).toBeLessThan(110);
  });

  test('the first asks are refused, and the SDK’s retries come through', async () => {
    const { client, baseURL } = await start([sketch('Hi', 'ok')], { faults: [failFirst(429, 2)] });
    await expect(client.chat.completions.create(ask('Hi'))).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    });
    const patient = new OpenAI({ baseURL, apiKey: 'x', maxRetries: 1 });
    expect(await textOf(patient.chat.completions.create(ask('Hi')))).toBe('ok');
  });

  test('faults of the wire are put before the recordings', async () => {
    const fault = [...wireFaults.values()].flat().find(({ id }) => id === 'body-reset');
    const { client } = await start([sketch('Hi', 'ok')], { faults: [fault!.put] });
    await expect(client.chat.completions.create(ask('Hi'))).rejects.toThrow(
      /Connection error|terminated|premature|aborted/i,
    );
  });
});

describe('in tests', () => {
  const run = async (
    options: Parameters<typeof replayInTests>[1],
    act: (url: string) => Promise<unknown>,
  ): Promise<unknown> => {
    const hooks: Array<() => Promise<void>> = [];
    const replay = replayInTests({ before: (hook) => hooks.unshift(hook), after: (hook) => hooks.push(hook) }, options);
    expect(() => replay.baseURL).toThrow('not started yet');
    await hooks[0]?.();
    await act(replay.baseURL).catch(() => undefined);
    return hooks[1]?.().then(
      () => 'passes',
      (error: Error) => error.message,
    );
  };
  const exchanges = [
    makeExchange({ id: 'a', ...sketch('Hi', 'ok') }),
    makeExchange({ id: 'b', ...sketch('Bye', 'ok') }),
  ];

  test('an app without settings is answered, and the environment is as before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-replay-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'traffic.jsonl');
    writeFileSync(file, exchanges.map((exchange) => `${encodeExchange(exchange)}\n`).join(''));
    const before = [process.env['OPENAI_BASE_URL'], process.env['OPENAI_API_KEY']];
    const outcome = await run({ recordings: file }, async (url) => {
      expect(process.env['OPENAI_BASE_URL']).toBe(url);
      expect(await textOf(new OpenAI().chat.completions.create(ask('Hi')))).toBe('ok');
    });
    expect([outcome, process.env['OPENAI_BASE_URL'], process.env['OPENAI_API_KEY']]).toEqual(['passes', ...before]);
  });
  test('a request that was not recorded fails the suite, with what differs', async () => {
    const outcome = await run({ recordings: exchanges }, () => new OpenAI().chat.completions.create(ask('Hello')));
    expect(outcome).toBe(
      'not recorded: POST /chat/completions; the nearest is a: messages[0].content is "Hello", recorded was "Hi"',
    );
  });
  test('a recording that answered nothing fails it where that is wanted', async () => {
    const outcome = await run({ recordings: exchanges, noUnused: true }, () =>
      new OpenAI().chat.completions.create(ask('Hi')),
    );
    expect(outcome).toBe('b answered nothing: it is stale, or its test did not run');
  });
  test('a miss without a neighbour says so', () =>
    expect(describeMiss({ method: 'GET', path: '/x', nearest: null, differs: [], differences: [] })).toContain(
      'nothing recorded has this method and path',
    ));
});
