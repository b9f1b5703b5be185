import { handOver, isLeft, type HandOver, type MigrationPlan } from '@migrate-llm/codemods';
import { code, fence, prose, writeTable } from '@migrate-llm/compat-tests/reports';
import { count } from '../word.ts';
import { describeDays, listDeadlines } from './deadlines.ts';
import type { Report } from './report.ts';
import { sumPackages } from './summary.ts';
import { listSupport } from './support.ts';

/** The plan as Markdown for a pull request or an issue: what changes, what ends when, and each open task whole. */
export function writeMarkdown({ plan, skipped, today, outcome, target }: Report): string {
  const left = plan.findings.filter(isLeft);
  const tasks = left.filter(({ action }) => action === 'manual').map((finding) => handOver(finding, plan));
  const checks = left.filter(({ action }) => action === 'leave').map((finding) => handOver(finding, plan));
  return [
    '# Migration off OpenAI',
    '',
    `${outcome === undefined ? 'Planned' : 'Done'} by migrate-llm: ${count((outcome?.written ?? plan.changes).length, 'file')} ${outcome === undefined ? 'to change' : 'changed'}, ${count(tasks.length, 'task')} left, ${count(checks.length, 'place')} to check. ${count(plan.filesScanned, 'file')} scanned.`,
    '',
    ...writePackages(plan),
    ...writeDeadlines(plan, today),
    ...writeSupport(plan, target),
    ...writeSection('Left to do', tasks),
    ...writeSection('To check', checks),
    ...writeChanges(plan),
    ...(skipped.length === 0
      ? []
      : [
          `## Not looked into (${skipped.length})`,
          '',
          ...skipped.map(({ file, why }) => `- ${code(file)}: ${prose(why)}`),
          '',
        ]),
  ].join('\n');
}

function writePackages(plan: MigrationPlan): string[] {
  return writeTable(
    [
      { head: 'package' },
      { head: 'folder' },
      ...['files changed', 'rewritten', 'needs a person', 'stays'].map((head) => ({ head, align: 'right' as const })),
    ],
    sumPackages(plan).map(({ package: one, files, counts }) => [
      code(one.name),
      code(one.folder === '' ? '.' : one.folder),
      ...[files, counts.rewrite, counts.manual, counts.leave].map(String),
    ]),
  );
}

function writeDeadlines(plan: MigrationPlan, today: string): string[] {
  const table = writeTable(
    [{ head: 'date' }, { head: '' }, { head: 'what' }, { head: 'places', align: 'right' }, { head: 'source' }],
    listDeadlines(plan.findings, today).map(({ date, of, days, findings, source }) => [
      date,
      describeDays(days),
      code(of),
      String(findings.length),
      source,
    ]),
  );
  return table.length === 0 ? [] : [`## What OpenAI turns off (counted from ${today})`, '', ...table];
}

function writeSupport(plan: MigrationPlan, target: Report['target']): string[] {
  const table = writeTable(
    [{ head: '' }, { head: 'feature' }, { head: 'calls', align: 'right' }, { head: 'why' }, { head: 'source' }],
    listSupport({ plan, target }).map(({ feature, support, because, source, checked, findings }) => [
      support,
      code(feature),
      String(findings.length),
      code(because),
      `${source}${checked === '' ? '' : ` (${checked})`}`,
    ]),
  );
  return table.length === 0 ? [] : [`## What the calls use, at ${String(target)}`, '', ...table];
}

function writeSection(title: string, tasks: readonly HandOver[]): string[] {
  if (tasks.length === 0) return [];
  return [`## ${title} (${tasks.length})`, '', ...tasks.flatMap(writeTask)];
}

function writeTask(task: HandOver): string[] {
  const { file, line, confidence, what, why, recipe, background, features, deadline, accept, id, rule } = task;
  const sure = confidence === 'certain' ? '' : ` (${confidence})`;
  return [
    `### ${code(`${file}:${line}`)} ${prose(what)}`,
    '',
    ...writeCode(task),
    '',
    `- Why: ${prose(why)}${sure}`,
    `- Do: ${prose(recipe)}`,
    ...(features.length === 0 ? [] : [`- Uses: ${features.map(code).join(', ')}`]),
    ...(deadline === null ? [] : [`- Ends: ${deadline.date}, ${prose(deadline.of)} (${deadline.source})`]),
    `- Done when these succeed: ${accept.map(({ folder, command }) => `${code(command)}${folder === '' ? '' : ` in ${code(folder)}`}`).join(' and ')}`,
    `- Background: ${prose(background)} Rule ${code(rule)}, finding ${code(id)}.`,
    '',
  ];
}

/** The code with its line numbers. */
function writeCode({ code: { line, lines }, file }: HandOver): string[] {
  const width = String(line + lines.length - 1).length;
  return fence(
    lines.map((text, index) => `${String(line + index).padStart(width)}  ${text}`),
    /\.([a-z]+)$/.exec(file)?.[1],
  );
}

function writeChanges({ changes, findings }: MigrationPlan): string[] {
  if (changes.length === 0) return [];
  const lines = changes.map(({ file }) => {
    const whats = findings
      .filter((one) => one.file === file && one.action === 'rewrite')
      .map(({ what }) => prose(what));
    return `- ${code(file)}: ${[...new Set(whats)].join('; ')}`;
  });
  return [`## Changed files (${changes.length})`, '', ...lines, ''];
}
