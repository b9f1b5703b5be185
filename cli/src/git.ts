import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from './cli-error.ts';

/** What git says about a folder. */
export type Repository =
  | {
      readonly kind: 'git';
      readonly root: string;
      /** Git ignores this very folder, so it knows nothing of its files. */ readonly ignored: boolean;
    }
  | { readonly kind: 'none' }
  /** A `.git` is there, but git cannot be asked. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Looks for the work tree that a folder belongs to. */
export function findRepository(folder: string): Repository {
  const top = runGit(folder, ['rev-parse', '--show-toplevel']);
  if (top.ok && top.text !== '') {
    const ignored = runGit(folder, ['check-ignore', '-q', '--', folder]).ok;
    return { kind: 'git', root: realpathSync(top.text.replace(/\r?\n$/, '')), ignored };
  }
  // Outside any repository git fails too; only a `.git` on the way up tells that apart from a repository it cannot read.
  return hasGitAbove(folder) ? { kind: 'unreadable', why: top.why } : { kind: 'none' };
}

/** Lists the files git tracks or would add below a folder, relative to it; deleted ones may be among them. */
export function listTracked(folder: string): string[] {
  const { ok, text, why } = runGit(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (!ok) throw new Error(`git ls-files failed: ${why}`);
  return [...new Set(text.split('\0').filter((name) => name !== ''))];
}

/** Lists what is not committed below a folder, relative to the work tree's root; `[]` when the folder is clean. */
export function listUncommitted(folder: string): string[] {
  const { ok, text, why } = runGit(folder, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--ignore-submodules=all',
    '--',
    '.',
  ]);
  if (!ok) throw new Error(`git status failed: ${why}`);
  const fields = text.split('\0');
  const names: string[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? '';
    if (field === '') continue;
    names.push(field.slice(3));
    // A rename or a copy is followed by the name it had before.
    if (/^[RC]|^.[RC]/.test(field)) index += 1;
  }
  return names;
}

/**
 * Lists the files below a folder that differ from the commit where the work branched off a ref, uncommitted and new ones included.
 * @returns paths relative to the folder, or why there are none, in words.
 */
export function listChangedSince(folder: string, ref: string): string[] | string {
  const commit = runGit(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (!commit.ok) return 'git knows no such commit, branch or tag';
  const hash = commit.text.trim();
  // In a shallow clone the common ancestor may be missing; then the ref itself is compared.
  const base = runGit(folder, ['merge-base', hash, 'HEAD']);
  const from = base.ok ? base.text.trim() : hash;
  const changed = runGit(folder, ['diff', '--name-only', '--no-renames', '--relative', '-z', from, '--', '.']);
  if (!changed.ok) return changed.why;
  const added = runGit(folder, ['ls-files', '-z', '--others', '--exclude-standard']);
  if (!added.ok) return added.why;
  return [...new Set(`${changed.text}${added.text}`.split('\0').filter((name) => name !== ''))];
}

function hasGitAbove(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

function runGit(folder: string, words: readonly string[]): { ok: boolean; text: string; why: string } {
  // core.fsmonitor may name a program of the repository's choice; reading a folder must not run it.
  const { status, stdout, stderr, error } = spawnSync('git', ['-c', 'core.fsmonitor=false', ...words], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  });
  if (error !== undefined)
    return { ok: false, text: '', why: codeOf(error) === 'ENOENT' ? 'git is not installed' : error.message };
  return { ok: status === 0, text: stdout, why: stderr.trim().split('\n')[0] ?? '' };
}
