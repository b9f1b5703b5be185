import { type CaseResult, type CaseVerdict, caseVerdicts, type Level } from '../result.ts';

/** The cases of a capability, counted. */
export interface CapabilityCount {
  readonly capability: string;
  readonly total: number;
  readonly counts: Readonly<Record<CaseVerdict, number>>;
}

/** Counts verdicts by capability, in the order of the results. */
export function countCapabilities(
  results: ReadonlyArray<Pick<CaseResult, 'capability' | 'verdict'>>,
): CapabilityCount[] {
  const groups = new Map<string, CaseVerdict[]>();
  for (const { capability, verdict } of results) groups.set(capability, [...(groups.get(capability) ?? []), verdict]);
  return [...groups].map(([capability, verdicts]) => ({
    capability,
    total: verdicts.length,
    counts: Object.fromEntries(
      caseVerdicts.map((verdict) => [verdict, verdicts.filter((one) => one === verdict).length]),
    ) as Record<CaseVerdict, number>,
  }));
}

/** The verdicts that occur, in the order of reports: a column of zeros says nothing. */
export function listUsedVerdicts(counts: Readonly<Record<CaseVerdict, number>>): CaseVerdict[] {
  return caseVerdicts.filter((verdict) => counts[verdict] > 0);
}

/** The verdicts that somebody should read about, the worst first; `UNTESTED` and `UNSUPPORTED` are counted and listed apart. */
export const tellingVerdicts: readonly CaseVerdict[] = ['FAIL', 'TIMEOUT', 'FLAKY', 'INCONCLUSIVE', 'WARN'];

const levels: readonly Level[] = ['must', 'should', 'info'];

/** What hurts most first; equal levels stay in their order. */
export function sortByLevel<Row extends { readonly level: Level }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}
