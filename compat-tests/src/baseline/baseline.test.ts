import type { RawExchange } from '@migrate-llm/shim/record';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chatAnswer, chatRequest, chunk, makeExchange, type Sketch } from '../exchanges.test-material.ts';
import { type LoopbackRequest, startLoopback } from '../loopback.ts';
import { planBaseline } from './plan.ts';
import { type BaselineOptions, runBaseline } from './run.ts';

const usage = { usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 } };
const ask = (content: string, more: object = {}) => chatRequest({ messages: [{ role: 'user', content }], ...more });
const make = (id: string, more: Partial<Sketch> = {}) =>
  makeExchange({ id, request: ask(id), answer: { ...chatAnswer({ content: 'ok' }), ...usage }, ...more });
const plan = (exchanges: Parameters<typeof planBaseline>[0], repeats = 2, today = '2026-11-25') =>
  planBaseline(exchanges, { repeats, target: 'openai', today });

describe('the plan', () => {
  test('asks each request k times, less what is there; a gap is filled', () => {
    const held = [1, 3].map((repeat) => ({ ...make(`r${repeat}`), of: 'a', repeat }));
    const { askings, done } = plan([make('a'), make('b'), ...held], 3);
    expect(askings.map(({ exchange, repeat }) => [exchange.id, repeat])).toEqual([
      ['a', 2],
      ['b', 1],
      ['b', 2],
      ['b', 3],
    ]);
    expect(done).toBe(2);
  });
  test('leaves out what does not vary, errors, others’ answers, and the same request twice', () => {
    const { askings, skipped } = plan([
      make('a'),
      make('again', { request: ask('a') }),
      make('vector', { path: '/embeddings' }),
      make('error', { status: 429 }),
      { ...make('azure'), target: 'azure-openai' },
    ]);
    expect(askings.map(({ exchange }) => exchange.id)).toEqual(['a', 'a']);
    expect([...skipped.values()]).toEqual([1, 1, 1, 1]);
  });
  test('sums tokens as counted, limited or estimated', () => {
    const limited = make('a', { request: ask('a', { max_tokens: 50, n: 2 }) });
    const stream = make('s', {
      request: ask('s', { stream: true }),
      answer: [chunk({ content: 'x' }), { choices: [], ...usage }],
    });
    const bare = make('b', { answer: chatAnswer({ content: 'x' }) });
    const uncounted = makeExchange({ id: 'c', request: ask('c'), answer: { choices: [] } });
    expect(plan([limited, stream], 1)).toMatchObject({
      promptTokens: 20,
      estimated: 0,
      answerTokens: 104,
      unlimited: 1,
    });
    expect(plan([bare], 1)).toMatchObject({ promptTokens: 5, answerTokens: 2 });
    expect(plan([uncounted], 1)).toMatchObject({ estimated: 1, answerTokens: 0 });
  });
  test('says each model’s last day from the catalogue', () => {
    const of = (model: string) => ({ ...make(model), model });
    const { models } = plan([of('gpt-4o-2024-05-13'), of('nobody-knows')], 1);
    expect(models[1]).toMatchObject({ model: 'nobody-knows', shutdown: undefined, daysLeft: undefined });
    const [known] = models;
    expect(known?.source).toMatch(/^https:/);
    if (typeof known?.shutdown === 'string')
      expect(known.daysLeft).toBe((Date.parse(known.shutdown) - Date.parse('2026-11-25')) / 86_400_000);
    expect(plan([of('gpt-4-32k')], 1).models[0]?.daysLeft).toBeLessThan(0);
  });
});

