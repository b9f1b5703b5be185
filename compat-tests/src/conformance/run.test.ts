import { describe, expect, test } from 'vitest';
import { createAsk } from './ask.ts';
import type { Capability, Case } from './case.ts';
import { capabilities } from './cases/index.ts';
import { askChat, streamChat } from './chat-request.ts';
import { expecting } from './expectations/expectation.ts';
import { hasStatus, isServed } from './expectations/http.ts';
import { exitCodeOfRun, runCases, type RunOptions } from './run.ts';

const row = (extra: Partial<Case> = {}): Case => ({
  id: 'OWN-01',
  level: 'must',
  kind: 'wire',
  title: 'answers',
  source: 'this test',
  steps: [askChat('Hi')],
  expect: [hasStatus(200)],
  ...extra,
});
const table = (...cases: Case[]): Capability[] => [{ name: 'Own', cases }];
const ok = () => Response.json({ object: 'chat.completion', usage: { total_tokens: 7 } });

type Send = Parameters<typeof createAsk>[0]['fetch'];
function run(fetch: Send, cases: Case[], options: Partial<RunOptions> = {}, maxBytes?: number) {
  return runCases({
    ask: createAsk({
      fetch,
      baseURL: 'http://127.0.0.1:1/v1',
      headers: { authorization: 'Bearer sk-very-secret' },
      models: { chat: 'tiny' },
      ...(maxBytes === undefined ? {} : { maxBytes }),
    }),
    endpoint: { name: 'test', via: 'direct', baseURL: 'http://127.0.0.1:1/v1', model: 'tiny', software: null },
    capabilities: table(...cases),
    profile: 'openai-observed',
    calibrated: () => 3,
    timeoutMs: 200,
    retries: 0,
    secrets: ['sk-very-secret'],
    ...options,
  });
}
const isQuestion = (init: RequestInit) => String(init.body).includes('exactly: OK');

test('the tables have no mistakes', async () => {
  const report = await run(async () => ok(), [], { capabilities });
  expect(report.results.length).toBe(capabilities.flatMap(({ cases }) => cases).length);
});

test('a table with mistakes is refused with all of them', async () => {
  const bad = [row(), row({ source: ' ' }), { ...row({ id: 'x' }), wat: 1 } as Case];
  await expect(run(async () => ok(), bad)).rejects.toThrow(
    /OWN-01 is there twice[\s\S]*OWN-01 has no source[\s\S]*unknown key wat[\s\S]*not of the form/,
  );
});

describe('verdicts', () => {
  const verdictOf = async (answer: Send, extra: Partial<Case> = {}, options: Partial<RunOptions> = {}) => {
    const report = await run(
      (url, init) => (isQuestion(init) ? Promise.resolve(ok()) : answer(url, init)),
      [row(extra)],
      options,
    );
    const [result] = report.results;
    return { verdict: result?.verdict, reason: result?.reason, code: exitCodeOfRun(report), report };
  };
  const refuse = async () => Response.json({ error: { message: 'tools are not supported' } }, { status: 400 });

  test('held is PASS', async () =>
    expect(await verdictOf(async () => ok())).toMatchObject({ verdict: 'PASS', code: 0 }));
  test('broken at must is FAIL', async () =>
    expect(await verdictOf(async () => new Response('no', { status: 500 }))).toMatchObject({
      verdict: 'FAIL',
      code: 1,
    }));
  test('broken at should is WARN, and FAIL under the strict profile', async () => {
    const broken = async () => new Response('no', { status: 500 });
    expect(await verdictOf(broken, { level: 'should' })).toMatchObject({ verdict: 'WARN', code: 0 });
    expect(await verdictOf(broken, { level: 'should' }, { profile: 'openai-spec-strict' })).toMatchObject({
      verdict: 'FAIL',
      code: 1,
    });
  });
  test('a client profile fails for what hurts that client', async () => {
    const broken = async () => new Response('no', { status: 500 });
    expect(await verdictOf(broken, { hurts: ['openai-4'] }, { profile: 'openai-7' })).toMatchObject({
      verdict: 'WARN',
    });
    expect(await verdictOf(broken, { hurts: ['openai-7'] }, { profile: 'openai-7' })).toMatchObject({
      verdict: 'FAIL',
    });
  });
  test('what is not calibrated never fails, and says so', async () => {
    const seen = await verdictOf(
      async () => new Response('no', { status: 500 }),
      {},
      { calibrated: () => 'uncalibrated' },
    );
    expect(seen).toMatchObject({ verdict: 'WARN', code: 0 });
    expect(seen.reason).toContain('uncalibrated');
  });
  test('refused in words is UNSUPPORTED', async () =>
    expect(await verdictOf(refuse, { expect: [isServed] })).toMatchObject({
      verdict: 'UNSUPPORTED',
      reason: expect.stringContaining('tools are not supported'),
    }));
  test('the model chose otherwise is WARN and not the endpoint', async () => {
    const chose = { says: 'calls', judge: () => ({ choseOtherwise: 'text' }) };
    expect(await verdictOf(async () => ok(), { kind: 'model', expect: [chose] })).toMatchObject({
      verdict: 'WARN',
      code: 0,
    });
  });
  test('a model case that holds sometimes is FLAKY', async () => {
    let time = 0;
    const seen = await verdictOf(
      async () => ok(),
      {
        kind: 'model',
        expect: [expecting('every second time', () => (time++ % 2 === 0 ? undefined : 'not this time'))],
      },
      { k: 4 },
    );
    expect(seen).toMatchObject({ verdict: 'FLAKY', reason: expect.stringContaining('held in 2 of 4'), code: 0 });
  });
});

