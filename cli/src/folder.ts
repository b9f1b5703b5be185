import { realpathSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { commandNames } from './command-names.ts';
import { CliError, codeOf, describeSystemError } from './cli-error.ts';
import { findRepository, type Repository } from './git.ts';
import { lostFolder, type Terminal } from './terminal.ts';
import { findNearest, quoteShell } from './word.ts';

/** The folder a command works on. */
export interface Folder {
  /** Real path, without symbolic links. */
  readonly path: string;
  /** As it is typed again in the next command. */
  readonly typed: string;
  readonly repository: Repository;
  /** Folder that holds the journal: the root of the work tree, or the folder itself where there is no git. */
  readonly home: string;
}

/** Opens the folder that a path names; the working directory when there is none. Throws `CliError` when it is no folder. */
export function openFolder(word: string | undefined, { cwd }: Pick<Terminal, 'cwd'>): Folder {
  const typed = word ?? '.';
  const absolute = resolve(cwd, typed);
  let path: string;
  try {
    path = realpathSync(absolute);
    if (!statSync(path).isDirectory()) throw new CliError(describeFile(typed));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(describeMissing(typed, absolute, cwd, error));
  }
  const repository = findRepository(path);
  // A folder that git ignores is not the work tree's business: its journal stays with it.
  const home = repository.kind === 'git' && !repository.ignored ? repository.root : path;
  return { path, typed, repository, home };
}

/** Path from one folder to a file, with `/` on every system. */
export function pathFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

/** Whether a path is a folder itself or lies below it. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
}

function describeFile(typed: string): string {
  return `${typed} is a file; migrate-llm reads whole folders, because a client made in one file is called in others. Try: migrate-llm ${quoteShell(dirname(typed))}`;
}

function describeMissing(typed: string, absolute: string, cwd: string, error: unknown): string {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR')
    return `${typed} cannot be opened: ${describeSystemError(error)}`;
  // Node remembers the working directory, so that it can be gone without its noticing.
  if (typed === '.') return lostFolder;
  const slashed = typed.replaceAll('\\', '/');
  if (sep === '/' && slashed !== typed && isFolder(resolve(cwd, slashed)))
    return `there is no folder ${typed}; with the slashes of this system it is ${quoteShell(slashed)}`;
  const near = findNearest(typed, commandNames);
  const hint = near === undefined ? '' : `, and no such command; did you mean ${near}?`;
  return `there is no folder ${typed}${hint === '' ? '; give the path of the repo to migrate' : hint} (looked for ${absolute})`;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
