import { handOver, isLeft, type HandOver, type MigrationPlan } from '@migrate-llm/codemods';
import { count, showName } from '../word.ts';
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
          ...skipped.map(({ file, why }) => `- ${code(showName(file))}: ${prose(why)}`),
          '',
        ]),
  ].join('\n');
}

function writePackages(plan: MigrationPlan): string[] {
  const rows = sumPackages(plan).map(
    ({ package: one, files, counts }) =>
      `| ${cell(one.name)} | ${cell(one.folder === '' ? '.' : one.folder)} | ${files} | ${counts.rewrite} | ${counts.manual} | ${counts.leave} |`,
  );
  if (rows.length === 0) return [];
  return [
    '| package | folder | files changed | rewritten | needs a person | stays |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
  ];
}

function writeDeadlines(plan: MigrationPlan, today: string): string[] {
  const rows = listDeadlines(plan.findings, today).map(
    ({ date, of, days, findings, source }) =>
      `| ${date} | ${describeDays(days)} | ${cell(of)} | ${findings.length} | ${source} |`,
  );
  if (rows.length === 0) return [];
  return [
    `## What OpenAI turns off (counted from ${today})`,
    '',
    '| date | | what | places | source |',
    '| --- | --- | --- | ---: | --- |',
    ...rows,
    '',
  ];
}

function writeSupport(plan: MigrationPlan, target: Report['target']): string[] {
  const rows = listSupport({ plan, target }).map(
    ({ feature, support, because, source, checked, findings }) =>
      `| ${support} | ${cell(feature)} | ${findings.length} | ${cell(because)} | ${source}${checked === '' ? '' : ` (${checked})`} |`,
  );
  if (rows.length === 0) return [];
  return [
    `## What the calls use, at ${String(target)}`,
    '',
    '| | feature | calls | why | source |',
    '| --- | --- | ---: | --- | --- |',
    ...rows,
    '',
  ];
}

function writeSection(title: string, tasks: readonly HandOver[]): string[] {
  if (tasks.length === 0) return [];
  return [`## ${title} (${tasks.length})`, '', ...tasks.flatMap(writeTask)];
}

function writeTask(task: HandOver): string[] {
  const { file, line, confidence, what, why, recipe, background, features, deadline, accept, id, rule } = task;
  const sure = confidence === 'certain' ? '' : ` (${confidence})`;
  return [
    `### ${code(`${showName(file)}:${line}`)} ${prose(what)}`,
    '',
    ...fence(task),
    '',
    `- Why: ${prose(why)}${sure}`,
    `- Do: ${prose(recipe)}`,
    ...(features.length === 0 ? [] : [`- Uses: ${features.map(code).join(', ')}`]),
    ...(deadline === null ? [] : [`- Ends: ${deadline.date}, ${prose(deadline.of)} (${deadline.source})`]),
    `- Done when these succeed: ${accept.map(({ folder, command }) => `${code(command)}${folder === '' ? '' : ` in ${code(showName(folder))}`}`).join(' and ')}`,
    `- Background: ${prose(background)} Rule ${code(rule)}, finding ${code(id)}.`,
    '',
  ];
}

/** The code with its line numbers, in a fence longer than any run of backticks in it. */
function fence({ code: { line, lines }, file }: HandOver): string[] {
  const width = String(line + lines.length - 1).length;
  const numbered = lines.map((text, index) => `${String(line + index).padStart(width)}  ${showName(text)}`);
  const ticks = '`'.repeat(Math.max(3, longestRun(numbered.join('\n')) + 1));
  const language = /\.([a-z]+)$/.exec(file)?.[1] ?? '';
  return [`${ticks}${language}`, ...numbered, ticks];
}

function writeChanges({ changes, findings }: MigrationPlan): string[] {
  if (changes.length === 0) return [];
  const lines = changes.map(({ file }) => {
    const whats = findings
      .filter((one) => one.file === file && one.action === 'rewrite')
      .map(({ what }) => prose(what));
    return `- ${code(showName(file))}: ${[...new Set(whats)].join('; ')}`;
  });
  return [`## Changed files (${changes.length})`, '', ...lines, ''];
}

/** A code span that holds any text. */
function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** Text as text: nothing in it is markup, and no name in it notifies anybody. */
function prose(text: string): string {
  return showName(text)
    .split(/(@[\w-]+(?:\/[\w.-]+)*)/)
    .map((part, index) => (index % 2 === 1 ? code(part) : part.replace(/[\\`*_[\]<>|~#&!]/g, '\\$&')))
    .join('');
}

function cell(text: string): string {
  return code(showName(text)).replaceAll('|', '\\|');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
