import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minimatch } from 'minimatch';

/**
 * Where hosts look for the file, in their order.
 * Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners, checked 2026-11-25.
 */
const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/** Who owns a file, by its path from the root of the work tree; undefined for nobody. */
export type OwnerOf = (file: string) => string | undefined;

/** Reads the CODEOWNERS file of a work tree; undefined when there is none. */
export function readOwners(root: string): { file: string; ownerOf: OwnerOf } | undefined {
  for (const file of places) {
    try {
      return { file, ownerOf: parseOwners(readFileSync(join(root, file), 'utf8')) };
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

/** Reads the lines of a CODEOWNERS file: the last one that matches decides, and one without owners takes them away. */
function parseOwners(text: string): OwnerOf {
  const rows = text.split(/\r?\n/).flatMap((line) => {
    const words = line.replace(/(?:^|\s)#.*$/, '').trim();
    // A section of GitLab.
    if (words === '' || /^\^?\[/.test(words)) return [];
    const [pattern = '', ...owners] = words.split(/(?<!\\)\s+/);
    return [{ globs: globsOf(pattern.replace(/\\(?=[ #])/g, '')), owners: owners.join(' ') }];
  });
  return (file) => {
    const row = rows.findLast(({ globs }) =>
      globs.some((glob) => minimatch(file, glob, { dot: true, nonegate: true })),
    );
    return row === undefined || row.owners === '' ? undefined : row.owners;
  };
}

/** A pattern without a slash in it matches at any depth; a folder matches what it holds; `docs/*` does not go deeper. */
function globsOf(pattern: string): string[] {
  const bare = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.replace(/\/$/, '').includes('/');
  const from = anchored ? bare : `**/${bare}`;
  if (pattern.endsWith('/')) return [`${from}/**`];
  return pattern.endsWith('/*') ? [from] : [from, `${from}/**`];
}
