import type { Check } from '../check.ts';
import type { ParityReport } from '../parity.ts';
import { describeEvidence } from '../recording.ts';
import { encodeReport, formatReport } from '../report.ts';
import { type JunitCase, writeJunit } from '../reports/junit.ts';
import { code, prose, writeTable } from '../reports/markdown.ts';
import type { ExchangeResult } from '../result.ts';
import { writeParityHtml } from './html.ts';
import { describeCost, describeCount, worstOf } from './words.ts';

/** The forms a parity report can have. */
export const parityFormats = ['text', 'json', 'junit', 'markdown', 'html'] as const;

/** Name of a form. */
export type ParityFormat = (typeof parityFormats)[number];

/** Writes a parity report in a form, with a line end. */
export function writeParity(format: ParityFormat, report: ParityReport, { color = false } = {}): string {
  if (format === 'json') return encodeReport(report);
  if (format === 'junit') return writeParityJunit(report);
  if (format === 'markdown') return writeParityMarkdown(report);
  return format === 'html' ? writeParityHtml(report) : formatReport(report, { color });
}

/** One test a call site, so that a verdict shows in the view of the CI, and one a failing exchange. */
function writeParityJunit({ candidate, startedAt, sites, results }: ParityReport): string {
  const outcomes = { SAFE: 'passed', 'WIRE-SAFE': 'passed', 'NOT SAFE': 'failed', INCONCLUSIVE: 'skipped' } as const;
  return writeJunit({
    name: `parity ${candidate}`,
    startedAt,
    suites: [
      {
        name: 'call sites',
        cases: sites.map(({ callSite, verdict, reason }): JunitCase => ({
          classname: 'parity.sites',
          name: callSite,
          durationMs: 0,
          outcome: outcomes[verdict],
          message: `${verdict}: ${reason}`,
        })),
      },
      { name: 'exchanges', cases: results.filter(({ repeat }) => repeat === null).map(writeCase) },
    ],
  });
}

function writeCase(result: ExchangeResult): JunitCase {
  const failed = result.checks.filter(({ verdict }) => verdict === 'FAIL');
  const head = { classname: `parity.${result.callSite}`, name: result.id, durationMs: result.durationMs };
  if (result.obstacle !== null) return { ...head, outcome: 'skipped', message: result.obstacle.reason };
  if (failed.length === 0) return { ...head, outcome: 'passed' };
  return {
    ...head,
    outcome: 'failed',
    message: failed.map(({ check }) => check).join(', '),
    details: failed.map(describeCheck).join('\n'),
  };
}

const describeCheck = ({ check, expected, got, why, fix }: Check): string =>
  `${check}: expected ${expected}; got ${got}; ${why}; ${fix}`;

function writeParityMarkdown(report: ParityReport): string {
  const { candidate, verdict, reason, evidence, sites, measures, results } = report;
  const points = (share: number): string => (share * 100).toFixed(1);
  const rows = sites.flatMap(({ callSite, verdict: own, metrics, exchanges, prompts }) =>
    metrics.length === 0
      ? [[code(callSite), own, `${exchanges} / ${prompts}`, '', '', '', '']]
      : metrics.map(({ check, candidate: share, oldModel, difference, margin }, at) => [
          at === 0 ? code(callSite) : '',
          at === 0 ? own : '',
          at === 0 ? `${exchanges} / ${prompts}` : '',
          code(check),
          `${share.held}/${share.asked}`,
          oldModel === null ? 'not asked again' : `${oldModel.held}/${oldModel.asked}`,
          difference === null
            ? ''
            : `${points(difference.mean)} (${points(difference.low)} to ${points(difference.high)}), margin ${points(margin)}`,
        ]),
  );
  const failing = results.filter((result) => result.repeat === null && worstOf(result) === 'FAIL');
  return [
    `## Parity: ${prose(candidate)}`,
    '',
    `**${verdict}**: ${prose(reason)}.`,
    '',
    `Evidence: ${prose(describeEvidence(evidence))}.`,
    '',
    ...writeTable(
      [
        'Call site',
        'Verdict',
        'Exchanges / prompts',
        'Check',
        'Candidate',
        'Old model',
        'Difference, points (95 %)',
      ].map((head) => ({ head })),
      rows,
    ),
    `Tokens, each side by its own tokenizer (${describeCount(measures.metered, 'exchange')}): ${measures.promptTokens.old} + ${measures.completionTokens.old} → ${measures.promptTokens.candidate} + ${measures.completionTokens.candidate}. Cost: ${prose(describeCost(measures.cost.old))} → ${prose(describeCost(measures.cost.candidate))}.`,
    '',
    ...(failing.length === 0 ? [] : [`### Failing (${failing.length})`, '']),
    ...failing
      .slice(0, 20)
      .flatMap((result) =>
        result.checks
          .filter(({ verdict: own }) => own === 'FAIL')
          .map(
            (check) =>
              `- ${code(result.id)} at ${code(result.callSite)}, ${code(check.check)}: expected ${prose(check.expected)}, got ${prose(check.got)}`,
          ),
      ),
    ...(failing.length > 20 ? [`- and ${failing.length - 20} more`] : []),
    '',
  ].join('\n');
}
