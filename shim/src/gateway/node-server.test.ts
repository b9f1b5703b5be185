import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { chunk, completion, sse, startUpstream, type Upstream } from '../upstream.test-server.ts';
import type { GatewayCall } from './call-record.ts';
import { type RunningGateway, type ServerOptions, startGateway } from './node-server.ts';

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] };
let upstream: Upstream;
let calls: GatewayCall[];

beforeEach(async () => {
  upstream = await startUpstream({ body: completion({ content: 'Hi' }) });
  calls = [];
});
afterEach(() => upstream.close());

async function start(options: ServerOptions = {}): Promise<RunningGateway> {
  const target = { dialect: 'llama.cpp', baseURL: upstream.baseURL, apiKey: 'target-key' } as const;
  const gateway = await startGateway({ target, quiet: true, onCall: (call) => calls.push(call), ...options });
  onTestFinished(() => gateway.close(0));
  return gateway;
}

function ask({ url, key }: RunningGateway, body: unknown = chat, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...init,
  });
}

/** Sends bytes on a bare connection, and gives what comes back until the gateway closes it. */
async function speak({ url }: RunningGateway, ...texts: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const closed = once(socket, 'close');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined);
  for (const text of texts) {
    socket.write(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.setTimeout(5_000, () => socket.destroy(new Error('the gateway keeps the connection open')));
  await closed;
  return answer;
}

describe('clients', () => {
  test.each(['openai4', 'openai5', 'openai6', 'openai'])('%s, unedited, in a process of its own', async (sdk) => {
    const gateway = await start();
    upstream.reply = ({ path, body }) => {
      if (path === '/v1/models')
        return { body: { object: 'list', data: [{ id: 'm', object: 'model', created: 1, owned_by: 'llamacpp' }] } };
      if (path === '/v1/embeddings') return { body: { data: [{ index: 0, embedding: [0.5, 1] }], model: 'm' } };
      if (body['model'] === 'gone') return { status: 404, body: { error: { message: 'model not found', code: 404 } } };
      const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
      if (Array.isArray(body['tools']))
        return { body: completion({ content: null, tool_calls: [call] }, 'tool_calls') };
      if (body['stream'] === true)
        return { body: sse([chunk({ content: 'Hel' }), chunk({ content: 'lo' }), chunk({}, 'stop')], false) };
      return { body: completion({ content: '{"city":"Rome"}' }) };
    };
    const script = `
      import OpenAI from '${sdk}';
      const client = new OpenAI({ maxRetries: 0 });
      const hi = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] };
      const seen = {};
      seen.text = (await client.chat.completions.create(hi)).choices[0].message.content;
      seen.stream = '';
      for await (const part of await client.chat.completions.create({ ...hi, stream: true })) seen.stream += part.choices[0]?.delta?.content ?? '';
      const helpers = client.beta?.chat?.completions ?? client.chat.completions;
      seen.helper = await helpers.stream({ ...hi, stream: true }).finalContent();
      const schema = { name: 'place', strict: true, schema: { type: 'object', properties: { city: { type: 'string' } } } };
      const parsed = await helpers.parse({ ...hi, response_format: { type: 'json_schema', json_schema: schema } });
      seen.parsed = parsed.choices[0].message.parsed;
      const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
      seen.tool = (await client.chat.completions.create({ ...hi, tools })).choices[0].message.tool_calls[0].function.arguments;
      seen.vector = (await client.embeddings.create({ model: 'e', input: 'x' })).data[0].embedding;
      seen.models = (await client.models.list()).data.map((model) => model.id);
      const error = await client.chat.completions.create({ ...hi, model: 'gone' }).catch((caught) => caught);
      seen.error = [error.constructor.name, error.status, error.code];
      const refused = await client.chat.completions.create({ ...hi, modalities: ['audio'] }).catch((caught) => caught);
      seen.refused = [refused.constructor.name, refused.param];
      const locked = await client.withOptions?.({ apiKey: 'sk-wrong' }).models.list().catch((caught) => caught);
      seen.locked = locked?.constructor.name;
      console.log(JSON.stringify(seen));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      env: { PATH: process.env['PATH'], OPENAI_BASE_URL: gateway.url, OPENAI_API_KEY: gateway.key },
    });
    expect(JSON.parse(stdout)).toEqual({
      text: '{"city":"Rome"}',
      stream: 'Hello',
      helper: 'Hello',
      parsed: { city: 'Rome' },
      tool: '{"a":1}',
      vector: [0.5, 1],
      models: ['m'],
      error: ['NotFoundError', 404, 'model_not_found'],
      refused: ['BadRequestError', 'modalities'],
      ...(sdk === 'openai4' ? {} : { locked: 'AuthenticationError' }),
    });
    const keys = new Set(upstream.received.map(({ headers }) => headers.authorization));
    expect(keys).toEqual(new Set(['Bearer target-key']));
    expect(JSON.stringify(upstream.received)).not.toMatch(/x-stainless|sk-gateway/);
  });

  test('curl, as its manual says', async () => {
    const gateway = await start();
    const { stdout } = await promisify(execFile)('curl', [
      '-sS',
      '-i',
      `${gateway.url}/chat/completions`,
      '-H',
      `Authorization: Bearer ${gateway.key}`,
      '-d',
      JSON.stringify(chat),
    ]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stdout).toMatch(/content-length: \d+/i);
    expect(JSON.parse(stdout.slice(stdout.indexOf('\r\n\r\n')))).toMatchObject({
      choices: [{ message: { content: 'Hi' } }],
    });
  });
});

describe('hostile callers', () => {
  test('a wrong key, and no key, reach nobody; each run has its own', async () => {
    const [gateway, other] = [await start(), await start()];
    expect(gateway.key).not.toBe(other.key);
    for (const key of [other.key, undefined, ''])
      expect((await ask({ ...gateway, key } as RunningGateway)).status).toBe(401);
    expect(upstream.received).toEqual([]);
  });

  const valid = ['127.0.0.1', 'localhost', 'LOCALHOST:80', '[::1]:1234', '127.0.0.1:99'];
  const foreign = [
    'evil.test',
    'evil.test:80',
    '127.0.0.1.evil.test',
    'localhost.evil.test',
    '',
    '10.0.0.1',
    'localhost@evil.test',
  ];
  test.each([...valid.map((host) => [host, 200] as const), ...foreign.map((host) => [host, 403] as const)])(
    'host %j is answered %i: another name is a page that was re-pointed here',
    async (host, status) => {
      const gateway = await start();
      const answer = await speak(gateway, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toContain(`HTTP/1.1 ${status}`);
    },
  );

  test.each([
    ['an absolute URL', 'GET http://evil.test/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    [
      'a path with two slashes',
      'GET //evil.test/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
    ],
    [
      'two lengths',
      'POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
      400,
    ],
    [
      'a length and chunks',
      'POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'an obscured chunk coding',
      'POST /v1/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['bare line feeds in headers', 'GET /health HTTP/1.1\nHost: localhost\n\n', 400],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n', 400],
    ['headers without end', `GET /health HTTP/1.1\r\nHost: localhost\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`, 431],
  ])('%s', async (_name, text, status) => {
    const gateway = await start();
    const answer = await speak(gateway, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status !== 400 || !answer.includes('content-length: 0'))
      expect(answer.toLowerCase()).toContain('connection: close');
    expect(upstream.received).toEqual([]);
    expect((await fetch(`${new URL(gateway.url).origin}/health`)).status).toBe(200);
  });

  test('CONNECT opens no tunnel', async () => {
    const gateway = await start();
    expect(await speak(gateway, 'CONNECT evil.test:443 HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain('200');
  });

  test('a request cut into single bytes is one request; two in one packet are two', async () => {
    const gateway = await start();
    const text = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${gateway.key}\r\nContent-Type: application/json\r\nContent-Length: ${JSON.stringify(chat).length}\r\n`;
    const cut = await speak(gateway, ...`${text}Connection: close\r\n\r\n${JSON.stringify(chat)}`);
    expect(cut.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    const both = await speak(
      gateway,
      `${text}\r\n${JSON.stringify(chat)}${text}Connection: close\r\n\r\n${JSON.stringify(chat)}`,
    );
    expect(both.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(upstream.received).toHaveLength(3);
  });

  test('a body that never ends its coming is given up', async () => {
    const gateway = await start({ requestTimeoutMs: 200 });
    const answer = await speak(
      gateway,
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${gateway.key}\r\nContent-Length: 100\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*request_timeout/);
    expect(upstream.received).toEqual([]);
  });

  test('a giant body is refused by its declared length, and by its bytes', async () => {
    const gateway = await start({ maxBodyBytes: 1_000 });
    expect((await ask(gateway, { ...chat, x: 'y'.repeat(2_000) })).status).toBe(413);
    const headers = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${gateway.key}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await speak(gateway, headers, ...Array.from({ length: 20 }, () => `64\r\n${'z'.repeat(100)}\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*request_too_large/);
    expect(upstream.received).toEqual([]);
  });

  test('under "any key" a page in a browser still may not call', async () => {
    const gateway = await start({ anyKey: true });
    expect(gateway.key).toBeUndefined();
    expect((await ask({ ...gateway, key: 'whatever' })).status).toBe(200);
    expect((await ask(gateway, chat, { headers: { origin: 'http://page.test' } })).status).toBe(403);
    expect(JSON.stringify(upstream.received)).not.toContain('whatever');
  });
});

describe('streams', () => {
  /** An endpoint that streams as long as it is read. */
  async function startEndless() {
    const state = { written: 0, closed: false, response: undefined as ServerResponse | undefined };
    const piece = `data: ${JSON.stringify(chunk({ content: 'x'.repeat(8_000) }))}\n\n`;
    const server: Server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.on('close', () => (state.closed = true));
      const write = (): void => {
        while (!state.closed && response.write(piece)) state.written += piece.length;
        if (!state.closed) response.once('drain', write);
      };
      write();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    const { port } = server.address() as AddressInfo;
    return { state, target: { dialect: 'llama.cpp' as const, baseURL: `http://127.0.0.1:${port}/v1` } };
  }

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test('a caller that stops reading stops the endpoint; one that leaves frees it', async () => {
    const { state, target } = await startEndless();
    const gateway = await start({ target });
    const request = httpRequest(`${gateway.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    });
    request.on('error', () => undefined).end(JSON.stringify({ ...chat, stream: true }));
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    response.pause();
    // It stands still once the buffers between the three are full.
    let [last, rounds] = [-1, 0];
    await until(() => {
      rounds = state.written === last ? rounds + 1 : 0;
      last = state.written;
      return last > 0 && rounds > 30;
    });
    // What lies in the sockets' buffers between the three; without a stop it would be without bound.
    expect(state.written).toBeLessThan(64 * 1024 * 1024);
    expect(state.closed).toBe(false);
    request.destroy();
    await until(() => state.closed);
    await until(() => calls.length > 0);
    expect(calls).toMatchObject([{ outcome: 'left' }]);
  });

  test('a caller that leaves before the first byte frees the endpoint too', async () => {
    let closed = false;
    const server = createServer((request, response) => void response.on('close', () => (closed = true)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const gateway = await start({ target: { dialect: 'llama.cpp', baseURL } });
    const leave = new AbortController();
    const asked = ask(gateway, chat, { signal: leave.signal });
    await once(server, 'request');
    leave.abort();
    await expect(asked).rejects.toThrow();
    await until(() => closed);
    await until(() => calls.length > 0);
    expect(calls).toMatchObject([{ outcome: 'left', status: 499 }]);
  });

  test('the first event is not held back until the second', async () => {
    let finish = (): void => undefined;
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chunk({ content: 'first' }))}\n\n`);
      finish = () => response.end(sse([chunk({}, 'stop')]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    const gateway = await start({
      target: { dialect: 'llama.cpp', baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` },
    });
    const reader = ((await ask(gateway, { ...chat, stream: true })).body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('first');
    finish();
    let rest = '';
    for (let read = await reader.read(); !read.done; read = await reader.read())
      rest += new TextDecoder().decode(read.value);
    expect(rest).toMatch(/\[DONE\]\n\n$/);
  });
});

describe('start and stop', () => {
  test('closing lets a running answer end, and takes no new one', async () => {
    let release = (): void => undefined;
    const server = createServer((request, response) => {
      request.resume();
      release = () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(completion({ content: 'late' })));
      };
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const gateway = await start({ target: { dialect: 'llama.cpp', baseURL } });
    const asked = ask(gateway);
    await once(server, 'request');
    const closed = gateway.close(10_000);
    await expect(ask(gateway)).rejects.toThrow();
    release();
    expect(await (await asked).json()).toMatchObject({ choices: [{ message: { content: 'late' } }] });
    await closed;
  });

  test('closing breaks off what does not end in its grace', async () => {
    const server = createServer((request) => void request.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const gateway = await start({ target: { dialect: 'llama.cpp', baseURL } });
    const asked = ask(gateway);
    await once(server, 'request');
    await Promise.all([gateway.close(20), expect(asked).rejects.toThrow()]);
  });

  test.each([
    [{ host: '0.0.0.0' }, /opens the gateway/],
    [{ host: '0.0.0.0', key: 'a-long-enough-key-0000' }, /opens the gateway/],
    [{ host: '0.0.0.0', exposed: true }, /needs a key of its own/],
    [{ host: '0.0.0.0', exposed: true, key: 'short' }, /at least 16 characters/],
    [{ host: '0.0.0.0', exposed: true, anyKey: true }, /needs a key of its own/],
    [{ key: 'has a space in it' }, /printable ASCII/],
    [{ key: 'k', anyKey: true }, /exclude each other/],
  ])('%j is refused before anything listens', async (options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });

  test('other machines are let in when it is said, and by their own name for this one', async () => {
    const gateway = await start({ host: '0.0.0.0', exposed: true, key: 'a-long-enough-key-0000' });
    const port = new URL(gateway.url).port;
    const answer = await speak(
      { ...gateway, url: `http://127.0.0.1:${port}` },
      'GET /health HTTP/1.1\r\nHost: box.lan\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('HTTP/1.1 200');
  });

  test('a port in use is the system’s error', async () => {
    const gateway = await start();
    await expect(start({ port: Number(new URL(gateway.url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
