import { describe, expect, test } from 'vitest';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import { fails, hangs, isDown, makeBench, readContent, says } from './route.test-bench.ts';

const route = [{ fallback: ['b', 'c'] }];
const codes = (bench: { notes: ReadonlyArray<{ code: string }> }) => bench.notes.map(({ code }) => code);
const stream = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
const good = sse([chunk({ role: 'assistant', content: 'streamed' }), chunk({}, 'stop')]);

describe('the next target answers', () => {
  test.each([
    ['without a connection', isDown, 2],
    ['with 503', fails(503), 2],
    ['with 429, after its retries', fails(429), 2],
    ['with a 429 that says to come back in a minute, at once', fails(429, { 'retry-after': '60' }), 1],
    ['with 501, which it will not implement', fails(501), 2],
    ['with a page that is no answer', () => new Response('<html>gone</html>', { status: 200 }), 2],
  ])('when the first is %s', async (_, endpoint, times) => {
    const bench = makeBench({ route });
    Object.assign(bench.endpoints, { a: endpoint, b: says('from b') });
    const response = await bench.ask();
    expect(bench.asked()).toEqual([...Array.from({ length: times }, () => 'a'), 'b']);
    expect(await readContent(response)).toBe('from b');
    const note = bench.notes.find(({ code }) => code === 'route-fallback');
    expect(note).toMatchObject({ where: 'target.a', what: 'b (gpt-4o) is asked instead' });
    expect(note?.why).toMatch(/^a did not answer: /);
  });

  test.each([400, 401, 403, 404, 422])('but not after %i, which it would say too', async (status) => {
    const bench = makeBench({ route });
    bench.endpoints['a'] = fails(status);
    expect((await bench.ask()).status).toBe(status);
    expect(bench.asked()).toEqual(['a']);
  });

  test('nor after a refusal of ours', async () => {
    const bench = makeBench({ route, policy: 'strict' });
    expect((await bench.ask({ logit_bias: { 1: 1 } })).status).toBe(400);
    expect(bench.asked()).toEqual([]);
  });

  test('nor after the caller’s own abort', async () => {
    const bench = makeBench({ route });
    bench.endpoints['a'] = hangs;
    const controller = new AbortController();
    const work = bench.ask({}, {}, controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    expect(bench.asked()).toEqual(['a']);
  });

  test('with its own key, model and passes', async () => {
    const bench = makeBench({
      route: [{ fallback: [{ target: 'b', model: 'b-large' }] }],
      models: { 'gpt-4o': 'a-large' },
      targets: { b: { dialect: 'llama.cpp', baseURL: 'http://b.test/v1', apiKey: 'key-of-b' } },
    });
    Object.assign(bench.endpoints, { a: fails(500), b: says('from b') });
    const response = await bench.ask({ service_tier: 'auto', messages: [{ role: 'developer', content: 'hi' }] });
    const [first, , last] = bench.got;
    expect(first?.body).toMatchObject({ model: 'a-large' });
    expect(last?.body).toMatchObject({ model: 'b-large', messages: [{ role: 'system' }] });
    expect(last?.headers.get('authorization')).toBe('Bearer key-of-b');
    const result = (await response.json()) as {
      model: string;
      _migration: { target: string; dialect: string; model: string };
    };
    expect(result.model).toBe('gpt-4o');
    expect(result._migration).toMatchObject({ target: 'b', dialect: 'llama.cpp', model: 'b-large' });
  });

  test('and the notes of the first are gone from the answer', async () => {
    const bench = makeBench({
      route: [{ fallback: ['b'] }],
      targets: { a: { dialect: 'llama.cpp', baseURL: 'http://a.test/v1' } },
    });
    Object.assign(bench.endpoints, { a: fails(500), b: says('from b') });
    const result = (await (await bench.ask({ user: 'u' })).json()) as {
      _migration: { notes: Array<{ code: string }> };
    };
    expect(codes(bench)).toContain('param-dropped');
    const left = result._migration.notes.map(({ code }) => code);
    expect(left).toEqual(expect.arrayContaining(['route-chosen', 'route-fallback']));
    expect(left).not.toContain('param-dropped');
  });

  test('the last one’s error is the call’s', async () => {
    const bench = makeBench({ route });
    Object.assign(bench.endpoints, { a: isDown, b: fails(500), c: fails(503) });
    const response = await bench.ask();
    expect(response.status).toBe(503);
    expect(bench.asked()).toEqual(['a', 'a', 'b', 'b', 'c']);
    bench.endpoints['c'] = isDown;
    await expect(bench.ask()).rejects.toThrow('fetch failed');
  });
});

describe('a stream', () => {
  const openings: ReadonlyArray<readonly [string, () => Response]> = [
    [
      'breaks before its first byte',
      () =>
        new Response(new ReadableStream({ start: (it) => it.error(new Error('cut')) }), {
          headers: { 'content-type': 'text/event-stream' },
        }),
    ],
    ['begins with an error of the server', () => stream('data: {"error":{"message":"out of memory","code":500}}\n\n')],
  ];
  test.each(openings)('that %s is answered by the next target', async (_, endpoint) => {
    const bench = makeBench({ route });
    Object.assign(bench.endpoints, { a: endpoint, b: () => stream(good) });
    const response = await bench.ask({ stream: true });
    expect(await response.text()).toContain('"content":"streamed"');
    expect(bench.asked().at(-1)).toBe('b');
  });

  test('of which bytes were handed over stays with its target', async () => {
    const bench = makeBench({ route });
    bench.endpoints['a'] = () => stream(sse([chunk({ role: 'assistant', content: 'half' })], false));
    const text = await (await bench.ask({ stream: true })).text();
    expect(text).toContain('"content":"half"');
    expect(text).toContain('"error"');
    expect(bench.asked()).toEqual(['a']);
  });

  test('is passed on piece by piece, and leaving it frees the connection', async () => {
    const bench = makeBench({ route });
    let isFree = false;
    const pieces = [
      'data: ' + JSON.stringify(chunk({ role: 'assistant', content: 'one' })) + '\n\n',
      'data: ' + JSON.stringify(chunk({ content: 'two' })) + '\n\n',
    ];
    let pulled = 0;
    bench.endpoints['a'] = () =>
      new Response(
        new ReadableStream(
          {
            pull: (it) => it.enqueue(new TextEncoder().encode(pieces[pulled++] ?? ': more\n\n')),
            cancel: () => void (isFree = true),
          },
          { highWaterMark: 0 },
        ),
        { headers: { 'content-type': 'text/event-stream' } },
      );
    const reader = ((await bench.ask({ stream: true })).body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('one');
    expect(pulled).toBeLessThan(3);
    await reader.cancel();
    expect(isFree).toBe(true);
  });
});

describe('a deadline', () => {
  const limits = { deadlineMs: 1000, retries: 0 };
  const targets = { a: { dialect: 'openai-compatible' as const, baseURL: 'http://a.test/v1', limits } };

  test('of a target sends the call on, and ends its request', async () => {
    const bench = makeBench({ route, targets });
    Object.assign(bench.endpoints, { a: hangs, b: says('from b') });
    expect(await readContent(await bench.ask())).toBe('from b');
    expect(bench.clock.time).toBe(1000);
    expect(bench.got[0]?.signal?.aborted).toBe(true);
    expect(bench.notes.find(({ code }) => code === 'route-fallback')?.why).toBe(
      'a did not answer: 504 (a did not answer within 1000 ms (deadline))',
    );
  });

  test('without a next target is a 504 in OpenAI’s shape', async () => {
    const bench = makeBench({ targets });
    bench.endpoints['a'] = hangs;
    const response = await bench.ask();
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { code: 'deadline_exceeded', type: 'server_error' } });
  });

  test('holds for an endpoint that does not hear of aborts', async () => {
    const bench = makeBench({ targets });
    bench.endpoints['a'] = () => new Promise(() => undefined);
    expect((await bench.ask()).status).toBe(504);
  });

  test('of the call is for all its targets together', async () => {
    const bench = makeBench({ route: [{ fallback: ['b', 'c'], deadlineMs: 1500 }], targets });
    Object.assign(bench.endpoints, { a: hangs, b: hangs });
    expect((await bench.ask()).status).toBe(504);
    expect(bench.clock.time).toBe(1500);
    expect(bench.asked()).toEqual(['a', 'b']);
  });

  test('ends with the first bytes of a stream', async () => {
    const bench = makeBench({ targets });
    bench.endpoints['a'] = () => stream(good);
    const response = await bench.ask({ stream: true });
    bench.clock.time = 5000;
    expect(await response.text()).toContain('streamed');
    bench.endpoints['a'] = () =>
      new Response(new ReadableStream({}), { headers: { 'content-type': 'text/event-stream' } });
    expect((await bench.ask({ stream: true })).status).toBe(504);
  });
});

