import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CliError, codeOf, describeSystemError } from './cli-error.ts';
import { realDisk, hashBytes, hashFile, syncFolder } from './disk.ts';
import { isWithin } from './folder.ts';

/** A file of a run. Paths are relative to the journal's home, so that the repo may move. */
export interface JournalFile {
  readonly file: string;
  /** Number of the saved copy, and of the temporary file. */
  readonly copy: number;
  /** Permission bits before the run. */
  readonly mode: number;
  /** SHA-256 of the bytes before and after the run. */
  readonly before: string;
  readonly after: string;
}

/** What one run changed, kept until it is undone. */
export interface Journal {
  readonly v: 1;
  /** Number of the run, four digits. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly tool: string;
  /** The migrated folder, relative to the home; '' is the home itself. */
  readonly folder: string;
  /** `writing` and `undoing` on disk mean that the program was killed there. */
  readonly state: 'writing' | 'done' | 'undoing';
  readonly files: readonly JournalFile[];
}

/** How a file of a run stands now. */
export type FileState = 'before' | 'after' | 'changed' | 'missing';

const folderName = '.migrate-llm';

/** Finds the journal's home at or above a folder; undefined when there is none. */
export function findHome(path: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    if (lstatSync(join(at, folderName), { throwIfNoEntry: false })?.isDirectory() === true) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Reads all runs, oldest first. Throws `CliError` for a journal that cannot be trusted. */
export function readJournals(home: string): Journal[] {
  return listRuns(home).flatMap((id) => {
    const path = journalPath(home, id);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      // Without its journal a run has changed nothing yet.
      if (codeOf(error) === 'ENOENT') return [];
      throw new CliError(`${path} cannot be read: ${describeSystemError(error)}`);
    }
    return [checkJournal(home, path, text)];
  });
}

/** Reads the bytes of a file as they were before a run. Throws `CliError` when they are not what the journal says. */
export function readBefore(home: string, { id }: Journal, { file, copy, before }: JournalFile): Buffer {
  const path = copyPath(home, id, copy);
  try {
    const bytes = readFileSync(path);
    if (hashBytes(bytes) === before) return bytes;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
  throw new CliError(
    `${path}, the saved copy of ${file}, is missing or damaged; nothing was changed. Restore the file by git, or remove ${join(home, folderName)} to give up the undo`,
  );
}

/** Saves a run before its first write: the bytes of every file, then the journal that names them. */
export async function saveJournal(home: string, journal: Journal, before: readonly Uint8Array[]): Promise<void> {
  const folder = runPath(home, journal.id);
  mkdirSync(join(folder, 'before'), { recursive: true });
  for (const [index, bytes] of before.entries())
    await realDisk.create(copyPath(home, journal.id, index), bytes, ownOwner(0o600));
  await syncFolder(join(folder, 'before'));
  await updateJournal(home, journal);
}

/** Writes a run's journal anew, in one step. */
export async function updateJournal(home: string, journal: Journal): Promise<void> {
  const path = journalPath(home, journal.id);
  await realDisk.create(`${path}.new`, Buffer.from(`${JSON.stringify(journal, null, 2)}\n`), ownOwner(0o600));
  await realDisk.move(`${path}.new`, path);
  await syncFolder(dirname(path));
}

/** Forgets a run. The journal goes first: a rest without it counts as nothing. */
export function removeJournal(home: string, id: string): void {
  rmSync(journalPath(home, id), { force: true });
  rmSync(runPath(home, id), { recursive: true, force: true });
}

/** Removes a journal that holds no run: a program killed at its very start or end leaves it. */
export async function tidyHome(home: string): Promise<void> {
  await withLock(home, async () => removeRests(home, readJournals(home)));
}

/** Removes the rests of runs that were killed before they changed anything, and the temporary files of killed runs and undos. */
export function removeRests(home: string, journals: readonly Journal[]): void {
  const known = new Set(journals.map(({ id }) => id));
  for (const id of listRuns(home)) if (!known.has(id)) removeJournal(home, id);
  for (const journal of journals) {
    for (const file of journal.files) rmSync(tempPath(home, journal, file), { force: true });
  }
}

/** The number that the next run gets. */
export function nextId(home: string): string {
  return String(Math.max(0, ...listRuns(home).map(Number)) + 1).padStart(4, '0');
}

/** Where the new version of a run's file is prepared. */
export function tempPath(home: string, { id }: Journal, { file, copy }: JournalFile): string {
  return join(home, dirname(file), `.migrate-llm-${id}-${copy}.tmp`);
}

/** How a file of a run stands now. */
export function stateOf(home: string, { file, before, after }: JournalFile): FileState {
  const hash = hashFile(join(home, file));
  if (hash === undefined) return 'missing';
  return hash === after ? 'after' : hash === before ? 'before' : 'changed';
}

/**
 * Does something while no other migrate-llm may write here, and removes the journal's folder afterwards when it holds no run.
 * @throws {CliError} when another one is at work, or the folder cannot be written.
 */
export async function withLock<Result>(home: string, action: () => Promise<Result>): Promise<Result> {
  const folder = join(home, folderName);
  const lock = join(folder, 'lock');
  try {
    if (existsSync(folder) && !lstatSync(folder).isDirectory())
      throw new CliError(`${folder} is in the way: it is not a folder`);
    mkdirSync(join(folder, 'runs'), { recursive: true });
    writeFileSync(join(folder, '.gitignore'), '*\n');
    takeLock(lock);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `the undo journal cannot be kept in ${folder}: ${describeSystemError(error)}; nothing was changed`,
    );
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
    if (listRuns(home).length === 0) removeHome(folder);
  }
}

