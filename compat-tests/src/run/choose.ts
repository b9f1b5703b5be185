import { createHash } from 'node:crypto';
import { createRandom } from '../statistics/random.ts';
import type { TrafficEntry } from './traffic.ts';

/** Part of a run, for one of several machines. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Which exchanges to ask. */
export interface Choice {
  /** How many of the app's exchanges at most; of every kind of call some. */
  readonly sample?: number;
  readonly seed?: number;
  readonly shard?: Shard;
}

/** Chooses exchanges and the repeats of the old model that belong to them, in the order of the file. */
export function chooseEntries(entries: readonly TrafficEntry[], { sample, seed = 1, shard }: Choice): TrafficEntry[] {
  const own = entries.filter(({ repeat }) => repeat === null);
  const chosen = sample === undefined || sample >= own.length ? own : sampleStrata(own, sample, seed);
  const ids = new Set(chosen.filter(({ prompt }) => isInShard(prompt, shard)).map(({ id }) => id));
  return entries.filter(({ id, repeat, of }) => ids.has(repeat === null ? id : of));
}

/** Exchanges of one prompt stay together: they are one in the statistics. */
function isInShard(prompt: string, shard: Shard | undefined): boolean {
  if (shard === undefined) return true;
  const hash = createHash('sha256').update(prompt).digest();
  return hash.readUInt32BE(0) % shard.count === shard.index - 1;
}

/** Draws from every kind of call in proportion, but at least one of each while the sample reaches. */
function sampleStrata(entries: readonly TrafficEntry[], sample: number, seed: number): TrafficEntry[] {
  const strata = new Map<string, TrafficEntry[]>();
  for (const entry of entries) {
    const held = strata.get(entry.stratum) ?? [];
    strata.set(entry.stratum, held);
    held.push(entry);
  }
  const random = createRandom(seed);
  const groups = [...strata].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => shuffle(group, random));
  const quotas = groups.map((group) => Math.max(1, Math.floor((sample * group.length) / entries.length)));
  // The largest groups take what rounding left, or give what the small ones took.
  const bySize = groups.map((_, at) => at).sort((a, b) => (groups[b]?.length ?? 0) - (groups[a]?.length ?? 0));
  let left = sample - quotas.reduce((sum, quota) => sum + quota, 0);
  while (left !== 0) {
    const before = left;
    for (const at of bySize) {
      const [quota, size] = [quotas[at] ?? 0, groups[at]?.length ?? 0];
      const step = left > 0 && quota < size ? 1 : left < 0 && quota > (sample < groups.length ? 0 : 1) ? -1 : 0;
      quotas[at] = quota + step;
      left -= step;
      if (left === 0) break;
    }
    if (left === before) break;
  }
  const chosen = new Set(groups.flatMap((group, at) => group.slice(0, quotas[at])));
  return entries.filter((entry) => chosen.has(entry));
}

function shuffle(entries: readonly TrafficEntry[], random: () => number): TrafficEntry[] {
  const mixed = [...entries];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as TrafficEntry, mixed[at] as TrafficEntry];
  }
  return mixed;
}
