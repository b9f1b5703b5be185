import { type Capture, captureResponse, type CaptureEnd, type ExchangeFrame } from '../capture.ts';
import type { Clock } from '../clock.ts';
import type { RawExchange } from './redact-exchange.ts';
import type { RecordConfig } from './settings.ts';
import type { Sink } from './sink.ts';

/** Records exchanges off the app's path: it never waits, never throws, and says what it left out. */
export interface Recorder {
  /** Watches an answer go by and records it when the app has read it whole. `frame` is made then. */
  record: (response: Response, startedAt: number, frame: () => ExchangeFrame) => void;
  /** Waits until everything taken so far is written. */
  settle: () => Promise<void>;
}

interface Waiting {
  readonly frame: ExchangeFrame;
  readonly capture: Capture;
  readonly bytes: number;
}

type Loss = 'queue-full' | 'write-failed' | Exclude<CaptureEnd, 'complete'>;

interface HostProcess {
  readonly pid?: number;
  readonly on?: (event: 'exit', run: () => void) => void;
}

const host = (globalThis as { readonly process?: HostProcess }).process;
const open = new Map<string, Recorder>();
/** What each recorder does when the process ends. */
const endings = new Set<() => void>();

/** Opens the recorder of a file, one per process, so that its clients share a queue. */
export function openRecorder(config: RecordConfig, secrets: readonly string[], clock: Clock): Recorder {
  const key = JSON.stringify([config, secrets]);
  const recorder =
    open.get(key) ?? createRecorder(config, clock, async () => (await import('./sink.ts')).openSink(config, secrets));
  open.set(key, recorder);
  return recorder;
}

/** Makes a recorder. `load` opens its file; where that fails it says so once, and tries again with the next exchange. */
export function createRecorder(config: RecordConfig, clock: Clock, load: () => Promise<Sink>): Recorder {
  const { maxExchangeBytes = 8 * 2 ** 20, maxQueueBytes = 32 * 2 ** 20 } = config;
  const said = new Set<string>();
  const warn = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    console.error(`migrate-llm: recording into ${config.path}: ${text}`);
  };
  let sink: Promise<Sink> | undefined;
  let opened: Sink | undefined;
  let current: Waiting | undefined;
  let queue: Waiting[] = [];
  let bytes = 0;
  let recorded = 0;
  let lost: Partial<Record<Loss, number>> = {};
  let working: Promise<void> | undefined;

  const lose = (why: Loss): void => {
    lost[why] = (lost[why] ?? 0) + 1;
    if (why === 'queue-full') warn('exchanges are left out: more come than can be written (record.maxQueueBytes)');
    if (why === 'too-large') warn('an exchange is left out: it is larger than record.maxExchangeBytes');
  };
  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      current = next;
      try {
        sink ??= load();
        opened = await sink;
        await opened.write(toRaw(next));
        recorded += 1;
      } catch (error) {
        // A folder that is missing now may be there for the next exchange.
        sink = undefined;
        lose('write-failed');
        warn(`exchanges are lost: ${error instanceof Error ? error.message : String(error)}`);
      }
      current = undefined;
      bytes -= next.bytes;
    }
    await count();
  };
  /** A process that ends now has no time left to wait. */
  const finish = (): void => {
    const left = [...(current === undefined ? [] : [current]), ...queue];
    queue = [];
    if (left.length === 0) return;
    if (opened === undefined)
      return warn(`${left.length} exchanges are lost: the process ended before the file was open`);
    for (const waiting of left)
      try {
        opened.writeNow(toRaw(waiting));
      } catch {
        lose('write-failed');
      }
  };
  const count = async (): Promise<void> => {
    const into = await sink?.catch(() => undefined);
    if (into === undefined || (recorded === 0 && Object.keys(lost).length === 0)) return;
    const line = { at: new Date().toISOString(), pid: host?.pid, recorded, lost, scrubbed: into.takeCounts() };
    recorded = 0;
    lost = {};
    await into.writeCounts(line).catch(() => undefined);
  };
  const start = (): void => {
    working ??= drain().finally(() => {
      working = undefined;
      if (queue.length > 0) start();
    });
  };
  const take = (waiting: Waiting): void => {
    if (bytes + waiting.bytes > maxQueueBytes) return lose('queue-full');
    bytes += waiting.bytes;
    queue.push(waiting);
    // The app's own work goes first.
    clock.after(0, start);
  };

  // Opened ahead, so that a process that ends soon has written what it was given.
  const preload = load();
  sink = preload;
  preload.then(
    (ready) => (opened ??= ready),
    () => {
      if (sink === preload) sink = undefined;
    },
  );
  if (endings.size === 0) host?.on?.('exit', () => endings.forEach((end) => end()));
  endings.add(finish);
  return {
    record: (response, startedAt, frame) => {
      try {
        captureResponse(response, clock, startedAt, maxExchangeBytes, (capture, end) => {
          if (end !== 'complete') return lose(end);
          const size = capture.chunks.reduce((sum, [, chunk]) => sum + chunk.byteLength, 0);
          take({ frame: frame(), capture, bytes: size });
        });
      } catch (error) {
        warn(`an answer could not be watched: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    settle: async () => {
      for (;;) {
        start();
        await working;
        if (queue.length === 0) return;
      }
    },
  };
}

function toRaw({ frame, capture }: Waiting): RawExchange {
  return { v: 1, ...frame, response: capture };
}
