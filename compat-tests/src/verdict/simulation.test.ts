import { describe, expect, test } from 'vitest';
import { level, simulateClustered, simulateGate, simulatePaired, twoErrors } from './simulation.test-candidates.ts';

// A seeded part of what `npm run simulate` does at length (compat-tests/VERDICT.md).

describe.each([50, 200, 500])('%i prompts', (pairs) => {
  test.each([0.1, 0.2])('discordant share %d: wrong SAFE, power and coverage are as promised', (discordance) => {
    const runs = 1000;
    for (const deficit of [0, 0.05, 0.1]) {
      const outcome = simulatePaired({ pairs, discordance, deficit, margin: 0.05 }, runs, pairs);
      expect(Math.abs(outcome.safe - outcome.exactSafe)).toBeLessThanOrEqual(twoErrors(outcome.exactSafe, runs) + 0.01);
      if (deficit > 0) expect(outcome.exactSafe).toBeLessThanOrEqual(level);
      if (deficit > 0) expect(outcome.safe).toBeLessThanOrEqual(level + twoErrors(level, runs));
      expect(outcome.covered).toBeGreaterThanOrEqual(Math.min(0.95, outcome.exactCovered) - twoErrors(0.95, runs));
    }
  });
});

test('prompts drawn again: wrong SAFE and coverage', () => {
  const options = { runs: 300, resamples: 400, seed: 5 };
  for (const deficit of [0.05, 0.1]) {
    const { safe, covered } = simulateClustered({ prompts: 125, size: 4, deficit, margin: 0.05 }, options);
    expect(safe).toBeLessThanOrEqual(level + twoErrors(level, options.runs));
    expect(covered).toBeGreaterThanOrEqual(0.95 - twoErrors(0.95, options.runs));
  }
});

test('a gate that looks after every answer', () => {
  const runs = 400;
  expect(simulateGate({ limit: 0.9, share: 0.9, answers: 500 }, runs, 1).rolledBack).toBeLessThanOrEqual(
    level + twoErrors(level, runs),
  );
  const worse = simulateGate({ limit: 0.9, share: 0.7, answers: 500 }, runs, 2);
  expect(worse.rolledBack).toBe(1);
  expect(worse.median).toBeLessThan(80);
});
