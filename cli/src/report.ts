import type { Action, Finding, MigrationPlan } from '@migrate-llm/codemods';
import { writeDiff } from './diff.ts';
import type { Unread } from './files.ts';
import type { Terminal } from './terminal.ts';
import { count, showName } from './word.ts';

/** What a report shows. */
export interface ReportInput {
  readonly plan: MigrationPlan;
  /** Files that were not read or not parsed although they mention OpenAI. */
  readonly skipped: readonly Unread[];
  /** Prefix that makes a file's path usable from the working directory. */
  readonly prefix: string;
}

const titles: ReadonlyArray<readonly [Action, string]> = [
  ['rewrite', 'To rewrite'],
  ['manual', 'Needs you'],
  ['leave', 'Stays as it is'],
];

/** Writes the plan: findings by what happens to them, then what was not read, then the diff. */
export function writePlan(
  { plan, skipped, prefix }: ReportInput,
  { colors, screen }: Pick<Terminal, 'colors' | 'screen'>,
): string {
  const paint: Readonly<Record<Action, (text: string) => string>> = {
    rewrite: colors.green,
    manual: colors.yellow,
    leave: colors.dim,
  };
  const sections = titles.flatMap(([action, title]) => {
    const findings = plan.findings.filter((finding) => finding.action === action);
    if (findings.length === 0) return [];
    const head = paint[action](colors.bold(`${title} (${findings.length})`));
    return [[head, ...groupByReason(findings).map((group) => writeGroup(group, prefix, colors)), ''].join('\n')];
  });
  if (skipped.length > 0) {
    const lines = skipped.map(({ file, why }) => `  ${showName(prefix + file)}  ${colors.dim(showName(why))}`);
    sections.push([colors.yellow(colors.bold(`Not looked into (${skipped.length})`)), ...lines, ''].join('\n'));
  }
  const diffs = plan.changes.map((change) => writeDiff(change, { colors, visible: screen }));
  return [...sections, ...diffs].map((part) => `${part}\n`).join('');
}

/** Findings that share their reason and what to do: it is said once. */
function groupByReason(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.why, finding.fix]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function writeGroup(group: readonly Finding[], prefix: string, colors: Terminal['colors']): string {
  const places = group.map(({ file, line }) => `${showName(prefix + file)}:${line}`);
  const width = Math.min(48, Math.max(...places.map((place) => place.length)));
  const first = group[0] as Finding;
  const lines = group.map(({ what, confidence }, index) => {
    const sure = confidence === 'certain' ? '' : colors.dim(` (${confidence})`);
    return `  ${colors.cyan((places[index] ?? '').padEnd(width))}  ${showName(what)}${sure}`;
  });
  lines.push(colors.dim(`      ${showName(first.why)} [${first.rule}]`));
  if (first.fix !== '') lines.push(`      ${colors.bold('do:')} ${showName(first.fix)}`);
  return lines.join('\n');
}

/** Counts the findings in a line: "5 to rewrite in 3 files, 1 needs you, 4 stay as they are". */
export function writeCounts(plan: MigrationPlan): string {
  const of = (action: Action) => plan.findings.filter((finding) => finding.action === action).length;
  const [rewrite, manual, leave] = [of('rewrite'), of('manual'), of('leave')];
  const parts = [
    ...(rewrite > 0 ? [`${rewrite} to rewrite in ${count(plan.changes.length, 'file')}`] : []),
    ...(manual > 0 ? [`${manual} ${manual === 1 ? 'needs' : 'need'} you`] : []),
    ...(leave > 0 ? [`${leave} ${leave === 1 ? 'stays as it is' : 'stay as they are'}`] : []),
  ];
  return parts.join(', ');
}

/** The plan as JSON, version 1. */
export function writeJson(
  input: Omit<ReportInput, 'prefix'>,
  more: Readonly<Record<string, unknown>>,
  colors: Terminal['colors'],
): string {
  const { plan, skipped } = input;
  const changes = plan.changes.map((change) => ({
    file: change.file,
    diff: writeDiff(change, { colors, visible: false }),
  }));
  return `${JSON.stringify({ version: 1, ...more, filesScanned: plan.filesScanned, findings: plan.findings, changes, skipped }, null, 2)}\n`;
}
