import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { BadRequestError } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { createFetch } from '../fetch.ts';
import { Refusal } from '../refusal.ts';
import { createReport } from '../report.ts';
import { completion, startUpstream } from '../upstream.test-server.ts';
import { findImageHost, type ImageHost } from './image-host.ts';
import { inlineImages } from './inline.ts';
import type { ImageSettings } from './settings.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const asData = `data:image/png;base64,${png.toString('base64')}`;
const ask = (...urls: string[]) => ({
  messages: [
    { role: 'user' as const, content: urls.map((url) => ({ type: 'image_url' as const, image_url: { url } })) },
    { role: 'assistant' as const, content: 'a picture' },
  ],
});
const answer = { status: 200, location: undefined, bytes: new Uint8Array(png) };
const give =
  (more: Partial<Omit<typeof answer, 'location'>> & { location?: string } = {}): ImageHost =>
  async () => ({ ...answer, ...more });

async function inline(
  urls: readonly string[],
  images: ImageSettings | undefined,
  host?: ImageHost,
  dialect: 'ollama' | 'vllm' = 'ollama',
  signal?: AbortSignal,
) {
  const report = createReport('silent', undefined);
  const call = { dialect: dialects[dialect], images, signal, report };
  const out = (await inlineImages(ask(...urls), call, host)) as ReturnType<typeof ask>;
  const [first, second] = out.messages;
  expect(second).toEqual({ role: 'assistant', content: 'a picture' });
  return {
    urls: (first as { content: Array<{ image_url: { url: string } }> }).content.map(({ image_url: { url } }) => url),
    codes: report.notes.map(({ code }) => code),
  };
}

/** Says why an address is refused. */
async function refusal(url: string, images: ImageSettings = {}, host?: ImageHost): Promise<string> {
  const failed: unknown = await inline([url], images, host).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Refusal);
  expect(failed).toMatchObject({ status: 400, error: { param: 'messages', code: 'invalid_image_url' } });
  return (failed as Refusal).message;
}

describe('an image at an address', () => {
  test('is sent as data where the endpoint takes no addresses and the settings allow it, fetched once', async () => {
    const asked: string[] = [];
    const host: ImageHost = async (url) => {
      asked.push(url.href);
      return answer;
    };
    const there = 'https://example.com/a.png';
    expect(await inline([there, there, asData], {}, host)).toEqual({
      urls: [asData, asData, asData],
      codes: ['image-inlined'],
    });
    expect(asked).toEqual([there]);
  });

  test.each<[string, string, ImageSettings | undefined, 'ollama' | 'vllm']>([
    ['without the setting', 'https://example.com/a.png', undefined, 'ollama'],
    ['where the endpoint fetches itself', 'https://example.com/a.png', {}, 'vllm'],
    ['that is data already', asData, {}, 'ollama'],
  ])('%s is not fetched', async (_, url, images, dialect) => {
    const never: ImageHost = () => Promise.reject(new Error('it was fetched'));
    expect(await inline([url], images, never, dialect)).toEqual({ urls: [url], codes: [] });
  });

  test.each<[string, string, ImageSettings, ImageHost, RegExp]>([
    ['of another scheme', 'file:///etc/passwd', {}, give(), /file: is not fetched/],
    ['that is none', 'nothing', {}, give(), /not a URL/],
    ['with a password', 'https://a:b@example.com/', {}, give(), /user name or password/],
    ['of a host that is not listed', 'https://x.com/', { hosts: ['y.com', '*.x.com'] }, give(), /x\.com is not among/],
    ['that is no image', 'https://x.com/', {}, give({ bytes: Buffer.from('<html>') }), /no PNG, JPEG, GIF or WebP/],
    ['of a kind models do not read', 'https://x.com/', {}, give({ bytes: Buffer.from('<svg>') }), /no PNG/],
    ['that is empty', 'https://x.com/', {}, give({ bytes: Buffer.from('') }), /no PNG/],
    ['that is gone', 'https://x.com/', {}, give({ status: 404 }), /answered 404/],
    ['that leads to another scheme', 'https://x.com/', {}, give({ location: 'ftp://x.com/' }), /ftp: is not fetched/],
    ['that leads nowhere', 'https://x.com/', {}, give({ location: 'http://[' }), /not a URL/],
    ['that leads in a circle', 'https://x.com/', {}, give({ location: '/again' }), /more than 3 times/],
    ['that leaves its host', 'https://x.com/', { hosts: ['x.com'] }, give({ location: '//evil.test' }), /evil\.test/],
  ])('%s is refused', async (_, url, images, host, why) => expect(await refusal(url, images, host)).toMatch(why));

  test('may come from a name below a listed one', async () =>
    expect((await inline(['https://a.X.com/'], { hosts: ['*.x.com'] }, give())).urls).toEqual([asData]));

  test('is named without what may be a signature', async () =>
    expect(await refusal('https://u:p4ss@x.com/a?sig=s3cret#f')).not.toMatch(/s3cret|p4ss/));

  test('is one of twenty at most', async () => {
    const urls = Array.from({ length: 21 }, (_, index) => `https://x.com/${index}`);
    await expect(inline(urls, {}, give())).rejects.toThrow(/21 images at addresses; at most 20/);
    expect((await inline(urls.slice(1), {}, give())).urls).toHaveLength(20);
  });

  test.each([
    ['JPEG', 'ffd8ffe000104a464946', 'jpeg'],
    ['GIF', '474946383961', 'gif'],
    ['WebP', '524946460000000057454250', 'webp'],
  ])('may be a %s', async (_, hex, type) => {
    const bytes = Buffer.from(hex, 'hex');
    expect((await inline(['https://x.com/'], {}, give({ bytes }))).urls).toEqual([
      `data:image/${type};base64,${bytes.toString('base64')}`,
    ]);
  });
});

