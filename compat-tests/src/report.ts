import picocolors from 'picocolors';
import type { Check, CheckVerdict } from './check.ts';
import type { ParityReport } from './parity.ts';
import type { ExchangeResult } from './result.ts';
import { describeEvidence } from './recording.ts';
import { describeCost, worstOf } from './parity-reports/words.ts';
import type { Verdict } from './verdict/settle.ts';

/** How to print a report. */
export interface FormatOptions {
  /** Colours for a terminal; off when left out. */
  readonly color?: boolean;
}

/** Writes a report as JSON, versioned by its field `v`. */
export function encodeReport(report: ParityReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Writes a report for a terminal, with a line end. */
export function formatReport(report: ParityReport, { color = false }: FormatOptions = {}): string {
  const paint = picocolors.createColors(color);
  const tint = (verdict: CheckVerdict | Verdict, text: string): string => {
    if (verdict === 'FAIL' || verdict === 'NOT SAFE') return paint.red(text);
    if (verdict === 'WARN' || verdict === 'DIFFERENT' || verdict === 'INCONCLUSIVE') return paint.yellow(text);
    return verdict === 'PASS' || verdict === 'SAFE' || verdict === 'WIRE-SAFE' ? paint.green(text) : paint.dim(text);
  };
  const results = report.results.filter(({ repeat }) => repeat === null);
  const width = Math.max(...results.map(({ callSite }) => callSite.length), 4);
  const rows = results.map((result) => {
    const verdict = worstOf(result);
    return `  ${tint(verdict, shorten(verdict).padEnd(4))}  ${result.callSite.padEnd(width)}  ${paint.dim(describeResult(result))}`;
  });
  const failures = results.flatMap((result) =>
    result.checks
      .filter(({ verdict }) => verdict === 'FAIL' || verdict === 'WARN')
      .map((check) => [
        '',
        `  ${tint(check.verdict, check.verdict)} ${paint.bold(check.check)} at ${result.callSite} ${paint.dim(`(${result.id}, ${result.request})`)}`,
        ...describeCheck(check).map(([name, text]) => `    ${paint.dim(name.padEnd(8))} ${text}`),
      ]),
  );
  const infos = [
    ...new Set(results.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'INFO').map(describeInfo))),
  ];
  return [
    `${paint.bold('Parity')}  ${report.candidate} against recorded OpenAI traffic`,
    `${paint.dim('Evidence')}  ${describeEvidence(report.evidence)}`,
    '',
    ...rows,
    ...failures.flat(),
    ...describeSites(report, tint),
    ...describeMeasures(report),
    ...(infos.length > 0 ? ['', ...infos.map((info) => `  ${paint.dim(info)}`)] : []),
    '',
    `${tint(report.verdict, paint.bold(report.verdict))}  ${report.reason}.`,
    '',
  ].join('\n');
}

/** The figures behind the verdict, where there are any: the shares of both sides, and their difference with its interval. */
function describeSites({ sites }: ParityReport, tint: (verdict: Verdict, text: string) => string): string[] {
  const lines = sites.flatMap(({ callSite, verdict, reason, metrics }) => [
    `  ${tint(verdict, verdict)}  ${callSite}: ${reason}`,
    ...metrics.map(
      ({ check, candidate, oldModel, difference, margin }) =>
        `      ${check}: ${candidate.held} of ${candidate.asked}${
          oldModel === null ? '' : `, the old model ${oldModel.held} of ${oldModel.asked}`
        }${
          difference === null
            ? ''
            : `; ${showPoints(difference.mean)} (${showPoints(difference.low)} to ${showPoints(difference.high)}), margin ${showPoints(-margin)}`
        }`,
    ),
  ]);
  return sites.some(({ repeats }) => repeats > 0) ? ['', ...lines] : [];
}

function describeMeasures({
  measures: { metered, totalMs, promptTokens, completionTokens, cost },
}: ParityReport): string[] {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  return [
    ...(totalMs.old.count === 0
      ? []
      : [
          `  Time to the end, median: ${ms(totalMs.old.p50)} recorded, ${ms(totalMs.candidate.p50)} now; 95th percentile: ${ms(totalMs.old.p95)}, ${ms(totalMs.candidate.p95)}`,
        ]),
    ...(metered === 0
      ? []
      : [
          `  Tokens of ${metered}, each by its own tokenizer: ${promptTokens.old} + ${completionTokens.old} recorded, ${promptTokens.candidate} + ${completionTokens.candidate} now`,
          `  Cost: ${describeCost(cost.old)} recorded; ${describeCost(cost.candidate)} now`,
        ]),
  ];
}

const showPoints = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} points`;

function describeCheck({ expected, got, why, fix }: Check): ReadonlyArray<readonly [string, string]> {
  const lines = [
    ['expected', expected],
    ['got', got],
    ['why', why],
    ['do', fix],
  ] as const;
  return lines.filter(([, text]) => text !== '');
}

function describeInfo({ check, expected, got, why, fix }: Check): string {
  return `${check}: ${expected} -> ${got}; ${why}${fix === '' ? '' : ` (${fix})`}`;
}

function describeResult({ checks, obstacle, request }: ExchangeResult): string {
  if (obstacle !== null) return obstacle.reason;
  const broken = checks.filter(({ verdict }) => verdict === 'FAIL' || verdict === 'WARN');
  if (broken.length > 0) return broken.map(({ check }) => check).join(', ');
  const passed = checks.filter(({ verdict }) => verdict === 'PASS').map(({ check }) => check);
  return passed.join(', ') || request;
}

function shorten(verdict: CheckVerdict): string {
  if (verdict === 'PASS') return 'ok';
  if (verdict === 'DIFFERENT') return 'diff';
  return verdict === 'NOT COMPARABLE' ? '-' : verdict;
}
