import type { CheckId } from '../check.ts';
import type { PromptCounts, SiteTally } from './tally.ts';

/** How the sum of all call sites is named. */
const allSites = 'all call sites';

/** Adds call sites up as if they were one. */
export function poolSites(sites: readonly SiteTally[]): SiteTally {
  const sum = (read: (site: SiteTally) => number): number => sites.reduce((total, site) => total + read(site), 0);
  return {
    callSite: allSites,
    prompts: new Set(sites.flatMap(({ prompts }) => [...prompts])),
    exchanges: sum(({ exchanges }) => exchanges),
    compared: sum(({ compared }) => compared),
    failed: sum(({ failed }) => failed),
    repeats: sum(({ repeats }) => repeats),
    answered: sum(({ answered }) => answered),
    unanswered: sum(({ unanswered }) => unanswered),
    firstUnanswered: sites.find(({ firstUnanswered }) => firstUnanswered !== undefined)?.firstUnanswered,
    freeText: sum(({ freeText }) => freeText),
    evidence: {
      recorded: sum(({ evidence }) => evidence.recorded),
      documented: sum(({ evidence }) => evidence.documented),
      synthetic: sum(({ evidence }) => evidence.synthetic),
    },
    broken: addCounts(sites.map(({ broken }) => broken)),
    brokenPromises: addCounts(sites.map(({ brokenPromises }) => brokenPromises)),
    metrics: poolMetrics(sites),
    open: sites.flatMap(({ open }) => open),
  };
}

function addCounts(maps: ReadonlyArray<ReadonlyMap<CheckId, number>>): Map<CheckId, number> {
  const sum = new Map<CheckId, number>();
  for (const [check, count] of maps.flatMap((map) => [...map])) sum.set(check, (sum.get(check) ?? 0) + count);
  return sum;
}

function poolMetrics(sites: readonly SiteTally[]): SiteTally['metrics'] {
  const pooled = new Map<CheckId, Map<string, PromptCounts>>();
  for (const { metrics } of sites)
    for (const [check, prompts] of metrics) {
      const sum = pooled.get(check) ?? new Map<string, PromptCounts>();
      pooled.set(check, sum);
      for (const [prompt, counts] of prompts) {
        const held = sum.get(prompt) ?? { asked: 0, held: 0, oldAsked: 0, oldHeld: 0 };
        sum.set(prompt, {
          asked: held.asked + counts.asked,
          held: held.held + counts.held,
          oldAsked: held.oldAsked + counts.oldAsked,
          oldHeld: held.oldHeld + counts.oldHeld,
        });
      }
    }
  return pooled;
}
