import { asRecord } from './json-text.ts';
import type { PlannedPackage } from './finding.ts';
import type { Packages } from './packages.ts';
import { managerOf } from './sdk-version.ts';

/** The packages that some files lie in, by folder; files above every package.json lie in one without a name. */
export function listPackages(
  packages: Packages,
  files: ReadonlyMap<string, string>,
  touched: Iterable<string>,
): PlannedPackage[] {
  const found = new Map<string, PlannedPackage>();
  for (const file of touched) {
    const owner = packages.nearest(file);
    const folder = owner?.folder ?? '';
    if (found.has(folder)) continue;
    const test = asRecord(owner?.json['scripts'])['test'];
    const hasTest = typeof test === 'string' && !/no test specified/.test(test);
    const range = owner?.openai[0]?.range;
    found.set(folder, {
      folder,
      name: owner?.name ?? (folder === '' ? '(root)' : folder),
      ...(range === undefined ? {} : { openai: range }),
      ...(hasTest && owner !== undefined ? { test: `${managerOf(owner, files)} test` } : {}),
    });
  }
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0));
}

/** The package of a plan that a file lies in: the one whose folder is nearest above it. */
export function packageOf(packages: readonly PlannedPackage[], file: string): PlannedPackage | undefined {
  return packages
    .filter(({ folder }) => folder === '' || file.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}
