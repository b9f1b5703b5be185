import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseExchanges, readResponseBytes, readResponseText } from '../exchange.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from '../upstream.test-server.ts';
import { findRecordConfig, listSecrets } from './find-config.ts';
import { type RelayOptions, type RunningRelay, startRelay } from './relay.ts';

let upstream: Upstream;
let folder: string;
let path: string;
beforeEach(async () => {
  upstream = await startUpstream({ body: completion({ content: 'Hi' }), headers: { 'x-request-id': 'req-1' } });
  folder = mkdtempSync(join(tmpdir(), 'migrate-llm-relay-'));
  path = join(folder, 'traffic.jsonl');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const key = 'sk-own-key-that-is-in-no-recording';
async function start(options: Partial<RelayOptions> = {}): Promise<RunningRelay> {
  const relay = await startRelay({ record: { path }, upstream: upstream.baseURL, secrets: [key], ...options });
  onTestFinished(() => relay.close(0).then(() => undefined));
  return relay;
}
const read = () => parseExchanges(readFileSync(path, 'utf8'), path);
const clientOf = ({ url }: RunningRelay) => new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'mail jane@example.com' }] };

describe('what passes', () => {
  test('the request reaches the upstream as it was sent, key included, and the answer comes back as it was', async () => {
    const relay = await start();
    const body = '{"model":"gpt-4o" , "messages":[],"n":1.0}';
    const answer = await fetch(`${relay.url}/chat/completions?trace=1`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'x-own': 'yes',
        'openai-beta': 'b',
      },
      body,
    });
    expect(await answer.json()).toEqual(completion({ content: 'Hi' }));
    expect(answer.headers.get('x-request-id')).toBe('req-1');
    expect(upstream.received).toMatchObject([
      {
        path: '/v1/chat/completions?trace=1',
        text: body,
        headers: { authorization: `Bearer ${key}`, 'x-own': 'yes', 'accept-encoding': 'identity' },
      },
    ]);
    await relay.close();
    expect(read()).toMatchObject([
      {
        target: new URL(upstream.baseURL).host,
        model: 'gpt-4o',
        request: { path: '/chat/completions', body: { n: 1 } },
      },
    ]);
    expect(read()[0]?.request.headers).toEqual({
      accept: '*/*',
      'content-type': 'application/json',
      'openai-beta': 'b',
    });
  });

  test('streams keep their pieces; errors, broken bodies and sounds stay what they are', async () => {
    const relay = await start({ callSite: 'triage' });
    const events = sse([
      chunk({ role: 'assistant', content: 'jane@' }),
      chunk({ content: 'example.com' }),
      chunk({}, 'stop'),
    ]);
    upstream.reply = { body: events };
    const pieces = [];
    for await (const { choices } of await clientOf(relay).chat.completions.create({ ...ask, stream: true }))
      pieces.push(choices[0]?.delta.content ?? '');
    expect(pieces.join('')).toBe('jane@example.com');

    upstream.reply = {
      status: 429,
      body: { error: { message: 'slow', type: 't', param: null, code: 'c' } },
      headers: { 'retry-after': '7' },
    };
    await expect(clientOf(relay).chat.completions.create(ask)).rejects.toMatchObject({ status: 429 });

    upstream.reply = { status: 400, body: { error: { message: 'We could not parse the JSON body' } } };
    const broken = await fetch(`${relay.url}/chat/completions`, { method: 'POST', body: 'no json' });
    expect(broken.status).toBe(400);
    expect(upstream.received.at(-1)?.text).toBe('no json');

    const sound = String.fromCharCode(0, 255, 254).repeat(10);
    upstream.reply = { body: sound, headers: { 'content-type': 'audio/mpeg' } };
    const upload = new FormData();
    upload.set('file', new Blob(['x']), 'a.wav');
    const heard = await fetch(`${relay.url}/audio/speech`, { method: 'POST', body: upload });
    expect(await heard.text()).toBe(sound);

    await relay.close();
    const [stream, busy, wrong, audio] = read();
    expect(stream).toMatchObject({ callSite: 'triage', sdk: expect.stringMatching(/^openai@/) });
    expect(readResponseText(stream!.response)).not.toContain('jane@');
    expect(readResponseText(stream!.response)).toMatch(/redacted\.example.*\[DONE\]\n\n$/s);
    expect(busy?.response).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    expect(wrong?.request.body).toBe('no json');
    expect(audio?.request.body).toBe(null);
    expect(new TextDecoder().decode(readResponseBytes(audio!.response))).toBe(sound);
    expect(readFileSync(path, 'utf8')).not.toMatch(/sk-own|jane@example/);
  });

  test('redirects are the caller’s matter: the key goes to no other host', async () => {
    const other = await startUpstream();
    onTestFinished(() => other.close());
    upstream.reply = { status: 307, body: {}, headers: { location: `${other.baseURL}/x` } };
    const relay = await start();
    const answer = await fetch(`${relay.url}/models`, {
      headers: { authorization: `Bearer ${key}` },
      redirect: 'manual',
    });
    expect([answer.status, other.received]).toEqual([307, []]);
    await answer.text();
    await relay.close();
  });

  test('an answer that comes compressed is passed on and not recorded', async () => {
    upstream.reply = { body: 'zzz', headers: { 'content-encoding': 'br', 'content-type': 'application/json' } };
    const relay = await start();
    const raw = await new Promise<string>((resolve) =>
      httpRequest(`${relay.url}/models`, (answer) => {
        let text = `${answer.headers['content-encoding']} `;
        answer.on('data', (part) => (text += String(part))).on('end', () => resolve(text));
      }).end(),
    );
    expect(raw).toBe('br zzz');
    expect(await relay.close()).toMatchObject({ recorded: 0, lost: { encoded: 1 } });
  });
});

