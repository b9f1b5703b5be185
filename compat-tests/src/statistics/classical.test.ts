import { describe, expect, test } from 'vitest';
import { binomialCumulative, binomialDensity } from './binomial.ts';
import { adjustProbabilities } from './holm.ts';
import { boundShare } from './interval.ts';
import { testDiscordance } from './mcnemar.ts';
import { normalCumulative, normalQuantile } from './normal.ts';
import { boundDifference, scoreDeficit } from './paired-score.ts';
import { countNeeded, powerOf } from './power.ts';
import { createRandom } from './random.ts';

// Tables of the normal distribution: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.
test.each([
  [0, 0.5],
  [1, 0.841344746068543],
  [1.959963984540054, 0.975],
  [-2.5, 0.006209665325776],
  [-4, 3.16712418331199e-5],
  [-8, 6.22096057427178e-16],
])('the normal distribution at %d is %d, and back', (z, p) => {
  expect(normalCumulative(z) / p).toBeCloseTo(1, 10);
  if (z > -8) expect(normalQuantile(p)).toBeCloseTo(z, 8);
});

test('binomial probabilities add up, and agree with counting', () => {
  const densities = Array.from({ length: 31 }, (_, k) => binomialDensity(k, 30, 0.3));
  for (const k of [0, 4, 9, 15, 29, 30]) {
    const sum = densities.slice(0, k + 1).reduce((total, density) => total + density, 0);
    expect(binomialCumulative(k, 30, 0.3)).toBeCloseTo(sum, 12);
  }
  expect(binomialCumulative(-1, 30, 0.3)).toBe(0);
  expect([binomialDensity(0, 3, 0), binomialDensity(3, 3, 1), binomialDensity(4, 3, 0.5)]).toEqual([1, 1, 0]);
});

// R. G. Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval of %d of %d", (successes, trials, low, high) => {
  const interval = boundShare(successes, trials);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});
test('a share of nothing can be anything', () => expect(boundShare(0, 0)).toEqual({ low: 0, high: 1 }));

// Airway hyper-responsiveness before and after stem cell transplantation (Bentur 2009: 1, 1, 7, 12), as worked out in
// M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 13 (2013) 91, and Statistics in Medicine 33 (2014) 2850.
describe('a published table of pairs', () => {
  const counts = { losses: 7, gains: 1, pairs: 21 };
  test("McNemar's test", () => {
    expect(testDiscordance(7, 1).exact).toBeCloseTo(0.0703, 4);
    expect(testDiscordance(7, 1).midP).toBeCloseTo(0.0391, 4);
    expect(testDiscordance(0, 0)).toEqual({ exact: 1, midP: 1 });
    expect(testDiscordance(3, 3).exact).toBe(1);
  });
  test("Tango's interval", () => {
    const { low, high } = boundDifference(counts);
    expect(low).toBeCloseTo(-0.517, 3);
    expect(high).toBeCloseTo(-0.026, 3);
  });
  test('without a deficit the score is the root of the asymptotic McNemar statistic', () =>
    expect(scoreDeficit(counts, 0) ** 2).toBeCloseTo(36 / 8, 10));
});

test("Tango's interval is the mirror image when the sides change places, and never empty", () => {
  for (const [losses, gains] of [
    [0, 0],
    [5, 0],
    [3, 9],
    [40, 40],
  ] as const) {
    const one = boundDifference({ losses, gains, pairs: 80 });
    const other = boundDifference({ losses: gains, gains: losses, pairs: 80 });
    expect(one.low).toBeCloseTo(-other.high, 9);
    expect(one.low).toBeLessThan((gains - losses) / 80);
    expect(one.high).toBeGreaterThan((gains - losses) / 80);
  }
});

// The worked example of https://en.wikipedia.org/wiki/Holm%E2%80%93Bonferroni_method, checked 2026-11-25.
test("Holm's adjustment keeps the order given", () =>
  expect(adjustProbabilities([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(6)))).toEqual([
    0.03, 0.06, 0.06, 0.02,
  ]));

// n = 6.18 psi / delta^2, one-sided level 0.05, power 0.8.
test.each([
  [0.1, 0.05, 248],
  [0.2, 0.05, 495],
  [0.2, 0.1, 124],
  [0.1, 0.03, 687],
])('discordance %d and margin %d need %d prompts', (discordance, margin, needed) => {
  const plan = { discordance, difference: 0, margin };
  expect(countNeeded(plan)).toBe(needed);
  expect(powerOf(plan, needed)).toBeCloseTo(0.8, 2);
});
test('a perfect candidate still needs as many prompts as show that failures are rare', () => {
  expect(countNeeded({ discordance: 0, difference: 0, margin: 0.05 })).toBe(59);
  expect(countNeeded({ discordance: 0.1, difference: -0.05, margin: 0.05 })).toBe(Number.POSITIVE_INFINITY);
});

test('the same seed draws the same numbers, another draws others, and they are even', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 20_000 }, random);
  };
  const numbers = draw(7);
  expect(draw(7)).toEqual(numbers);
  expect(draw(8).slice(0, 4)).not.toEqual(numbers.slice(0, 4));
  const bins = Array.from({ length: 10 }, (_, bin) => numbers.filter((value) => Math.floor(value * 10) === bin).length);
  const chi = bins.reduce((sum, found) => sum + (found - 2000) ** 2 / 2000, 0);
  expect(chi).toBeLessThan(27.9); // the 0.999 quantile with 9 degrees of freedom
});
