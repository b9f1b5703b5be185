import type { Action, Finding, MigrationPlan } from '@migrate-llm/codemods';
import { writeDiff } from '../diff.ts';
import type { Terminal } from '../terminal.ts';
import { count, showName } from '../word.ts';
import { describeDays, listDeadlines } from './deadlines.ts';
import type { Report } from './report.ts';
import { countActions, sumPackages } from './summary.ts';
import { listSupport } from './support.ts';

const titles: ReadonlyArray<readonly [Action, string]> = [
  ['rewrite', 'To rewrite'],
  ['manual', 'Needs you'],
  ['leave', 'Stays as it is'],
];

/**
 * Writes the plan: findings by what happens to them, what was not read, what ends when, the packages, then the diff.
 * @param prefix makes a file's path usable from the working directory.
 */
export function writePlan(
  { plan, skipped, today, target }: Report,
  prefix: string,
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
  sections.push(
    ...writeDeadlines(plan, today, colors),
    ...writeSupport(plan, target, colors),
    ...writePackages(plan, colors),
  );
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

function writeDeadlines(plan: MigrationPlan, today: string, colors: Terminal['colors']): string[] {
  const rows = listDeadlines(plan.findings, today);
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(({ of }) => of.length));
  const lines = rows.map(({ date, of, days, findings }) => {
    const text = `  ${date}  ${showName(of).padEnd(width)}  ${describeDays(days)}, ${count(findings.length, 'place')}`;
    return days < 0 ? colors.red(text) : text;
  });
  return [[colors.bold('OpenAI turns off'), ...lines, ''].join('\n')];
}

/** What the calls use, and what becomes of it at the target. */
function writeSupport(plan: MigrationPlan, target: Report['target'], colors: Terminal['colors']): string[] {
  const rows = listSupport({ plan, target });
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(({ feature }) => feature.length));
  const lines = rows.map(({ feature, support, because, findings }) => {
    const text = `  ${support.padEnd(8)}  ${feature.padEnd(width)}  ${count(findings.length, 'call')}`;
    const paint = support === 'refused' ? colors.red : support === 'native' ? colors.dim : colors.yellow;
    return `${paint(text)}${because === '' ? '' : colors.dim(`  ${showName(because)}`)}`;
  });
  return [[colors.bold(`What the calls use, at ${String(target)}`), ...lines, ''].join('\n')];
}

/** A table of the packages, where there are several. */
function writePackages(plan: MigrationPlan, colors: Terminal['colors']): string[] {
  const sums = sumPackages(plan);
  if (sums.length < 2) return [];
  const width = Math.max(...sums.map(({ package: one }) => showName(one.name).length));
  const lines = sums.map(
    ({ package: one, files, counts }) =>
      `  ${showName(one.name).padEnd(width)}  ${describeCounts(counts, files)}${one.folder === '' ? '' : colors.dim(`  ${showName(one.folder)}`)}`,
  );
  return [[colors.bold(`Packages (${sums.length})`), ...lines, ''].join('\n')];
}

/** Counts the findings in a line: "5 to rewrite in 3 files, 1 needs you, 4 stay as they are". */
export function writeCounts(plan: MigrationPlan): string {
  return describeCounts(countActions(plan.findings), plan.changes.length);
}

function describeCounts({ rewrite, manual, leave }: Readonly<Record<Action, number>>, files: number): string {
  const parts = [
    ...(rewrite > 0 ? [`${rewrite} to rewrite in ${count(files, 'file')}`] : []),
    ...(manual > 0 ? [`${manual} ${manual === 1 ? 'needs' : 'need'} you`] : []),
    ...(leave > 0 ? [`${leave} ${leave === 1 ? 'stays as it is' : 'stay as they are'}`] : []),
  ];
  return parts.length === 0 ? 'nothing found' : parts.join(', ');
}
