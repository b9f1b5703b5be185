import type { Interval } from './interval.ts';

/** A stream of values that may be judged after every one of them, as often as one likes. */
export interface Sequence {
  /** Adds a value; throws a `RangeError` outside the range. */
  readonly observe: (value: number) => void;
  readonly count: number;
  readonly mean: number;
  /** Bounds that hold for all times together with the stated confidence. */
  readonly interval: () => Interval;
  /** Evidence that the mean is below `limit`: at 1 / level it has been shown at that level, however often one looked. */
  readonly evidenceBelow: (limit: number) => number;
}

/** How sure a sequence shall be, and what its values can be. */
export interface SequenceOptions {
  /** 0.95 when left out. */
  readonly confidence?: number;
  /** [-1, 1] when left out; the narrower, the sooner something is shown. */
  readonly range?: Interval;
}

/** Stakes as shares of the highest that cannot lose everything; all are played side by side. */
const stakes = [0.01, 0.02, 0.04, 0.07, 0.11, 0.17, 0.26, 0.4, 0.6, 0.85, 0.999];

/**
 * Opens a sequence judged by betting: somebody who bets against a supposed mean cannot multiply the money by 1 / level, save with probability `level`.
 * Keeps one count a distinct value.
 * Source: I. Waudby-Smith, A. Ramdas, Journal of the Royal Statistical Society B 86 (2024) 1; J. Ville 1939
 */
export function createSequence({ confidence = 0.95, range = { low: -1, high: 1 } }: SequenceOptions = {}): Sequence {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let best = range;
  return {
    observe: (value) => {
      if (!(value >= range.low && value <= range.high))
        throw new RangeError(`the value is ${value}; it must lie in [${range.low}, ${range.high}]`);
      counts.set(value, (counts.get(value) ?? 0) + 1);
      count += 1;
      sum += value;
    },
    get count() {
      return count;
    },
    get mean() {
      return count === 0 ? 0 : sum / count;
    },
    interval: () => {
      const wanted = Math.log(2 / (1 - confidence));
      const mean = count === 0 ? 0 : sum / count;
      const low = -findLimit(negate(counts), wanted, -mean, -range.low);
      const high = findLimit(counts, wanted, mean, range.high);
      // Each bound holds at all times, so the narrowest so far does too.
      best = { low: Math.max(best.low, low), high: Math.min(best.high, high) };
      return best;
    },
    evidenceBelow: (limit) => Math.exp(logWealth(counts, limit, range.high)),
  };
}

/** The smallest mean above `from` that the bets have refuted. */
function findLimit(counts: ReadonlyMap<number, number>, wanted: number, from: number, worst: number): number {
  let [low, high] = [from, worst];
  if (logWealth(counts, worst - 1e-9, worst) < wanted) return worst;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (logWealth(counts, middle, worst) < wanted) low = middle;
    else high = middle;
  }
  return high;
}

/** Logarithm of what bets on "the mean is below `limit`" have made of 1, averaged over the stakes. */
function logWealth(counts: ReadonlyMap<number, number>, limit: number, worst: number): number {
  // The highest value is the worst for these bets; the stake is such that even it leaves something.
  const most = 1 / Math.max(1e-9, worst - limit);
  const logs = stakes.map((stake) => {
    let log = 0;
    for (const [value, times] of counts) log += times * Math.log1p(stake * most * (limit - value));
    return log;
  });
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((total, log) => total + Math.exp(log - top), 0) / stakes.length);
}

function negate(counts: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...counts].map(([value, times]) => [-value, times]));
}
