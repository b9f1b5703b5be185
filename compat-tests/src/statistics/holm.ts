/**
 * Adjusts the probabilities of several tests, so that the chance of any wrong rejection stays at the level of one; in the order given.
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65
 */
export function adjustProbabilities(probabilities: readonly number[]): number[] {
  const order = probabilities.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const adjusted = Array.from<number>({ length: probabilities.length });
  let least = 0;
  for (const [rank, { value, at }] of order.entries()) {
    least = Math.max(least, Math.min(1, (order.length - rank) * value));
    adjusted[at] = least;
  }
  return adjusted;
}