describe('retries', () => {
  test('wait as the target says, else longer each time', async () => {
    const bench = makeBench({
      targets: { a: { dialect: 'openai-compatible', baseURL: 'http://a.test/v1', limits: { retries: 2 } } },
    });
    bench.endpoints['a'] = fails(503);
    await bench.ask();
    expect(bench.asked()).toEqual(['a', 'a', 'a']);
    expect(bench.clock.time).toBe(500 + 1000);
    bench.endpoints['a'] = fails(503, { 'retry-after-ms': '20' });
    await bench.ask();
    expect(bench.clock.time).toBe(1500 + 40);
  });

  test('have a budget: then the SDK is told to stop too', async () => {
    const bench = makeBench({
      targets: {
        a: {
          dialect: 'openai-compatible',
          baseURL: 'http://a.test/v1',
          limits: { retries: 1, retryBudget: 0, breaker: false },
        },
      },
    });
    bench.endpoints['a'] = fails(503);
    for (let call = 0; call < 10; call += 1) expect((await bench.ask()).headers.get('x-should-retry')).toBeNull();
    expect(bench.asked()).toHaveLength(20);
    const response = await bench.ask();
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(bench.asked()).toEqual(['a']);
    expect(codes(bench)).toContain('route-retries-spent');
    bench.endpoints['a'] = isDown;
    expect((await bench.ask()).status).toBe(503);
  });

  test('of the SDK count', async () => {
    const bench = makeBench({
      targets: {
        a: { dialect: 'openai-compatible', baseURL: 'http://a.test/v1', limits: { retryBudget: 0, breaker: false } },
      },
    });
    bench.endpoints['a'] = fails(503);
    const again = { 'x-stainless-retry-count': '1' };
    for (let call = 0; call < 10; call += 1)
      expect((await bench.ask({}, again)).headers.get('x-should-retry')).toBeNull();
    expect((await bench.ask({}, again)).headers.get('x-should-retry')).toBe('false');
  });
});

