import { isObject, type JsonObject } from '../../json.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { expecting } from './expectation.ts';
import { isPositive, isWhole } from './predicate.ts';

/** The usage of an answer, streamed or not; `{}` when it has none. */
function usageOf({ answer }: Observation): JsonObject {
  return answer.usage ?? {};
}

/** Tokens of the prompt as the answer counts them; NaN when it does not say. */
export function promptTokensOf(seen: Observation): number {
  return Number(usageOf(seen)['prompt_tokens'] ?? Number.NaN);
}

/** Tokens of the answer as it counts them; NaN when it does not say. */
export function completionTokensOf(seen: Observation): number {
  return Number(usageOf(seen)['completion_tokens'] ?? Number.NaN);
}

/** Usage is there, in whole numbers. */
export const hasUsage: Expectation = expecting(
  'usage has prompt_tokens, completion_tokens and total_tokens',
  (seen) => {
    const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usageOf(seen);
    return isPositive.holds(prompt) && isWhole.holds(completion) && isPositive.holds(total)
      ? undefined
      : JSON.stringify(seen.answer.usage ?? null);
  },
);

/** The total is the sum. */
export const addsUp: Expectation = expecting('total_tokens is prompt_tokens + completion_tokens', (seen) => {
  const usage = usageOf(seen);
  const sum = promptTokensOf(seen) + completionTokensOf(seen);
  return sum === usage['total_tokens'] ? undefined : `${String(usage['total_tokens'])}, not ${sum}`;
});

/** A detail of the usage is not more than what it is a part of. */
export function isPartOf(details: string, detail: string, whole: string): Expectation {
  return expecting(`${details}.${detail} is not more than ${whole}`, (seen) => {
    const usage = usageOf(seen);
    const held = isObject(usage[details]) ? usage[details][detail] : undefined;
    if (held === undefined || held === null) return undefined;
    return isWhole.holds(held) && Number(held) <= Number(usage[whole])
      ? undefined
      : `${String(held)} of ${String(usage[whole])}`;
  });
}

/** The answer is not longer than its request allows, each choice for itself. */
export const keepsLimit: Expectation = expecting('completion_tokens is not more than the limit', (seen) => {
  const { max_tokens: old, max_completion_tokens: limit = old, n } = seen.body;
  const used = completionTokensOf(seen);
  const most = Number(limit) * (typeof n === 'number' ? n : 1);
  return used <= most ? undefined : `${used} of ${most}`;
});
