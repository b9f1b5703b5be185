import { describe, expect, test } from 'vitest';
import { resampleDifferences } from './bootstrap.ts';
import { createSequence } from './confidence-sequence.ts';
import { scoreDeficit } from './paired-score.ts';
import { findCriticalScore, testMargin } from './paired-test.ts';
import { createRandom } from './random.ts';

/** The probability of a score of at most `score`, counted result by result, at its worst over the share of discordant prompts. */
function countSize(pairs: number, margin: number, score: number): number {
  const shares = Array.from({ length: 400 }, (_, step) => margin + ((1 - margin) * step) / 400);
  return Math.max(
    ...shares.map((share) => {
      const [loss, gain] = [(share + margin) / 2, (share - margin) / 2];
      let sum = 0;
      for (let losses = 0; losses <= pairs; losses += 1)
        for (let gains = 0; losses + gains <= pairs; gains += 1) {
          if (scoreDeficit({ losses, gains, pairs }, margin) > score + 1e-9) continue;
          let ways = 1;
          for (let at = 1; at <= losses; at += 1) ways *= (pairs - at + 1) / at;
          for (let at = 1; at <= gains; at += 1) ways *= (pairs - losses - at + 1) / at;
          sum += ways * loss ** losses * gain ** gains * (1 - share) ** (pairs - losses - gains);
        }
      return sum;
    }),
  );
}

describe('the exact test of a margin', () => {
  test.each([
    [20, 1, 2, 0.1],
    [25, 0, 0, 0.2],
    [30, 3, 5, 0.15],
  ])('%d pairs, %d losses, %d gains, margin %d: as counted result by result', (pairs, losses, gains, margin) => {
    const counts = { losses, gains, pairs };
    expect(testMargin(counts, margin).notWorse).toBeCloseTo(countSize(pairs, margin, scoreDeficit(counts, margin)), 4);
  });
  test('with no loss at all it is the chance that none shows', () =>
    expect(testMargin({ losses: 0, gains: 0, pairs: 59 }, 0.05).notWorse).toBeCloseTo(0.95 ** 59, 6));
  test('both directions together cover everything', () => {
    const { notWorse, worse } = testMargin({ losses: 6, gains: 1, pairs: 100 }, 0.05);
    expect(notWorse + worse).toBeGreaterThanOrEqual(1);
    expect(testMargin({ losses: 40, gains: 0, pairs: 100 }, 0.05).worse).toBeLessThan(1e-9);
    expect(testMargin({ losses: 0, gains: 0, pairs: 0 }, 0.05)).toEqual({ notWorse: 1, worse: 1 });
  });
  test('the critical score decides as the probability does', () => {
    for (const pairs of [58, 59, 200]) {
      const critical = findCriticalScore(pairs, 0.05, 0.05);
      for (const [losses, gains] of [
        [0, 0],
        [1, 0],
        [2, 3],
        [5, 2],
        [9, 9],
      ] as const) {
        const counts = { losses, gains, pairs };
        expect(scoreDeficit(counts, 0.05) <= critical).toBe(testMargin(counts, 0.05).notWorse <= 0.05);
      }
    }
  });
});

describe('drawing prompts again', () => {
  test('no failure in n prompts bounds the loss by 3 / n', () => {
    const { interval } = resampleDifferences(
      Array.from({ length: 100 }, () => 0),
      { confidence: 0.9 },
    );
    expect(interval).toEqual({ low: -0.03, high: 0.03 });
  });
  test('the interval is the normal one where prompts are many', () => {
    const random = createRandom(3);
    const values = Array.from<unknown, number>({ length: 3000 }, () =>
      random() < 0.1 ? -1 : random() < 0.5 ? 0.5 : 0,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / values.length;
    const { interval } = resampleDifferences(values, { resamples: 4000 });
    expect((interval.low - (mean - 1.96 * error)) / error).toBeCloseTo(0, 0);
    expect((interval.high - (mean + 1.96 * error)) / error).toBeCloseTo(0, 0);
  });
  test('the same seed gives the same answer, and nothing gives none', () => {
    const values = [0, 0, -1, 0.5];
    expect(resampleDifferences(values, { margin: 0.1 })).toEqual(resampleDifferences(values, { margin: 0.1 }));
    expect(resampleDifferences([], { margin: 0.1 })).toMatchObject({ notWorse: 1, worse: 1 });
  });
  test('a candidate that always fails is shown to be worse, one that never does not to be', () => {
    const all = (value: number) =>
      resampleDifferences(
        Array.from({ length: 200 }, () => value),
        { margin: 0.05 },
      );
    expect(all(-1)).toMatchObject({ notWorse: 1 });
    expect(all(-1).worse).toBeLessThan(0.001);
    expect(all(0).notWorse).toBeLessThan(0.001);
    expect(all(0).worse).toBeGreaterThan(0.9);
  });
});

describe('a sequence that may be judged at any time', () => {
  test('it holds the mean, and narrows', () => {
    const random = createRandom(11);
    const sequence = createSequence();
    const widths: number[] = [];
    for (let count = 1; count <= 2000; count += 1) {
      sequence.observe(random() < 0.1 ? -1 : 0);
      if (count % 500 !== 0) continue;
      const { low, high } = sequence.interval();
      expect(low).toBeLessThan(-0.1);
      expect(high).toBeGreaterThan(-0.1);
      widths.push(high - low);
    }
    expect([...widths].sort((a, b) => b - a)).toEqual(widths);
    expect(widths.at(-1)).toBeLessThan(0.06);
    expect(sequence.mean).toBeCloseTo(-0.1, 1);
  });
  test('looking after every value does not raise the rate of false alarms above its level', () => {
    const runs = 400;
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = createRandom(run);
      const sequence = createSequence();
      for (let count = 0; count < 300; count += 1) {
        sequence.observe(random() < 0.05 ? -1 : 0);
        if (sequence.evidenceBelow(-0.05) < 20) continue;
        alarms += 1;
        break;
      }
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs));
  });
  test('a candidate that always fails is found within a handful of values', () => {
    const sequence = createSequence();
    while (sequence.evidenceBelow(-0.05) < 20) sequence.observe(-1);
    expect(sequence.count).toBeLessThan(10);
  });
  test('a narrower range shows it sooner', () => {
    const sequence = createSequence({ range: { low: -1, high: 0 } });
    while (sequence.evidenceBelow(-0.05) < 20) sequence.observe(-1);
    expect(sequence.count).toBeLessThan(4);
    expect(sequence.interval().high).toBeLessThan(0);
  });
  test('a value outside [-1, 1] is refused', () => expect(() => createSequence().observe(1.5)).toThrow(RangeError));
});