describe('the circuit breaker', () => {
  const limits = { retries: 0, breaker: { failures: 3, cooldownMs: 10_000 } };
  const targets = { a: { dialect: 'openai-compatible' as const, baseURL: 'http://a.test/v1', limits } };

  test('opens, lets one call try, and closes when that is answered', async () => {
    const bench = makeBench({ route: [{ fallback: ['b'] }], targets });
    Object.assign(bench.endpoints, { a: fails(500), b: says('from b') });
    for (let call = 0; call < 3; call += 1) await bench.ask();
    expect(bench.asked()).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(codes(bench)).toContain('circuit-open');

    await bench.ask();
    expect(bench.asked()).toEqual(['b']);
    bench.clock.time += 10_000;
    await bench.ask();
    expect(bench.asked()).toEqual(['a', 'b']);
    expect(codes(bench)).toContain('circuit-half-open');
    await bench.ask();
    expect(bench.asked()).toEqual(['b']);

    bench.clock.time += 10_000;
    bench.endpoints['a'] = says('from a');
    expect(await readContent(await bench.ask())).toBe('from a');
    expect(codes(bench)).toContain('circuit-closed');
    await bench.ask();
    expect(bench.asked()).toEqual(['a', 'a']);
  });

  test('lets one call at a time try', async () => {
    const bench = makeBench({ route: [{ fallback: ['b'] }], targets });
    Object.assign(bench.endpoints, { a: fails(500), b: says('from b') });
    for (let call = 0; call < 3; call += 1) await bench.ask();
    bench.clock.time += 10_000;
    bench.asked();
    await Promise.all([bench.ask(), bench.ask(), bench.ask()]);
    expect(bench.asked().filter((host) => host === 'a')).toHaveLength(1);
  });

  test('an abort during the trial says nothing', async () => {
    const bench = makeBench({ route: [{ fallback: ['b'] }], targets });
    Object.assign(bench.endpoints, { a: fails(500), b: says('from b') });
    for (let call = 0; call < 3; call += 1) await bench.ask();
    bench.clock.time += 10_000;
    bench.endpoints['a'] = hangs;
    const controller = new AbortController();
    const work = bench.ask({}, {}, controller.signal);
    controller.abort();
    await work.catch(() => undefined);
    bench.asked();
    bench.endpoints['a'] = says('from a');
    expect(await readContent(await bench.ask())).toBe('from a');
  });

  test('without a next target is a 503 that says when', async () => {
    const bench = makeBench({ targets });
    bench.endpoints['a'] = fails(500);
    for (let call = 0; call < 3; call += 1) await bench.ask();
    bench.asked();
    const response = await bench.ask();
    expect(bench.asked()).toEqual([]);
    expect([response.status, response.headers.get('retry-after-ms')]).toEqual([503, '10000']);
    expect(await response.json()).toMatchObject({ error: { code: 'circuit_open' } });
  });

  test('does not count 429s, nor what the caller did wrong', async () => {
    const bench = makeBench({ targets });
    for (const status of [429, 429, 429, 400, 404, 401]) {
      bench.endpoints['a'] = fails(status);
      expect((await bench.ask()).status).toBe(status);
    }
    bench.endpoints['a'] = () => Response.json(completion({ content: 'still asked' }));
    expect(await readContent(await bench.ask())).toBe('still asked');
  });
});
