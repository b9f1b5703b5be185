/** Draws a number in [0, 1). */
export type Random = () => number;

/**
 * Opens a stream of numbers that is the same for the same seed on every machine, so that a verdict can be worked out again.
 * Source: sfc32 of PractRand (https://pracrand.sourceforge.net/RNG_engines.txt), seeded by counting and running in.
 */
export function createRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = (seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let count = 1;
  const next = (): number => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let run = 0; run < 15; run += 1) next();
  return () => next() / 2 ** 32;
}
