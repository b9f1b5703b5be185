import { normalQuantile } from './normal.ts';

/** A range that holds the true value with the stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A two-sided level of 0.95 when left out. */
export const defaultConfidence = 0.95;

/**
 * Interval of a share, by Wilson's score; `{low: 0, high: 1}` of no trials.
 * Source: E. B. Wilson 1927, as method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998) 857
 */
export function boundShare(successes: number, trials: number, confidence = defaultConfidence): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  return {
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === trials ? 1 : (centre + spread) / scale,
  };
}
