import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Loss, RecordTotals, Scribe, Waiting } from './scribe.ts';
import type { RecordConfig } from './settings.ts';

/** What the thread is started with. */
export interface ThreadData {
  readonly config: RecordConfig;
  readonly secrets: readonly string[];
  /** How many messages are done; where the last line of counts stands. */
  readonly progress: Int32Array;
}

/** What the app's thread says; every message but a question is counted when it is done. */
export type ToThread =
  | { readonly take: Packed }
  | { readonly lose: Loss }
  | { readonly ask: 'settle' | 'totals'; readonly id: number };

/** What the thread says. */
export type FromThread =
  | { readonly ready: true }
  | { readonly warn: string }
  | { readonly answer: number; readonly totals: RecordTotals };

/** An exchange in a form that crosses threads cheaply: its bytes in one piece. */
export interface Packed extends Omit<Waiting, 'capture'> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Milliseconds and end of each chunk, in turn. */
  readonly marks: Float64Array<ArrayBuffer>;
}

/** Longest wait of a process that ends for what is not written yet, milliseconds. */
const graceMs = 5_000;
const [done, counted] = [0, 1];

/**
 * Opens a scribe in a thread of its own, so that redaction and writing cost the app's thread a copy of the bytes and no more.
 * `undefined` where there is no file to start it from (a bundle). When the thread dies, `fail` gets what it had not written.
 */
export async function openThread(
  config: RecordConfig,
  secrets: readonly string[],
  warn: (text: string) => void,
  fail: (left: readonly Waiting[]) => void,
): Promise<Scribe | undefined> {
  const url = new URL(import.meta.url.endsWith('.ts') ? './thread-worker.ts' : './record-thread.js', import.meta.url);
  if (url.protocol !== 'file:' || !existsSync(fileURLToPath(url))) return undefined;
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const workerData: ThreadData = { config, secrets, progress };
  const worker = new Worker(url, { workerData, name: 'migrate-llm recorder' });
  let pending: Array<Waiting | undefined> = [];
  let bytes = 0;
  let posted = 0;
  let settled = 0;
  let isDead = false;
  const questions = new Map<number, (totals: RecordTotals) => void>();
  const advance = (): void => {
    const now = Atomics.load(progress, done);
    for (const waiting of pending.splice(0, now - settled)) bytes -= waiting?.bytes ?? 0;
    settled = now;
  };
  const post = (message: ToThread, waiting?: Waiting, handedOn: ArrayBuffer[] = []): void => {
    advance();
    posted += 1;
    pending.push(waiting);
    bytes += waiting?.bytes ?? 0;
    worker.postMessage(message, handedOn);
  };
  const ask = (what: 'settle' | 'totals'): Promise<RecordTotals> =>
    new Promise((resolve) => {
      if (isDead) return resolve(lastTotals);
      const id = questions.size + posted * 2 + 1;
      if (questions.size === 0) worker.ref();
      questions.set(id, resolve);
      worker.postMessage({ ask: what, id } satisfies ToThread, []);
    });
  let lastTotals: RecordTotals = { recorded: 0, lost: {}, scrubbed: {} };

  const isReady = new Promise<boolean>((resolve) => {
    const end = (): void => {
      resolve(false);
      if (isDead) return;
      isDead = true;
      advance();
      const left = pending.filter((waiting) => waiting !== undefined);
      pending = [];
      bytes = 0;
      for (const answer of questions.values()) answer(lastTotals);
      questions.clear();
      fail(left);
    };
    worker.once('error', end);
    worker.once('exit', end);
    worker.on('message', (message: FromThread) => {
      if ('ready' in message) return resolve(true);
      if ('warn' in message) return warn(message.warn);
      lastTotals = message.totals;
      questions.get(message.answer)?.(message.totals);
      questions.delete(message.answer);
      if (questions.size === 0) worker.unref();
    });
  });
  // Recording keeps no process alive.
  worker.unref();
  if (!(await isReady)) return undefined;
  worker.unref();
  return {
    take: (waiting) => {
      const take = packWaiting(waiting);
      post({ take }, waiting, [take.body.buffer, take.marks.buffer]);
    },
    lose: (why) => post({ lose: why }),
    waiting: () => {
      advance();
      return bytes;
    },
    settle: async () => void (await ask('settle')),
    totals: () => ask('totals'),
    finish: () => {
      if (isDead || posted === 0) return;
      worker.postMessage({ ask: 'settle', id: 0 } satisfies ToThread, []);
      const end = Date.now() + graceMs;
      for (let at = Atomics.load(progress, counted); at < posted && Date.now() < end;) {
        Atomics.wait(progress, counted, at, end - Date.now());
        at = Atomics.load(progress, counted);
      }
      advance();
      const left = pending.filter((waiting) => waiting !== undefined).length;
      if (left > 0)
        warn(`${left} exchanges are lost: they were not written ${graceMs / 1000} s after the process ended`);
    },
  };
}

function packWaiting({ draft, bytes, capture: { status, headers, chunks } }: Waiting): Packed {
  const body = new Uint8Array(chunks.reduce((sum, [, chunk]) => sum + chunk.byteLength, 0));
  const marks = new Float64Array(chunks.length * 2);
  let end = 0;
  chunks.forEach(([ms, chunk], index) => {
    body.set(chunk, end);
    end += chunk.byteLength;
    marks[index * 2] = ms;
    marks[index * 2 + 1] = end;
  });
  return { draft, bytes, status, headers, body, marks };
}

/** Takes a packed exchange apart again. */
export function unpackWaiting({ draft, bytes, status, headers, body, marks }: Packed): Waiting {
  const chunks: Array<readonly [number, Uint8Array]> = [];
  let start = 0;
  for (let index = 0; index < marks.length; index += 2) {
    const end = marks[index + 1] ?? start;
    chunks.push([marks[index] ?? 0, body.subarray(start, end)]);
    start = end;
  }
  return { draft, bytes, capture: { status, headers, chunks } };
}
