import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileChange } from '@migrate-llm/codemods';
import { CliError, describeSystemError } from './cli-error.ts';
import {
  realDisk,
  hashBytes,
  hashFile,
  inspectFile,
  replaceFiles,
  StoppedError,
  type Disk,
  type Replacement,
} from './disk.ts';
import { pathFrom, type Folder } from './folder.ts';
import {
  nextId,
  readBefore,
  readJournals,
  removeJournal,
  removeRests,
  saveJournal,
  stateOf,
  tempPath,
  updateJournal,
  withLock,
  type Journal,
  type JournalFile,
} from './journal.ts';
import { readVersion } from './version.ts';
import { count } from './word.ts';

/** A file that was put back after writing, with the reason. */
export interface Broken {
  readonly file: string;
  readonly why: string;
}

/** What a run needs. */
export interface RunInput {
  readonly folder: Folder;
  readonly changes: readonly FileChange[];
  /** Looks at the written files and names those that must be put back. */
  readonly verify: () => readonly Broken[];
  readonly signal?: AbortSignal;
  readonly disk?: Disk;
}

/** What a run did. */
export interface RunResult {
  /** Number of the run in the journal; undefined when every file was put back. */
  readonly id: string | undefined;
  readonly written: readonly string[];
  readonly broken: readonly Broken[];
}

/**
 * Writes the changes, all or none, with a journal that can take them back.
 * @throws {CliError} when a file changed since it was read or cannot be written; {StoppedError} on abort. Nothing is changed then.
 */
export async function writeRun({ folder, changes, verify, signal, disk = realDisk }: RunInput): Promise<RunResult> {
  const { home } = folder;
  return withLock(home, async () => {
    await settleKilledRuns(home);
    const found = changes.map((change) => checkChange(folder, change));
    const journal: Journal = {
      v: 1,
      id: nextId(home),
      startedAt: new Date().toISOString(),
      tool: `migrate-llm ${readVersion()}`,
      folder: pathFrom(home, folder.path),
      state: 'writing',
      files: changes.map(({ file, before, after }, index): JournalFile => ({
        file: pathFrom(home, join(folder.path, file)),
        copy: index,
        mode: found[index]?.owner.mode ?? 0o644,
        before: hashBytes(Buffer.from(before)),
        after: hashBytes(Buffer.from(after)),
      })),
    };
    const items = journal.files.map((saved, index): Replacement => {
      const { bytes, owner } = found[index] as (typeof found)[number];
      const { file, after } = changes[index] as FileChange;
      const temp = tempPath(home, journal, saved);
      return {
        path: join(folder.path, file),
        name: file,
        was: bytes,
        bytes: Buffer.from(after),
        owner,
        ownerNow: owner,
        temp,
      };
    });
    try {
      await saveJournal(
        home,
        journal,
        items.map(({ was }) => was),
      );
      await replaceFiles(items, disk, signal);
    } catch (error) {
      if (journal.files.every((file) => stateOf(home, file) !== 'after')) removeJournal(home, journal.id);
      if (error instanceof CliError || error instanceof StoppedError) throw error;
      throw new CliError(
        `the undo journal cannot be kept in ${join(home, '.migrate-llm')}: ${describeSystemError(error)}; nothing was changed`,
      );
    }
    return finishRun(home, journal, items, tryVerify(verify, items), disk, signal);
  });
}

/** A check that fails itself has shown nothing, so nothing it should have checked may stay. */
function tryVerify(verify: RunInput['verify'], items: readonly Replacement[]): readonly Broken[] {
  try {
    return verify();
  } catch (error) {
    const why = `the check after writing failed: ${error instanceof Error ? error.message : String(error)}`;
    return items.map(({ name }) => ({ file: name, why }));
  }
}

async function finishRun(
  home: string,
  journal: Journal,
  items: readonly Replacement[],
  broken: readonly Broken[],
  disk: Disk,
  signal: AbortSignal | undefined,
): Promise<RunResult> {
  const stopped = signal?.aborted === true;
  const names = new Set(broken.map(({ file }) => file));
  const isBad = (item: Replacement) => stopped || names.has(item.name);
  const bad = items.filter(isBad);
  await replaceFiles(
    bad.map((item) => ({ ...item, was: item.bytes, bytes: item.was })),
    disk,
  );
  const files = journal.files.filter((_, index) => !isBad(items[index] as Replacement));
  if (files.length === 0) removeJournal(home, journal.id);
  else await updateJournal(home, { ...journal, state: 'done', files });
  if (stopped) throw new StoppedError('stopped');
  const written = items.filter((item) => !isBad(item)).map(({ name }) => name);
  return { id: files.length === 0 ? undefined : journal.id, written, broken };
}

/** What an undo did. */
export interface UndoResult {
  readonly restored: readonly string[];
  /** Files that already were as before the run. */
  readonly already: readonly string[];
}

/**
 * Takes runs back, in the given order, each all or none.
 * @throws {CliError} when a file changed since its run; {StoppedError} on abort.
 */
