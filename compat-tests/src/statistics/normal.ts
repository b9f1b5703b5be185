/** Probability that a standard normal value is at most `z`, by a series near 0 and a continued fraction beyond. Source: G. Marsaglia, Journal of Statistical Software 11 (2004) 4; M. Abramowitz, I. Stegun 26.2.14 */
export function normalCumulative(z: number): number {
  const x = Math.abs(z);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let tail: number;
  if (x < 3) {
    // Series of Marsaglia (2004): sum x^(2k+1) / (1·3·5…).
    let term = x;
    let sum = x;
    for (let k = 3; term > sum * 1e-17; k += 2) sum += term *= (x * x) / k;
    tail = 0.5 - density * sum;
  } else {
    let fraction = 0;
    for (let k = 60; k >= 1; k -= 1) fraction = k / (x + fraction);
    tail = density / (x + fraction);
  }
  return z > 0 ? 1 - tail : tail;
}

/** The value that a standard normal one stays below with probability `p` (0 < p < 1). */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  let [low, high] = [-40, 0];
  for (let step = 0; step < 200 && high - low > 1e-14 * Math.max(1, -low); step += 1) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
