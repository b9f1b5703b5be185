import type { CaseResult, CaseVerdict, ConformanceReport } from '../result.ts';

/** What a verdict is to a reader: fine, to be looked at, broken, or nothing. */
export type Tone = 'good' | 'warn' | 'bad' | 'soft';

/** The tone of each verdict. */
export const tones: Readonly<Record<CaseVerdict, Tone>> = {
  PASS: 'good',
  FAIL: 'bad',
  TIMEOUT: 'bad',
  WARN: 'warn',
  FLAKY: 'warn',
  INCONCLUSIVE: 'warn',
  UNSUPPORTED: 'soft',
  UNTESTED: 'soft',
};

/** "1 case", "2 cases". */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Level, kind and what stands behind a case, e.g. `must · wire · holds on 312 recorded answers of OpenAI`. */
export function describeStanding({
  level,
  kind,
  calibrated,
}: Pick<CaseResult, 'level' | 'kind' | 'calibrated'>): string {
  const behind =
    calibrated === 'uncalibrated' ? 'uncalibrated' : `holds on ${countOf(calibrated, 'recorded answer')} of OpenAI`;
  return `${level} · ${kind} · ${behind}`;
}

/** How an endpoint was reached, in words. */
export const ways: Readonly<Record<ConformanceReport['endpoint']['via'], string>> = {
  direct: 'asked directly',
  shim: 'asked through the shim',
  recording: 'as it was recorded',
  embedded: 'the embedded engine',
};

/** When, against what, and at what cost a report came about. */
export function describeRun({
  startedAt,
  durationMs,
  profile,
  spent,
  ceilings,
}: Omit<ConformanceReport, 'results'>): string {
  return `${startedAt.slice(0, 16).replace('T', ' ')} UTC · profile ${profile} · ${(durationMs / 1_000).toFixed(1)} s · ${spent.requests} of at most ${countOf(ceilings.requests, 'request')} · ${spent.tokens} of at most ${countOf(ceilings.tokens, 'token')}`;
}

/** One sentence on what a report comes to. */
export function describeOutcome({ counts, obstacle, profile }: Omit<ConformanceReport, 'results'>): string {
  if (obstacle !== null) return `Not tested: ${obstacle}.`;
  const asked = Object.entries(counts).reduce((sum, [verdict, count]) => sum + (verdict === 'UNTESTED' ? 0 : count), 0);
  const untested = counts.UNTESTED === 0 ? '' : ` ${countOf(counts.UNTESTED, 'case')} untested.`;
  const open = counts.INCONCLUSIVE + counts.TIMEOUT;
  if (asked === 0) return `Nothing was tested.${untested}`;
  const failed = counts.FAIL === 0 ? 'no case fails' : `${countOf(counts.FAIL, 'case fails', 'cases fail')}`;
  return `Of ${countOf(asked, 'case')} in the profile ${profile}, ${failed}, ${counts.WARN} warn, ${counts.PASS} pass${open === 0 ? '' : `, ${open} without an answer`}.${untested}`;
}
