import { open, type FileHandle } from 'node:fs/promises';
import { isObject, parseJson } from '../json.ts';
import type { ExchangeResult } from '../result.ts';
import type { Shard } from './choose.ts';
import { readLines } from './traffic.ts';

/** What a file of results is of; files of one run differ in the shard only. */
export interface RunHead {
  readonly v: 1;
  readonly kind: 'parity-results';
  readonly traffic: string;
  readonly candidate: string;
  readonly mode: 'teacher-forced' | 'free-running';
  readonly sample: number | null;
  readonly seed: number;
  readonly shard: Shard | null;
}

/** Thrown for a file of results that cannot be used; the message says which and why. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

/** A file that results are added to, one a line. */
export interface ResultsFile {
  /** Ids that it holds already, from a run that was cut off. */
  readonly done: ReadonlySet<string>;
  readonly add: (result: ExchangeResult) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens a file of results; one of the same run is gone on with, its last line cut off where it was torn. Throws {@link ResultsError}. */
export async function openResults(path: string, head: RunHead): Promise<ResultsFile> {
  const file = await open(path, 'a+').catch((error: unknown) => {
    throw new ResultsError(`${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const done = new Set<string>();
    let [end, line] = [0, 0];
    for await (const { text, offset, length, whole } of readLines(file)) {
      // A line without its end was being written when the process died.
      if (!whole) break;
      line += 1;
      if (line === 1) checkHead(parseJson(text), head, path, true);
      else done.add(parseResult(text, `${path}:${line}`).id);
      end = offset + length + 1;
    }
    await file.truncate(end);
    if (line === 0) await file.appendFile(`${JSON.stringify(head)}\n`);
    return {
      done,
      add: (result) => file.appendFile(`${JSON.stringify(result)}\n`),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads files of one run, each exchange once, in constant memory but for the ids. Throws {@link ResultsError} for files of different runs and for missing shards. */
export async function readResults(paths: readonly string[], visit: (result: ExchangeResult) => void): Promise<RunHead> {
  let first: RunHead | undefined;
  const shards = new Map<number, string>();
  const seen = new Set<string>();
  for (const path of paths) {
    const file = await openExisting(path);
    try {
      let line = 0;
      for await (const { text, whole } of readLines(file)) {
        if (!whole)
          throw new ResultsError(
            `${path} ends in a torn line: its run was cut off; start it again, it goes on from there`,
          );
        line += 1;
        if (line === 1) {
          const head = readHead(parseJson(text), path);
          first ??= head;
          checkHead(head, first, path, false);
          if (head.shard !== null) shards.set(head.shard.index, path);
          continue;
        }
        const result = parseResult(text, `${path}:${line}`);
        if (seen.has(result.id)) continue;
        seen.add(result.id);
        visit(result);
      }
      if (line === 0) throw new ResultsError(`${path} is empty; it holds no results`);
    } finally {
      await file.close();
    }
  }
  if (first === undefined) throw new ResultsError('name at least one file of results');
  const missing = Array.from({ length: first.shard?.count ?? 0 }, (_, at) => at + 1).filter(
    (index) => !shards.has(index),
  );
  if (missing.length > 0)
    throw new ResultsError(`shard ${missing.join(', ')} of ${first.shard?.count} is missing; name its file too`);
  return first;
}

async function openExisting(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ResultsError(`${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`}`);
  });
}

function readHead(value: unknown, path: string): RunHead {
  if (!isObject(value) || value['kind'] !== 'parity-results' || value['v'] !== 1)
    throw new ResultsError(`${path} holds no results of migrate-llm parity`);
  return value as unknown as RunHead;
}

function checkHead(value: unknown, wanted: RunHead, path: string, withShard: boolean): void {
  const head = readHead(value, path);
  const keys = (['traffic', 'candidate', 'mode', 'sample', 'seed', 'shard'] as const).filter(
    (key) => (withShard || key !== 'shard') && JSON.stringify(head[key]) !== JSON.stringify(wanted[key]),
  );
  if (!withShard && head.shard?.count !== wanted.shard?.count) keys.push('shard');
  const [key] = keys;
  if (key === undefined) return;
  throw new ResultsError(
    `${path} is of another run: its ${key} is ${JSON.stringify(head[key])}, not ${JSON.stringify(wanted[key])}; name another file`,
  );
}

function parseResult(text: string, place: string): ExchangeResult {
  const value = parseJson(text);
  if (!isObject(value) || typeof value['id'] !== 'string' || !Array.isArray(value['checks']))
    throw new ResultsError(`${place} is no result of an exchange`);
  return value as unknown as ExchangeResult;
}
