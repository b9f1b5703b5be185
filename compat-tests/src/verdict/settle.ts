import type { CheckId } from '../check.ts';
import { adjustProbabilities } from '../statistics/holm.ts';
import { adjustWorse, judgeMetric, type MetricJudgement } from './judge.ts';
import { kindOf } from './metric.ts';
import { explainOpen, explainWireSafe } from './reason.ts';
import { poolSites } from './pool.ts';
import type { SiteTally } from './tally.ts';

/**
 * What a comparison comes to. `SAFE`: on recorded traffic the candidate is not worse than the old model by more than the margins, its own noise measured.
 * `WIRE-SAFE`: the app's code meets the same shapes, tools, schemas and errors; nothing is said about how good the answers are.
 */
export type Verdict = 'SAFE' | 'WIRE-SAFE' | 'NOT SAFE' | 'INCONCLUSIVE';

/** What a verdict is settled by; {@link defaultRules} unless a gate says otherwise. */
export interface VerdictRules {
  /** Risk of a wrong SAFE, and of a wrong NOT SAFE by chance; one-sided. */
  readonly level: number;
  /** How much worse the candidate may be; `undefined` derives it from the old model's noise. */
  readonly marginOf: (callSite: string, check: CheckId) => number | undefined;
  /** Checks that do not count at a call site. */
  readonly isIgnored: (callSite: string, check: CheckId) => boolean;
}

/** A level of 5 %, margins from the old model's noise, every check. */
export const defaultRules: VerdictRules = { level: 0.05, marginOf: () => undefined, isIgnored: () => false };

/** The verdict on one call site, with its figures. */
export interface SiteVerdict {
  readonly callSite: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly exchanges: number;
  readonly prompts: number;
  readonly compared: number;
  readonly failed: number;
  /** The old model's own answers, asked again. */
  readonly repeats: number;
  readonly metrics: readonly MetricJudgement[];
}

/** A verdict over all, with why, and by call site. */
export interface Settled {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly sites: readonly SiteVerdict[];
}

/** What the figures of a site are, before those of the others are known. */
interface Weighed {
  readonly tally: SiteTally;
  readonly metrics: readonly MetricJudgement[];
}

/** Settles the verdict of each call site and over all. Pure. */
export function settleVerdict(tallies: readonly SiteTally[], rules: VerdictRules = defaultRules): Settled {
  const all = poolSites(tallies);
  if (all.unanswered > 0 && all.answered === 0)
    return leaveOpen(
      tallies,
      `the candidate answered nothing: ${all.firstUnanswered ?? ''}; see that its base URL (most end in /v1), model and settings are right`,
    );
  const weighed = tallies.map((tally) => ({ tally, metrics: judgeSite(tally, rules) }));
  // A difference too small to see at any one call site may show over all of them.
  const pooled = tallies.length > 1 ? [{ tally: all, metrics: judgeSite(all, rules) }] : [];
  const worse = findWorse([...weighed, ...pooled], rules);
  const able = weighed.map((site) => isAbleToBeSafe(site));
  // One wrong SAFE among many call sites is one too many.
  const adjusted = adjustProbabilities(
    weighed.filter((_, at) => able[at]).map(({ metrics }) => Math.max(...metrics.map(({ notWorse }) => notWorse))),
  );
  let next = 0;
  const sites = weighed.map((site, at) => {
    const shown = able[at] === true ? (adjusted[next++] ?? 1) : undefined;
    return settleSite(site, worse.get(site.metrics) ?? [], shown, rules);
  });
  return {
    ...settleAll(sites, all, {
      worse: pooled.flatMap(({ metrics }) => worse.get(metrics) ?? []),
      broken: tallies.some((tally) => isBroken(tally, rules)),
    }),
    sites,
  };
}

function leaveOpen(tallies: readonly SiteTally[], reason: string): Settled {
  const sites = tallies.map((tally) => describe({ tally, metrics: [] }, 'INCONCLUSIVE', reason));
  return { verdict: 'INCONCLUSIVE', reason, sites };
}

function judgeSite(tally: SiteTally, { level, marginOf, isIgnored }: VerdictRules): MetricJudgement[] {
  return [...tally.metrics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([check]) => !isIgnored(tally.callSite, check))
    .map(([check, prompts]) => judgeMetric(check, prompts, { margin: marginOf(tally.callSite, check), level }));
}

/** The metrics of each site that are shown to be worse than the margin, all tests taken together. */
function findWorse(
  sites: readonly Weighed[],
  { level }: VerdictRules,
): ReadonlyMap<Weighed['metrics'], readonly MetricJudgement[]> {
  const counted = sites.map(({ metrics }) => metrics.filter(isTestable));
  const adjusted = adjustWorse(counted.flat());
  let next = 0;
  return new Map(
    sites.map(({ metrics }, at) => [metrics, (counted[at] ?? []).filter(() => (adjusted[next++] ?? 1) <= level)]),
  );
}

/** Noise that was never measured cannot be told from a difference. */
function isTestable({ check, oldModel }: MetricJudgement): boolean {
  return oldModel !== null || kindOf(check) !== 'noisy';
}

/** Whether the kind of evidence would do, whatever its amount. */
function isAbleToBeSafe({ tally, metrics }: Weighed): boolean {
  return explainWireSafe(tally, metrics) === undefined;
}

