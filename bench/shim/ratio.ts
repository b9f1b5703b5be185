/** One measurement against its peer in the same run, round by round. */
export interface Ratio {
  readonly what: string;
  readonly unit: string;
  /** Ratio that is aimed for, at most. */
  readonly aim: number | undefined;
  readonly ratio: { readonly min: number; readonly median: number; readonly max: number };
  /** Medians. */
  readonly ours: number;
  readonly peer: number;
}

/** Measures two things in turn, after one round that does not count. */
export async function compareRounds(
  what: string,
  unit: string,
  aim: number | undefined,
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<Ratio> {
  await ours();
  await peer();
  const pairs: Array<readonly [number, number]> = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes, so that a machine that speeds up or slows down favours neither.
    const first = round % 2 === 0 ? await ours() : await peer();
    const second = round % 2 === 0 ? await peer() : await ours();
    pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  const quotients = pairs.map(([one, other]) => one / other);
  return {
    what,
    unit,
    aim,
    ratio: { min: Math.min(...quotients), median: median(quotients), max: Math.max(...quotients) },
    ours: median(pairs.map(([one]) => one)),
    peer: median(pairs.map(([, other]) => other)),
  };
}

/** Prints a ratio as one line. */
export function printRatio({ what, unit, aim, ratio, ours, peer }: Ratio): void {
  const goal = aim === undefined ? '' : ` (aim: at most ${aim})`;
  console.log(
    `${what}: ${ratio.median.toFixed(2)}x, ${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}${goal}; ${ours.toFixed(1)} ${unit} against ${peer.toFixed(1)} ${unit}`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