describe('trouble', () => {
  test('an upstream that is not there breaks the connection, as without the relay, and is said', async () => {
    const said: string[] = [];
    const relay = await start({ upstream: 'http://127.0.0.1:9/v1', onTrouble: (what) => said.push(what) });
    await expect(clientOf(relay).models.list()).rejects.toThrow(/Connection error/);
    expect(said[0]).toContain('http://127.0.0.1:9/v1 does not answer');
    expect(await relay.close()).toMatchObject({ requests: 1, unreachable: 1, recorded: 0 });
  });

  test('a caller that leaves ends the upstream’s answer; it is counted', async () => {
    let closed = false;
    const slow = createServer((_, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n');
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void slow.closeAllConnections());
    const relay = await start({ upstream: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/v1` });
    const leave = new AbortController();
    const answer = await fetch(`${relay.url}/chat/completions`, { method: 'POST', body: '{}', signal: leave.signal });
    await answer.body!.getReader().read();
    leave.abort();
    await vi.waitFor(() => expect(closed).toBe(true));
    const { recorded, lost } = await relay.close(0);
    expect(recorded).toBe(0);
    expect((lost.left ?? 0) + (lost.broken ?? 0)).toBe(1);
    slow.close();
  });

  test.each([
    ['a page in a browser', '/v1/models', { origin: 'https://evil.example' }, 403],
    ['another name for this machine', '/v1/models', { host: 'evil.example' }, 403],
    ['a path that climbs', '/v1/%2e%2e/admin', {}, 404],
    ['a path outside the API', '/admin', {}, 404],
    ['a WebSocket', '/v1/realtime', { upgrade: 'websocket', connection: 'upgrade' }, 400],
  ])('%s is not let through', async (_, to, headers, status) => {
    const relay = await start();
    const got = await new Promise((resolve, reject) =>
      httpRequest(new URL(to, relay.url), { path: to, headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end(),
    );
    expect([got, upstream.received]).toEqual([status, []]);
  });

  test('a file that is none of ours, or nowhere, is said before anything is passed on', async () => {
    writeFileSync(path, 'my notes\n');
    await expect(start()).rejects.toThrow('is not a recording');
    await expect(start({ record: { path: join(folder, 'none', 'x.jsonl') } })).rejects.toThrow(
      'its folder does not exist',
    );
    await expect(start({ record: { path: folder } })).rejects.toThrow('it is a folder');
    await expect(start({ upstream: 'ftp://x' })).rejects.toThrow('must start with http');
  });
});

test('settings: what is given, then the environment, then the file', () => {
  const around = (env: Record<string, string>, file?: object) => ({
    env,
    cwd: '/app',
    readText: (name: string) =>
      file !== undefined && name === '/app/migrate-llm.config.json' ? JSON.stringify(file) : undefined,
  });
  expect(findRecordConfig({}, around({}))).toEqual({ path: 'traffic.jsonl' });
  const held = { record: { path: 'f.jsonl', maxFiles: 3, redact: { keep: ['email'], patterns: { a: 'A+' } } } };
  expect(findRecordConfig({ patterns: { b: 'B+' } }, around({ MIGRATE_LLM_RECORD: 'e.jsonl' }, held))).toEqual({
    path: 'e.jsonl',
    maxFiles: 3,
    redact: { keep: ['email'], patterns: { a: 'A+', b: 'B+' } },
  });
  expect(findRecordConfig({ path: 'g.jsonl' }, around({ MIGRATE_LLM_RECORD: 'e.jsonl' })).path).toBe('g.jsonl');
  expect(() => findRecordConfig({ patterns: { b: '(' } }, around({}))).toThrow(
    'record.redact.patterns.b is not a regular',
  );
});

test('secrets are the values of variables with a credential’s name', () =>
  expect(
    listSecrets({
      OPENAI_API_KEY: 'sk-12345678',
      MY_DB_PASSWORD: 'hunter2hunter2',
      HOME: '/home/me/long',
      A_TOKEN: 'short',
      OPENAI_ORG_ID: 'org-123456',
    }),
  ).toEqual(['sk-12345678', 'hunter2hunter2', 'org-123456']));