describe('the run', () => {
  const key = 'sk-own-0000000000';
  async function start(
    answer: (
      request: LoopbackRequest,
      count: number,
    ) => { status?: number; headers?: Record<string, string>; body: unknown },
  ) {
    const asked: LoopbackRequest[] = [];
    const server = await startLoopback(async (request, response) => {
      asked.push(request);
      const { status = 200, headers = {}, body } = answer(request, asked.length);
      response.writeHead(status, {
        'content-type': typeof body === 'string' ? 'text/event-stream' : 'application/json',
        ...headers,
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    onTestFinished(server.close);
    return { asked, baseURL: `${server.origin}/v1` };
  }
  const run = async (baseURL: string, options: Partial<BaselineOptions> = {}) => {
    const written: RawExchange[] = [];
    const { askings } = plan([make('a'), make('b')]);
    const outcome = await runBaseline({
      askings,
      baseURL,
      apiKey: key,
      write: async (one) => void written.push(one),
      ...options,
    });
    return { outcome, written };
  };
  const good = { ...chatAnswer({ content: 'again' }), ...usage };

  test('each answer comes as an exchange of its own, marked as a repeat of the app’s', async () => {
    const { baseURL, asked } = await start(() => ({ body: good, headers: { 'x-request-id': 'r' } }));
    const { outcome, written } = await run(baseURL);
    expect(outcome).toMatchObject({ written: 4, requests: 4, tokens: 56, stopped: undefined });
    expect(written.map(({ of, repeat }) => [of, repeat])).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ]);
    expect(new Set(written.map(({ id }) => id)).size).toBe(4);
    expect(written[0]).toMatchObject({
      provenance: 'recorded',
      target: 'openai',
      request: { body: ask('a') },
      response: { status: 200, headers: { 'x-request-id': 'r' } },
    });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${key}` },
    });
    expect(JSON.stringify(written)).not.toContain(key);
  });
  test('a stream keeps its bytes', async () => {
    const body = `data: ${JSON.stringify({ choices: [], ...usage })}\n\ndata: [DONE]\n\n`;
    const { baseURL } = await start(() => ({ body }));
    const { written, outcome } = await run(baseURL);
    expect(Buffer.concat(written[0]!.response.chunks.map(([, part]) => part)).toString()).toBe(body);
    expect(outcome.tokens).toBe(56);
  });
  test('what may pass is tried again; an error is no repeat and is counted', async () => {
    const error = (code: string) => ({ error: { message: 'no', type: 't', param: null, code } });
    const { baseURL } = await start(({ text }, count) => {
      if (text.includes('"b"')) return { status: 404, body: error('model_not_found') };
      return count === 1 ? { status: 429, headers: { 'retry-after-ms': '1' }, body: error('slow') } : { body: good };
    });
    const { outcome, written } = await run(baseURL);
    expect(written.map(({ of }) => of)).toEqual(['a', 'a']);
    expect(outcome).toMatchObject({ written: 2, requests: 5, failed: new Map([['404 model_not_found "no"', 2]]) });
  });
  test('ceilings and an interruption end it, and say so', async () => {
    const { baseURL, asked } = await start(() => ({ body: good }));
    expect((await run(baseURL, { maxRequests: 3 })).outcome).toMatchObject({
      written: 3,
      requests: 3,
      stopped: 'requests',
    });
    expect((await run(baseURL, { maxTokens: 20 })).outcome).toMatchObject({
      written: 2,
      tokens: 28,
      stopped: 'tokens',
    });
    asked.length = 0;
    expect((await run(baseURL, { signal: AbortSignal.abort() })).outcome).toMatchObject({
      written: 0,
      stopped: 'interrupted',
    });
    expect(asked).toEqual([]);
  });
  test('nobody there is said after some tries', async () => {
    const { outcome } = await run('http://127.0.0.1:9/v1', { askings: plan([make('a')], 1).askings, maxRequests: 2 });
    expect(outcome).toMatchObject({ written: 0, requests: 2, stopped: 'requests' });
  });
  test('the key follows no redirect', async () => {
    const other = await start(() => ({ body: good }));
    const { baseURL } = await start(() => ({
      status: 307,
      headers: { location: `${other.baseURL}/chat/completions` },
      body: {},
    }));
    const { outcome } = await run(baseURL, { maxRequests: 1 });
    expect([outcome.written, other.asked]).toEqual([0, []]);
  });
});
