import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A text file of a folder, with its path from the folder. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Runs a task on a copy of a folder, and removes the copy whatever happens. */
export async function withCopy<Result>(folder: string, task: (copy: string) => Promise<Result>): Promise<Result> {
  const place = mkdtempSync(join(tmpdir(), 'migrate-llm-corpus-'));
  const copy = join(place, 'repo');
  try {
    runTool('cp', ['-a', '--reflink=auto', folder, copy], place);
    return await task(copy);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Runs a tool to its end and hands back what it printed; throws with its last words when it fails. */
export function runTool(command: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: exit ${status}: ${stderr.trim().slice(-400)}`);
  return stdout;
}

/** Every file under a folder, `.git` excepted, with `/`, sorted. */
export function listAll(folder: string): string[] {
  const found: string[] = [];
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (path !== '.git') walk(path);
      } else found.push(path);
    }
  };
  walk('');
  return found.sort();
}

/** A hash over the path, mode and bytes of every file of a folder: two equal hashes are two equal trees. */
export function hashTree(folder: string): string {
  const hash = createHash('sha256');
  for (const file of listAll(folder)) {
    const path = join(folder, file);
    const entry = lstatSync(path);
    hash.update(`${file}\0${entry.mode}\0`);
    hash.update(entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
    hash.update('\0');
  }
  return hash.digest('hex');
}

/** The regular files that git tracks and that are UTF-8 to the byte; no directory that a package manager fills. */
export function readTexts(folder: string): TextFile[] {
  const names = runTool('git', ['ls-files', '-z'], folder).split('\0');
  return names.flatMap((file): TextFile[] => {
    if (file === '' || /(?:^|\/)node_modules\//.test(file)) return [];
    const entry = lstatSync(join(folder, file), { throwIfNoEntry: false });
    if (entry === undefined || !entry.isFile() || entry.size > 4 * 1024 * 1024) return [];
    const bytes = readFileSync(join(folder, file));
    const text = bytes.toString('utf8');
    return Buffer.from(text).equals(bytes) ? [{ file, text }] : [];
  });
}
