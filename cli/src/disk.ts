import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError, describeSystemError } from './cli-error.ts';
import { isWithin } from './folder.ts';

/** What a new version of a file keeps of the old one. */
export interface Owner {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The writing operations, apart so that tests can make each of them fail. */
export interface Disk {
  /** Writes a new file down to the platter, with an owner and permission bits. */
  readonly create: (path: string, bytes: Uint8Array, owner: Owner) => Promise<void>;
  /** Moves a file over another in one step. */
  readonly move: (from: string, to: string) => Promise<void>;
}

/** The real disk. */
export const realDisk: Disk = { create: createFile, move: rename };

/** One file to replace. */
export interface Replacement {
  readonly path: string;
  /** Path to show. */
  readonly name: string;
  /** Bytes that must be there now; they are put back when a later file fails. */
  readonly was: Uint8Array;
  readonly bytes: Uint8Array;
  /** Owner and permission bits of the new version. */
  readonly owner: Owner;
  /** Owner and permission bits of the version that is there now. */
  readonly ownerNow: Owner;
  /** Where the new version is prepared: in the same folder, so that the move is one step. */
  readonly temp: string;
}

/** Thrown after Ctrl-C, when everything is as it was. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}

/**
 * Replaces all files or none: first every new version is prepared beside its file, which is where a full disk or missing rights show;
 * then each is moved over the old one.
 * @throws {CliError} when the system refuses or a file changed meanwhile; {StoppedError} on abort. Everything is put back first.
 */
export async function replaceFiles(items: readonly Replacement[], disk: Disk, signal?: AbortSignal): Promise<void> {
  const moved: Replacement[] = [];
  let current: Replacement | undefined;
  try {
    for (const item of items) {
      current = item;
      stopIfAsked(signal);
      await disk.create(item.temp, item.bytes, item.owner);
    }
    for (const item of items) {
      current = item;
      stopIfAsked(signal);
      if (!readFileSync(item.path).equals(item.was))
        throw new CliError(`${item.name} was changed by another program at this moment`);
      await disk.move(item.temp, item.path);
      moved.push(item);
    }
    await syncFolders(items);
    stopIfAsked(signal);
  } catch (error) {
    const stuck = await putBack(moved.toReversed(), disk);
    await removeTemps(items);
    if (stuck.length > 0)
      throw new CliError(
        `${describeFailure(error, current)}, and ${stuck.join(', ')} could not be put back; make room or give rights, then run: migrate-llm undo`,
      );
    if (error instanceof StoppedError) throw error;
    throw new CliError(`${describeFailure(error, current)}; nothing was changed. Mend that and run it again`);
  }
}

/** Looks at a file that is about to be replaced. Throws `CliError` when it is not a plain file inside `root`. */
export function inspectFile(root: string, path: string, name: string): { bytes: Buffer; owner: Owner } {
  try {
    const stat = lstatSync(path);
    const folder = realpathSync(dirname(path));
    if (stat.isSymbolicLink() || folder !== dirname(path))
      throw new CliError(`${name} is reached through a symbolic link; nothing was changed`);
    if (!isWithin(root, folder)) throw new CliError(`${name} lies outside ${root}; nothing was changed`);
    if (!stat.isFile()) throw new CliError(`${name} is not a file any more; nothing was changed`);
    return { bytes: readFileSync(path), owner: { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid } };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${name} cannot be read: ${describeSystemError(error)}; nothing was changed`);
  }
}

/** SHA-256 in hexadecimal. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file's bytes in hexadecimal; undefined when it cannot be read. */
export function hashFile(path: string): string | undefined {
  try {
    return hashBytes(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** Makes a folder's new names last through a power cut, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows and some network file systems cannot; the files themselves are synced.
  }
}

async function createFile(path: string, bytes: Uint8Array, owner: Owner): Promise<void> {
  // A rest of an earlier, killed run may be in the way; only our own names come here.
  await rm(path, { force: true });
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    const { uid, gid } = await handle.stat();
    if (process.platform !== 'win32' && (uid !== owner.uid || gid !== owner.gid))
      await handle.chown(owner.uid, owner.gid);
    await handle.chmod(owner.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function putBack(moved: readonly Replacement[], disk: Disk): Promise<string[]> {
  const stuck: string[] = [];
  for (const { path, name, was, temp, ownerNow } of moved) {
    try {
      await disk.create(temp, was, ownerNow);
      await disk.move(temp, path);
    } catch {
      stuck.push(name);
    }
  }
  await syncFolders(moved);
  return stuck;
}

async function removeTemps(items: readonly Replacement[]): Promise<void> {
  for (const { temp } of items) {
    try {
      await rm(temp, { force: true });
    } catch {
      // Where nothing may be written, nothing was prepared either.
    }
  }
}

async function syncFolders(items: readonly Replacement[]): Promise<void> {
  for (const folder of new Set(items.map(({ path }) => dirname(path)))) await syncFolder(folder);
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new StoppedError('stopped');
}

function describeFailure(error: unknown, item: Replacement | undefined): string {
  if (error instanceof CliError) return error.message;
  if (error instanceof StoppedError) return 'stopped by Ctrl-C';
  return `${item?.name ?? 'a file'} cannot be written: ${describeSystemError(error)}`;
}
