import picocolors from 'picocolors';
import { code, prose, writeTable } from '../../reports/markdown.ts';
import { showControls } from '../../reports/text.ts';
import { type Change, changes, type ComparedCase, type Comparison, countChanges } from '../compare.ts';
import { caseVerdicts } from '../result.ts';
import { sortByLevel } from './capability-table.ts';
import { countOf } from './words.ts';

/** The changes that are listed case by case. */
const listed: readonly Change[] = ['broken', 'undecided', 'flaky', 'still failing', 'healed'];
/** What each change says. */
const meanings: Readonly<Record<Change, string>> = {
  broken: 'got worse',
  undecided: 'one side has no answer to compare',
  flaky: 'held in some askings only; more askings (--k) would tell chance from change',
  'still failing': 'failed before and fails now',
  healed: 'got better',
  same: 'as before',
};

/** Writes a comparison for a terminal: columns, what changed, and each case that did. */
export function writeComparisonTerminal(comparison: Comparison, color: boolean): string {
  const paint = picocolors.createColors(color);
  const { reports, cases, cautions } = comparison;
  const tint = (change: Change, text: string): string => {
    if (change === 'broken' || change === 'still failing') return paint.red(text);
    if (change === 'healed') return paint.green(text);
    return change === 'same' ? paint.dim(text) : paint.yellow(text);
  };
  const width = Math.max(...reports.map(({ label }) => label.length));
  const used = caseVerdicts.filter((verdict) => reports.some(({ counts }) => counts[verdict] > 0));
  const rows = reports.map(({ label, counts }) => {
    const cells = used.map((verdict) => String(counts[verdict] || '·').padStart(verdict.length));
    return `  ${showControls(label).padEnd(width)}  ${cells.join('  ')}`;
  });
  const groups = listed.flatMap((change) => {
    const own = sortByLevel(cases.filter((row) => row.change === change));
    if (own.length === 0) return [];
    return [
      '',
      `  ${tint(change, change)} ${paint.dim(`${countOf(own.length, 'case')}: ${meanings[change]}`)}`,
      ...own.flatMap((row) => [
        `    ${paint.bold(row.id)} ${showControls(row.title)} ${paint.dim(`(${row.level} · ${describeVerdicts(row)})`)}`,
        ...explain(row).map((line) => `      ${paint.dim(showControls(line))}`),
      ]),
    ];
  });
  return [
    `${paint.bold('Compared')}  ${reports.map(({ label }) => showControls(label)).join(' → ')}`,
    ...cautions.map((caution) => paint.yellow(`  ${showControls(caution)}`)),
    '',
    `  ${' '.repeat(width)}  ${paint.dim(used.join('  '))}`,
    ...rows,
    '',
    ...listSteps(comparison).map(([name, text]) => `  ${showControls(name)}: ${text}`),
    ...groups,
    '',
    describeWorse(comparison),
    '',
  ].join('\n');
}

/** Writes a comparison for a pull request. */
export function writeComparisonMarkdown(comparison: Comparison): string {
  const { reports, cases, cautions } = comparison;
  const used = caseVerdicts.filter((verdict) => reports.some(({ counts }) => counts[verdict] > 0));
  const groups = listed.flatMap((change) => {
    const own = sortByLevel(cases.filter((row) => row.change === change));
    const table = writeTable(
      [
        { head: 'case' },
        { head: 'level' },
        { head: 'claim' },
        ...reports.map(({ label }) => ({ head: prose(label) })),
        { head: 'why' },
      ],
      own.map((row) => [
        code(row.id),
        row.level,
        prose(row.title),
        ...row.results.map((result) => result?.verdict ?? 'not there'),
        explain(row).map(prose).join(' '),
      ]),
    );
    return table.length === 0 ? [] : [`### ${change} (${own.length}): ${meanings[change]}`, '', ...table];
  });
  return [
    `## Conformance: ${reports.map(({ label }) => prose(label)).join(' → ')}`,
    '',
    `**${prose(describeWorse(comparison))}**`,
    '',
    ...cautions.flatMap((caution) => [`> ${prose(caution)}`, '']),
    ...writeTable(
      [{ head: '' }, ...used.map((head) => ({ head, align: 'right' as const }))],
      reports.map(({ label, counts }) => [prose(label), ...used.map((verdict) => String(counts[verdict]))]),
    ),
    ...listSteps(comparison).map(([name, text]) => `- ${prose(name)}: ${text}`),
    '',
    ...groups,
  ].join('\n');
}

/** The last sentence of a comparison. */
function describeWorse({ worse, reports, cases }: Comparison): string {
  const [first, last] = [reports[0]?.label ?? '', reports.at(-1)?.label ?? ''];
  const open = cases.filter(({ level, change }) => level === 'must' && change === 'undecided');
  if (worse.length > 0)
    return `${countOf(worse.length, 'must-level case is', 'must-level cases are')} worse at ${showControls(last)} than at ${showControls(first)}: ${worse.join(', ')}.`;
  if (open.length > 0)
    return `No must-level case got worse where it can be said, but ${countOf(open.length, 'must-level case has', 'must-level cases have')} no answer on one side: ${open.map(({ id }) => id).join(', ')}.`;
  return `No must-level case is worse at ${showControls(last)} than at ${showControls(first)}.`;
}

/** Each step from a report to the next in numbers, and over all of them when there are more than two. */
function listSteps({ reports, cases, counts }: Comparison): Array<readonly [string, string]> {
  const steps = reports.slice(1).map(({ label }, at) => {
    const own = cases.flatMap(({ steps: all }) => all[at] ?? []);
    return [`${reports[at]?.label ?? ''} → ${label}`, describeCounts(countChanges(own))] as const;
  });
  if (steps.length < 2) return steps;
  return [...steps, [`${reports[0]?.label ?? ''} → ${reports.at(-1)?.label ?? ''}`, describeCounts(counts)]];
}

function describeCounts(counts: Readonly<Record<Change, number>>): string {
  return (
    changes
      .filter((change) => counts[change] > 0)
      .map((change) => `${counts[change]} ${change}`)
      .join(', ') || 'no case'
  );
}

function describeVerdicts({ results }: ComparedCase): string {
  return results.map((result) => result?.verdict ?? 'not there').join(' → ');
}

/** Why a case stands as it does now, or stood before it was healed. */
function explain({ change, results }: ComparedCase): string[] {
  const telling = change === 'healed' ? results[0] : results.at(-1);
  if (telling === null || telling === undefined) return ['the report does not have this case'];
  const hurts = telling.hurts.length === 0 || change === 'healed' ? '' : ` Hurts ${telling.hurts.join(', ')}.`;
  const reason = telling.reason === '' ? '' : `${change === 'healed' ? 'was: ' : ''}${telling.reason}${hurts}`;
  return reason === '' ? [] : [reason];
}
