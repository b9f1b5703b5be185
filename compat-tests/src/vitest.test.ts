import { expect, test } from 'vitest';
import { chatAnswer } from './exchanges.test-material.ts';
import { startLoopback } from './loopback.ts';
import { testConformance, type TestContext, type TestFunction } from './vitest.ts';

/** Runs what is registered and keeps how each test ended. */
async function collect(register: (test: TestFunction) => void): Promise<Record<string, string>> {
  const tests: Array<readonly [string, (context: TestContext) => Promise<void>]> = [];
  register((name, run) => tests.push([name, run]));
  const ends: Record<string, string> = {};
  for (const [name, run] of tests) {
    const id = name.split(' ')[0] ?? '';
    const context: TestContext = {
      skip: (note) => (ends[id] = `skipped: ${note}`),
      annotate: (message) => (ends[id] = `annotated: ${message}`),
    };
    await run(context).catch((error: unknown) => (ends[id] = `failed: ${String(error)}`));
    ends[id] ??= 'passed';
  }
  return ends;
}

test('one test a case: failures throw, what is not there is skipped, differences are annotated', async () => {
  let questions = 0;
  const server = await startLoopback(async ({ text }, response) => {
    if (text.includes('exactly: OK')) questions += 1;
    const body = { ...chatAnswer({ content: 'OK' }, 'eos'), id: 'x-1', created: 'now' };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(text.includes('"stream":true') ? {} : body));
  });
  try {
    const ends = await collect((register) =>
      testConformance(register, {
        endpoint: { baseURL: `${server.origin}/v1` },
        model: 'tiny',
        only: ['CHAT-02', 'CHAT-04', 'CHAT-05', 'CHAT-13', 'HTTP-02'],
      }),
    );
    expect(ends).toEqual({
      'CHAT-02': expect.stringMatching(/^annotated: WARN: every answer: id is a text that starts with chatcmpl-/),
      'CHAT-04': 'passed',
      'CHAT-05': expect.stringMatching(/^failed: Error: FAIL: choices\[\]\.finish_reason is .*"eos" \(hurts openai-4/),
      'CHAT-13': expect.stringMatching(/^skipped: UNTESTED: a claim about readers/),
      'HTTP-02': expect.stringMatching(/^skipped: UNTESTED: no key is set/),
    });
    // One plain question, two for the ids, one each for the others.
    expect(questions).toBe(5);
  } finally {
    await server.close();
  }
});

test('an endpoint that is not there fails each test by the same words', async () => {
  const ends = await collect((register) =>
    testConformance(register, { endpoint: { baseURL: 'http://127.0.0.1:9/v1' }, model: 'tiny', only: ['STOP'] }),
  );
  expect(new Set(Object.values(ends)).size).toBe(1);
  expect(Object.values(ends)[0]).toMatch(/^failed: Error: the endpoint cannot be reached/);
});

test('a case that is none is said at once', () =>
  expect(() => testConformance(() => {}, { endpoint: { baseURL: 'http://127.0.0.1:9/v1' }, only: ['NOPE'] })).toThrow(
    /no case is called "NOPE"/,
  ));
