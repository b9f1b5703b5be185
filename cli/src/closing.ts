import type { Finding } from '@migrate-llm/codemods';
import type { Folder } from './folder.ts';
import type { Outcome, Report } from './reports/report.ts';
import { writeCounts } from './reports/text.ts';
import type { Terminal } from './terminal.ts';
import { describeProof } from './verify.ts';
import { count, quoteShell, showName } from './word.ts';

/** The command as it is typed again for a folder. */
export function commandFor({ typed }: Folder): string {
  return ['migrate-llm', ...(typed === '.' ? [] : [quoteShell(typed)])].join(' ');
}

/** The last lines of a plan: what is pending, and the next command. */
export function closingLines(
  { plan, skipped }: Report,
  folder: Folder,
  { check, blocked }: { readonly check: boolean; readonly blocked: string | undefined },
): string {
  const command = commandFor(folder);
  if (plan.findings.length === 0) {
    const unknown =
      skipped.length > 0 ? `, except in the ${count(skipped.length, 'file')} above that could not be looked into` : '';
    return `Nothing of OpenAI was found in ${count(plan.filesScanned, 'file')}${unknown}.\n`;
  }
  const counts = `${writeCounts(plan)}.`;
  if (plan.changes.length === 0) return `Nothing to do: ${counts}\n`;
  if (check) return `Pending: ${counts}\nNext: ${command} --write\n`;
  if (blocked !== undefined) return `${counts}\nNothing written: ${showName(blocked)}.\nThen: ${command} --write\n`;
  const undo = folder.repository.kind === 'git' ? '' : ' There is no git here; migrate-llm undo restores every byte.';
  return `${counts}\nNothing written; run with --write.${undo}\nNext: ${command} --write\n`;
}

/** The last lines of a run that wrote. */
export function writtenLines(
  { plan }: Report,
  { written, id, types }: Outcome,
  whole: boolean,
  folder: Folder,
  { colors }: Pick<Terminal, 'colors'>,
): string {
  if (id === undefined) return '';
  const place = folder.typed === '.' ? '' : ` ${quoteShell(folder.typed)}`;
  const manual = plan.findings.filter(({ action }) => action === 'manual').length;
  const tasks = [
    ...new Set(
      plan.findings
        .filter(({ action, fix, file }) => action === 'rewrite' && fix !== '' && written.includes(file))
        .map(({ fix }) => fix),
    ),
  ];
  const checked = whole
    ? 'read again, parsed, and a second run would change nothing'
    : 'read again and parsed; what you left out is still to come';
  return [
    `${colors.green('Written:')} ${count(written.length, 'file')}; ${checked}.`,
    ...[describeProof(types)].filter((line) => line !== ''),
    ...(manual > 0
      ? [
          `${colors.yellow(`${manual} ${manual === 1 ? 'touchpoint needs' : 'touchpoints need'} you`)}: see "Needs you" above.`,
        ]
      : []),
    ...tasks.map((task) => `Next: ${showName(task)}`),
    `Next: migrate-llm doctor${place}   (says where the calls go now)`,
    `Undo: migrate-llm undo${place}`,
    '',
  ].join('\n');
}

/** Names findings one a line, for the checks that ask about some of them. */
export function listFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ file, line, what, id }) => `  ${showName(file)}:${line}  ${showName(what)}  [${id}]\n`)
    .join('');
}
