import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedEngineError } from './engine.ts';
import { explainLibraryFailure } from './engine-process.ts';
import { resolvePackage } from './llama-node.ts';
import { startEmbedded } from './server.ts';
import { createTinyModel } from './tiny-model.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'embedded-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function failure(options: Parameters<typeof startEmbedded>[0]): Promise<EmbeddedEngineError> {
  const error: unknown = await startEmbedded(options).then(
    (server) => server.close().then(() => undefined),
    (reason: unknown) => reason,
  );
  if (!(error instanceof EmbeddedEngineError)) throw new Error(`expected an EmbeddedEngineError, got ${String(error)}`);
  expect(error.message.split('\n')).toHaveLength(1);
  return error;
}

/** Process ids of the engines that a process has started. */
const enginesOf = (pid: number | undefined) =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => Number(match?.[2]) === pid && match?.[3]?.includes('runEngineChild'))
    .map((match) => Number(match?.[1]));

const exists = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(condition()).toBe(true);
}

describe('a model that cannot be used is refused with what to do', () => {
  test.each([
    ['missing', null, /cannot be read \(ENOENT\).*GGUF file/],
    ['empty', Buffer.alloc(0), /empty/],
    ['text', Buffer.from('hello, I am no model'), /does not begin with/],
  ])('%s', async (_, bytes, message) => {
    const model = join(await folder(), 'model.gguf');
    if (bytes) await writeFile(model, bytes);
    const error = await failure({ model });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(model);
  });

  test('a folder', async () =>
    expect((await failure({ model: await folder() })).message).toMatch(/cannot be read \(EISDIR\)/));

  test.each([0.02, 0.5, 0.999])('truncated to a part of %d', async (part) => {
    const model = join(await folder(), 'model.gguf');
    const bytes = createTinyModel();
    await writeFile(model, bytes.subarray(0, Math.floor(bytes.length * part)));
    expect((await failure({ model })).message).toMatch(/cannot be loaded.*complete/);
  });

  test('several GB: it names the engines for it and how to point there', async () => {
    const model = join(await folder(), 'big.gguf');
    await writeFile(model, createTinyModel());
    await truncate(model, 3 * 1024 ** 3);
    const { message } = await failure({ model });
    for (const word of ['3.0 GB', 'llama-server', 'Ollama', 'vLLM', 'MIGRATE_LLM_BASE_URL'])
      expect(message).toContain(word);
  });
});

describe('what is missing on the machine', () => {
  test('the package', async () => {
    const place = pathToFileURL(join(await folder(), 'package.json')).href;
    expect(() => resolvePackage([place])).toThrow(EmbeddedEngineError);
    expect(() => resolvePackage([place])).toThrow(/npm install --save-dev @fugood\/llama\.node/);
  });

  test.each([
    ['libgomp.so.1: cannot open shared object file: No such file or directory', /libgomp1/],
    ["/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found", /glibc 2\.34.*Alpine/],
    ['Error loading shared library ld-linux-x86-64.so.2', /glibc/],
    ["Cannot find module '@fugood/node-llama-linux-x64'\nRequire stack:", /native part.*npm install/],
    ['invalid ELF header', /invalid ELF header/],
  ])('%s', (said, message) => {
    const error = explainLibraryFailure(said);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  test('a free port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    expect((await failure({ port })).message).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(enginesOf(process.pid)).toEqual([]);
    await new Promise((resolve) => taken.close(resolve));
  });

  test('the address', async () =>
    expect((await failure({ host: '192.0.2.1' })).message).toMatch(/no address of this machine/));
});

describe('the life of the endpoint', () => {
  test('closing ends open streams and the engine, twice is once', async () => {
    const server = await startEmbedded({ slots: 1, contextSize: 32_768 });
    expect(enginesOf(process.pid)).toHaveLength(1);
    const body = JSON.stringify({ prompt: 'Once', stream: true });
    const response = await fetch(`${server.url}/completions`, { method: 'POST', body });
    await response.body?.getReader().read();
    const begun = Date.now();
    await Promise.all([server.close(), server.close()]);
    expect(Date.now() - begun).toBeLessThan(3000);
    expect(enginesOf(process.pid)).toEqual([]);
    await expect(fetch(`${server.origin}/health`)).rejects.toThrow();
  });

  test('an abort signal stops the start, and later the endpoint', async () => {
    await expect(startEmbedded({ signal: AbortSignal.abort() })).rejects.toThrow();
    const control = new AbortController();
    const starting = startEmbedded({ signal: control.signal });
    setTimeout(() => control.abort(), 10);
    await expect(starting).rejects.toThrow();
    await waitUntil(() => enginesOf(process.pid).length === 0);
    const later = new AbortController();
    const server = await startEmbedded({ signal: later.signal });
    later.abort();
    await server.close();
    expect(enginesOf(process.pid)).toEqual([]);
  });

  test('an engine that crashes fails its requests and comes back for the next', async () => {
    const server = await startEmbedded({ slots: 1, contextSize: 32_768 });
    const ask = (body: object) => fetch(`${server.url}/completions`, { method: 'POST', body: JSON.stringify(body) });
    const cut = ask({ prompt: 'Once' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [pid] = enginesOf(process.pid);
    process.kill(pid ?? 0, 'SIGKILL');
    const response = await cut;
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      error: { code: 500, type: 'server_error', message: expect.stringContaining('SIGKILL') as string },
    });
    const answers = await Promise.all([ask({ prompt: 'Once', max_tokens: 2 }), ask({ prompt: 'Once', max_tokens: 2 })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(enginesOf(process.pid)).toHaveLength(1);
    await server.close();
  });

  test('a given model is named after its file, and is told apart from the built-in one in what is noticed', async () => {
    const model = join(await folder(), 'my-model.gguf');
    await writeFile(model, createTinyModel());
    const notices: string[] = [];
    const server = await startEmbedded({ model, onNotice: (line) => notices.push(line) });
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], logprobs: true });
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ model: 'my-model' });
    expect(notices).toEqual([expect.stringContaining('temperature 1')]);
    await server.close();
  });

  test('a grammar that the native code dies of does no lasting harm', async () => {
    const server = await startEmbedded();
    const ask = (grammar: string) =>
      fetch(`${server.url}/completions`, {
        method: 'POST',
        body: JSON.stringify({ prompt: 'a', max_tokens: 3, grammar }),
      });
    const bad = await ask('root ::= (');
    expect(bad.status).toBe(500);
    expect(await bad.text()).toContain('failed to parse grammar');
    expect(await (await ask('root ::= "yes"')).json()).toMatchObject({ choices: [{ text: 'yes' }] });
    await server.close();
  });

  test('a killed parent takes its engine along, and stdout stays its own', async () => {
    const script = `import(${JSON.stringify(new URL('./server.ts', import.meta.url).href)}).then(async ({ startEmbedded }) => {
      const server = await startEmbedded();
      await (await fetch(server.url + '/chat/completions', { method: 'POST', body: '{"messages":[{"role":"user","content":"Hi"}]}' })).text();
      console.log('ready');
    })`;
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const parent = spawn(process.execPath, ['--import', loader, '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    let complained = '';
    parent.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    parent.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    await waitUntil(() => printed.includes('ready') || complained !== '');
    expect([printed, complained]).toEqual(['ready\n', '']);
    const [engine = 0] = enginesOf(parent.pid);
    expect(engine).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    await waitUntil(() => !exists(engine));
  });
});