describe('on a real connection', () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      if (url === '/slow') return;
      if (url === '/meta') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
      else if (url === '/cut') response.writeHead(200, { 'content-length': '99' }).write(png, () => response.destroy());
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(png);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  afterEach(() => vi.restoreAllMocks());
  const at = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;
  const trusted = () => ({ privateHosts: [`127.0.0.1:${port}`, `localhost:${port}`] });

  test.each(['127.0.0.1', 'localhost'])('a private host that is named may be asked: %s', async (host) =>
    expect((await inline([at('/a.png', host)], { ...trusted(), hosts: [] })).urls).toEqual([asData]),
  );
  test.each<[string, RegExp]>([
    ['127.0.0.1', /127\.0\.0\.1 is not a public address/],
    ['localhost', /localhost leads to .*, which is not public/],
    ['2130706433', /127\.0\.0\.1 is not a public address/],
    ['0x7f.1', /127\.0\.0\.1 is not a public address/],
    ['[::1]', /::1 is not a public address/],
    ['[::ffff:127.0.0.1]', /is not a public address/],
  ])('loopback is refused: %s', async (host, why) => expect(await refusal(at('/a.png', host))).toMatch(why));
  test('a name is looked up once, by the connection itself, and every address it has counts', async () => {
    const dns = process.getBuiltinModule('node:dns');
    const asked: string[] = [];
    const lookup = (name: string, _: unknown, done: (error: null, found: unknown) => void) => {
      asked.push(name);
      done(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    };
    const real = process.getBuiltinModule.bind(process) as (name: string) => unknown;
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      name === 'node:dns' ? { ...dns, lookup } : real(name)) as typeof process.getBuiltinModule);
    expect(await refusal(at('/a.png', 'rebind.test'), {}, findImageHost())).toMatch(
      /rebind\.test leads to 127\.0\.0\.1/,
    );
    expect(asked).toEqual(['rebind.test']);
  });
  test('a redirect from a named private host to a cloud’s metadata is refused', async () =>
    expect(await refusal(at('/meta'), trusted())).toMatch(/169\.254\.169\.254 is not a public address/));
  test('an image over the limit is refused', async () =>
    expect(await refusal(at('/a.png'), { ...trusted(), maxBytes: 4 })).toMatch(/more than 4 bytes/));
  test('a host that does not answer is given up', async () =>
    expect(await refusal(at('/slow'), { ...trusted(), timeoutMs: 200 })).toMatch(/within 200 ms/));
  test('an answer that breaks off is refused', async () =>
    expect(await refusal(at('/cut'), trusted())).toMatch(/aborted|hang up|ECONNRESET/));
  test('a client that leaves ends it with its own reason', async () => {
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(new DOMException('gone', 'AbortError')), 50);
    await expect(inline([at('/slow')], trusted(), undefined, 'ollama', leaving.signal)).rejects.toMatchObject({
      name: 'AbortError',
      message: 'gone',
    });
  });

  test('through the SDK: refused without the setting, else sent as data', async () => {
    const upstream = await startUpstream({ body: completion({ content: 'a pixel' }) });
    const open = (images?: ImageSettings) =>
      new OpenAI({
        apiKey: 'x',
        fetch: createFetch({
          target: { dialect: 'ollama', baseURL: upstream.baseURL },
          policy: 'silent',
          ...(images === undefined ? {} : { images }),
        }),
      });
    const request = { model: 'gpt-4o', ...ask(at('/a.png')) };
    const failed: unknown = await open()
      .chat.completions.create(request)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BadRequestError);
    expect(failed).toMatchObject({
      param: 'messages',
      message: expect.stringContaining('set "images" in the settings'),
    });
    await expect(open({}).chat.completions.create(request)).rejects.toMatchObject({ code: 'invalid_image_url' });
    expect(upstream.received).toEqual([]);
    await open(trusted()).chat.completions.create(request);
    expect(JSON.stringify(upstream.received[0]?.body['messages'])).toContain(asData);
    await open(trusted()).responses.create({
      model: 'gpt-4o',
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: at('/a.png'), detail: 'auto' }] }],
    });
    expect(JSON.stringify(upstream.received[1]?.body['messages'])).toContain(asData);
    await upstream.close();
  });
});