export async function undoRuns(
  home: string,
  ids: readonly string[],
  signal?: AbortSignal,
  disk: Disk = realDisk,
): Promise<UndoResult> {
  return withLock(home, async () => {
    const restored = new Set<string>();
    const already = new Set<string>();
    const journals = readJournals(home);
    removeRests(home, journals);
    const chosen = ids.flatMap((id) => journals.filter((journal) => journal.id === id));
    refuseChanged(home, chosen);
    for (const journal of chosen) {
      const items = journal.files.flatMap((file) => restoreItem(home, journal, file));
      await updateJournal(home, { ...journal, state: 'undoing' });
      await replaceFiles(items, disk, signal);
      removeJournal(home, journal.id);
      const names = new Set(items.map(({ name }) => name));
      for (const { file } of journal.files) (names.has(file) ? restored : already).add(file);
    }
    return { restored: [...restored], already: [...already].filter((file) => !restored.has(file)) };
  });
}

/**
 * Takes one file of a run back, in one step, and leaves the rest of the run.
 * @param file relative to the home. @returns whether it had to be restored; false when it already was as before.
 * @throws {CliError} when the file changed since the run, or another run is unfinished.
 */
export async function undoFile(home: string, id: string, file: string, disk: Disk = realDisk): Promise<boolean> {
  return withLock(home, async () => {
    const journals = readJournals(home);
    const half = findKilledRuns(home)[0];
    if (half !== undefined) throw new CliError(describeKilledRun(half));
    removeRests(home, journals);
    const journal = journals.find((one) => one.id === id);
    const saved = journal?.files.find((one) => one.file === file);
    if (journal === undefined || saved === undefined) return false;
    refuseChanged(home, [{ ...journal, files: [saved] }]);
    const items = restoreItem(home, journal, saved);
    await replaceFiles(items, disk);
    const files = journal.files.filter((one) => one !== saved);
    // Killed before this, the file is as before already, which every later undo takes for what it is.
    if (files.length === 0) removeJournal(home, id);
    else await updateJournal(home, { ...journal, state: 'done', files });
    return items.length > 0;
  });
}

/** A run that was killed, and how far it got. */
export interface KilledRun {
  readonly journal: Journal;
  readonly after: number;
}

/** Finds runs and undos that were killed and left the folder half changed. */
export function findKilledRuns(home: string): KilledRun[] {
  return readJournals(home).flatMap((journal) => {
    if (journal.state === 'done') return [];
    const states = journal.files.map((file) => stateOf(home, file));
    const whole =
      states.every((state) => state === 'before') ||
      (journal.state === 'writing' && states.every((state) => state === 'after'));
    return whole ? [] : [{ journal, after: states.filter((state) => state === 'after').length }];
  });
}

/** Says in one line what a killed run left, and what to do. */
export function describeKilledRun({ journal, after }: KilledRun): string {
  const what = journal.state === 'writing' ? 'run' : 'undo';
  return `an earlier ${what} was interrupted and left ${after} of ${count(journal.files.length, 'file')} in the migrated state; restore them first: migrate-llm undo`;
}

/** Brings killed runs to their end where nothing is half done; throws `CliError` where something is. */
async function settleKilledRuns(home: string): Promise<void> {
  const journals = readJournals(home);
  const half = findKilledRuns(home)[0];
  if (half !== undefined) throw new CliError(describeKilledRun(half));
  removeRests(home, journals);
  for (const journal of journals) {
    if (journal.state === 'done') continue;
    if (journal.files.every((file) => stateOf(home, file) === 'before')) removeJournal(home, journal.id);
    else await updateJournal(home, { ...journal, state: 'done' });
  }
}

function checkChange(folder: Folder, { file, before }: FileChange): ReturnType<typeof inspectFile> {
  const path = join(folder.path, file);
  const found = inspectFile(folder.path, path, file);
  if (!found.bytes.equals(Buffer.from(before)))
    throw new CliError(`${file} was changed by another program since it was read; nothing was changed. Run it again`);
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new CliError(
      `${file} cannot be written: ${describeSystemError(error)}; nothing was changed. Give write access to it and its folder, then run it again`,
    );
  }
  return found;
}

function restoreItem(home: string, journal: Journal, file: JournalFile): Replacement[] {
  if (stateOf(home, file) !== 'after') return [];
  const path = join(home, file.file);
  const { bytes, owner } = inspectFile(home, path, file.file);
  const before = readBefore(home, journal, file);
  const temp = tempPath(home, journal, file);
  return [
    { path, name: file.file, was: bytes, bytes: before, owner: { ...owner, mode: file.mode }, ownerNow: owner, temp },
  ];
}

/** Looks at all runs before the first is taken back: each must find what it left, once the newer ones are undone. */
function refuseChanged(home: string, newestFirst: readonly Journal[]): void {
  const now = new Map<string, string | undefined>();
  const lost = new Set<string>();
  for (const { files } of newestFirst) {
    for (const { file, before, after } of files) {
      const hash = now.has(file) ? now.get(file) : hashFile(join(home, file));
      if (hash !== before && hash !== after) lost.add(hash === undefined ? `${file} (missing)` : file);
      now.set(file, before);
    }
  }
  if (lost.size === 0) return;
  const list = [...lost].map((file) => `  ${file}`).join('\n');
  throw new CliError(
    `${count(lost.size, 'file')} changed since the run, and undo would lose those changes; nothing was restored. Take them back or save them elsewhere, then run undo again:\n${list}`,
  );
}
