import { expect, test, vi } from 'vitest';
import { readResponseText } from '../exchange.ts';
import { chunk, sse } from '../upstream.test-server.ts';
import { fails, hangs, isDown, makeBench, readContent, says } from './route.test-bench.ts';
import type { ShadowPair } from './shadow.ts';

const setUp = (percent = 100) => {
  const pairs: ShadowPair[] = [];
  let heard: () => void = () => undefined;
  const next = () => new Promise<void>((resolve) => (heard = resolve));
  const bench = makeBench({
    route: [{ shadow: { target: 'b', model: 'b-large', percent } }],
    callSite: 'triage',
    onShadow: (pair) => {
      pairs.push(pair);
      heard();
    },
  });
  Object.assign(bench.endpoints, { a: says('from a'), b: says('from b') });
  return { bench, pairs, next };
};

test('both answers reach the hook, the app gets the first', async () => {
  const { bench, pairs, next } = setUp();
  const response = await bench.ask();
  expect(bench.asked()).toEqual(['a']);
  const waiting = next();
  expect(await readContent(response)).toBe('from a');
  await bench.clock.run(waiting);
  const [pair] = pairs;
  expect(pair).toMatchObject({
    callSite: 'triage',
    request: { method: 'POST', path: '/chat/completions', body: { model: 'gpt-4o' } },
    primary: { v: 1, provenance: 'recorded', target: 'a', model: 'gpt-4o', response: { status: 200 } },
    shadow: { v: 1, target: 'b', model: 'gpt-4o', callSite: 'triage', response: { status: 200 } },
    error: undefined,
    dropped: 0,
  });
  expect(readResponseText(pair!.primary.response)).toContain('from a');
  expect(readResponseText(pair!.shadow!.response)).toContain('from b');
  expect(bench.got[1]?.body['model']).toBe('b-large');
});

test('a streamed answer is not held up, and the second is asked when it is read', async () => {
  const { bench, pairs, next } = setUp();
  const events = (text: string) => () =>
    new Response(sse([chunk({ role: 'assistant', content: text }), chunk({}, 'stop')]), {
      headers: { 'content-type': 'text/event-stream' },
    });
  Object.assign(bench.endpoints, { a: events('one'), b: events('two') });
  const waiting = next();
  const reader = (await bench.ask({ stream: true })).body!.getReader();
  await reader.read();
  expect(bench.asked()).toEqual(['a']);
  while (!(await reader.read()).done) continue;
  await bench.clock.run(waiting);
  expect(readResponseText(pairs[0]!.primary.response)).toMatch(/one[\s\S]*\[DONE\]/);
  expect(readResponseText(pairs[0]!.shadow!.response)).toMatch(/two[\s\S]*\[DONE\]/);
});

test.each([
  ['has no connection', isDown, /fetch failed/],
  ['answers with an error', fails(500), undefined],
  ['does not answer', hangs, /no answer within 120000 ms/],
] as const)('a second target that %s is told to the hook only', async (_, endpoint, error) => {
  const { bench, pairs, next } = setUp();
  bench.endpoints['b'] = endpoint;
  const waiting = next();
  expect(await readContent(await bench.ask())).toBe('from a');
  await bench.clock.run(waiting);
  if (error === undefined) expect(pairs[0]!.shadow?.response.status).toBe(500);
  else expect(pairs[0]).toMatchObject({ shadow: undefined, error: expect.stringMatching(error) });
  expect(bench.notes.map(({ code }) => code)).toEqual(['route-chosen']);
});

test('a hook that throws costs the app nothing', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const bench = makeBench({
    route: [{ shadow: { target: 'b', percent: 100 } }],
    onShadow: () => {
      throw new Error('broken hook');
    },
  });
  Object.assign(bench.endpoints, { a: says('from a'), b: says('from b') });
  expect(await readContent(await bench.ask())).toBe('from a');
  await vi.waitFor(() => expect(said).toHaveBeenCalledWith('migrate-llm: onShadow threw:', expect.any(Error)));
  said.mockRestore();
});

test('the share is what was asked for', async () => {
  const { bench, pairs } = setUp(25);
  for (let index = 0; index < 100; index += 1) {
    bench.clock.chance = index / 100;
    await readContent(await bench.ask({ seed: index }));
    await vi.waitFor(() => expect(bench.got).toHaveLength(index + 1 + Math.min(index + 1, 25)));
  }
  await vi.waitFor(() => expect(pairs).toHaveLength(25));
});

test('too many at a time are left out and counted', async () => {
  const { bench, pairs, next } = setUp();
  bench.endpoints['b'] = () => new Promise(() => undefined);
  for (let index = 0; index < 10; index += 1) await readContent(await bench.ask());
  expect(bench.asked().filter((host) => host === 'b')).toHaveLength(8);
  await bench.clock.run(vi.waitFor(() => expect(pairs).toHaveLength(8)));
  bench.endpoints['b'] = says('from b');
  const waiting = next();
  await readContent(await bench.ask());
  await bench.clock.run(waiting);
  expect(pairs.at(-1)).toMatchObject({ dropped: 2, shadow: { target: 'b' } });
});