describe('the run always ends', () => {
  const streaming = row({ id: 'OWN-02', steps: [streamChat('Count from 1 to 100')] });
  const three = ['OWN-01', 'OWN-02', 'OWN-03', 'OWN-04', 'OWN-05'].map((id) => row({ id }));
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: async (sink) => {
          await new Promise((wake) => setTimeout(wake, 5));
          sink.enqueue(new TextEncoder().encode('data: {}\n\n'));
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );
  const hang = (init: RequestInit) =>
    new Promise<Response>((_resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });

  test.each<[string, Send, RegExp]>([
    [
      'unreachable',
      async () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })),
      /cannot be reached: fetch failed: ECONNREFUSED/,
    ],
    ['silent', (_url, init) => hang(init), /no answer within 0.2 s/],
    [
      'HTML',
      async () => new Response('<!doctype html><p>Sign in', { headers: { 'content-type': 'text/html' } }),
      /answers 200 with HTML.*\/v1/,
    ],
    [
      'wrong key',
      async () => Response.json({ error: { message: 'Incorrect API key' } }, { status: 401 }),
      /refuses the key \(401\): "Incorrect API key".*--api-key-env/,
    ],
    [
      'unknown model',
      async (url) =>
        url.endsWith('/models')
          ? Response.json({ data: [{ id: 'llama' }] })
          : Response.json({ error: { message: 'The model does not exist' } }, { status: 404 }),
      /does not know the model "tiny".*it has llama; name one with --model/,
    ],
    ['wrong path', async () => new Response('Not Found', { status: 404 }), /no \/chat\/completions \(404\)/],
    ['broken', async () => new Response('boom', { status: 500 }), /answered 500: "boom"/],
    ['never ending', async () => endless(), /no end within 0.2 s/],
  ])('%s', async (_name, fetch, what) => {
    const report = await run(fetch, three);
    expect(report.obstacle).toMatch(what);
    expect(report.counts.INCONCLUSIVE).toBe(5);
    expect(exitCodeOfRun(report)).toBe(3);
    expect(report.spent.requests).toBeLessThanOrEqual(3);
  });

  test('a stream that never ends is a TIMEOUT of its case', async () => {
    const report = await run(async (_url, init) => (isQuestion(init) ? ok() : endless()), [streaming]);
    expect(report.results[0]).toMatchObject({
      verdict: 'TIMEOUT',
      reason: expect.stringContaining('no end within 0.2 s'),
    });
    expect(exitCodeOfRun(report)).toBe(3);
  });

  test('a line of megabytes is cut off and fails its case', async () => {
    const line = `data: ${'x'.repeat(300_000)}`;
    const report = await run(
      async (_url, init) => (isQuestion(init) ? ok() : new Response(line)),
      [streaming],
      {},
      100_000,
    );
    expect(report.results[0]).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringMatching(/too large: more than 100000 bytes/),
    });
    expect(report.results[0]?.attempts[0]?.exchanges[0]?.response?.text.length).toBeLessThan(20_000);
  });

  test('an answer that is cut off fails its case', async () => {
    const cut = () => new Response(new ReadableStream({ pull: (sink) => sink.error(new Error('socket closed')) }));
    const report = await run(async (_url, init) => (isQuestion(init) ? ok() : cut()), [streaming]);
    expect(report.results[0]).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringMatching(/cut off: socket closed/),
    });
  });

  test('an endpoint that goes away in the middle is asked no more', async () => {
    let requests = 0;
    const report = await run(
      async () => {
        requests += 1;
        return requests <= 2 ? ok() : Promise.reject(new TypeError('fetch failed'));
      },
      Array.from({ length: 20 }, (_, at) => row({ id: `OWN-${String(at + 10)}` })),
      { concurrency: 1 },
    );
    expect(report.counts).toMatchObject({ PASS: 1, INCONCLUSIVE: 19 });
    expect(requests).toBe(6);
    expect(report.obstacle).toBeNull();
    expect(exitCodeOfRun(report)).toBe(3);
  });
});

