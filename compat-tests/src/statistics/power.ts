import { normalCumulative, normalQuantile } from './normal.ts';

/** What a comparison is planned for. */
export interface PowerPlan {
  /** Share of prompts at which exactly one side is right. */
  readonly discordance: number;
  /** True difference, candidate minus old model. */
  readonly difference: number;
  readonly margin: number;
  /** One-sided level; 0.05 when left out. */
  readonly level?: number;
}

/**
 * Prompts needed until the verdict falls, with probability `power` (0.8 when left out), on the side where the true difference lies; `Infinity` at the margin itself.
 * Never fewer than a perfect candidate needs. Source: R. D. Nam, Biometrics 53 (1997) 1422, the leading term
 */
export function countNeeded(plan: PowerPlan, power = 0.8): number {
  const { difference, margin, level = 0.05 } = plan;
  const distance = Math.abs(difference + margin);
  if (distance < 1e-9) return Number.POSITIVE_INFINITY;
  const z = normalQuantile(1 - level) + normalQuantile(power);
  const pairs = (z * z * varianceOf(plan)) / distance ** 2;
  const least = difference > -margin ? Math.log(level) / Math.log1p(-margin) : 1;
  return Math.ceil(Math.max(pairs, least) - 1e-9);
}

/** Probability that `pairs` prompts show the candidate to be not worse by the margin, by the same approximation. */
export function powerOf({ difference, margin, level = 0.05, ...rest }: PowerPlan, pairs: number): number {
  const error = Math.sqrt(varianceOf({ difference, margin, ...rest }) / pairs);
  if (error === 0) return difference > -margin ? 1 : 0;
  return normalCumulative((difference + margin) / error - normalQuantile(1 - level));
}

function varianceOf({ discordance, difference }: PowerPlan): number {
  return Math.max(0, discordance - difference ** 2);
}
