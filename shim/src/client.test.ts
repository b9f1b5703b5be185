import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Note } from './note.ts';
import { ShimConfigError } from './config-error.ts';
import { defineShim } from './client.ts';
import { majors } from './majors.test-sdks.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from './upstream.test-server.ts';

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hi' }] };
const secrets = {
  OPENAI_API_KEY: 'sk-env-secret-0001',
  OPENAI_ORG_ID: 'org-secret-0002',
  OPENAI_PROJECT_ID: 'proj-secret-0003',
  OPENAI_ADMIN_KEY: 'sk-admin-secret-0004',
};

describe.each(majors)('$name', ({ name, sdk, Bare, Shim }) => {
  let upstream: Upstream;
  let elsewhere: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    elsewhere = await startUpstream();
  });
  afterAll(async () => {
    await upstream.close();
    await elsewhere.close();
  });
  beforeEach(() => {
    upstream.received.length = 0;
    elsewhere.received.length = 0;
    upstream.reply = { body: completion({ content: 'hi' }) };
    for (const [key, value] of Object.entries(secrets)) vi.stubEnv(key, value);
    for (const key of ['TARGET', 'BASE_URL', 'API_KEY', 'MODEL', 'POLICY', 'RECORD', 'CONFIG'])
      vi.stubEnv(`MIGRATE_LLM_${key}`, '');
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const migrate = (more: object = {}) => ({
    target: { dialect: 'llama.cpp' as const, baseURL: upstream.baseURL },
    ...more,
  });

  test('no credential of OpenAI reaches the target, nor telemetry', async () => {
    const client = new Shim({
      apiKey: 'sk-option-secret-0005',
      defaultHeaders: {
        Cookie: 'session=secret-0006',
        'X-Gateway-Auth': 'secret-0007',
        'X-Trace': 'kept',
        'X-Debug': `key=${secrets.OPENAI_API_KEY}`,
      },
      migrate: migrate(),
    });
    await client.chat.completions.create(ask);
    upstream.reply = { body: sse([chunk({ role: 'assistant', content: 'hi' }), chunk({}, 'stop')]) };
    for await (const item of await client.chat.completions.create({ ...ask, stream: true }))
      expect(item.object).toBe('chat.completion.chunk');
    upstream.reply = { body: { object: 'list', data: [] } };
    await client.models.list();
    expect(upstream.received).toHaveLength(3);
    for (const { headers, text, path } of upstream.received) {
      expect(JSON.stringify(headers) + text + path).not.toMatch(/secret-000/);
      expect(Object.keys(headers).filter((key) => /^(x-stainless|openai-|authorization|cookie)/.test(key))).toEqual([]);
      expect(headers['x-trace']).toBe('kept');
    }
  });

  test('the target gets its own key', async () => {
    vi.stubEnv('LLAMA_KEY', 'llama-key');
    await new Shim({
      migrate: { target: { dialect: 'llama.cpp', baseURL: upstream.baseURL, apiKeyEnv: 'LLAMA_KEY' } },
    }).chat.completions.create(ask);
    expect(upstream.received[0]?.headers.authorization).toBe('Bearer llama-key');
  });

  test('a redirect to another origin is not followed', async () => {
    upstream.reply = { status: 307, headers: { location: `${elsewhere.baseURL}/chat/completions` }, body: {} };
    const client = new Shim({
      migrate: { target: { dialect: 'llama.cpp', baseURL: upstream.baseURL, apiKey: 'llama-key' } },
    });
    await expect(client.chat.completions.create(ask)).rejects.toMatchObject({
      status: 400,
      code: 'endpoint_redirected',
    });
    expect(elsewhere.received).toEqual([]);
  });

  test('a redirect on the same origin is', async () => {
    upstream.reply = ({ path }) =>
      path === '/v1/chat/completions'
        ? { status: 308, headers: { location: '/v2/chat/completions' }, body: {} }
        : { body: completion({ content: path }) };
    const answer = await new Shim({ migrate: migrate() }).chat.completions.create(ask);
    expect(answer.choices[0]?.message.content).toBe('/v2/chat/completions');
  });

  test('a baseURL in the same call gets the key given with it', async () => {
    await new Shim({ apiKey: 'sk-for-there', baseURL: upstream.baseURL }).chat.completions.create(ask);
    expect(upstream.received.at(-1)?.headers.authorization).toBe('Bearer sk-for-there');
    expect(upstream.received.at(-1)?.path).toBe('/v1/chat/completions');
  });

  test('the kill switch changes nothing, whatever else is configured', async () => {
    vi.stubEnv('MIGRATE_LLM_TARGET', 'openai');
    const seen: string[] = [];
    const fetch = async (input: unknown, init?: { headers?: unknown }) => {
      const headers = new Headers(init?.headers as HeadersInit);
      seen.push(`${String(input)} ${headers.get('authorization')} ${headers.has('x-stainless-lang')}`);
      return new Response(JSON.stringify(completion({ content: 'hi' })), {
        headers: { 'content-type': 'application/json' },
      });
    };
    const client = new Shim({ fetch: fetch as typeof globalThis.fetch, migrate: migrate() });
    await client.chat.completions.create(ask);
    expect(seen).toEqual([`https://api.openai.com/v1/chat/completions Bearer ${secrets.OPENAI_API_KEY} true`]);
    expect((client as unknown as { fetch: unknown }).fetch).toBe(fetch);
  });

  test('no key is needed where a target is', async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    delete process.env['OPENAI_API_KEY'];
    await expect(new Shim({ migrate: migrate() }).chat.completions.create(ask)).resolves.toBeDefined();
  });

  test('without any target the constructor says how to set one, as the SDK’s error', () => {
    const make = () => new Shim({ apiKey: 'x' });
    expect(make).toThrow(/MIGRATE_LLM_BASE_URL/);
    expect(make).toThrow(ShimConfigError);
    expect(make).toThrow(sdk.OpenAIError);
  });

  test('the environment sets a target', async () => {
    vi.stubEnv('MIGRATE_LLM_BASE_URL', upstream.baseURL);
    vi.stubEnv('MIGRATE_LLM_TARGET', 'llama.cpp');
    vi.stubEnv('MIGRATE_LLM_API_KEY', 'env-key');
    vi.stubEnv('MIGRATE_LLM_MODEL', 'llama-x');
    const answer = await new Shim({ apiKey: 'x' }).chat.completions.create(ask);
    expect(upstream.received[0]?.headers.authorization).toBe('Bearer env-key');
    expect(upstream.received[0]?.body['model']).toBe('llama-x');
    expect(answer.model).toBe('gpt-4o');
    // The list of models names none that could go elsewhere.
    upstream.reply = { body: { object: 'list', data: [] } };
    const heard: Note[] = [];
    await new Shim({ migrate: { onNote: (note: Note) => heard.push(note) } }).models.list();
    expect(heard.map(({ code }) => code)).not.toContain('model-routed');
  });

  test('models map at run time, to other targets too', async () => {
    elsewhere.reply = { body: completion({ content: 'from elsewhere' }) };
    const client = new Shim({
      migrate: {
        target: 'a',
        targets: {
          a: { dialect: 'llama.cpp', baseURL: upstream.baseURL, apiKey: 'key-a' },
          b: { dialect: 'openai-compatible', baseURL: `${elsewhere.baseURL}/x`, apiKey: 'key-b' },
        },
        models: { 'gpt-4o': 'llama-a', 'gpt-4o-mini': { target: 'b', model: 'llama-b' } },
      },
    });
    await client.chat.completions.create(ask);
    const other = await client.chat.completions.create({ ...ask, model: 'gpt-4o-mini' });
    expect(upstream.received.map(({ body, headers }) => [body['model'], headers.authorization])).toEqual([
      ['llama-a', 'Bearer key-a'],
    ]);
    expect(elsewhere.received.map(({ body, headers, path }) => [body['model'], headers.authorization, path])).toEqual([
      ['llama-b', 'Bearer key-b', '/v1/x/chat/completions'],
    ]);
    expect(other.choices[0]?.message.content).toBe('from elsewhere');
  });

  test('results carry _migration, unseen', async () => {
    const heard: Note[] = [];
    const answer = await new Shim({
      migrate: migrate({ onNote: (note: Note) => heard.push(note), models: { 'gpt-4o': 'llama-x' } }),
    }).chat.completions.create(ask);
    const { _migration: migration } = answer as unknown as {
      _migration: { notes: Note[]; model: string; target: string };
    };
    expect(migration.model).toBe('llama-x');
    expect(migration.notes.map(({ code }) => code)).toContain('model-routed');
    expect(heard).toEqual(migration.notes);
    expect(Object.keys(answer)).not.toContain('_migration');
    expect(JSON.stringify(answer)).not.toContain('_migration');
  });

  test('the notes are in a header of ASCII', async () => {
    const { response } = await new Shim({ migrate: migrate({ models: { 'gpt-4o': 'Müller-🦙' } }) }).chat.completions
      .create(ask)
      .withResponse();
    const header = response.headers.get('x-migrate-llm-notes') ?? '';
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(header)[0]).toMatchObject({ code: 'model-routed', severity: 'info', where: 'request.model' });
  });

  test('strict refuses a lossy step, naming the parameter; warn sends without it', async () => {
    const biased = { ...ask, logit_bias: { '50256': -100 } };
    await expect(
      new Shim({ migrate: migrate({ policy: 'strict' }) }).chat.completions.create(biased),
    ).rejects.toMatchObject({ status: 400, param: 'logit_bias' });
    expect(upstream.received).toEqual([]);
    await new Shim({ migrate: migrate() }).chat.completions.create(biased);
    expect(upstream.received[0]?.body).not.toHaveProperty('logit_bias');
  });

  test('a custom fetch sends, once a request', async () => {
    const seen: string[] = [];
    const fetch = async (input: unknown) => {
      seen.push(String(input));
      return new Response(JSON.stringify(completion({ content: 'hi' })), {
        headers: { 'content-type': 'application/json' },
      });
    };
    const client = new Shim({ fetch: fetch as unknown as typeof globalThis.fetch, migrate: migrate() });
    await client.chat.completions.create(ask);
    expect(seen).toEqual([`${upstream.baseURL}/chat/completions`]);
    if (name === 'openai4') return;
    await client.withOptions({ timeout: 1000 }).withOptions({ maxRetries: 1 }).chat.completions.create(ask);
    expect(seen).toHaveLength(2);
  });

  test('withOptions carries the target and the caller’s own options', async () => {
    expect('withOptions' in Bare.prototype).toBe(name !== 'openai4');
    if (name === 'openai4') return;
    const client = new Shim({ apiKey: 'sk-own', migrate: migrate({ models: { 'gpt-4o': 'llama-x' } }) }).withOptions({
      timeout: 5000,
    });
    await client.chat.completions.create(ask);
    expect(upstream.received).toHaveLength(1);
    expect(upstream.received[0]?.body['model']).toBe('llama-x');
    expect(client).toBeInstanceOf(Shim);
    await client
      .withOptions({ baseURL: elsewhere.baseURL, migrate: undefined } as object)
      .chat.completions.create(ask)
      .catch(() => undefined);
    expect(elsewhere.received.at(-1)?.headers.authorization).toBe('Bearer sk-own');
  });

  test('instanceof holds both ways, statics name the shim, a subclass keeps its line', () => {
    const client = new Shim({ migrate: migrate() });
    class Mine extends Shim {}
    const mine = new Mine({ migrate: migrate() });
    expect(client).toBeInstanceOf(Bare);
    expect(new Bare({ apiKey: 'x' })).toBeInstanceOf(Shim);
    expect(mine).toBeInstanceOf(Mine);
    expect(client).not.toBeInstanceOf(Mine);
    expect(Shim.OpenAI).toBe(Shim);
    expect(Shim.APIError).toBe(Bare.APIError);
    expect(Shim.name).toBe('OpenAI');
  });

  test('AzureOpenAI goes to the target, its deployment as the model', async () => {
    const { AzureOpenAI, OpenAI } = defineShim(sdk);
    const client = new (AzureOpenAI as unknown as typeof Shim)({
      endpoint: 'https://corp.openai.azure.com',
      apiKey: 'azure-secret-0008',
      apiVersion: '2024-10-21',
      deployment: 'chat',
      migrate: migrate({ models: { chat: 'llama-x' } }),
    } as object);
    await client.chat.completions.create({ ...ask, model: '' });
    expect(upstream.received.map(({ path, body }) => [path, body['model']])).toEqual([
      ['/v1/chat/completions', 'llama-x'],
    ]);
    expect(JSON.stringify(upstream.received)).not.toContain('secret-000');
    expect(client).toBeInstanceOf(OpenAI);
  });

  test('an endpoint nobody serves is an error that names the alternative', async () => {
    await expect(
      new Shim({ migrate: migrate() }).images.generate({ model: 'gpt-image-1', prompt: 'a llama' }),
    ).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_endpoint',
      message: expect.stringContaining('Keep this call on OpenAI'),
    });
    expect(upstream.received).toEqual([]);
  });

  test('an unreachable endpoint is the SDK’s connection error, after its retries', async () => {
    const closed = await startUpstream();
    await closed.close();
    const client = new Shim({ maxRetries: 1, migrate: { target: { dialect: 'llama.cpp', baseURL: closed.baseURL } } });
    await expect(client.chat.completions.create(ask)).rejects.toBeInstanceOf(sdk.APIConnectionError);
  });

  test('5xx is retried, a refusal is not', async () => {
    let count = 0;
    upstream.reply = () =>
      count++ === 0
        ? { status: 503, headers: { 'retry-after-ms': '1' }, body: { error: { message: 'loading', code: 503 } } }
        : { body: completion({ content: 'hi' }) };
    await new Shim({ maxRetries: 2, migrate: migrate() }).chat.completions.create(ask);
    expect(upstream.received).toHaveLength(2);
    upstream.reply = {
      status: 501,
      body: { error: { code: 501, message: 'This server does not support embeddings', type: 'not_supported_error' } },
    };
    await expect(
      new Shim({ maxRetries: 2, migrate: migrate() }).embeddings.create({ model: 'm', input: 'x' }),
    ).rejects.toMatchObject({ status: 501 });
    expect(upstream.received).toHaveLength(3);
  });

  test('a connection that breaks during a stream is an error', async () => {
    upstream.reply = { body: sse([chunk({ role: 'assistant', content: 'hi' })], false), cut: true };
    const read = async () => {
      for await (const item of await new Shim({ migrate: migrate() }).chat.completions.create({ ...ask, stream: true }))
        expect(item).toBeDefined();
    };
    await expect(read()).rejects.toBeInstanceOf(sdk.APIError);
  });

  test('an abort is the SDK’s abort', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(
      new Shim({ migrate: migrate() }).chat.completions.create(ask, { signal: controller.signal }),
    ).rejects.toBeInstanceOf(sdk.APIUserAbortError);
  });

  test('leaving a stream early frees the connection', async () => {
    upstream.reply = {
      body: sse([chunk({ role: 'assistant', content: 'hi' }), chunk({ content: 'more' }), chunk({}, 'stop')]),
    };
    for await (const item of await new Shim({ migrate: migrate() }).chat.completions.create({ ...ask, stream: true })) {
      expect(item.choices[0]?.delta.content).toBe('hi');
      break;
    }
    upstream.reply = { body: completion({ content: 'next' }) };
    const next = await new Shim({ migrate: migrate() }).chat.completions.create(ask);
    expect(next.choices[0]?.message.content).toBe('next');
  });

  test('uploads reach the target as they are', async () => {
    upstream.reply = { body: { id: 'file-1', object: 'file' } };
    const rules = { pass: ['/files'] } as const;
    const client = new Shim({
      migrate: { target: { dialect: 'openai-compatible', baseURL: upstream.baseURL, rules } },
    });
    await client.files.create({ purpose: 'assistants', file: await sdk.toFile(Buffer.from('hello file'), 'a.txt') });
    expect(upstream.received[0]?.path).toBe('/v1/files');
    expect(upstream.received[0]?.text).toContain('hello file');
  });
});

describe('a mocked SDK', () => {
  test('a plain object of mocks is constructed as it is', () => {
    const made = { chat: { completions: { create: vi.fn<() => void>() } } };
    const { OpenAI } = defineShim({
      __esModule: true,
      default: vi.fn<() => object>(function mock() {
        return made;
      }),
    });
    expect(new OpenAI({ apiKey: 'x' })).toBe(made);
  });
});
