import { defaultConfidence, type Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';

/** Prompts at which one side was right: `losses` those where only the old model was, `gains` those where only the candidate was. */
export interface PairedCounts {
  readonly losses: number;
  readonly gains: number;
  /** All prompts, those with equal outcomes among them. */
  readonly pairs: number;
}

/**
 * Tango's score for the hypothesis that P(loss) - P(gain) is `deficit`: standard deviations by which more losses were seen than it explains.
 * Source: T. Tango, Statistics in Medicine 17 (1998) 891
 */
export function scoreDeficit({ losses, gains, pairs }: PairedCounts, deficit: number): number {
  if (deficit < 0) return -scoreDeficit({ losses: gains, gains: losses, pairs }, -deficit);
  const a = 2 * pairs;
  const b = (2 * pairs - losses + gains) * deficit - losses - gains;
  const c = -gains * deficit * (1 - deficit);
  const gain = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = pairs * (2 * gain + deficit * (1 - deficit));
  const excess = losses - gains - pairs * deficit;
  if (variance <= 0) return excess === 0 ? 0 : Math.sign(excess) * Number.POSITIVE_INFINITY;
  return excess / Math.sqrt(variance);
}

/** Interval of the candidate's share minus the old model's, by Tango's score: `-1` is the candidate wrong wherever the old model was right. */
export function boundDifference(counts: PairedCounts, confidence = defaultConfidence): Interval {
  const { losses, gains, pairs } = counts;
  if (pairs === 0) return { low: -1, high: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const deficit = (losses - gains) / pairs;
  return {
    low: -findDeficit(counts, -z, deficit, 1),
    high: -findDeficit(counts, z, -1, deficit),
  };
}

/** The score falls as the supposed deficit rises. */
function findDeficit(counts: PairedCounts, score: number, from: number, to: number): number {
  let [low, high] = [from, to];
  if (low === high) return low;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (scoreDeficit(counts, middle) > score) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
