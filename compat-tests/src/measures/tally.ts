import type { ExchangeResult } from '../result.ts';
import { priceOf } from './prices.ts';

/** Quantiles of a figure over the exchanges that have it. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  /** Counts by power-of-two steps, from `from` on; for plots. */
  readonly bins: ReadonlyArray<{ readonly from: number; readonly count: number }>;
}

/** Costs of one side in US dollars; `null` with the models whose price is not known. */
export interface Cost {
  readonly dollars: number | null;
  readonly unpriced: readonly string[];
  /** Where the prices stand, with their dates. */
  readonly sources: readonly string[];
}

/** What both sides took: times in milliseconds, tokens each by its own tokenizer, dollars. */
export interface Measures {
  readonly firstMs: { readonly old: Spread; readonly candidate: Spread };
  readonly totalMs: { readonly old: Spread; readonly candidate: Spread };
  readonly promptTokens: { readonly old: number; readonly candidate: number };
  readonly completionTokens: { readonly old: number; readonly candidate: number };
  readonly cost: { readonly old: Cost; readonly candidate: Cost };
  /** Exchanges with tokens of both sides; sums and costs are over these. */
  readonly metered: number;
  /** The longest request, in the candidate's own tokens. */
  readonly longestPrompt: number;
}

/** Counts measures one by one. */
export interface Measuring {
  readonly add: (result: ExchangeResult) => void;
  readonly read: () => Measures;
}

/** Opens empty measures. */
export function createMeasuring(): Measuring {
  const times = {
    firstOld: [] as number[],
    firstNew: [] as number[],
    totalOld: [] as number[],
    totalNew: [] as number[],
  };
  const tokens = new Map<string, { prompt: number; completion: number }>();
  let [metered, longestPrompt] = [0, 0];
  const spend = (side: 'old' | 'candidate', model: string, prompt: number, completion: number): void => {
    const key = `${side} ${model}`;
    const held = tokens.get(key) ?? { prompt: 0, completion: 0 };
    tokens.set(key, { prompt: held.prompt + prompt, completion: held.completion + completion });
  };
  return {
    add: ({ measures, repeat }) => {
      if (measures === null || repeat !== null) return;
      const { old, candidate } = measures;
      // Only exchanges that both sides were timed at say something about the difference.
      if (old.totalMs !== null && candidate.totalMs !== null) {
        times.totalOld.push(old.totalMs);
        times.totalNew.push(candidate.totalMs);
      }
      if (old.firstMs !== null && candidate.firstMs !== null) {
        times.firstOld.push(old.firstMs);
        times.firstNew.push(candidate.firstMs);
      }
      longestPrompt = Math.max(longestPrompt, candidate.promptTokens ?? 0);
      if (old.promptTokens === null || candidate.promptTokens === null) return;
      metered += 1;
      spend('old', old.model, old.promptTokens, old.completionTokens ?? 0);
      spend('candidate', candidate.model, candidate.promptTokens, candidate.completionTokens ?? 0);
    },
    read: () => {
      const sum = (side: string, part: 'prompt' | 'completion'): number =>
        [...tokens].reduce((total, [key, held]) => total + (key.startsWith(`${side} `) ? held[part] : 0), 0);
      return {
        firstMs: { old: spread(times.firstOld), candidate: spread(times.firstNew) },
        totalMs: { old: spread(times.totalOld), candidate: spread(times.totalNew) },
        promptTokens: { old: sum('old', 'prompt'), candidate: sum('candidate', 'prompt') },
        completionTokens: { old: sum('old', 'completion'), candidate: sum('candidate', 'completion') },
        cost: { old: addCosts(tokens, 'old'), candidate: addCosts(tokens, 'candidate') },
        metered,
        longestPrompt,
      };
    },
  };
}

function addCosts(tokens: ReadonlyMap<string, { prompt: number; completion: number }>, side: string): Cost {
  const unpriced: string[] = [];
  const sources = new Set<string>();
  let dollars = 0;
  for (const [key, { prompt, completion }] of [...tokens].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(`${side} `)) continue;
    const model = key.slice(side.length + 1);
    const price = priceOf(model);
    if (price === undefined) {
      unpriced.push(model);
      continue;
    }
    dollars += (prompt * price.input + completion * price.output) / 1e6;
    sources.add(`${price.source} (${price.checked})`);
  }
  return { dollars: unpriced.length > 0 || sources.size === 0 ? null : dollars, unpriced, sources: [...sources] };
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const bins = new Map<number, number>();
  for (const value of sorted) {
    const from = value < 1 ? 0 : 2 ** Math.floor(Math.log2(value));
    bins.set(from, (bins.get(from) ?? 0) + 1);
  }
  return {
    count: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    bins: [...bins].map(([from, count]) => ({ from, count })),
  };
}
