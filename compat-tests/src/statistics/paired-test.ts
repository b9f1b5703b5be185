import { binomialCumulative, binomialDensity } from './binomial.ts';
import { type PairedCounts, scoreDeficit } from './paired-score.ts';

/** Probabilities of what was seen if the candidate were exactly `margin` worse: small `notWorse` speaks for it, small `worse` against it. */
export interface MarginTest {
  /** Of a result at least as good. */
  readonly notWorse: number;
  /** Of a result at least as bad. */
  readonly worse: number;
}

/**
 * Tests whether the candidate is worse than the old model by more than `margin` (0 < margin < 1), exactly: results are ordered by Tango's score, and the
 * share of discordant prompts, which nobody knows, is taken at its worst. No large numbers are assumed.
 * Source: H. M. Hsueh, J. P. Liu, J. J. Chen, Biometrics 57 (2001) 478
 */
export function testMargin(counts: PairedCounts, margin: number): MarginTest {
  if (counts.pairs === 0) return { notWorse: 1, worse: 1 };
  // Many checks of one report have the same counts.
  const key = [counts.losses, counts.gains, counts.pairs, margin].join();
  const known = tested.get(key) ?? testCounts(counts, margin);
  if (tested.size >= 1000) tested.clear();
  tested.set(key, known);
  return known;
}

const tested = new Map<string, MarginTest>();

function testCounts(counts: PairedCounts, margin: number): MarginTest {
  const score = scoreDeficit(counts, margin);
  const tolerance = 1e-9 * Math.max(1, Math.abs(score));
  return {
    notWorse: Math.max(...spreadNuisance(counts.pairs, margin, score + tolerance)),
    worse: 1 - Math.min(...spreadNuisance(counts.pairs, margin, score - tolerance)),
  };
}

/**
 * The highest score that still shows, at `level`, that the candidate is not worse by `margin`; `-Infinity` when `pairs` are too few for any.
 * Many results of one size are judged faster by it than by {@link testMargin}, and alike.
 */
export function findCriticalScore(pairs: number, margin: number, level: number): number {
  const size = (score: number): number => Math.max(...spreadNuisance(pairs, margin, score));
  let [low, high] = [scoreDeficit({ losses: 0, gains: pairs, pairs }, margin), 0];
  if (size(low + 1e-9) > level) return Number.NEGATIVE_INFINITY;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (size(middle) > level) high = middle;
    else low = middle;
  }
  return low;
}

/** Probability of a score of at most `critical` when the candidate is truly worse by `deficit` and the sides differ at a share `discordance` of prompts. */
export function computePower(
  pairs: number,
  {
    margin,
    critical,
    deficit,
    discordance,
  }: Readonly<Record<'margin' | 'critical' | 'deficit' | 'discordance', number>>,
): number {
  return Math.min(1, sumBelow(pairs, deficit, discordance, findMostLosses(pairs, margin, critical)));
}

/** Probability of a score of at most `score` under each supposed share of discordant prompts, the deficit being `margin`. */
function spreadNuisance(pairs: number, margin: number, score: number): number[] {
  const most = findMostLosses(pairs, margin, score);
  const at = (share: number): number => sumBelow(pairs, margin, share, most);
  const grid = Array.from({ length: 41 }, (_, step) => margin + (1 - margin) * (step / 40) ** 2);
  const values = grid.map(at);
  const extremes = [Math.max(...values), Math.min(...values)].map((value) => values.indexOf(value));
  // Between the points beside an extreme the curve is looked at more closely.
  const closer = extremes.flatMap((peak) => {
    const [from, to] = [grid[Math.max(0, peak - 1)] ?? margin, grid[Math.min(40, peak + 1)] ?? 1];
    return Array.from({ length: 9 }, (_, step) => at(from + ((to - from) * (step + 1)) / 10));
  });
  return [...values, ...closer];
}

/** For each number of discordant prompts, the most losses among them with a score of at most `score`; -1 when even none are too many. */
function findMostLosses(pairs: number, margin: number, score: number): Int32Array {
  const most = new Int32Array(pairs + 1);
  let losses = -1;
  for (let discordant = 0; discordant <= pairs; discordant += 1) {
    // One more discordant prompt can allow one more loss at most, and never fewer.
    while (
      losses < discordant &&
      scoreDeficit({ losses: losses + 1, gains: discordant - losses - 1, pairs }, margin) <= score
    )
      losses += 1;
    most[discordant] = losses;
  }
  return most;
}

function sumBelow(pairs: number, deficit: number, share: number, most: Int32Array): number {
  const loss = Math.min(1, (share + deficit) / (2 * share));
  const spread = 9 * Math.sqrt(pairs * share * (1 - share)) + 9;
  const [from, to] = [
    Math.max(0, Math.floor(pairs * share - spread)),
    Math.min(pairs, Math.ceil(pairs * share + spread)),
  ];
  let sum = 0;
  for (let discordant = from; discordant <= to; discordant += 1)
    sum += binomialDensity(discordant, pairs, share) * binomialCumulative(most[discordant] ?? -1, discordant, loss);
  return sum;
}
