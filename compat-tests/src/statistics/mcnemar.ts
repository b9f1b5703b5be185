import { binomialCumulative, binomialDensity } from './binomial.ts';

/**
 * Two-sided probability of discordant counts at least as uneven, if both sides were equally good; 1 when there are none.
 * Source: Q. McNemar 1947; exact and mid-P forms as in M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 13 (2013) 91
 */
export function testDiscordance(losses: number, gains: number): { readonly exact: number; readonly midP: number } {
  const [least, all] = [Math.min(losses, gains), losses + gains];
  if (all === 0) return { exact: 1, midP: 1 };
  const tail = 2 * binomialCumulative(least, all, 0.5);
  return {
    exact: Math.min(1, tail),
    midP: losses === gains ? 1 - binomialDensity(least, all, 0.5) : tail - binomialDensity(least, all, 0.5),
  };
}