function settleSite(
  site: Weighed,
  worse: readonly MetricJudgement[],
  shown: number | undefined,
  rules: VerdictRules,
): SiteVerdict {
  const { level } = rules;
  const { tally, metrics } = site;
  if (isBroken(tally, rules))
    return describe(site, 'NOT SAFE', `${countOf(tally.failed, 'exchange')} of ${tally.exchanges} would break the app`);
  if (worse.length > 0)
    return describe(
      site,
      'NOT SAFE',
      `worse than the old model beyond the margin: ${worse.map(describeWorse).join('; ')}`,
    );
  const open = explainOpen(tally, metrics, level);
  if (open !== undefined) return describe(site, 'INCONCLUSIVE', open);
  if (shown === undefined) return describe(site, 'WIRE-SAFE', explainWireSafe(tally, metrics) ?? '');
  if (shown <= level)
    return describe(
      site,
      'SAFE',
      `not worse than the old model by more than ${listMargins(metrics)} in ${countOf(tally.prompts.size, 'prompt')}`,
    );
  return describe(site, 'INCONCLUSIVE', explainShort(metrics, level));
}

/** Whether something failed that no noise excuses, other than what does not count here. */
function isBroken({ callSite, broken, brokenPromises }: SiteTally, { isIgnored }: VerdictRules): boolean {
  return [...broken.keys(), ...brokenPromises.keys()].some((check) => !isIgnored(callSite, check));
}

function explainShort(metrics: readonly MetricJudgement[], level: number): string {
  const short = metrics.filter(({ notWorse }) => notWorse > level);
  const needed = short.map((metric) => metric.needed);
  const names = short.map(({ check }) => check).join(', ') || 'several call sites are judged together';
  if (needed.includes(null))
    return `${names}: so near the margin that no number of exchanges settles it; look at the failures, or allow a wider margin`;
  const more = Math.max(1, ...needed.filter((count) => count !== null));
  return `${names}: too few prompts; about ${more} more, with repeats of the old model, would settle it`;
}

function settleAll(
  sites: readonly SiteVerdict[],
  all: SiteTally,
  { worse, broken }: { readonly worse: readonly MetricJudgement[]; readonly broken: boolean },
): Omit<Settled, 'sites'> {
  const of = (verdict: Verdict): readonly SiteVerdict[] => sites.filter((site) => site.verdict === verdict);
  const unsafe = of('NOT SAFE');
  if (broken)
    return {
      verdict: 'NOT SAFE',
      reason: `${countOf(all.failed, 'exchange')} of ${all.exchanges} would break the app`,
    };
  if (unsafe.length > 0)
    return {
      verdict: 'NOT SAFE',
      reason: `${unsafe.map(({ callSite, reason }) => `${callSite} is ${reason}`).join('; ')}`,
    };
  if (worse.length > 0)
    return {
      verdict: 'NOT SAFE',
      reason: `all call sites together are worse beyond the margin: ${worse.map(describeWorse).join('; ')}`,
    };
  if (all.open.length > 0)
    return {
      verdict: 'INCONCLUSIVE',
      reason: `${countOf(all.open.length, 'exchange')} of ${all.exchanges} got no usable answer: ${all.open[0]?.reason ?? ''}`,
    };
  if (all.compared === 0) return { verdict: 'INCONCLUSIVE', reason: 'nothing in the recording could be compared' };
  // A call site of which nothing can be compared is said beside its name; it does not hold up the others.
  const undecided = of('INCONCLUSIVE').filter(({ compared }) => compared > 0);
  const [first] = undecided;
  if (first !== undefined)
    return {
      verdict: 'INCONCLUSIVE',
      reason: `${undecided.length === 1 ? first.callSite : `${undecided.length} of ${sites.length} call sites`}: ${first.reason}`,
    };
  const wire = of('WIRE-SAFE');
  const head = `${countOf(all.compared, 'exchange')} of ${all.exchanges} compared, no difference that breaks the app`;
  if (wire.length === 0)
    return {
      verdict: 'SAFE',
      reason: `${head}, and none of the ${countOf(sites.length, 'call site')} is worse by more than its margins`,
    };
  const why = [...new Set(wire.map(({ reason }) => reason))];
  return {
    verdict: 'WIRE-SAFE',
    reason: `${head}; ${why.length === 1 ? why[0] : `${wire.length} of ${sites.length} call sites are not judged beyond that: ${why[0]}`}`,
  };
}

function describe({ tally, metrics }: Weighed, verdict: Verdict, reason: string): SiteVerdict {
  const { callSite, exchanges, prompts, compared, failed, repeats } = tally;
  return { callSite, verdict, reason, exchanges, prompts: prompts.size, compared, failed, repeats, metrics };
}

function describeWorse({ check, candidate, oldModel, margin }: MetricJudgement): string {
  const own = oldModel === null ? 'its noise not measured' : `the old model ${showShare(oldModel)}`;
  return `${check} held in ${showShare(candidate)}, ${own}, margin ${showPoints(margin)}`;
}

function listMargins(metrics: readonly MetricJudgement[]): string {
  return metrics.map(({ check, margin }) => `${showPoints(margin)} in ${check}`).join(', ');
}

const showShare = ({ held, asked }: { readonly held: number; readonly asked: number }): string => `${held} of ${asked}`;
const showPoints = (share: number): string => `${Number((share * 100).toFixed(1))} points`;

/** Maps a verdict to the exit code of the commands: 0 yes, 1 no, 3 undecided. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 3 {
  if (verdict === 'NOT SAFE') return 1;
  return verdict === 'INCONCLUSIVE' ? 3 : 0;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