function takeLock(lock: string): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || attempt > 0) throw error;
    }
    const pid = Number(readFileSync(lock, 'utf8'));
    if (isAlive(pid))
      throw new CliError(
        `another migrate-llm (process ${pid}) is writing here; wait for it, or remove ${lock} if that is wrong`,
      );
    unlinkSync(lock);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Removes what we made and nothing else: a file somebody put there keeps the folder. */
function removeHome(folder: string): void {
  try {
    rmdirSync(join(folder, 'runs'));
    if (readdirSync(folder).every((name) => name === '.gitignore')) rmSync(folder, { recursive: true });
  } catch {
    // Something else lies there; it stays.
  }
}

function checkJournal(home: string, path: string, text: string): Journal {
  let journal: Journal | undefined;
  try {
    journal = JSON.parse(text) as Journal;
  } catch {
    journal = undefined;
  }
  if (
    journal?.v !== 1 ||
    !Array.isArray(journal.files) ||
    !/^\d{4,}$/.test(journal.id) ||
    join(path, '..') !== runPath(home, journal.id)
  )
    throw new CliError(
      `${path} is not a journal this version can read; remove ${join(home, folderName)} to give up the undo`,
    );
  // The journal lies in the repo, so a repo could bring one along: it must not reach outside, nor into git's own files.
  const strange = journal.files.find(
    ({ file, copy }) =>
      typeof file !== 'string' ||
      !Number.isInteger(copy) ||
      isAbsolute(file) ||
      !isWithin(home, join(home, file)) ||
      /(?:^|[\\/])\.git(?:[\\/]|$)/i.test(file),
  );
  if (strange !== undefined)
    throw new CliError(`${path} names ${String(strange.file)}, which is not a file of this repo; nothing was changed`);
  return journal;
}

function listRuns(home: string): string[] {
  try {
    return readdirSync(join(home, folderName, 'runs'))
      .filter((name) => /^\d{4,}$/.test(name))
      .sort((a, b) => Number(a) - Number(b));
  } catch {
    return [];
  }
}

function ownOwner(mode: number): { mode: number; uid: number; gid: number } {
  return { mode, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
}

function runPath(home: string, id: string): string {
  return join(home, folderName, 'runs', id);
}

function journalPath(home: string, id: string): string {
  return join(runPath(home, id), 'journal.json');
}

function copyPath(home: string, id: string, index: number): string {
  return join(runPath(home, id), 'before', String(index));
}
