import type { Capture, CaptureEnd } from '../capture.ts';
import type { Draft } from './frame.ts';
import { readDraft } from './frame.ts';
import type { RawExchange, ScrubCounts } from './redact-exchange.ts';
import type { Sink } from './sink.ts';

/** Why an exchange is in no recording. */
export type Loss = 'queue-full' | 'write-failed' | 'encoded' | Exclude<CaptureEnd, 'complete'>;

/** What became of the exchanges of this process, and what was taken out of them, by kind. */
export interface RecordTotals {
  readonly recorded: number;
  readonly lost: Readonly<Partial<Record<Loss, number>>>;
  readonly scrubbed: Readonly<ScrubCounts>;
}

/** An exchange on its way into the recording. */
export interface Waiting {
  readonly draft: Draft;
  readonly capture: Capture;
  /** What it takes up while it waits. */
  readonly bytes: number;
}

/** Writes down what it is given, in turn: in the app's thread, or in one of its own. */
export interface Scribe {
  readonly take: (waiting: Waiting) => void;
  /** Counts an exchange that is left out. */
  readonly lose: (why: Loss) => void;
  /** Bytes taken and not yet written. */
  readonly waiting: () => number;
  /** Waits until everything taken so far is written and counted. */
  readonly settle: () => Promise<void>;
  /** Writes what is left without waiting, in a process that ends. */
  readonly finish: () => void;
  readonly totals: () => Promise<RecordTotals>;
}

/** What a scribe works with. */
export interface ScribeParts {
  /** Whose thread it works in, as the counts say it. */
  readonly thread: 'app' | 'own';
  /** Opens the recording; where that fails it is said once, and tried again with the next exchange. */
  readonly load: () => Promise<Sink>;
  /** Says something to the app's owner. */
  readonly warn: (text: string) => void;
  /** Starts the work; the app's own goes first. */
  readonly defer: (run: () => void) => void;
  /** Hears of each exchange that is written or lost. */
  readonly onDone?: () => void;
}

const host = (globalThis as { readonly process?: { readonly pid?: number } }).process;

/** Makes a scribe that works where it is made. */
export function createScribe({ thread, load, warn, defer, onDone = () => undefined }: ScribeParts): Scribe {
  let sink: Promise<Sink> | undefined;
  let opened: Sink | undefined;
  let current: Waiting | undefined;
  let queue: Waiting[] = [];
  let bytes = 0;
  let news = emptyTotals();
  let sum = emptyTotals();
  let working: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      current = next;
      try {
        sink ??= load();
        opened = await sink;
        await opened.write(toRaw(next));
        news = addTotals(news, { recorded: 1, lost: {}, scrubbed: {} });
      } catch (error) {
        // A folder that is missing now may be there for the next exchange.
        sink = undefined;
        lose('write-failed');
        warn(`exchanges are lost: ${error instanceof Error ? error.message : String(error)}`);
      }
      current = undefined;
      bytes -= next.bytes;
      onDone();
    }
    await count();
  };
  const lose = (why: Loss): void => {
    news = addTotals(news, { recorded: 0, lost: { [why]: 1 }, scrubbed: {} });
  };
  const count = async (): Promise<void> => {
    const into = await sink?.catch(() => undefined);
    if (into === undefined || (news.recorded === 0 && Object.keys(news.lost).length === 0)) return;
    const counted = addTotals(news, { recorded: 0, lost: {}, scrubbed: into.takeCounts() });
    news = emptyTotals();
    sum = addTotals(sum, counted);
    await into.writeCounts({ at: new Date().toISOString(), pid: host?.pid, thread, ...counted }).catch(() => undefined);
  };
  const start = (): void => {
    working ??= drain().finally(() => {
      working = undefined;
      if (queue.length > 0) start();
    });
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
  return {
    take: (waiting) => {
      bytes += waiting.bytes;
      queue.push(waiting);
      defer(start);
    },
    lose,
    waiting: () => bytes,
    settle: async () => {
      for (;;) {
        start();
        await working;
        if (queue.length === 0) return;
      }
    },
    finish: () => {
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
    },
    totals: async () => addTotals(sum, news),
  };
}

function toRaw({ draft, capture }: Waiting): RawExchange {
  return { v: 1, ...readDraft(draft), response: capture };
}

/** Nothing yet. */
export function emptyTotals(): RecordTotals {
  return { recorded: 0, lost: {}, scrubbed: {} };
}

/** Adds two counts. */
export function addTotals(one: RecordTotals, other: RecordTotals): RecordTotals {
  return {
    recorded: one.recorded + other.recorded,
    lost: addCounts(one.lost, other.lost),
    scrubbed: addCounts(one.scrubbed, other.scrubbed),
  };
}

function addCounts(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): ScrubCounts {
  const out: ScrubCounts = { ...one };
  for (const [key, number] of Object.entries(other)) out[key] = (out[key] ?? 0) + number;
  return out;
}
