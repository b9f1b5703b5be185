import { type CaseResult, type CaseVerdict, type ConformanceReport } from './result.ts';

/**
 * What became of a case from one report to another. `flaky` says that askings differ, which may be chance;
 * `undecided` that one side has no answer to compare; `same` that nothing changed and nothing fails.
 */
export type Change = 'broken' | 'undecided' | 'flaky' | 'still failing' | 'healed' | 'same';

/** The changes in the order reports show them. */
export const changes: readonly Change[] = ['broken', 'undecided', 'flaky', 'still failing', 'healed', 'same'];

/** A report of a comparison, without its cases. */
export interface ComparedReport extends Omit<ConformanceReport, 'results'> {
  /** How it is called in the columns; no two are alike. */
  readonly label: string;
}

/** A case over all reports. */
export interface ComparedCase extends Pick<CaseResult, 'id' | 'capability' | 'level' | 'kind' | 'title' | 'source'> {
  /** One a report, in their order; null where a report does not have the case. */
  readonly results: ReadonlyArray<CaseResult | null>;
  /** From each report to the next. */
  readonly steps: readonly Change[];
  /** From the first report to the last. */
  readonly change: Change;
}

/** Several reports side by side; the JSON of a comparison is this object. */
export interface Comparison {
  readonly v: 1;
  readonly kind: 'comparison';
  readonly reports: readonly ComparedReport[];
  readonly cases: readonly ComparedCase[];
  /** From the first report to the last. */
  readonly counts: Readonly<Record<Change, number>>;
  /** Must-level cases that got worse from the first report to the last. */
  readonly worse: readonly string[];
  /** What makes the columns less comparable than they look, one line each. */
  readonly cautions: readonly string[];
}

/**
 * Puts reports side by side, the first being what the last is held against; those between are steps on the way.
 * @param labels names of the columns; told by the endpoints when left out.
 */
export function compareReports(reports: readonly ConformanceReport[], labels?: readonly string[]): Comparison {
  const names = makeUnique(reports.map((report, at) => labels?.[at] ?? describeEndpoint(report)));
  const byId = reports.map(({ results }) => new Map(results.map((result) => [result.id, result])));
  const ids = [...new Set(reports.flatMap(({ results }) => results.map(({ id }) => id)))];
  const cases = ids.flatMap((id): ComparedCase[] => {
    const results = byId.map((one) => one.get(id) ?? null);
    const newest = results.findLast((result) => result !== null);
    if (newest === undefined || newest === null) return [];
    const { capability, level, kind, title, source } = newest;
    const steps = results.slice(1).map((after, at) => classifyChange(results[at] ?? null, after));
    const change = classifyChange(results[0] ?? null, results.at(-1) ?? null);
    return [{ id, capability, level, kind, title, source, results, steps, change }];
  });
  return {
    v: 1,
    kind: 'comparison',
    reports: reports.map(({ results: _results, ...head }, at) => ({ ...head, label: names[at] ?? '' })),
    cases,
    counts: countChanges(cases.map(({ change }) => change)),
    worse: cases.filter(isWorse).map(({ id }) => id),
    cautions: findCautions(reports, names),
  };
}

/** Counts changes, each kind being there. */
export function countChanges(list: readonly Change[]): Record<Change, number> {
  return Object.fromEntries(changes.map((change) => [change, list.filter((one) => one === change).length])) as Record<
    Change,
    number
  >;
}

/** 1 when a must-level case got worse; 3 when that cannot be said of one, or of a whole endpoint; else 0. */
export function exitCodeOfComparison({ worse, cases, reports }: Comparison): 0 | 1 | 3 {
  if (worse.length > 0) return 1;
  const open = cases.some(({ level, change }) => level === 'must' && change === 'undecided');
  return open || reports.some(({ obstacle }) => obstacle !== null) ? 3 : 0;
}

/** How good a verdict is; a case that was not decided has no rank. */
const ranks: Readonly<Partial<Record<CaseVerdict, number>>> = {
  PASS: 4,
  WARN: 3,
  FLAKY: 2,
  UNSUPPORTED: 1,
  FAIL: 0,
  TIMEOUT: 0,
};

function classifyChange(before: CaseResult | null, after: CaseResult | null): Change {
  if (before?.verdict === 'UNTESTED' && after?.verdict === 'UNTESTED') return 'same';
  const [from, to] = [before, after].map((result) => (result === null ? undefined : ranks[result.verdict]));
  if (before === null || after === null || from === undefined || to === undefined) return 'undecided';
  // A model that passes three askings of three, and then two, may be the same model; a wire does not have good days.
  if (after.verdict === 'FLAKY' && (after.kind === 'model' || from <= to)) return 'flaky';
  if (to < from) return 'broken';
  if (to > from) return 'healed';
  return to === 0 ? 'still failing' : 'same';
}

/** A warning is what does not count against an endpoint, so no warning makes a must-level case worse. */
function isWorse({ level, change, results }: ComparedCase): boolean {
  return level === 'must' && change === 'broken' && results.at(-1)?.verdict !== 'WARN';
}

function findCautions(reports: readonly ConformanceReport[], names: readonly string[]): string[] {
  const profiles = new Set(reports.map(({ profile }) => profile));
  return [
    ...reports.flatMap(({ obstacle }, at) =>
      obstacle === null ? [] : [`${names[at] ?? ''} could not be tested: ${obstacle}`],
    ),
    ...(profiles.size > 1
      ? [`the profiles differ (${[...profiles].join(', ')}), so that a failure in one may be a warning in another`]
      : []),
    ...reports.flatMap(({ results }, at) => {
      const cut = results.filter(({ verdict }) => verdict === 'INCONCLUSIVE').length;
      return cut === 0 ? [] : [`${names[at] ?? ''}: ${cut} of ${results.length} cases are inconclusive`];
    }),
  ];
}

/** How a report is called where it has no other name: where it was asked, on which way, and which model. */
export function describeEndpoint({ endpoint }: Pick<ConformanceReport, 'endpoint'>): string {
  const { name, via, model } = endpoint;
  return `${name}${via === 'shim' ? ' through the shim' : via === 'recording' ? ' as recorded' : ''}, ${model}`;
}

function makeUnique(names: readonly string[]): string[] {
  return names.map((name, at) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${at + 1})`));
}
