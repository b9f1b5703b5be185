import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rules, type FileChange, type Finding, type MigrationPlan, type PlanOptions } from '@migrate-llm/codemods';
import { minimatch } from 'minimatch';
import type { Args } from './args.ts';
import { valueOf } from './args.ts';
import { CliError } from './cli-error.ts';
import type { Unread } from './files.ts';
import type { Folder } from './folder.ts';
import { listChangedSince } from './git.ts';
import { checkRule } from './rule-names.ts';
import { count } from './word.ts';

/** Which part of a plan somebody asked for. */
export interface Scope {
  /** What the plan is asked for. */
  readonly options: PlanOptions;
  /** Whether a file takes part. */
  readonly has: (file: string) => boolean;
  /** Whether a file was named by `--skip`. */
  readonly isSkipped: (file: string) => boolean;
  /** Groups of finding ids that `--finding` names; undefined for all. */
  readonly ids: ReadonlySet<string> | undefined;
}

/** A plan cut to a scope. */
export interface ScopedPlan {
  readonly plan: MigrationPlan;
  readonly skipped: readonly Unread[];
  /** What was cut off although the rest needs it, one line each. */
  readonly warnings: readonly string[];
}

/** Reads `--only`, `--skip`, `--since` and `--finding`. Throws `CliError` for a word that names neither a rule nor a path. */
export function readScope(args: Args, folder: Folder): Scope {
  const only = readWords(args, 'only', folder);
  const skip = readWords(args, 'skip', folder);
  const since = valueOf(args, 'since');
  const changed = since === undefined ? undefined : readSince(folder, since);
  const isSkipped = (file: string): boolean => skip.paths.some((pattern) => matches(file, pattern));
  return {
    options: {
      rules: {
        ...(only.rules.length === 0 ? {} : { only: only.rules }),
        ...(skip.rules.length === 0 ? {} : { skip: skip.rules }),
      },
      upgradeSdk: args.switches.has('upgrade-sdk'),
      ...(args.switches.has('rewrite-models') ? { rewriteModels: 'config' } : {}),
      marks: args.switches.has('marks'),
    },
    has: (file) =>
      !isSkipped(file) &&
      (only.paths.length === 0 || only.paths.some((pattern) => matches(file, pattern))) &&
      (changed === undefined || changed.has(file)),
    isSkipped,
    ids: readIds(args),
  };
}

/** Cuts a plan to a scope. A package.json that the chosen files need comes along, unless `--skip` names it. */
export function applyScope(plan: MigrationPlan, skipped: readonly Unread[], scope: Scope): ScopedPlan {
  const chosen = plan.changes.filter(({ file }) => scope.has(file));
  const needed = plan.changes.filter(
    ({ file }) => !scope.has(file) && !scope.isSkipped(file) && isNeededBy(file, chosen, plan),
  );
  const files = new Set([...chosen, ...needed].map(({ file }) => file));
  const isIn = ({ file }: { file: string }): boolean => scope.has(file) || files.has(file);
  const byPath = plan.findings.filter(isIn);
  const { ids } = scope;
  const findings = ids === undefined ? byPath : byPath.filter(({ id }) => ids.has(groupOf(id)));
  const named = new Set(findings.map(({ file }) => file));
  const changes = plan.changes.filter(({ file }) => files.has(file) && (ids === undefined || named.has(file)));
  const left = plan.changes.filter(({ file }) => !files.has(file));
  return {
    plan: { ...plan, findings, changes, skipped: plan.skipped.filter(isIn) },
    skipped: skipped.filter(isIn),
    warnings: ids === undefined ? warnAboutMocks(plan, chosen, left) : [],
  };
}

/** The part of an id that equal touchpoints of a file share. */
function groupOf(id: string): string {
  return id.split('-')[0] ?? id;
}

function swaps({ findings }: MigrationPlan, rule: string): Finding[] {
  return findings.filter((finding) => finding.rule === rule && finding.action === 'rewrite');
}

function isNeededBy(file: string, chosen: readonly FileChange[], plan: MigrationPlan): boolean {
  if (!/(?:^|\/)package\.json$/.test(file)) return false;
  const swapped = new Set(swaps(plan, 'import-swap').map((finding) => finding.file));
  const folder = dirname(file) === '.' ? '' : `${dirname(file)}/`;
  return chosen.some((change) => swapped.has(change.file) && change.file.startsWith(folder));
}

function warnAboutMocks(plan: MigrationPlan, chosen: readonly FileChange[], left: readonly FileChange[]): string[] {
  const mocks = new Set(swaps(plan, 'mock-swap').map(({ file }) => file));
  const out = left.filter(({ file }) => mocks.has(file)).map(({ file }) => file);
  if (out.length === 0 || chosen.length === 0) return [];
  return [
    `${count(out.length, 'file')} that mock openai for migrated code are left out: ${out.slice(0, 3).join(', ')}${out.length > 3 ? ` and ${out.length - 3} more` : ''}; their tests may fail until they are migrated too`,
  ];
}

interface Words {
  readonly rules: readonly string[];
  readonly paths: readonly string[];
}

function readWords(args: Args, name: string, folder: Folder): Words {
  const found: { rules: string[]; paths: string[] } = { rules: [], paths: [] };
  const known = new Set(rules.map(({ id }) => id));
  for (const value of args.values.get(name) ?? []) {
    // A path may have a comma in its name.
    const words = isPath(value, folder) ? [value] : value.split(',').map((word) => word.trim());
    for (const word of words) {
      if (!known.has(word) && isPath(word, folder)) found.paths.push(tidyPath(word));
      else found.rules.push(checkRule(word));
    }
  }
  return found;
}

function isPath(word: string, folder: Folder): boolean {
  return existsSync(join(folder.path, word)) || (/[/\\*.[{]/.test(word) && !word.includes(','));
}

function tidyPath(word: string): string {
  return word.replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/+$/, '');
}

function matches(file: string, pattern: string): boolean {
  if (pattern === '' || pattern === '.') return true;
  return (
    file === pattern ||
    file.startsWith(`${pattern}/`) ||
    minimatch(file, pattern, { dot: true }) ||
    minimatch(file, `${pattern}/**`, { dot: true })
  );
}

function readSince(folder: Folder, ref: string): ReadonlySet<string> {
  if (folder.repository.kind !== 'git')
    throw new CliError(`--since ${ref} needs git, and ${folder.typed} is in no git repository that can be read`);
  const changed = listChangedSince(folder.path, ref);
  if (typeof changed === 'string') throw new CliError(`--since ${ref}: ${changed}`);
  return new Set(changed);
}

function readIds(args: Args): ReadonlySet<string> | undefined {
  const values = args.values.get('finding');
  if (values === undefined) return undefined;
  const ids = values.flatMap((value) => value.split(',').map((id) => id.trim()));
  const wrong = ids.find((id) => !/^[0-9a-f]{10}(?:-\d+)?$/.test(id));
  if (wrong !== undefined)
    throw new CliError(
      `"${wrong}" is not the id of a finding; it has ten digits from 0 to f, as --format json shows it`,
    );
  return new Set(ids.map(groupOf));
}
