import type { Seen } from './counter/count.ts';
import type { Comparison } from './recall.ts';
import type { RepoResult } from './repo.ts';

/** A repo that was measured, or the reason why it could not be. */
export type Outcome = RepoResult | { readonly name: string; readonly failed: string };

/** Writes the table of a run as Markdown, with every difference to the counter below it. */
export function writeReport(outcomes: readonly Outcome[]): string {
  const results = outcomes.filter((one): one is RepoResult => !('failed' in one));
  const failed = outcomes.filter((one) => 'failed' in one);
  const actionOf = (one: RepoResult, action: string): number =>
    one.findings.filter((finding) => finding.action === action).length;
  const rows = results.map((one) => [
    one.name,
    one.files,
    one.findings.length,
    actionOf(one, 'rewrite'),
    actionOf(one, 'leave'),
    actionOf(one, 'manual'),
    one.changed.length,
    showRecall(one.recall.imports),
    showRecall(one.recall.clients),
    showRecall(one.recall.calls),
    `${one.rewritable.rewritten}/${one.rewritable.counted}`,
    showChecks(one),
    showTypes(one),
    one.seconds.toFixed(1),
    Math.round(one.peakMb),
  ]);
  const sum = (of: (one: RepoResult) => number): number => results.reduce((total, one) => total + of(one), 0);
  const both = (of: (one: RepoResult) => Comparison): string =>
    `${sum((one) => of(one).found)}/${sum((one) => of(one).counted)}`;
  rows.push([
    `**${results.length} repos**`,
    sum((one) => one.files),
    sum((one) => one.findings.length),
    sum((one) => actionOf(one, 'rewrite')),
    sum((one) => actionOf(one, 'leave')),
    sum((one) => actionOf(one, 'manual')),
    sum((one) => one.changed.length),
    both((one) => one.recall.imports),
    both((one) => one.recall.clients),
    both((one) => one.recall.calls),
    `${sum((one) => one.rewritable.rewritten)}/${sum((one) => one.rewritable.counted)}`,
    `${results.filter((one) => one.checks.every(({ ok }) => ok)).length}/${results.length} clean`,
    '',
    sum((one) => one.seconds).toFixed(1),
    Math.round(Math.max(0, ...results.map((one) => one.peakMb))),
  ]);
  const head =
    'repo | files | touchpoints | rewritten | stay | need you | files changed | imports | clients | calls | can be rewritten | checks | types | s | MB';
  return [
    '# Corpus run\n',
    table(head.split(' | '), rows),
    ...failed.map((one) => `\nNot measured: ${one.name}: ${'failed' in one ? one.failed : ''}`),
    '\n`imports`, `clients`, `calls`: found by the plan / counted by the counter of its own. `can be rewritten`: rewritten / counted by the counter.\n',
    writeReasons(results),
    writeDifferences(results),
  ].join('\n');
}

/** The share of what can be rewritten that is, 0 to 1; 1 when there is nothing. */
export function shareRewritten(outcomes: readonly Outcome[]): number {
  const results = outcomes.filter((one): one is RepoResult => !('failed' in one));
  const counted = results.reduce((total, one) => total + one.rewritable.counted, 0);
  return counted === 0 ? 1 : results.reduce((total, one) => total + one.rewritable.rewritten, 0) / counted;
}

function showRecall({ found, counted }: Comparison): string {
  return `${found}/${counted}`;
}

/** The checks of a repo in a word: how many hold, or which do not. */
export function showChecks({ checks }: RepoResult): string {
  const wrong = checks.filter(({ ok }) => !ok);
  return wrong.length === 0 ? `${checks.length} ok` : `FAIL: ${wrong.map(({ name }) => name).join(', ')}`;
}

function showTypes({ types, changed }: RepoResult): string {
  if (changed.length === 0) return 'nothing written';
  if (types === undefined) return 'not run';
  return `${types.worse.length} new in ${types.checked}${types.unchecked.length > 0 ? ', rest unchecked' : ''}`;
}

function writeReasons(results: readonly RepoResult[]): string {
  const groups = new Map<string, number>();
  for (const { rule, action } of results.flatMap(({ findings }) => findings))
    groups.set(`${rule} | ${action}`, (groups.get(`${rule} | ${action}`) ?? 0) + 1);
  const rows = [...groups].sort().map(([key, size]) => [...key.split(' | '), size]);
  const excluded = new Map<string, number>();
  for (const { rewritable } of results)
    for (const [why, size] of Object.entries(rewritable.excluded)) excluded.set(why, (excluded.get(why) ?? 0) + size);
  return [
    '## By rule\n',
    table(['rule', 'action', 'findings'], rows),
    '\n## Can be rewritten\n',
    `Share rewritten: ${(shareRewritten(results) * 100).toFixed(1)} %. Out of the count: ${[...excluded].map(([why, size]) => `${size} of ${why}`).join(', ') || 'none'}.\n`,
    ...results.flatMap(({ name, rewritable }) =>
      rewritable.left.map(({ place, why }) => `- ${name} \`${place}\`: ${why}`),
    ),
  ].join('\n');
}

function writeDifferences(results: readonly RepoResult[]): string {
  const list = (title: string, seen: readonly Seen[]): string[] =>
    seen.length === 0
      ? []
      : [
          `- ${title} (${seen.length})`,
          ...seen.map((one) => `  - \`${one.file}:${one.line}:${one.column}\` ${one.what}`),
        ];
  return [
    '\n## Differences\n',
    ...results.flatMap(({ name, recall, unparsed, checks }) => {
      const lines = [
        ...list('imports counted, not found', recall.imports.missed),
        ...list('imports found, not counted', recall.imports.extra),
        ...list('clients counted, not found', recall.clients.missed),
        ...list('clients found, not counted', recall.clients.extra),
        ...list('calls counted, not found', recall.calls.missed),
        ...list('calls found, not counted', recall.calls.extra),
        ...unparsed.map((file) => `- the counter cannot parse \`${file}\``),
        ...checks.filter(({ ok }) => !ok).map((one) => `- FAILED ${one.name}: ${one.detail}`),
      ];
      return lines.length === 0 ? [] : [`### ${name}\n`, ...lines, ''];
    }),
  ].join('\n');
}

function table(head: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
