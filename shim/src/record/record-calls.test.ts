import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Exchange, parseExchanges, readResponseText } from '../exchange.ts';
import { majors } from '../majors.test-sdks.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from '../upstream.test-server.ts';

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'mail jane@example.com' }] };
const key = 'sk-own-key-that-is-in-no-recording';

describe.each(majors)('$name', ({ sdk, Bare, Shim }) => {
  let upstream: Upstream;
  let folder: string;
  let path: string;
  beforeAll(async () => void (upstream = await startUpstream()));
  afterAll(() => upstream.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'migrate-llm-record-'));
    path = join(folder, 'traffic.jsonl');
    upstream.received.length = 0;
    for (const name of ['TARGET', 'BASE_URL', 'API_KEY', 'MODEL', 'POLICY', 'RECORD', 'CONFIG'])
      vi.stubEnv(`MIGRATE_LLM_${name}`, '');
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });
  const recorded = (count: number): Promise<Exchange[]> =>
    vi.waitFor(
      () => {
        const found = parseExchanges(readFileSync(path, 'utf8'), path);
        expect(found).toHaveLength(count);
        return found;
      },
      { timeout: 10_000 },
    );
  const readAll = async (client: InstanceType<typeof Shim>) => {
    upstream.reply = { body: completion({ content: 'whole' }), headers: { 'x-request-id': 'req-1' } };
    const whole = await client.chat.completions.create(ask);
    upstream.reply = { body: sse([chunk({ role: 'assistant', content: 'piece' }), chunk({}, 'stop')]) };
    const pieces = [];
    for await (const piece of await client.chat.completions.create({ ...ask, stream: true })) pieces.push(piece);
    upstream.reply = {
      status: 400,
      body: { error: { message: 'no', type: 'invalid_request_error', param: null, code: 'bad' } },
    };
    const error: unknown = await client.chat.completions.create(ask).catch((caught: unknown) => caught);
    return { whole, pieces, error };
  };

  test('the kill switch with a recorder: the app and OpenAI see what they would without the shim', async () => {
    const options = { apiKey: key, baseURL: upstream.baseURL, maxRetries: 0 };
    const bare = await readAll(new Bare(options));
    const sentBare = upstream.received.splice(0);
    vi.stubEnv('MIGRATE_LLM_TARGET', 'openai');
    vi.stubEnv('MIGRATE_LLM_RECORD', path);
    const client = new Shim({ ...options, migrate: { callSite: 'triage' } });
    const seen = await readAll(client);
    expect(seen.whole).toEqual(bare.whole);
    expect(seen.pieces).toEqual(bare.pieces);
    expect(seen.error).toBeInstanceOf(sdk.BadRequestError);
    expect(upstream.received.map(({ headers, path: to, text }) => ({ headers, to, text }))).toEqual(
      sentBare.map(({ headers, path: to, text }) => ({ headers, to, text })),
    );

    const [whole, stream, failed] = await recorded(3);
    expect(whole).toMatchObject({
      provenance: 'recorded',
      target: 'openai',
      model: 'gpt-4o',
      callSite: 'triage',
      sdk: expect.stringMatching(/^openai@\d+\.\d+\.\d+$/),
      request: { method: 'POST', path: '/chat/completions', body: { model: 'gpt-4o' } },
      response: { status: 200, headers: { 'x-request-id': 'req-1' } },
    });
    expect(JSON.parse(readResponseText(whole!.response))).toEqual(completion({ content: 'whole' }));
    expect(readResponseText(stream!.response)).toBe(
      sse([chunk({ role: 'assistant', content: 'piece' }), chunk({}, 'stop')]),
    );
    expect(failed?.response.status).toBe(400);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toMatch(/jane@example|sk-own/);
    expect(text).toContain('@redacted.example');
  });

  test('a target’s answers are recorded as the app got them, with what the target is', async () => {
    const client = new Shim({
      apiKey: key,
      maxRetries: 0,
      migrate: {
        target: 'local',
        targets: { local: { dialect: 'llama.cpp', baseURL: upstream.baseURL, apiKey: 'target-key-0001' } },
        models: { 'gpt-4o': 'llama-x' },
        record: path,
      },
    });
    const { whole, pieces } = await readAll(client);
    expect((whole as unknown as { _migration: { target: string } })._migration.target).toBe('local');
    expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('piece');
    const [first, second] = await recorded(3);
    expect(first).toMatchObject({ target: 'local', model: 'gpt-4o', request: { body: { model: 'gpt-4o' } } });
    expect(JSON.parse(readResponseText(first!.response))).toMatchObject({ model: 'gpt-4o' });
    expect(readResponseText(second!.response)).toMatch(/\[DONE\]\n\n$/);
    expect(readFileSync(path, 'utf8')).not.toMatch(/sk-own|target-key/);
  });
});
