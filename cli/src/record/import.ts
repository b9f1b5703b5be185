import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ImportedTraffic,
  ImportError,
  importTraffic,
  readRecording,
  RecordingError,
} from '@migrate-llm/compat-tests';
import type { Lack } from '@migrate-llm/shim/exchange';
import { listSecrets, openRecording, type RecordConfig } from '@migrate-llm/shim/record';
import { CliError, describeSystemError } from '../cli-error.ts';
import type { Colors, Terminal } from '../terminal.ts';
import { count, showName } from '../word.ts';
import { writeTotals } from './totals.ts';

const lackWords: Readonly<Record<Lack, string>> = {
  timing: 'when the pieces came, so latency cannot be compared',
  bytes: 'the bytes of the answer, so its wire shape cannot be judged',
  headers: 'the headers of the answer',
  status: 'the HTTP status, so 200 is assumed',
  date: 'the date, so that of the import stands for it',
};

/** Adds what other tools recorded to a recording, redacted like everything in it. Gives 1 when there was nothing in it. */
export async function importFiles(
  files: readonly string[],
  format: string | undefined,
  record: RecordConfig,
  { cwd, env, out, colors }: Terminal,
): Promise<number> {
  // All are read before anything is written.
  const read = files.map((file) => ({ file, traffic: readFile(resolve(cwd, file), file, format) }));
  const held = await readIds(resolve(record.path));
  const writer = await openRecording(record, listSecrets(env));
  const lines: string[] = [];
  for (const { file, traffic } of read) {
    const fresh = traffic.exchanges.filter(({ id }) => !held.has(id));
    for (const exchange of fresh) {
      await writer.write(exchange);
      held.add(exchange.id);
    }
    lines.push(...writeFile(file, traffic, traffic.exchanges.length - fresh.length, colors));
  }
  const totals = await writer.close();
  out(`${[...lines, ...writeTotals(totals, record.path, colors)].join('\n')}\n`);
  return read.some(({ traffic }) => traffic.exchanges.length > 0) ? 0 : 1;
}

function readFile(path: string, shown: string, format: string | undefined): ImportedTraffic {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`${shown} cannot be read: ${describeSystemError(error)}`);
  }
  try {
    return importTraffic(shown, text, format);
  } catch (error) {
    if (error instanceof ImportError) throw new CliError(error.message);
    throw error;
  }
}

async function readIds(path: string): Promise<Set<string>> {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return new Set();
  try {
    return new Set((await readRecording(path)).map(({ id }) => id));
  } catch (error) {
    if (error instanceof RecordingError) throw new CliError(error.message);
    throw error;
  }
}

function writeFile(
  file: string,
  { format, exchanges, skipped, lacks }: ImportedTraffic,
  known: number,
  colors: Colors,
): string[] {
  return [
    `${colors.bold(showName(file))} (${format}): ${count(exchanges.length, 'exchange')}`,
    ...(known === 0 ? [] : [`  ${known} in the recording already`]),
    ...[...skipped].map(([why, number]) => colors.yellow(`  ${number} left out: ${showName(why)}`)),
    ...[...lacks].map(([lack, number]) => `  ${number} lack ${lackWords[lack]}`),
  ];
}
