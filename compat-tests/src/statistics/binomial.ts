const logFactorials = [0];

function logFactorial(n: number): number {
  for (let at = logFactorials.length; at <= n; at += 1) logFactorials.push((logFactorials[at - 1] ?? 0) + Math.log(at));
  return logFactorials[n] ?? 0;
}

/** Probability of exactly `k` successes in `n` trials of probability `p`. */
export function binomialDensity(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  return Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** Probability of at most `k` successes in `n` trials of probability `p`. */
export function binomialCumulative(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  // Terms fall off on the far side of the mean: the shorter tail is summed.
  if (k > n * p) return 1 - binomialCumulative(n - k - 1, n, 1 - p);
  let term = binomialDensity(k, n, p);
  let sum = term;
  for (let at = k; at > 0 && term > sum * 1e-17; at -= 1) {
    term *= (at * (1 - p)) / ((n - at + 1) * p);
    sum += term;
  }
  return Math.min(1, sum);
}
