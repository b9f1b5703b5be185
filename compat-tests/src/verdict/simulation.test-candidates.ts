import { binomialDensity } from '../statistics/binomial.ts';
import { resampleDifferences } from '../statistics/bootstrap.ts';
import { createSequence } from '../statistics/confidence-sequence.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { scoreDeficit } from '../statistics/paired-score.ts';
import { computePower, findCriticalScore } from '../statistics/paired-test.ts';
import { createRandom } from '../statistics/random.ts';

// Candidates whose true difference from the old model is known, so that what a verdict says of them can be held against the truth.

/** The level at which all verdicts are simulated. */
export const level = 0.05;

/** How far from the truth a simulated share may lie: two Monte Carlo standard errors. */
export const twoErrors = (share: number, runs: number): number => 2 * Math.sqrt((share * (1 - share)) / runs);

/** A candidate that is asked each prompt once, and so is the old model. */
export interface PairedCandidate {
  readonly pairs: number;
  /** Share of prompts at which exactly one side is right. */
  readonly discordance: number;
  /** By how much it is truly worse. */
  readonly deficit: number;
  readonly margin: number;
}

/** Shares over the runs, with what they are by exact counting. */
export interface PairedOutcome {
  readonly safe: number;
  readonly exactSafe: number;
  readonly covered: number;
  readonly exactCovered: number;
}

/** Simulates verdicts on a candidate, by the closed-form test. */
export function simulatePaired(candidate: PairedCandidate, runs: number, seed: number): PairedOutcome {
  const { pairs, discordance, deficit, margin } = candidate;
  const critical = findCriticalScore(pairs, margin, level);
  const z = normalQuantile(0.975);
  const random = createRandom(seed);
  const [loss, gain] = [(discordance + deficit) / 2, (discordance - deficit) / 2];
  let [safe, covered] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    let [losses, gains] = [0, 0];
    for (let prompt = 0; prompt < pairs; prompt += 1) {
      const draw = random();
      if (draw < loss) losses += 1;
      else if (draw < loss + gain) gains += 1;
    }
    if (scoreDeficit({ losses, gains, pairs }, margin) <= critical) safe += 1;
    if (Math.abs(scoreDeficit({ losses, gains, pairs }, deficit)) <= z) covered += 1;
  }
  return {
    safe: safe / runs,
    exactSafe: computePower(pairs, { margin, critical, deficit, discordance }),
    covered: covered / runs,
    exactCovered: countCoverage(candidate, z),
  };
}

/** Probability that the interval holds the truth, result by result: such counts are whole numbers, so it cannot be 95 % everywhere. */
function countCoverage({ pairs, discordance, deficit }: PairedCandidate, z: number): number {
  const loss = (discordance + deficit) / (2 * discordance);
  const spread = (count: number, share: number): number => 7 * Math.sqrt(count * share * (1 - share)) + 7;
  let sum = 0;
  for (let all = 0; all <= pairs; all += 1) {
    if (Math.abs(all - pairs * discordance) > spread(pairs, discordance)) continue;
    const weight = binomialDensity(all, pairs, discordance);
    for (let losses = 0; losses <= all; losses += 1) {
      if (Math.abs(losses - all * loss) > spread(all, loss)) continue;
      if (Math.abs(scoreDeficit({ losses, gains: all - losses, pairs }, deficit)) <= z)
        sum += weight * binomialDensity(losses, all, loss);
    }
  }
  return sum;
}

/** A candidate whose failures come by prompt: at some prompts it fails mostly, with several exchanges each. */
export interface ClusteredCandidate {
  readonly prompts: number;
  /** Exchanges a prompt. */
  readonly size: number;
  readonly deficit: number;
  readonly margin: number;
}

/** Simulates verdicts on a candidate, by drawing prompts again. */
export function simulateClustered(
  { prompts, size, deficit, margin }: ClusteredCandidate,
  { runs, resamples, seed }: Readonly<Record<'runs' | 'resamples' | 'seed', number>>,
): { readonly safe: number; readonly covered: number } {
  const random = createRandom(seed);
  // At a share of prompts, either side fails in 70 % of its answers.
  const rate = 0.7;
  const own = 0.06;
  let [safe, covered] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const differences = Array.from({ length: prompts }, () => {
      const draw = random();
      const fails = draw < own + deficit / rate ? -1 : draw < 2 * own + deficit / rate ? 1 : 0;
      if (fails === 0) return 0;
      let sum = 0;
      for (let exchange = 0; exchange < size; exchange += 1) sum += random() < rate ? fails : 0;
      return sum / size;
    });
    const { notWorse, interval } = resampleDifferences(differences, { margin, resamples, seed: run + 1 });
    if (notWorse <= level) safe += 1;
    if (interval.low <= -deficit + 1e-12 && interval.high >= -deficit - 1e-12) covered += 1;
  }
  return { safe: safe / runs, covered: covered / runs };
}

/** Simulates a gate that looks after every answer: how often it rolls back, and after how many answers in the median. */
export function simulateGate(
  { limit, share, answers }: Readonly<Record<'limit' | 'share' | 'answers', number>>,
  runs: number,
  seed: number,
): { readonly rolledBack: number; readonly median: number | undefined } {
  const random = createRandom(seed);
  const after: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const sequence = createSequence({ range: { low: 0, high: 1 } });
    for (let answer = 1; answer <= answers; answer += 1) {
      const held = random() < share;
      sequence.observe(held ? 1 : 0);
      // Evidence grows at failures only.
      if (held || sequence.evidenceBelow(limit) < 1 / level) continue;
      after.push(answer);
      break;
    }
  }
  after.sort((a, b) => a - b);
  return { rolledBack: after.length / runs, median: after[Math.floor(after.length / 2)] };
}
