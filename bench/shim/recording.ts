import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What recording costs, beside the same without it. */
export interface RecordingBench {
  /** A file to record into. */
  readonly path: string;
  /** Waits until the exchanges so far are written. */
  readonly settle: () => Promise<void>;
  /** Which thread redacted, by the counts beside the recording. */
  readonly readThreads: () => readonly string[];
  readonly remove: () => void;
}

/** Makes a folder for a recording. */
export function openRecordingBench(): RecordingBench {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-bench-'));
  const path = join(folder, 'traffic.jsonl');
  return {
    path,
    settle: async () => {
      for (let size = -1; ; await wait(50)) {
        const now = existsSync(path) ? statSync(path).size : 0;
        if (now === size) return;
        size = now;
      }
    },
    readThreads: () =>
      readFileSync(`${path}.counts.jsonl`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly thread: string }).thread),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * CPU time of the process's first thread, milliseconds; that of all threads where the system does not tell it (it is Linux's).
 * Source: https://www.kernel.org/doc/html/latest/scheduler/sched-stats.html, checked 2026-11-25
 */
export function readMainCpuMs(): number {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  if (existsSync(file)) return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
