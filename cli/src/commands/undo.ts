import { join } from 'node:path';
import type { Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { StoppedError } from '../disk.ts';
import { isWithin, openFolder } from '../folder.ts';
import { catchInterrupts } from '../interrupt.ts';
import { findHome, readJournals, tidyHome } from '../journal.ts';
import { undoRuns, type UndoResult } from '../run.ts';
import type { Terminal } from '../terminal.ts';
import { count, quoteShell, showName } from '../word.ts';

/** Takes back the last run of a folder, or all runs. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
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
