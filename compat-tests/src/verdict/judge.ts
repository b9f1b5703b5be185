import type { CheckId } from '../check.ts';
import { resampleDifferences } from '../statistics/bootstrap.ts';
import { boundShare, type Interval } from '../statistics/interval.ts';
import { adjustProbabilities } from '../statistics/holm.ts';
import { testDiscordance } from '../statistics/mcnemar.ts';
import { boundDifference } from '../statistics/paired-score.ts';
import { testMargin } from '../statistics/paired-test.ts';
import { countNeeded } from '../statistics/power.ts';
import type { PromptCounts } from './tally.ts';

/** A share with its interval of 95 %. */
export interface Share extends Interval {
  readonly held: number;
  readonly asked: number;
}

/** What the figures say of one check at one call site. */
export interface MetricJudgement {
  readonly check: CheckId;
  /** Prompts at which the candidate, and where its own answers are known the old model, was asked. */
  readonly prompts: number;
  readonly candidate: Share;
  /** How often the old model agreed with its own recorded answer, or passed the same check; `null` when it was not asked again. */
  readonly oldModel: Share | null;
  /** The candidate's share minus the old model's, prompt by prompt, with its interval of 95 %. */
  readonly difference: (Interval & { readonly mean: number }) | null;
  /** How much worse the candidate may be. */
  readonly margin: number;
  readonly method: 'exact paired score' | 'cluster bootstrap' | 'exact, noise assumed' | 'none';
  /** Probability of figures as good as these if the candidate were worse by the margin; SAFE needs it small. */
  readonly notWorse: number;
  /** Probability of figures as bad as these if the candidate were worse by just the margin; NOT SAFE needs it small. */
  readonly worse: number;
  /** Probability of counts as uneven if both were equally good (McNemar's exact test); `null` where one prompt has several answers. */
  readonly mcnemar: number | null;
  /** Further prompts that would settle it, with a probability of 80 %; `null` when settled or out of reach. */
  readonly needed: number | null;
}

/** Where no repeats say how often the old model differs from itself, it is taken to do so in up to this share. Source: gpt-4o's tool trigger and names, 5.5 to 6 % of 331 recorded repeats, checked 2026-11-23 */
const assumedNoise = 0.1;

/** Reads the old model's own noise as a margin: as large as it surely is, at least 2 and at most 5 points. */
function deriveMargin(oldModel: Share | null): number {
  if (oldModel === null) return 0.05;
  const surely = boundShare(oldModel.asked - oldModel.held, oldModel.asked).low;
  return Math.min(0.05, Math.max(0.02, Math.round(surely * 1000) / 1000));
}

/** Judges a check by prompt. `margin` is derived from the old model's noise when left out; `level` is the risk of a wrong SAFE. */
export function judgeMetric(
  check: CheckId,
  prompts: ReadonlyMap<string, Readonly<PromptCounts>>,
  { margin: wanted, level }: { readonly margin: number | undefined; readonly level: number },
): MetricJudgement {
  // Resampling depends on the order: that of the names is the same in every run.
  const counts = [...prompts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held);
  const candidate = sumShare(counts.map(({ asked, held }) => [held, asked]));
  const old = sumShare(counts.map(({ oldAsked, oldHeld }) => [oldHeld, oldAsked]));
  const oldModel = old.asked === 0 ? null : old;
  const margin = wanted ?? deriveMargin(oldModel);
  const pairs = counts.filter(({ asked, oldAsked }) => asked > 0 && oldAsked > 0);
  const head = { check, candidate, oldModel, margin };
  if (pairs.length === 0) {
    const asked = counts.filter((one) => one.asked > 0);
    const losses = asked.filter((one) => one.held * 2 <= one.asked && one.held < one.asked).length;
    const worse = losses === 0 ? 1 : testMargin({ losses, gains: 0, pairs: asked.length }, margin + assumedNoise).worse;
    return {
      ...head,
      prompts: asked.length,
      difference: null,
      method: losses === 0 ? 'none' : 'exact, noise assumed',
      notWorse: 1,
      worse,
      mcnemar: null,
      needed: null,
    };
  }
  const differences = pairs.map((one) => one.held / one.asked - one.oldHeld / one.oldAsked);
  const test = judgeDifferences(differences, margin);
  return { ...head, prompts: pairs.length, ...test, needed: countMore(differences, margin, level, test) };
}

/** Tests paired differences: exactly where each is -1, 0 or 1, by resampling prompts where some are in between. */
function judgeDifferences(
  differences: readonly number[],
  margin: number,
): Pick<MetricJudgement, 'notWorse' | 'worse' | 'mcnemar' | 'method'> & {
  readonly difference: Interval & { readonly mean: number };
} {
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  if (differences.every(Number.isInteger)) {
    const losses = differences.filter((value) => value === -1).length;
    const gains = differences.filter((value) => value === 1).length;
    const counts = { losses, gains, pairs: differences.length };
    return {
      ...testMargin(counts, margin),
      difference: { mean, ...boundDifference(counts) },
      method: 'exact paired score',
      mcnemar: testDiscordance(losses, gains).exact,
    };
  }
  const { notWorse, worse, interval } = resampleDifferences(differences, { margin });
  return { notWorse, worse, difference: { mean, ...interval }, method: 'cluster bootstrap', mcnemar: null };
}

function countMore(
  differences: readonly number[],
  margin: number,
  level: number,
  { notWorse, worse }: { readonly notWorse: number; readonly worse: number },
): number | null {
  if (notWorse <= level) return null;
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const discordance = differences.reduce((sum, value) => sum + value ** 2, 0) / differences.length;
  // Worse by itself, but not among all that was tested together: that takes a stricter level.
  const needed = countNeeded({ discordance, difference: mean, margin, level: worse <= level ? level / 10 : level });
  // At the margin itself no number of prompts decides.
  if (!Number.isFinite(needed) || needed > 1_000_000) return null;
  return Math.max(needed - differences.length, 1);
}

function sumShare(counts: ReadonlyArray<readonly [held: number, asked: number]>): Share {
  const held = counts.reduce((sum, [one]) => sum + one, 0);
  const asked = counts.reduce((sum, [, one]) => sum + one, 0);
  return { held, asked, ...boundShare(held, asked) };
}

/** Adjusts the `worse` of many judgements together, since the more are looked at, the more look bad by chance. */
export function adjustWorse(judgements: readonly MetricJudgement[]): number[] {
  return adjustProbabilities(judgements.map(({ worse }) => worse));
}
