import { code, prose, writeTable } from '../../reports/markdown.ts';
import { describeEndpoint } from '../compare.ts';
import type { CaseResult, CaseVerdict, ConformanceReport } from '../result.ts';
import { countCapabilities, listUsedVerdicts, sortByLevel, tellingVerdicts } from './capability-table.ts';
import { describeOutcome, describeRun, describeStanding, ways } from './words.ts';

/** Writes a report for a pull request: the sum first, the failures open, the rest folded. */
export function writeConformanceMarkdown(report: ConformanceReport): string {
  const { endpoint, results, counts } = report;
  const used = listUsedVerdicts(counts);
  const of = (verdict: CaseVerdict): CaseResult[] => results.filter((result) => result.verdict === verdict);
  return [
    `## Conformance of ${prose(describeEndpoint(report))}`,
    '',
    prose(describeOutcome(report)),
    '',
    `${prose(ways[endpoint.via])} at ${code(endpoint.baseURL)}${endpoint.software === null ? '' : `, ${prose(endpoint.software)}`}; ${prose(describeRun(report))}`,
    '',
    ...writeTable(
      [{ head: 'capability' }, ...used.map((head) => ({ head, align: 'right' as const }))],
      countCapabilities(results).map(({ capability, counts: own }) => [
        prose(capability),
        ...used.map((verdict) => (own[verdict] === 0 ? '' : String(own[verdict]))),
      ]),
    ),
    ...tellingVerdicts.flatMap((verdict) => writeCases(verdict, of(verdict), verdict !== 'WARN')),
    ...(['UNSUPPORTED', 'UNTESTED'] as const).flatMap((verdict) => writeReasons(verdict, of(verdict))),
  ].join('\n');
}

function writeCases(verdict: CaseVerdict, results: readonly CaseResult[], open: boolean): string[] {
  if (results.length === 0) return [];
  const items = sortByLevel(results).flatMap((result) => [
    `- ${code(result.id)} ${prose(result.title)} (${prose(describeStanding(result))})`,
    `  - got: ${prose(result.reason)}`,
    ...(result.hurts.length === 0 ? [] : [`  - hurts: ${result.hurts.map(code).join(', ')}`]),
    ...(result.gap === null ? [] : [`  - known of ${prose(result.gap.dialect)}: ${prose(result.gap.reason)}`]),
    ...(result.fix === '' ? [] : [`  - do: ${prose(result.fix)}`]),
  ]);
  return open ? [`### ${verdict} (${results.length})`, '', ...items, ''] : fold(verdict, results.length, items);
}

function writeReasons(verdict: CaseVerdict, results: readonly CaseResult[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { id, reason } of results) groups.set(reason, [...(groups.get(reason) ?? []), id]);
  if (groups.size === 0) return [];
  return fold(
    verdict,
    results.length,
    [...groups].map(([reason, ids]) => `- ${ids.map(code).join(' ')} ${prose(reason)}`),
  );
}

function fold(title: string, count: number, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${title} (${count})</summary>`, '', ...lines, '', '</details>', ''];
}
