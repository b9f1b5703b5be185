import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageOf, type FileChange, type MigrationPlan } from '@migrate-llm/codemods';
import { CliError, codeOf, describeSystemError } from './cli-error.ts';
import { readOwners } from './codeowners.ts';
import { pathFrom, type Folder } from './folder.ts';
import { writePatch } from './reports/patch.ts';
import type { Split } from './request.ts';

/** One patch of a split plan. */
export interface Part {
  /** Name of the patch file. */
  readonly name: string;
  /** The package or the owners it is for. */
  readonly for: string;
  readonly changes: readonly FileChange[];
  /** Names of patches with a package.json that files of this one need. */
  readonly needs: readonly string[];
}

/** Groups the changes of a plan, each file in one part. Throws `CliError` when owners are asked for and nothing names them. */
export function splitPlan(plan: MigrationPlan, folder: Folder, by: Split): Part[] {
  const groupOf = by === 'package' ? groupByPackage(plan) : groupByOwners(folder);
  const groups = new Map<string, FileChange[]>();
  for (const change of plan.changes) {
    const key = groupOf(change.file);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const named = [...groups].map(([key, changes], index) => ({ name: nameOf(index, key), for: key, changes }));
  return named.map((part) => ({
    ...part,
    needs: named.filter((other) => other !== part && isNeeded(other.changes, part.changes)).map(({ name }) => name),
  }));
}

/** Writes the parts into a new or empty folder. Throws `CliError` when something is in the way. */
export function writeParts(parts: readonly Part[], cwd: string, out: string): void {
  const path = resolve(cwd, out);
  try {
    mkdirSync(path, { recursive: true });
    if (readdirSync(path).length > 0)
      throw new CliError(`${out} is not empty; give --out a new folder, so that no older patch lies among these`);
    for (const { name, changes } of parts) writeFileSync(join(path, name), writePatch(changes), { flag: 'wx' });
  } catch (error) {
    if (error instanceof CliError || codeOf(error) === undefined) throw error;
    throw new CliError(`${out} cannot be written: ${describeSystemError(error)}`);
  }
}

function groupByPackage({ packages }: MigrationPlan): (file: string) => string {
  return (file) => {
    const owner = packageOf(packages, file);
    return owner === undefined || owner.folder === '' ? (owner?.name ?? '(root)') : owner.folder;
  };
}

function groupByOwners({ home, path }: Folder): (file: string) => string {
  const owners = readOwners(home);
  if (owners === undefined)
    throw new CliError(`--split codeowners needs a CODEOWNERS file in ${home} (.github/, the root, docs/ or .gitlab/)`);
  return (file) => owners.ownerOf(pathFrom(home, join(path, file))) ?? 'nobody';
}

function nameOf(index: number, key: string): string {
  const word = key
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return `${String(index + 1).padStart(3, '0')}-${word === '' ? 'root' : word}.patch`;
}

/** The package.json nearest above a file of one part lies in another: its dependency comes from there. */
function isNeeded(other: readonly FileChange[], own: readonly FileChange[]): boolean {
  const manifests = (changes: readonly FileChange[]): string[] =>
    changes.flatMap(({ file }) => (/(?:^|\/)package\.json$/.test(file) ? [file.slice(0, -'package.json'.length)] : []));
  const [theirs, ours] = [manifests(other), manifests(own)];
  return own.some(({ file, after }) => {
    if (!after.includes('@migrate-llm/shim') || file.endsWith('package.json')) return false;
    const nearest = [...theirs, ...ours].filter((at) => file.startsWith(at)).sort((a, b) => b.length - a.length)[0];
    return nearest !== undefined && theirs.includes(nearest);
  });
}
