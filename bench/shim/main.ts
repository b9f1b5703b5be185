import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createFetch } from '@migrate-llm/shim/fetch';
import OpenAI from 'openai';
import { compareRounds, printRatio, type Ratio } from './ratio.ts';
import { openRecordingBench, readMainCpuMs } from './recording.ts';

// The SDK through the shim against the SDK alone: same process, same endpoint over loopback HTTP, rounds in turn. CPU is this process's own.

const upstream = fork(fileURLToPath(new URL('upstream.ts', import.meta.url)), { execArgv: process.execArgv });
const port = await new Promise<number>((resolve) => upstream.once('message', (message) => resolve(Number(message))));
const baseURL = `http://127.0.0.1:${port}/v1`;
const messages = [{ role: 'user' as const, content: 'Hi' }];
const options = { apiKey: 'none', maxRetries: 0 };
const fetchOf = (dialect: 'openai-compatible' | 'llama.cpp') =>
  createFetch({ target: { dialect, baseURL }, policy: 'silent', responses: { tenant: 'bench' } });
const bare = new OpenAI({ ...options, baseURL });
const shim = new OpenAI({ ...options, fetch: fetchOf('llama.cpp') });

const readStream = async (client: OpenAI, model: string): Promise<number> => {
  const startedAt = performance.now();
  let first = 0;
  const stream = await client.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const _ of stream) if (first === 0) first = performance.now() - startedAt;
  return first;
};
const readResponse = async (client: OpenAI, model: string): Promise<void> => {
  for await (const _ of await client.responses.create({ model, input: 'Hi', stream: true, store: false })) continue;
};
const askJson = async (client: OpenAI): Promise<void> => {
  for (let index = 0; index < 100; index += 1) await client.chat.completions.create({ model: 'json', messages });
};
const cpuMs = async (act: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 15);
const ratios: Ratio[] = [];
const measure = async (
  what: string,
  unit: string,
  aim: number | undefined,
  one: () => Promise<number>,
  other: () => Promise<number>,
) => {
  const ratio = await compareRounds(what, unit, aim, rounds, one, other);
  ratios.push(ratio);
  printRatio(ratio);
};

/** Highest resident memory above the start while a stream of 100 MB is read, in MB. */
const peakMb = async (client: OpenAI): Promise<number> => {
  (globalThis as { gc?: () => void }).gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  await readStream(client, 'bytes-100');
  clearInterval(timer);
  return (peak - before) / 1024 / 1024;
};
const memory = { shimMb: await peakMb(shim), bareMb: await peakMb(bare) };
console.log(
  `memory above the start over a stream of 100 MB: shim ${memory.shimMb.toFixed(0)} MB, bare SDK ${memory.bareMb.toFixed(0)} MB`,
);

const streams = async (client: OpenAI) => {
  for (let index = 0; index < 5; index += 1) await readStream(client, 'stream-1000');
};
await measure(
  'CPU, five streams of 1,000 chunks',
  'ms',
  1.3,
  () => cpuMs(() => streams(shim)),
  () => cpuMs(() => streams(bare)),
);
await measure(
  'CPU, 100 JSON calls',
  'ms',
  1.1,
  () => cpuMs(() => askJson(shim)),
  () => cpuMs(() => askJson(bare)),
);
await measure(
  'time to the first chunk',
  'ms',
  undefined,
  () => readStream(shim, 'stream-10'),
  () => readStream(bare, 'stream-10'),
);
await measure(
  'CPU, Responses over chat beside the chat stream through the shim, 1,000 chunks',
  'ms',
  1.3,
  () => cpuMs(() => readResponse(shim, 'stream-1000')),
  () => cpuMs(() => readStream(shim, 'stream-1000')),
);
const many = (client: OpenAI) => Promise.all(Array.from({ length: 500 }, () => readStream(client, 'stream-50')));
await compareRounds(
  '',
  '',
  undefined,
  1,
  () => cpuMs(() => many(shim)),
  () => cpuMs(() => many(bare)),
);
ratios.push(
  await compareRounds(
    'CPU, 500 streams of 50 chunks at once',
    'ms',
    undefined,
    3,
    () => cpuMs(() => many(shim)),
    () => cpuMs(() => many(bare)),
  ),
);
printRatio(ratios.at(-1) as Ratio);

const recording = openRecordingBench();
const recorded = new OpenAI({
  ...options,
  fetch: createFetch({ target: { dialect: 'llama.cpp', baseURL }, policy: 'silent', record: recording.path }),
});
await streams(recorded);
await recording.settle();
let [mainMs, wholeMs] = [0, 0];
const mainCpuMs = async (client: OpenAI): Promise<number> => {
  const before = readMainCpuMs();
  const whole = await cpuMs(async () => {
    await streams(client);
    if (client === recorded) mainMs += readMainCpuMs() - before;
  });
  const main = readMainCpuMs() - before;
  if (client === recorded) {
    // Redaction may come after the last chunk.
    wholeMs += whole + (await cpuMs(recording.settle));
  }
  return main;
};
await measure(
  "CPU of the app's own thread, five streams of 1,000 chunks recorded beside not recorded",
  'ms',
  1.03,
  () => mainCpuMs(recorded),
  () => mainCpuMs(shim),
);
const threads = recording.readThreads();
const redaction = { thread: threads.at(-1) ?? 'none', ms: (wholeMs - mainMs) / (rounds + 1) };
console.log(
  `redaction and writing of the five streams: ${redaction.ms.toFixed(1)} ms, in ${redaction.thread === 'own' ? 'a thread of its own' : "the app's thread"}`,
);
recording.remove();

console.log(JSON.stringify({ node: process.version, rounds, ratios, memory, redaction }));
upstream.disconnect();
