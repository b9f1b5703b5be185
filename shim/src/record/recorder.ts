import { captureResponse } from '../capture.ts';
import type { Clock } from '../clock.ts';
import type { Draft } from './frame.ts';
import { addTotals, createScribe, type Loss, type RecordTotals, type Scribe } from './scribe.ts';
import type { RecordConfig } from './settings.ts';
import type { Sink } from './sink.ts';

/** Records exchanges off the app's path: it never waits, never throws, and says what it left out. */
export interface Recorder {
  /** Watches an answer go by and records it when the app has read it whole. `draft` is made then. */
  record: (response: Response, startedAt: number, draft: () => Draft) => void;
  /** Counts an answer that cannot be recorded. */
  readonly lose: (why: Loss) => void;
  /** Waits until everything taken so far is written. */
  settle: () => Promise<void>;
  readonly totals: () => Promise<RecordTotals>;
}

/** Opens a scribe with a thread of its own; `undefined` where there is none. `fail` takes over when it dies. */
export type OpenThread = (
  warn: (text: string) => void,
  fail: (left: ReadonlyArray<Parameters<Scribe['take']>[0]>) => void,
) => Promise<Scribe | undefined>;

interface HostProcess {
  readonly on?: (event: 'exit', run: () => void) => void;
}

const host = (globalThis as { readonly process?: HostProcess }).process;
const open = new Map<string, Recorder>();
/** What each recorder does when the process ends. */
const endings = new Set<() => void>();

/** Opens the recorder of a file, one per process, so that its clients share a queue. */
export function openRecorder(config: RecordConfig, secrets: readonly string[], clock: Clock): Recorder {
  const key = JSON.stringify([config, secrets]);
  const load = async (): Promise<Sink> => (await import('./sink.ts')).openSink(config, secrets);
  const thread: OpenThread = async (...parts) => (await import('./thread.ts')).openThread(config, secrets, ...parts);
  const recorder = open.get(key) ?? createRecorder(config, clock, load, thread);
  open.set(key, recorder);
  return recorder;
}

/** Makes a recorder. `load` opens its file; the redaction moves to a thread of its own as soon as `openThread` has one. */
export function createRecorder(
  config: RecordConfig,
  clock: Clock,
  load: () => Promise<Sink>,
  openThread: OpenThread = async () => undefined,
): Recorder {
  const { maxExchangeBytes = 8 * 2 ** 20, maxQueueBytes = 32 * 2 ** 20 } = config;
  const said = new Set<string>();
  const warn = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    console.error(`migrate-llm: recording into ${config.path}: ${text}`);
  };
  const local = createScribe({ thread: 'app', load, warn, defer: (run) => void clock.after(0, run) });
  let thread: Scribe | undefined;
  const scribes = (): readonly Scribe[] => (thread === undefined ? [local] : [local, thread]);
  const scribe = (): Scribe => thread ?? local;
  openThread(warn, (left) => {
    thread = undefined;
    left.forEach((waiting) => local.take(waiting));
  }).then(
    (opened) => (thread = opened),
    // A platform without threads, or a bundle without the file: the app's own thread does it.
    () => undefined,
  );

  const lose = (why: Loss): void => {
    scribe().lose(why);
    if (why === 'queue-full') warn('exchanges are left out: more come than can be written (record.maxQueueBytes)');
    if (why === 'too-large') warn('an exchange is left out: it is larger than record.maxExchangeBytes');
    if (why === 'encoded') warn('an answer is left out: it came compressed although it was asked for as it is');
  };
  if (endings.size === 0) host?.on?.('exit', () => endings.forEach((end) => end()));
  endings.add(() => scribes().forEach(({ finish }) => finish()));
  return {
    record: (response, startedAt, draft) => {
      try {
        captureResponse(response, clock, startedAt, maxExchangeBytes, (capture, end) => {
          if (end !== 'complete') return lose(end);
          const made = draft();
          const bytes = capture.chunks.reduce((sum, [, chunk]) => sum + chunk.byteLength, made.text.length);
          const waiting = scribes().reduce((sum, one) => sum + one.waiting(), 0);
          if (waiting + bytes > maxQueueBytes) return lose('queue-full');
          scribe().take({ draft: made, capture, bytes });
        });
      } catch (error) {
        warn(`an answer could not be watched: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    lose,
    settle: async () => void (await Promise.all(scribes().map(({ settle }) => settle()))),
    totals: async () => (await Promise.all(scribes().map(({ totals }) => totals()))).reduce(addTotals),
  };
}
