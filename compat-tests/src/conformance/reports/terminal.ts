import picocolors from 'picocolors';
import { showControls } from '../../reports/text.ts';
import { describeEndpoint } from '../compare.ts';
import type { CaseResult, CaseVerdict, ConformanceReport } from '../result.ts';
import { countCapabilities, listUsedVerdicts, sortByLevel, tellingVerdicts } from './capability-table.ts';
import { countOf, describeOutcome, describeRun, describeStanding, tones, ways } from './words.ts';

type Paint = ReturnType<typeof picocolors.createColors>;

/** Writes a report for a terminal: what each capability comes to, each failure with whom it hurts and what to do, and what was not tested. */
export function writeTerminal(report: ConformanceReport, color: boolean): string {
  const paint = picocolors.createColors(color);
  const { endpoint, results } = report;
  return [
    `${paint.bold('Conformance')}  ${safe(describeEndpoint(report))} (${ways[endpoint.via]}${endpoint.software === null ? '' : `, ${safe(endpoint.software)}`})`,
    paint.dim(describeRun(report)),
    '',
    ...writeCapabilities(report, paint),
    ...tellingVerdicts.flatMap((verdict) =>
      sortByLevel(results.filter((result) => result.verdict === verdict)).flatMap((result) => writeCase(result, paint)),
    ),
    ...writeReasons('UNSUPPORTED', results, paint),
    ...writeReasons('UNTESTED', results, paint),
    '',
    tint(
      paint,
      report.counts.FAIL > 0 ? 'FAIL' : report.obstacle === null ? 'PASS' : 'WARN',
    )(paint.bold(safe(describeOutcome(report)))),
    '',
  ].join('\n');
}

function writeCapabilities({ results, counts }: ConformanceReport, paint: Paint): string[] {
  const rows = countCapabilities(results);
  if (rows.length === 0) return [];
  const used = listUsedVerdicts(counts);
  const width = Math.max(...rows.map(({ capability }) => capability.length));
  return [
    `  ${' '.repeat(width)}${used.map((verdict) => `  ${paint.dim(verdict)}`).join('')}`,
    ...rows.map(({ capability, counts: own }) => {
      const cells = used.map((verdict) => {
        const text = String(own[verdict] || '·').padStart(verdict.length);
        return own[verdict] === 0 ? paint.dim(text) : tint(paint, verdict)(text);
      });
      return `  ${safe(capability).padEnd(width)}${cells.map((cell) => `  ${cell}`).join('')}`;
    }),
  ];
}

function writeCase(result: CaseResult, paint: Paint): string[] {
  const { id, title, verdict, reason, fix, hurts, gap, source } = result;
  const lines: ReadonlyArray<readonly [string, string]> = [
    ['got', reason],
    ['hurts', hurts.join(', ')],
    ['known', gap === null ? '' : `${gap.dialect}: ${gap.reason} (${gap.source})`],
    ['do', fix],
    ['source', source],
  ];
  return [
    '',
    `  ${tint(paint, verdict)(verdict)} ${paint.bold(safe(id))} ${safe(title)} ${paint.dim(`(${describeStanding(result)})`)}`,
    ...lines.filter(([, text]) => text !== '').map(([name, text]) => `    ${paint.dim(name.padEnd(6))} ${safe(text)}`),
  ];
}

/** Many cases share a reason, so each reason is said once with the cases it holds for. */
function writeReasons(verdict: CaseVerdict, results: readonly CaseResult[], paint: Paint): string[] {
  const groups = new Map<string, string[]>();
  for (const { id, reason } of results.filter((result) => result.verdict === verdict))
    groups.set(reason, [...(groups.get(reason) ?? []), id]);
  if (groups.size === 0) return [];
  const total = [...groups.values()].flat().length;
  return [
    '',
    `  ${paint.bold(verdict)} ${paint.dim(countOf(total, 'case'))}`,
    ...[...groups].map(([reason, ids]) => `    ${safe(ids.join(' '))}  ${paint.dim(safe(reason))}`),
  ];
}

function tint(paint: Paint, verdict: CaseVerdict): (text: string) => string {
  return { good: paint.green, warn: paint.yellow, bad: paint.red, soft: paint.dim }[tones[verdict]];
}

function safe(text: string): string {
  return showControls(text);
}
