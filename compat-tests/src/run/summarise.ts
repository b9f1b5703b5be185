import type { ParityReport } from '../parity.ts';
import type { ExchangeResult } from '../result.ts';
import { createMeasuring } from '../measures/tally.ts';
import { settleVerdict, type VerdictRules } from '../verdict/settle.ts';
import { createTally } from '../verdict/tally.ts';
import { readResults } from './results-file.ts';

/** How many results a report carries; the file of results has all. */
const shownResults = 400;

/** Makes a report of one file of results or the files of all shards; the same whatever their order. Throws `ResultsError`. */
export async function summariseResults(
  paths: readonly string[],
  {
    rules,
    startedAt = new Date(),
    durationMs = 0,
  }: { readonly rules?: VerdictRules; readonly startedAt?: Date; readonly durationMs?: number } = {},
): Promise<ParityReport> {
  const tally = createTally();
  const measuring = createMeasuring();
  const evidence = { recorded: 0, documented: 0, synthetic: 0 };
  let shown: ExchangeResult[] = [];
  let omitted = 0;
  const head = await readResults(paths, (result) => {
    tally.add(result);
    measuring.add(result);
    if (result.repeat !== null) return;
    evidence[result.provenance] += 1;
    shown.push(result);
    if (shown.length < 2 * shownResults) return;
    omitted += shown.length - shownResults;
    shown = sortByWeight(shown).slice(0, shownResults);
  });
  const results = sortByWeight(shown);
  return {
    v: 1,
    kind: 'parity',
    startedAt: startedAt.toISOString(),
    durationMs,
    candidate: head.candidate,
    ...settleVerdict(tally.sites(), rules),
    evidence,
    measures: measuring.read(),
    results: results.slice(0, shownResults),
    omitted: omitted + Math.max(0, results.length - shownResults),
  };
}

/** What needs a look comes first; among equals the id decides, so that shards in any order give one report. */
function sortByWeight(results: readonly ExchangeResult[]): ExchangeResult[] {
  return [...results].sort((a, b) => weigh(a) - weigh(b) || (a.id < b.id ? -1 : 1));
}

function weigh({ checks, obstacle }: ExchangeResult): number {
  if (checks.some(({ verdict }) => verdict === 'FAIL')) return 0;
  if (obstacle?.open === true) return 1;
  if (checks.some(({ verdict }) => verdict === 'WARN' || verdict === 'DIFFERENT')) return 2;
  return 3;
}
