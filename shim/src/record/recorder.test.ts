import { execFile, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { parseExchanges, readResponseText } from '../exchange.ts';
import type { Draft } from './frame.ts';
import { createRecorder, openRecorder, type Recorder } from './recorder.ts';
import { openSink, type Sink } from './sink.ts';
import type { RecordConfig } from './settings.ts';

let folder: string;
let path: string;
let said: { readonly mock: { readonly calls: ReadonlyArray<readonly unknown[]> } };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-llm-record-'));
  path = join(folder, 'traffic.jsonl');
  said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

let ids = 0;
const frame = (content = 'hi'): Draft => ({
  id: `id-${(ids += 1)}`,
  recordedAt: '2026-11-25T00:00:00.000Z',
  provenance: 'recorded',
  target: 'openai',
  model: 'gpt-4o',
  callSite: null,
  sdk: 'openai@7.57.0',
  request: { method: 'POST', path: '/chat/completions', headers: {} },
  text: JSON.stringify({ messages: [{ role: 'user', content }] }),
});
const answer = (text = '{"ok":true}') => new Response(text, { headers: { 'content-type': 'application/json' } });
const recordOne = async (recorder: Recorder, content?: string, response = answer()) => {
  recorder.record(response, systemClock.now(), () => frame(content));
  await response.text();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await recorder.settle();
};
const read = (file = path) => parseExchanges(readFileSync(file, 'utf8'), file);
const warnings = () => said.mock.calls.map(([text]) => String(text));
const recorderOf = (config: Partial<RecordConfig> = {}) => openRecorder({ path, ...config }, [], systemClock);

describe('the file', () => {
  test('holds an exchange a line, for its owner only', async () => {
    const recorder = recorderOf();
    await recordOne(recorder, 'one');
    await recordOne(recorder, 'two');
    expect(read().map(({ request }) => request.body)).toEqual([
      { messages: [{ role: 'user', content: 'one' }] },
      { messages: [{ role: 'user', content: 'two' }] },
    ]);
    for (const file of [path, `${path}.key`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('counts beside it say what was taken out', async () => {
    await recordOne(recorderOf(), 'mail jane@example.com and joe@example.com');
    const counts = JSON.parse(readFileSync(`${path}.counts.jsonl`, 'utf8')) as object;
    expect(counts).toMatchObject({ recorded: 1, lost: {}, scrubbed: { email: 2 } });
    expect(readFileSync(path, 'utf8')).not.toContain('jane@');
  });

  test('has the same pseudonyms when a later process goes on with it; its key lies beside it', async () => {
    for (const config of [{ path }, { path, maxFiles: 9 }])
      await recordOne(openRecorder(config, [], systemClock), 'jane@example.com');
    const [first, second] = read();
    expect(first?.request.body).toEqual(second?.request.body);
    expect(readFileSync(path, 'utf8')).not.toContain(readFileSync(`${path}.key`, 'utf8'));
  });

  test('is set aside when it is full; the oldest go', async () => {
    const recorder = recorderOf({ maxBytes: 500, maxFiles: 3 });
    for (let index = 0; index < 8; index += 1) await recordOne(recorder, `number ${index}`);
    const files = readdirSync(folder).filter((name) => /^traffic\..*\.jsonl$/.test(name) && !name.includes('counts'));
    expect(files).toHaveLength(2);
    expect(
      [...files.sort().map((name) => join(folder, name)), path]
        .flatMap((file) => read(file))
        .map(({ request }) => JSON.stringify(request.body)),
    ).toEqual([
      expect.stringContaining('number 5'),
      expect.stringContaining('number 6'),
      expect.stringContaining('number 7'),
    ]);
  });

  test('loses the piece of a line that a crash left', async () => {
    await recordOne(recorderOf());
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"v":1,"id":"torn`);
    await recordOne(recorderOf({ maxFiles: 7 }), 'after');
    expect(read()).toHaveLength(2);
  });

  test('is left alone when it is none of ours', async () => {
    writeFileSync(path, 'my notes\n');
    await recordOne(recorderOf());
    expect(readFileSync(path, 'utf8')).toBe('my notes\n');
    expect(warnings()).toEqual([expect.stringContaining('is not a recording')]);
  });
});

describe('trouble costs the app nothing, and is said once', () => {
  test('a folder that is missing, until it is there', async () => {
    const deep = join(folder, 'missing', 'traffic.jsonl');
    const recorder = openRecorder({ path: deep }, [], systemClock);
    for (let index = 0; index < 3; index += 1) await recordOne(recorder);
    expect(warnings()).toEqual([expect.stringMatching(/exchanges are lost: ENOENT/)]);
    mkdirSync(join(folder, 'missing'));
    await recordOne(recorder);
    expect(read(deep)).toHaveLength(1);
    const counts = JSON.parse(readFileSync(`${deep}.counts.jsonl`, 'utf8')) as object;
    expect(counts).toMatchObject({ recorded: 1, lost: { 'write-failed': 3 } });
  });

  test('a path that is a folder, or lies below a file', async () => {
    mkdirSync(path);
    await recordOne(recorderOf());
    writeFileSync(join(folder, 'file'), '');
    await recordOne(openRecorder({ path: join(folder, 'file', 'traffic.jsonl') }, [], systemClock));
    expect(warnings()).toEqual([expect.stringMatching(/EISDIR/), expect.stringMatching(/ENOTDIR/)]);
  });

  test('a full disk', async () => {
    const real = await openSink({ path }, []);
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const recorder = createRecorder({ path }, systemClock, async () => ({
      ...real,
      write: () => Promise.reject(full),
    }));
    for (let index = 0; index < 2; index += 1) await recordOne(recorder);
    expect(warnings()).toEqual([expect.stringMatching(/exchanges are lost: ENOSPC/)]);
  });

  test('a platform without files', async () => {
    const recorder = createRecorder({ path }, systemClock, () => Promise.reject(new Error('no such module: node:fs')));
    for (let index = 0; index < 2; index += 1) await recordOne(recorder);
    expect(warnings()).toEqual([expect.stringContaining('no such module: node:fs')]);
  });

  test('an exchange that is too large', async () => {
    const recorder = recorderOf({ maxExchangeBytes: 100 });
    await recordOne(recorder, 'large', answer('x'.repeat(101)));
    await recordOne(recorder, 'small', answer('x'.repeat(100)));
    expect(read()).toHaveLength(1);
    expect(warnings()).toEqual([expect.stringContaining('larger than record.maxExchangeBytes')]);
  });

  test('more than can be written: the rest is left out and counted', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const real = await openSink({ path }, []);
    const slow: Sink = { ...real, write: (exchange) => gate.then(() => real.write(exchange)) };
    const recorder = createRecorder({ path, maxQueueBytes: 300 }, systemClock, async () => slow);
    for (let index = 0; index < 5; index += 1) {
      const response = answer('x'.repeat(100));
      recorder.record(response, 0, () => frame());
      await response.text();
    }
    release();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await recorder.settle();
    expect(read()).toHaveLength(2);
    expect(warnings()).toEqual([expect.stringContaining('more come than can be written')]);
    expect(JSON.parse(readFileSync(`${path}.counts.jsonl`, 'utf8').split('\n')[0] as string)).toMatchObject({
      lost: { 'queue-full': 3 },
    });
  });
});

describe('an answer', () => {
  const stream = (parts: readonly string[], end?: 'error') =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          const part = parts[at++];
          if (part !== undefined) controller.enqueue(new TextEncoder().encode(part));
          else if (end === 'error') controller.error(new TypeError('terminated'));
          else controller.close();
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );
  let at = 0;
  beforeEach(() => void (at = 0));

  test('keeps its chunks and when they came', async () => {
    const recorder = recorderOf();
    await recordOne(recorder, 'hi', stream(['data: {"a":1}\n\n', 'data: {"b"', ':2}\n\n', 'data: [DONE]\n\n']));
    const [exchange] = read();
    expect(exchange?.response.chunks).toHaveLength(4);
    expect(readResponseText(exchange!.response)).toBe('data: {"a":1}\n\ndata: {"b":2}\n\ndata: [DONE]\n\n');
  });

  test('that breaks off is not recorded, and counted', async () => {
    const recorder = recorderOf();
    const response = stream(['data: {}\n\n'], 'error');
    recorder.record(response, 0, () => frame());
    await expect(response.text()).rejects.toThrow('terminated');
    await recordOne(recorder);
    expect(read()).toHaveLength(1);
    expect(JSON.parse(readFileSync(`${path}.counts.jsonl`, 'utf8'))).toMatchObject({
      recorded: 1,
      lost: { broken: 1 },
    });
  });

  test('that the app leaves is not recorded either, unless it was at its end', async () => {
    const recorder = recorderOf();
    for (const parts of [
      ['data: {}\n\n', 'data: {}\n\n'],
      ['data: {}\n\n', 'data: [DONE]\n\n'],
    ]) {
      at = 0;
      const response = stream(parts);
      recorder.record(response, 0, () => frame());
      const reader = response.body!.getReader();
      await reader.read();
      await reader.read();
      await reader.cancel();
    }
    await recordOne(recorder);
    expect(read()).toHaveLength(2);
    expect(JSON.parse(readFileSync(`${path}.counts.jsonl`, 'utf8'))).toMatchObject({ recorded: 2, lost: { left: 1 } });
  });

  test.each(['text', 'json', 'arrayBuffer', 'blob', 'bytes'] as const)('is the same by %s()', async (name) => {
    if (!(name in Response.prototype)) return;
    const [watched, bare] = [answer(), answer()];
    recorderOf().record(watched, 0, () => frame());
    const use = (response: Response) => (response as unknown as Record<string, () => Promise<unknown>>)[name]!();
    expect(await use(watched)).toEqual(await use(bare));
    expect(watched.bodyUsed).toBe(true);
    await expect(use(watched)).rejects.toThrow(TypeError);
  });
});

describe('a process that ends', () => {
  const script = (end: string) => `
    import { createFetch } from '@migrate-llm/shim/fetch';
    const fetch = createFetch({ target: 'openai', record: ${JSON.stringify(path)}, fetch: async () => Response.json({ ok: true }) });
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let index = 0; index < 20; index += 1) await (await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: JSON.stringify({ model: 'm', index }) })).json();
    ${end}`;
  const args = (end: string) => {
    const file = join(folder, 'run.mts');
    writeFileSync(file, script(end));
    return ['--conditions=@migrate-llm/source', '--import', import.meta.resolve('tsx'), file];
  };
  const cwd = join(import.meta.dirname, '../..');

  test.each(['', 'process.exit(0);', 'throw new Error("crash");'])(
    'by %j has written what it was given',
    async (end) => {
      mkdirSync(join(folder, 'node_modules', '@migrate-llm'), { recursive: true });
      symlinkSync(cwd, join(folder, 'node_modules', '@migrate-llm', 'shim'));
      await promisify(execFile)(process.execPath, args(end), { cwd: folder }).catch(() => undefined);
      expect(
        read()
          .map(({ request }) => (request.body as { index: number }).index)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 20 }, (_, index) => index));
    },
  );

  test('by SIGKILL leaves a file that reads', async () => {
    mkdirSync(join(folder, 'node_modules', '@migrate-llm'), { recursive: true });
    symlinkSync(cwd, join(folder, 'node_modules', '@migrate-llm', 'shim'));
    const child = spawn(
      process.execPath,
      args('await new Promise((r) => setTimeout(r, 300)); console.log("ready"); setInterval(() => {}, 1000);'),
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(read()).toHaveLength(20);
  });
});
