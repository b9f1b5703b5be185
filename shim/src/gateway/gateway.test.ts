import { describe, expect, test } from 'vitest';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import type { GatewayCall } from './call-record.ts';
import { createGateway, type GatewayOptions } from './gateway.ts';
import { isKey, makeKey } from './key.ts';

const target = { dialect: 'llama.cpp', baseURL: 'http://up.test/v1', apiKey: 'target-key-0000' } as const;

/** A gateway whose upstream is a function. */
function open(reply: (init: RequestInit, url: string) => Response | Promise<Response>, options: GatewayOptions = {}) {
  const calls: GatewayCall[] = [];
  const sent: Array<{ url: string; headers: Headers; body: unknown }> = [];
  const handle = createGateway({
    target,
    key: 'caller-key-0000',
    quiet: true,
    onCall: (call) => calls.push(call),
    fetch: async (input, init = {}) => {
      const { body } = init;
      sent.push({
        url: String(input),
        headers: new Headers(init.headers),
        body: typeof body === 'string' ? JSON.parse(body) : body,
      });
      return reply(init, String(input));
    },
    ...options,
  });
  const ask = (path: string, body?: unknown, init: RequestInit = {}) =>
    handle(
      new Request(`http://gateway.test${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: 'Bearer caller-key-0000', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...init,
      }),
    );
  return { ask, handle, calls, sent };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'a secret text' }] };

describe('answers', () => {
  test('an upload is read for its model, and goes on whole', async () => {
    const { ask, sent } = open(() => json({ text: ' Hello.' }), {
      target: { dialect: 'vllm', baseURL: 'http://up.test/v1' },
      models: { 'whisper-1': 'whisper-large-v3' },
    });
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', new File(['RIFF sound'], 'a.wav'));
    const upload = new Response(form);
    const type = String(upload.headers.get('content-type'));
    const response = await ask('/v1/audio/transcriptions', undefined, {
      method: 'POST',
      headers: { authorization: 'Bearer caller-key-0000', 'content-type': type },
      body: await upload.arrayBuffer(),
    });
    expect(await response.json()).toEqual({ text: 'Hello.' });
    const got = new Response(sent[0]?.body as BodyInit, {
      headers: { 'content-type': String(sent[0]?.headers.get('content-type')) },
    });
    const fields = await got.formData();
    expect(fields.get('model')).toBe('whisper-large-v3');
    expect(fields.get('file')).toMatchObject({ name: 'a.wav', size: 10 });
  });
  test('a chat goes through the core: translated, with its notes in the header and in the record', async () => {
    const { ask, calls, sent } = open(() => json(completion({ content: 'Hi', extra: 1 }, 'stop', { timings: {} })));
    const response = await ask('/v1/chat/completions', { ...chat, n: 1, user: 'u', tools: [], tool_choice: 'auto' });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hi' } }] });
    expect(sent[0]?.url).toBe('http://up.test/v1/chat/completions');
    expect(sent[0]?.body).not.toHaveProperty('user');
    expect(response.headers.get('x-migrate-llm-notes')).toContain('param-dropped');
    expect(calls).toEqual([
      {
        method: 'POST',
        path: '/chat/completions',
        model: 'gpt-4o',
        features: ['n 1', 'tool_choice auto', 'tools', 'user'],
        status: 200,
        outcome: 'answered',
        error: undefined,
        notes: expect.arrayContaining([expect.objectContaining({ code: 'extras-dropped' })]),
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(calls)).not.toContain('secret');
  });

  test('a stream comes through; the notes of its end are in the record', async () => {
    const { ask, calls } = open(
      () =>
        new Response(sse([chunk({ content: 'Hi' }), chunk({}, 'eos_token')], false), {
          headers: { 'content-type': 'text/event-stream' },
        }),
    );
    const response = await ask('/v1/chat/completions', { ...chat, stream: true });
    expect(await response.text()).toMatch(/"Hi"[^]*"finish_reason":"stop"[^]*data: \[DONE\]\n\n$/);
    expect(calls[0]).toMatchObject({ outcome: 'answered', features: ['stream'] });
    expect(calls[0]?.notes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['finish-reason-repaired', 'done-added']),
    );
  });

  test('a stream that fails halfway is an error event, and failed in the record', async () => {
    const { ask, calls } = open(
      () => new Response(sse([chunk({ content: 'Hi' })], false), { headers: { 'content-type': 'text/event-stream' } }),
    );
    expect(await (await ask('/v1/chat/completions', { ...chat, stream: true })).text()).toMatch(
      /data: \{"error":.*stream_truncated/,
    );
    expect(calls[0]).toMatchObject({ status: 200, outcome: 'failed', error: { code: 'stream_truncated' } });
  });

  test('every request to one model, where the settings say so', async () => {
    const { ask, sent } = open(() => json(completion({ content: 'Hi' })), { model: 'llama' });
    expect(await (await ask('/v1/chat/completions', chat)).json()).toMatchObject({ model: 'gpt-4o' });
    expect(sent[0]?.body).toMatchObject({ model: 'llama' });
  });

  test('JSON whose content-type says something else, as curl -d sends it, is JSON', async () => {
    const { ask, sent } = open(() => json(completion({ content: 'Hi' })));
    const headers = { authorization: 'Bearer caller-key-0000', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask('/v1/chat/completions', chat, { headers })).status).toBe(200);
    expect(sent[0]?.headers.get('content-type')).toBe('application/json');
  });

  test('bytes that are no JSON go on as they are', async () => {
    const { ask, sent } = open(() => json({ text: 'hello' }), { target: { ...target, dialect: 'openai-compatible' } });
    const bytes = new Uint8Array([0, 255, 1, 13, 10]);
    const response = await ask('/v1/rerank', undefined, {
      method: 'POST',
      headers: { authorization: 'Bearer caller-key-0000', 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    expect(await response.json()).toEqual({ text: 'hello' });
    expect(new Uint8Array(sent[0]?.body as ArrayBuffer)).toEqual(bytes);
  });
});

describe('errors come in OpenAI’s envelope', () => {
  test.each([
    ['the shim refuses', { ...chat, modalities: ['audio'] }, 400, 'refused', 'unsupported_parameter'],
    ['the endpoint fails', { ...chat, model: 'gone' }, 404, 'failed', 'model_not_found'],
    ['nobody listens', { ...chat, model: 'down' }, 502, 'failed', 'target_unreachable'],
    ['broken JSON', '{"model":', 400, 'rejected', 'invalid_json'],
    ['no object', '[1]', 400, 'rejected', 'invalid_json'],
  ])('%s', async (_name, body, status, outcome, code) => {
    const { ask, calls } = open(({ body: sent }) => {
      if (String(sent).includes('"down"'))
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
      return json({ error: { message: 'model not found' } }, 404);
    });
    const response = await ask('/v1/chat/completions', body);
    const answer = (await response.json()) as {
      error: { code: string; message: string; type: string; param: unknown };
    };
    expect([response.status, answer.error.code]).toEqual([status, code]);
    expect(Object.keys(answer.error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(response.headers.get('x-should-retry')).toBe(status === 502 || status === 404 ? null : 'false');
    expect(calls).toMatchObject([{ status, outcome, error: answer.error }]);
  });

  test('a caller that goes away is no failure of the target', async () => {
    const leave = new AbortController();
    const { ask, calls } = open(async ({ signal }) => {
      leave.abort();
      signal?.throwIfAborted();
      return json({});
    });
    await ask('/v1/chat/completions', chat, { signal: leave.signal });
    expect(calls).toMatchObject([{ outcome: 'left' }]);
  });

  test('the kill switch and unknown settings are said when the gateway is made', () => {
    expect(() => createGateway({ target: 'openai' })).toThrow(/unset OPENAI_BASE_URL/);
    expect(() => createGateway({ target: 'nowhere' })).toThrow(/target "nowhere" is not in targets/);
  });

  test('a hook that throws costs nobody an answer', async () => {
    const { ask } = open(() => json(completion({ content: 'Hi' })), {
      onCall: () => {
        throw new Error('mine');
      },
    });
    expect((await ask('/v1/chat/completions', chat)).status).toBe(200);
  });
});

describe('the door', () => {
  const wrong = [
    '',
    'Bearer ',
    'Bearer caller-key-000',
    'Bearer caller-key-00000',
    'Bearer caller-key-0001',
    'Basic caller-key-0000',
    'caller-key-0000',
  ];
  test.each(wrong)(
    'authorization %j is refused before the body is read, and nothing is sent',
    async (authorization) => {
      const { handle, calls, sent } = open(() => json({}));
      let pulled = 0;
      const body = new ReadableStream<Uint8Array>(
        { pull: (controller) => (pulled++ > 5 ? controller.close() : controller.enqueue(new Uint8Array(10))) },
        { highWaterMark: 0 },
      );
      const response = await handle(
        new Request('http://g.test/v1/chat/completions', {
          method: 'POST',
          headers: { authorization },
          body,
          duplex: 'half',
        } as RequestInit),
      );
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        error: { code: 'invalid_api_key', type: 'invalid_request_error' },
      });
      expect([pulled, sent]).toEqual([0, []]);
      expect(calls).toMatchObject([{ outcome: 'rejected', status: 401 }]);
    },
  );

  test('a key in Azure’s header is the same key', async () => {
    const { ask } = open(() => json(completion({ content: 'Hi' })));
    expect((await ask('/v1/chat/completions', chat, { headers: { 'api-key': 'caller-key-0000' } })).status).toBe(200);
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/v1', 404],
    ['GET', '/v1/', 404],
    ['GET', '/v2/models', 404],
    ['GET', '/v1/../admin', 404],
    ['GET', '/v1/%2e%2e/admin', 404],
    ['GET', '/v1/files/..%2f..%2fadmin', 404],
    ['GET', '/v1/files/%252e%252e%252fadmin', 404],
    ['GET', '/v1/files/..%5cadmin', 404],
    ['GET', '/v1/files/%00', 404],
    ['GET', '/v1/models/%', 404],
    ['PUT', '/v1/models', 405],
    ['OPTIONS', '/v1/models', 405],
  ])('%s %s is %i, and nothing is sent', async (method, path, status) => {
    const { ask, sent } = open(() => json({}));
    const response = await ask(path, undefined, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error.code');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(sent).toEqual([]);
  });

  test('a model’s name may hold a slash and dots', async () => {
    const { ask } = open(() =>
      json({ object: 'list', data: [{ id: 'meta-llama/Llama-3.3', object: 'model', created: 1, owned_by: 'x' }] }),
    );
    expect((await ask('/v1/models/meta-llama%2FLlama-3.3')).status).toBe(200);
  });

  test('a body over the limit, declared or not, ends in 413', async () => {
    const { ask, handle, sent } = open(() => json({}), { maxBodyBytes: 100 });
    expect((await ask('/v1/chat/completions', { ...chat, x: 'y'.repeat(200) })).status).toBe(413);
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(64)) });
    const request = new Request('http://g.test/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer caller-key-0000' },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect((await handle(request)).status).toBe(413);
    expect(sent).toEqual([]);
  });

  test('compressed bodies and WebSockets are refused by name', async () => {
    const { ask } = open(() => json({}));
    const headers = { authorization: 'Bearer caller-key-0000' };
    expect(
      (await ask('/v1/chat/completions', chat, { headers: { ...headers, 'content-encoding': 'gzip' } })).status,
    ).toBe(415);
    expect((await ask('/v1/realtime', undefined, { headers: { ...headers, upgrade: 'websocket' } })).status).toBe(400);
  });

  test('health needs no key and names nothing', async () => {
    const { handle } = open(() => json({}));
    const response = await handle(new Request('http://g.test/health'));
    expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
  });
});

describe('headers', () => {
  test('the target gets its own key, and nothing of the caller', async () => {
    const { ask, sent } = open(() => json(completion({ content: 'Hi' })));
    await ask('/v1/chat/completions', chat, {
      headers: {
        authorization: 'Bearer caller-key-0000',
        'content-type': 'application/json',
        'x-copy': 'caller-key-0000',
        'openai-organization': 'org-1',
        'x-api-key': 'other',
        'x-forwarded-for': '10.0.0.1',
        origin: 'http://page.test',
        referer: 'http://page.test/x',
        cookie: 'a=b',
        'accept-encoding': 'br',
        'x-hop': '1',
        connection: 'close, X-Hop',
        'x-mine': 'stays',
        'idempotency-key': 'k1',
      },
    });
    const headers = Object.fromEntries(sent[0]?.headers ?? []);
    expect(headers).toEqual({
      authorization: 'Bearer target-key-0000',
      'content-type': 'application/json',
      'idempotency-key': 'k1',
      'x-mine': 'stays',
    });
  });

  test('what an endpoint says to browsers and of its connection stays behind', async () => {
    const { ask } = open(() =>
      json(completion({ content: 'Hi' }), 200, {
        'access-control-allow-origin': '*',
        'set-cookie': 'a=b',
        server: 'x',
        'x-request-id': 'req_1',
        'x-ratelimit-remaining-requests': '5',
        connection: 'close',
      }),
    );
    const { headers } = await ask('/v1/chat/completions', chat);
    expect(
      ['access-control-allow-origin', 'set-cookie', 'server', 'connection'].map((name) => headers.get(name)),
    ).toEqual([null, null, null, null]);
    expect([headers.get('x-request-id'), headers.get('x-ratelimit-remaining-requests')]).toEqual(['req_1', '5']);
  });
});

test('keys: made ones differ, and comparing looks at every character', () => {
  const keys = new Set(Array.from({ length: 50 }, makeKey));
  expect(keys.size).toBe(50);
  for (const key of keys) expect(key).toMatch(/^sk-gateway-[0-9a-f]{64}$/);
  expect([
    isKey('abc', 'abc'),
    isKey('abd', 'abc'),
    isKey('', 'abc'),
    isKey('abcabc', 'abc'),
    isKey('ab', 'abc'),
  ]).toEqual([true, false, false, false, false]);
});
