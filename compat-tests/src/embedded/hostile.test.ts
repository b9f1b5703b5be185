import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedServer } from './server.ts';

const KEY = 'sk-local';
let open: EmbeddedServer;
let keyed: EmbeddedServer;
beforeAll(async () => {
  open = await startEmbedded({ slots: 2, contextSize: 1024 });
  keyed = await startEmbedded({ slots: 1, contextSize: 32_768, apiKey: KEY });
});
afterAll(() => Promise.all([open.close(), keyed.close()]));

const hello = { messages: [{ role: 'user', content: 'Say hello' }] };
const post = (path: string, body: unknown, init: RequestInit = {}) =>
  fetch(`${open.origin}${path}`, { method: 'POST', body: JSON.stringify(body), ...init });

describe('hostile clients', () => {
  test('a request that arrives byte by byte, in the middle of characters', async () => {
    const bytes = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'Grüße 🙂' }], max_tokens: 1 }));
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${open.url}/chat/completions`, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject);
      for (const byte of bytes) request.write(Buffer.of(byte));
      request.end();
    });
    expect(status).toBe(200);
  });

  test('a body of 10 MB is refused for its length in tokens', async () => {
    const response = await post('/v1/chat/completions', {
      messages: [{ role: 'user', content: 'word '.repeat(2_000_000) }],
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: 'exceed_context_size_error' } });
  });

  test('a body that stops in the middle', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(open.port, '127.0.0.1', () => {
        socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"mess');
        setTimeout(() => socket.destroy(), 20);
      });
      socket.once('close', () => resolve());
    });
    expect((await post('/v1/chat/completions', hello)).status).toBe(200);
  });

  test('a client that goes away ends its generation, streamed or not', async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const endless = { prompt: 'Once', max_tokens: 30_000 };
    for (const stream of [true, false]) {
      const control = new AbortController();
      const long = fetch(`${keyed.url}/completions`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ ...endless, stream }),
        signal: control.signal,
      });
      if (stream) await (await long).body?.getReader().read();
      else await new Promise((resolve) => setTimeout(resolve, 100));
      control.abort();
      await long.catch(() => undefined);
      const begun = Date.now();
      // There is one slot: were the first generation not ended, this one would wait for tens of seconds.
      const next = await fetch(`${keyed.url}/chat/completions`, {
        method: 'POST',
        headers,
        body: JSON.stringify(hello),
      });
      expect(next.status).toBe(200);
      await next.text();
      expect(Date.now() - begun).toBeLessThan(5000);
    }
    const slots = (await (await fetch(`${keyed.origin}/slots`, { headers })).json()) as Array<{
      is_processing: boolean;
    }>;
    expect(slots.map((slot) => slot.is_processing)).toEqual([false]);
  });

  test('20 clients that leave at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const control = new AbortController();
        const going = post('/v1/completions', { prompt: 'Once', stream: true }, { signal: control.signal });
        setTimeout(() => control.abort(), index * 3);
        await going.then((response) => response.text()).catch(() => undefined);
      }),
    );
    const after = await post('/v1/chat/completions', hello);
    expect({ status: after.status, text: await after.text() }).toMatchObject({ status: 200 });
  });
});
