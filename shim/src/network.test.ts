import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createProxy, type Server } from 'node:http';
import { Agent as HttpsAgent, createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { Agent, ProxyAgent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { majors } from './majors.test-sdks.ts';
import { chunk, completion, sse } from './upstream.test-server.ts';

// A private certificate authority, client certificates and a proxy, as companies have them. The certificates are made up and
// guard nothing; they hold for 127.0.0.1 until 2126.

const file = (name: string) => join(import.meta.dirname, 'network.fixtures', name);
const [ca, cert, key] = ['ca.pem', 'client.pem', 'client.key.pem'].map((name) => readFileSync(file(name)));
const identity = { ca: ca!, cert: cert!, key: key! };
const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hi' }] };

const listen = async (server: { listen: Server['listen']; address: Server['address'] }): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const callers: (string | undefined)[] = [];
const proxied: string[] = [];
const endpoint = (mutual: boolean) =>
  createServer(
    {
      cert: readFileSync(file('server.pem')),
      key: readFileSync(file('server.key.pem')),
      ...(mutual ? { ca: ca!, requestCert: true, rejectUnauthorized: true } : {}),
    },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      callers.push(subject?.CN as string | undefined);
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const isStream = text.includes('"stream":true');
        response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
        response.end(
          isStream
            ? sse([chunk({ role: 'assistant', content: 'streamed' }), chunk({}, 'stop')])
            : JSON.stringify(completion({ content: 'secure' })),
        );
      });
    },
  );
const plain = endpoint(false);
const mutual = endpoint(true);
const proxy = createProxy();
const sockets = new Set<Socket>();
let ports: { plain: number; mutual: number; proxy: number };

proxy.on('connect', (request: { url?: string }, socket: Socket) => {
  proxied.push(request.url ?? '');
  const [host = '', port = ''] = (request.url ?? '').split(':');
  const onward = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(onward).pipe(socket);
  });
  for (const end of [socket, onward]) {
    sockets.add(end);
    end.on('error', () => end.destroy());
  }
});
beforeAll(async () => {
  ports = { plain: await listen(plain), mutual: await listen(mutual), proxy: await listen(proxy) };
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of [plain, mutual, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  callers.length = 0;
  proxied.length = 0;
});

/** What https-proxy-agent does for node-fetch, which openai 4 uses. */
class TunnelAgent extends HttpsAgent {
  override createConnection(...[{ host, port }, done]: Parameters<HttpsAgent['createConnection']>) {
    const socket = connect(ports.proxy, '127.0.0.1', () => socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`));
    socket.once('data', () => done?.(null, connectTls({ socket, ...identity, servername: '' })));
    return undefined;
  }
}

describe.each(majors)('$name', ({ name, sdk, Shim }) => {
  const old = name === 'openai4';
  const make = (port: number, transport: object) =>
    new Shim({
      maxRetries: 0,
      ...transport,
      migrate: { target: { dialect: 'llama.cpp', baseURL: `https://127.0.0.1:${port}/v1` }, policy: 'silent' },
    });
  const callBoth = async (client: InstanceType<typeof Shim>) => {
    const whole = await client.chat.completions.create(ask);
    let streamed = '';
    for await (const part of await client.chat.completions.create({ ...ask, stream: true }))
      streamed += part.choices[0]?.delta.content ?? '';
    return [whole.choices[0]?.message.content, streamed];
  };

  test('a certificate of an unknown authority is a connection error', async () => {
    await expect(make(ports.plain, {}).chat.completions.create(ask)).rejects.toBeInstanceOf(sdk.APIConnectionError);
  });

  test('a private authority and a client certificate', async () => {
    const transport = old
      ? { httpAgent: new HttpsAgent(identity) }
      : { fetchOptions: { dispatcher: new Agent({ connect: identity }) } };
    expect(await callBoth(make(ports.mutual, transport))).toEqual(['secure', 'streamed']);
    expect(callers).toEqual(['migrate-llm test client', 'migrate-llm test client']);
  });

  test('without the client certificate there is no connection', async () => {
    const transport = old
      ? { httpAgent: new HttpsAgent({ ca: ca! }) }
      : { fetchOptions: { dispatcher: new Agent({ connect: { ca: ca! } }) } };
    await expect(make(ports.mutual, transport).chat.completions.create(ask)).rejects.toBeInstanceOf(
      sdk.APIConnectionError,
    );
  });

  test('a proxy', async () => {
    const transport = old
      ? { httpAgent: new TunnelAgent() }
      : {
          fetchOptions: {
            dispatcher: new ProxyAgent({ uri: `http://127.0.0.1:${ports.proxy}`, requestTls: identity }),
          },
        };
    expect(await callBoth(make(ports.mutual, transport))).toEqual(['secure', 'streamed']);
    expect(new Set(proxied)).toEqual(new Set([`127.0.0.1:${ports.mutual}`]));
    expect(callers).toHaveLength(2);
  });
});

test('NODE_EXTRA_CA_CERTS counts on every major', async () => {
  const script = `
    import { majors } from ${JSON.stringify(join(import.meta.dirname, 'majors.test-sdks.ts'))};
    for (const { name, Shim } of majors) {
      const client = new Shim({ maxRetries: 0, migrate: { target: { dialect: 'llama.cpp', baseURL: 'https://127.0.0.1:${ports.plain}/v1' }, policy: 'silent' } });
      const answer = await client.chat.completions.create(${JSON.stringify(ask)}).catch((error) => error);
      console.log(name, answer.choices?.[0].message.content ?? answer);
    }`;
  const args = [
    '--conditions=@migrate-llm/source',
    '--import',
    import.meta.resolve('tsx'),
    '--input-type=module',
    '-e',
    script,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: file('ca.pem') },
    cwd: import.meta.dirname,
  });
  expect(stdout.trim().split('\n')).toEqual(majors.map(({ name }) => `${name} secure`));
});
