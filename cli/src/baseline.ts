import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@migrate-llm/codemods';
import { CliError, codeOf, describeSystemError } from './cli-error.ts';

/** Equal uses of OpenAI in one file. Lines are not kept, so that moving code is nothing new. */
interface Use {
  readonly file: string;
  readonly rule: string;
  readonly what: string;
  readonly count: number;
}

/** What became of the uses since the baseline. */
export interface Comparison {
  /** Findings of uses that are more than the baseline has. */
  readonly added: readonly Finding[];
  /** How many uses of the baseline are gone. */
  readonly gone: number;
}

/** Findings that count as use of OpenAI: those to rewrite and those that need a person; the marks of these are none. */
export function isUse({ action, rule }: Finding): boolean {
  return action !== 'leave' && rule !== 'mark';
}

/** Compares findings with a baseline file. Throws `CliError` when it cannot be read. */
export function compareBaseline(path: string, typed: string, findings: readonly Finding[], root: string): Comparison {
  const known = readUses(path, typed);
  const now = countUses(findings);
  const knownBy = new Map(known.map((use) => [keyOf(use), use.count]));
  // A file that was renamed takes its uses along: those of a file that is gone count for any other file.
  const moved = new Map<string, number>();
  for (const { file, rule, what, count } of known)
    if (!existsSync(join(root, file))) moved.set(`${rule}\0${what}`, (moved.get(`${rule}\0${what}`) ?? 0) + count);
  let gone = known.reduce((sum, use) => sum + use.count, 0);
  const added: Finding[] = [];
  for (const use of now) {
    const here = knownBy.get(keyOf(use)) ?? 0;
    const key = `${use.rule}\0${use.what}`;
    const fromMoved = Math.min(Math.max(0, use.count - here), moved.get(key) ?? 0);
    moved.set(key, (moved.get(key) ?? 0) - fromMoved);
    gone -= Math.min(use.count, here + fromMoved);
    // Which of several equal uses is the new one cannot be told, so all are shown.
    if (use.count > here + fromMoved)
      added.push(...findings.filter((one) => isUse(one) && keyOfFinding(one) === keyOf(use)));
  }
  return { added, gone };
}

/** Writes the uses of OpenAI as the new baseline, one a line, sorted. @returns how many uses it holds. */
export function writeBaseline(path: string, typed: string, findings: readonly Finding[]): number {
  const uses = countUses(findings);
  const lines = uses.map((use) => `    ${JSON.stringify(use)}`).join(',\n');
  const text = `{\n  "version": 1,\n  "uses": [${lines === '' ? '' : `\n${lines}\n  `}]\n}\n`;
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CliError(`${typed} cannot be written: ${describeSystemError(error)}`);
  }
  return uses.reduce((sum, { count }) => sum + count, 0);
}

function readUses(path: string, typed: string): readonly Use[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new CliError(
        `there is no baseline ${typed}; make it with: migrate-llm --baseline ${typed} --update-baseline`,
      );
    throw new CliError(`${typed} cannot be read: ${describeSystemError(error)}`);
  }
  const uses = parseUses(text);
  if (uses === undefined)
    throw new CliError(`${typed} is not a baseline this version can read; make it anew with --update-baseline`);
  return uses;
}

function parseUses(text: string): Use[] | undefined {
  try {
    const { version, uses } = JSON.parse(text) as { version?: unknown; uses?: unknown };
    if (version !== 1 || !Array.isArray(uses)) return undefined;
    return uses.every(isUseRow) ? uses : undefined;
  } catch {
    return undefined;
  }
}

function isUseRow(value: unknown): value is Use {
  if (typeof value !== 'object' || value === null) return false;
  const { file, rule, what, count } = value as Partial<Record<keyof Use, unknown>>;
  return [file, rule, what].every((one) => typeof one === 'string') && Number.isInteger(count);
}

function countUses(findings: readonly Finding[]): Use[] {
  const uses = new Map<string, Use>();
  for (const finding of findings) {
    if (!isUse(finding)) continue;
    const { file, rule, subject: what } = finding;
    const key = keyOfFinding(finding);
    uses.set(key, { file, rule, what, count: (uses.get(key)?.count ?? 0) + 1 });
  }
  return [...uses.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ file, rule, what }: Omit<Use, 'count'>): string {
  return [file, rule, what].join('\0');
}

function keyOfFinding({ file, rule, subject }: Finding): string {
  return keyOf({ file, rule, what: subject });
}
