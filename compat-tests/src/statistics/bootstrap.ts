import { defaultConfidence, type Interval } from './interval.ts';
import type { MarginTest } from './paired-test.ts';
import { createRandom } from './random.ts';

/** How often and from where to draw. */
export interface ResampleOptions {
  /** 10,000 when left out. */
  readonly resamples?: number;
  readonly seed?: number;
  readonly confidence?: number;
  /** How much worse the candidate may be; without it nothing is tested. */
  readonly margin?: number;
}

/** What resampling says of a mean difference. */
export interface Resampled extends MarginTest {
  readonly mean: number;
  readonly interval: Interval;
}

/**
 * Bounds the mean of differences in [-1, 1], one a prompt (the mean of its exchanges, so that exchanges of one prompt count as one), by drawing prompts again.
 * One made-up prompt with the worst outcome (the best, for the upper bound) lies among those drawn from: where no failure was seen, failures are still possible,
 * and without it too few prompts would seem to prove everything (with it, n prompts without one bound the share by 3 / n, as the rule of three does).
 * Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13, percentile method
 */
export function resampleDifferences(
  differences: readonly number[],
  { resamples = 10_000, seed = 1, confidence = defaultConfidence, margin }: ResampleOptions = {},
): Resampled {
  const count = differences.length;
  if (count === 0) return { mean: 0, interval: { low: -1, high: 1 }, notWorse: 1, worse: 1 };
  const random = createRandom(seed);
  const held = Float64Array.from([...differences, 0]);
  const [lows, highs] = [new Float64Array(resamples), new Float64Array(resamples)];
  for (let run = 0; run < resamples; run += 1) {
    let [sum, extremes] = [0, 0];
    for (let draw = 0; draw < count; draw += 1) {
      const at = Math.floor(random() * (count + 1));
      if (at === count) extremes += 1;
      else sum += held[at] ?? 0;
    }
    lows[run] = (sum - extremes) / count;
    highs[run] = (sum + extremes) / count;
  }
  lows.sort();
  highs.sort();
  const cut = Math.floor(((1 - confidence) / 2) * resamples);
  // A thousandth of a rounding error must not decide on which side of the margin a mean lies.
  const limit = margin === undefined ? undefined : -margin;
  return {
    mean: differences.reduce((sum, value) => sum + value, 0) / count,
    interval: { low: Math.max(-1, lows[cut] ?? -1), high: Math.min(1, highs[resamples - 1 - cut] ?? 1) },
    notWorse: limit === undefined ? 1 : (countUpTo(lows, limit + 1e-12) + 1) / (resamples + 1),
    worse: limit === undefined ? 1 : (resamples - countUpTo(highs, limit - 1e-12) + 1) / (resamples + 1),
  };
}

function countUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
