import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { StoppedError } from '../disk.ts';
import { isWithin, openFolder, pathFrom } from '../folder.ts';
import { catchInterrupts } from '../interrupt.ts';
import { findHome, readJournals, tidyHome } from '../journal.ts';
import { undoFile, undoRuns, type UndoResult } from '../run.ts';
import type { Terminal } from '../terminal.ts';
import { count, quoteShell, showName } from '../word.ts';

/** Takes back the last run of a folder, all runs, or one file of the last run that changed it. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const file = findUndoneFile(args.words[0], terminal);
  if (file !== undefined) return undoOne(file, args, terminal);
  const folder = openFolder(args.words[0], terminal);
  const home = findHome(folder.path);
  const journals = home === undefined ? [] : readJournals(home).toReversed();
  const inside = journals.filter((journal) => isWithin(folder.path, join(home ?? '', journal.folder)));
  const chosen = args.switches.has('all') ? inside : inside.slice(0, 1);
  if (home === undefined || chosen.length === 0) {
    const above = journals[0];
    // The run reached further than the folder named now, so it is not taken back by surprise.
    if (home !== undefined && above !== undefined)
      throw new CliError(
        `the last run migrated ${join(home, above.folder)}, which is not inside ${folder.typed}; to take it back run: migrate-llm undo ${quoteShell(join(home, above.folder))}`,
      );
    if (home !== undefined) await tidyHome(home);
    if (args.switches.has('json'))
      terminal.out(`${JSON.stringify({ version: 1, restored: [], already: [], left: 0 })}\n`);
    else terminal.out(`Nothing to undo: no run is recorded for ${showName(folder.path)}.\n`);
    return 0;
  }
  let result: UndoResult;
  try {
    result = await catchInterrupts((signal) =>
      undoRuns(
        home,
        chosen.map(({ id }) => id),
        signal,
      ),
    );
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    terminal.err('migrate-llm: stopped; run migrate-llm undo again to finish.\n');
    return 130;
  }
  const left = journals.length - chosen.length;
  if (args.switches.has('json')) terminal.out(`${JSON.stringify({ version: 1, ...result, left }, null, 2)}\n`);
  else terminal.out(describe(result, left, terminal));
  return 0;
}

interface UndoneFile {
  readonly typed: string;
  readonly home: string;
  /** Number of the last run that changed it; undefined when none did. */
  readonly id: string | undefined;
  /** Relative to the home. */
  readonly file: string;
}

/** The file that a word names; it may be gone, when a journal knows it. Undefined for a folder. */
function findUndoneFile(word: string | undefined, { cwd }: Terminal): UndoneFile | undefined {
  if (word === undefined) return undefined;
  const path = resolve(cwd, word);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true || !existsSync(dirname(path))) return undefined;
  const real = join(realpathSync(dirname(path)), basename(path));
  const home = findHome(dirname(real));
  const file = home === undefined ? undefined : pathFrom(home, real);
  const journal =
    home === undefined ? undefined : readJournals(home).findLast(({ files }) => files.some((one) => one.file === file));
  if (journal === undefined && found === undefined) return undefined;
  return { typed: word, home: home ?? dirname(real), id: journal?.id, file: file ?? basename(real) };
}

async function undoOne({ typed, home, id, file }: UndoneFile, args: Args, terminal: Terminal): Promise<number> {
  if (args.switches.has('all'))
    throw new CliError(`--all takes back whole runs, and ${typed} is one file; leave one of them out`);
  const restored = id !== undefined && (await undoFile(home, id, file));
  const left = id === undefined ? 0 : readJournals(home).length;
  if (args.switches.has('json')) {
    const result = { restored: restored ? [file] : [], already: id !== undefined && !restored ? [file] : [] };
    terminal.out(`${JSON.stringify({ version: 1, ...result, left }, null, 2)}\n`);
  } else if (id === undefined) terminal.out(`Nothing to undo: no run that is recorded changed ${showName(typed)}.\n`);
  else {
    const rest = left === 0 ? '' : ` ${count(left, 'run')} can still be taken back: migrate-llm undo`;
    const done = restored
      ? `${terminal.colors.green('Restored:')} ${showName(file)}, every byte.`
      : `${showName(file)} already was as before.`;
    terminal.out(`${done}${rest}\n`);
  }
  return 0;
}

function describe({ restored, already }: UndoResult, left: number, { colors }: Terminal): string {
  return [
    `${colors.green('Restored:')} ${count(restored.length, 'file')}, every byte.`,
    ...restored.map((file) => `  ${showName(file)}`),
    ...(already.length > 0
      ? [`${count(already.length, 'file')} already as before: ${already.map(showName).join(', ')}`]
      : []),
    ...(left > 0 ? [`${count(left, 'earlier run')} can still be taken back: migrate-llm undo`] : []),
    '',
  ].join('\n');
}
