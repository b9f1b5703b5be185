import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { parseExchanges, readResponseText } from '../exchange.ts';
import type { Draft } from './frame.ts';
import { createRecorder } from './recorder.ts';
import { emptyTotals, type Scribe, type Waiting } from './scribe.ts';
import { openSink } from './sink.ts';
import { unpackWaiting } from './thread.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-llm-thread-'));
  path = join(folder, 'traffic.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => parseExchanges(readFileSync(path, 'utf8'), path);
const counts = () =>
  readFileSync(`${path}.counts.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { thread: string; recorded: number; scrubbed: Record<string, number> });

/** Runs an app that records, with TypeScript readable in each of its threads. */
async function runApp(middle: string, end: string): Promise<string> {
  const file = join(folder, 'run.mts');
  writeFileSync(
    file,
    `import { Worker } from 'node:worker_threads';
    import { createFetch } from ${JSON.stringify(new URL('../fetch.ts', import.meta.url).href)};
    const started = new Promise((resolve) => {
      const on = Worker.prototype.on;
      Worker.prototype.on = function (event, run) {
        return on.call(this, event, event === 'message' ? (said) => (run(said), said.ready === true && resolve()) : run);
      };
    });
    const fetch = createFetch({ target: 'openai', record: ${JSON.stringify(path)}, fetch: async () => new Response('data: {"a":1}\\n\\ndata: [DONE]\\n\\n', { headers: { 'content-type': 'text/event-stream' } }) });
    const ask = async (index) => (await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body: JSON.stringify({ index, mail: 'joe@example.com' }) })).text();
    await ask(0);
    const alive = setInterval(() => undefined, 1000);
    await started;
    clearInterval(alive);
    ${middle}
    for (let index = 1; index < 20; index += 1) await ask(index);
    ${end}`,
  );
  const register = `import{register}from${JSON.stringify(import.meta.resolve('tsx/esm/api'))};register()`;
  const words = ['--conditions=@migrate-llm/source', '--import', `data:text/javascript,${register}`, file];
  const { stderr } = await promisify(execFile)(process.execPath, words, { cwd: folder, timeout: 20_000 });
  return stderr;
}

test.each(['', 'process.exit(0);'])(
  'an app that ends by %j has all its exchanges, redacted in the other thread',
  async (end) => {
    expect(await runApp('', end)).toBe('');
    const found = read();
    expect(found.map(({ request }) => (request.body as { index: number }).index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    expect(readResponseText(found[19]!.response)).toBe('data: {"a":1}\n\ndata: [DONE]\n\n');
    expect(readFileSync(path, 'utf8')).not.toContain('joe@');
    const own = counts().filter(({ thread }) => thread === 'own');
    expect(own.reduce((sum, { recorded }) => sum + recorded, 0)).toBeGreaterThanOrEqual(19);
    expect(own.reduce((sum, { scrubbed }) => sum + (scrubbed['email'] ?? 0), 0)).toBeGreaterThanOrEqual(19);
  },
);

test('when the thread dies, the app’s own goes on with what it had not written', async () => {
  const kill = `let sent = 0;
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message) { if ((sent += 1) === 5) this.terminate(); else post.call(this, message); };`;
  await runApp(kill, 'await new Promise((resolve) => setTimeout(resolve, 200));');
  const indexes = read().map(({ request }) => (request.body as { index: number }).index);
  expect([...new Set(indexes)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(counts().some(({ thread, recorded }) => thread === 'app' && recorded > 1)).toBe(true);
});

test('the queue is bounded over both threads, and a loss is counted where the work is', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const taken: Waiting[] = [];
  const lost: string[] = [];
  const own: Scribe = {
    take: (waiting) => void taken.push(waiting),
    lose: (why) => void lost.push(why),
    waiting: () => taken.reduce((sum, { bytes }) => sum + bytes, 0),
    settle: async () => undefined,
    finish: () => undefined,
    totals: async () => ({ ...emptyTotals(), recorded: taken.length }),
  };
  const recorder = createRecorder(
    { path, maxQueueBytes: 250 },
    systemClock,
    () => openSink({ path }, []),
    async () => own,
  );
  await new Promise((resolve) => setTimeout(resolve, 1));
  for (let index = 0; index < 4; index += 1) {
    const response = new Response('x'.repeat(100));
    recorder.record(response, 0, () => ({ text: '' }) as Draft);
    await response.text();
  }
  expect(lost).toEqual(['queue-full', 'queue-full']);
  expect(await recorder.totals()).toEqual({ recorded: 2, lost: {}, scrubbed: {} });
  vi.restoreAllMocks();
});

test('chunks come out of the other thread as they went in', () => {
  const body = new TextEncoder().encode('abcdef');
  const packed = {
    draft: {} as Draft,
    bytes: 6,
    status: 200,
    headers: {},
    body,
    marks: Float64Array.from([5, 1, 9, 6]),
  };
  expect(unpackWaiting(packed).capture.chunks.map(([ms, part]) => [ms, new TextDecoder().decode(part)])).toEqual([
    [5, 'a'],
    [9, 'bcdef'],
  ]);
});