describe('budgets, retries and resuming', () => {
  test('the ceilings are known before the first request, and are kept', async () => {
    let requests = 0;
    const seen: unknown[] = [];
    const cases = ['OWN-01', 'OWN-02', 'OWN-03'].map((id) => row({ id }));
    const report = await run(async () => (requests++, ok()), cases, {
      maxRequests: 3,
      concurrency: 1,
      onStart: (ceilings, count) => seen.push(ceilings.requests, count, requests),
    });
    expect(seen).toEqual([6, 3, 0]);
    expect(report.counts).toMatchObject({ PASS: 2, INCONCLUSIVE: 1 });
    expect(report.results[2]?.reason).toContain('the run may send 3 requests');
    expect([requests, report.spent.requests, report.spent.tokens]).toEqual([3, 3, 21]);
  });

  test('tokens are not overspent', async () => {
    const report = await run(async () => ok(), [row()], { maxTokens: 50 });
    expect(report.results[0]).toMatchObject({ verdict: 'INCONCLUSIVE', reason: expect.stringContaining('50 tokens') });
  });

  test('a busy endpoint is asked again, and the result says so', async () => {
    let time = 0;
    const busy = async (_url: string, init: RequestInit) =>
      isQuestion(init) || time++ > 0 ? ok() : new Response('busy', { status: 429, headers: { 'retry-after-ms': '1' } });
    const report = await run(busy, [row()], { retries: 2 });
    expect(report.results[0]).toMatchObject({ verdict: 'PASS', reason: 'held (after 1 retry: 429)' });
    expect(report.results[0]?.attempts[0]?.exchanges.map(({ response }) => response?.status)).toEqual([429, 200]);
  });

  test('a failure is not asked again', async () => {
    let time = 0;
    const report = await run(
      async (_url, init) => (isQuestion(init) ? ok() : (time++, new Response('x', { status: 500 }))),
      [row()],
      { retries: 2 },
    );
    expect([report.results[0]?.verdict, time]).toEqual(['FAIL', 1]);
  });

  test('finished cases are not asked again', async () => {
    const first = await run(async () => ok(), [row()]);
    let requests = 0;
    const second = await run(async () => (requests++, ok()), [row(), row({ id: 'OWN-02' })], {
      finished: new Map(first.results.map((result) => [result.id, result])),
    });
    expect([second.counts.PASS, requests]).toEqual([2, 2]);
  });

  test('no key stands in a report, whoever says it', async () => {
    const echo = async (_url: string, init: RequestInit) =>
      Response.json({ got: new Headers(init.headers).get('authorization') });
    const report = await run(echo, [row()]);
    expect(JSON.stringify(report)).not.toContain('very-secret');
    expect(report.results[0]?.attempts[0]?.exchanges[0]?.response?.text).toBe('{"got":"Bearer ***"}');
  });
});
