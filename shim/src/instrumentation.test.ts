import { afterEach, describe, expect, test } from 'vitest';
import { majors } from './majors.test-sdks.ts';
import { chunk, completion, sse } from './upstream.test-server.ts';

// Tracing packages wrap the SDK in two ways: the methods of its classes (OpenTelemetry, dd-trace), or the client itself in a proxy (Langfuse).

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hi' }] };
const fetch = (async (_: unknown, init?: { body?: string }) =>
  init?.body?.includes('"stream":true') === true
    ? new Response(sse([chunk({ role: 'assistant', content: 'hi' }), chunk({}, 'stop')]), {
        headers: { 'content-type': 'text/event-stream' },
      })
    : Response.json(completion({ content: 'hi' }))) as unknown as typeof globalThis.fetch;
type Any = Record<string, unknown>;
type Method = (this: unknown, ...args: unknown[]) => unknown;

describe.each(majors)('$name', ({ Shim, sdk }) => {
  const make = () =>
    new Shim({
      apiKey: 'x',
      fetch,
      migrate: { target: { dialect: 'llama.cpp', baseURL: 'http://endpoint.test/v1' }, policy: 'silent' },
    });
  let restore: () => void = () => undefined;
  afterEach(() => restore());

  test.each([
    ['the SDK’s', () => sdk.OpenAI],
    ['the shim’s', () => Shim],
  ] as const)('a wrapped method of %s class sees each call, its result and its stream', async (_, pick) => {
    const prototype = (pick() as unknown as { Chat: { Completions: { prototype: Any } } }).Chat.Completions.prototype;
    const original = prototype['create'] as Method;
    const spans: unknown[] = [];
    prototype['create'] = function traced(this: unknown, ...args: unknown[]) {
      const promise = original.apply(this, args) as Promise<unknown> & {
        _thenUnwrap: (transform: (value: unknown) => unknown) => unknown;
      };
      // As OpenTelemetry's: the SDK's own promise goes on, so that withResponse() stays.
      return promise._thenUnwrap((result) => {
        spans.push([(args[0] as Any)['model'], (result as Any)['model'] ?? 'stream']);
        return result;
      });
    };
    restore = () => void (prototype['create'] = original);
    const client = make();
    const answer = await client.chat.completions.create(ask);
    expect(answer.choices[0]?.message.content).toBe('hi');
    const { data, response } = await client.chat.completions.create(ask).withResponse();
    expect([data.model, response.status]).toEqual(['gpt-4o', 200]);
    let text = '';
    for await (const part of await client.chat.completions.create({ ...ask, stream: true }))
      text += part.choices[0]?.delta.content ?? '';
    expect(text).toBe('hi');
    expect(spans).toEqual([
      ['gpt-4o', 'gpt-4o'],
      ['gpt-4o', 'gpt-4o'],
      ['gpt-4o', 'stream'],
    ]);
  });

  test('a client in a proxy sees each call', async () => {
    const seen: string[] = [];
    const observe = <T extends object>(target: T, path: string): T =>
      new Proxy(target, {
        get(holder, name) {
          const value: unknown = Reflect.get(holder, name, holder);
          if (typeof name !== 'string' || value === null) return value;
          const here = path === '' ? name : `${path}.${name}`;
          if (typeof value === 'function')
            return (...args: unknown[]) => {
              seen.push(here);
              return (value as Method).apply(holder, args);
            };
          return typeof value === 'object' ? observe(value, here) : value;
        },
      });
    const answer = await observe(make(), '').chat.completions.create(ask);
    expect(answer.choices[0]?.message.content).toBe('hi');
    expect(seen).toEqual(['chat.completions.create']);
  });
});
