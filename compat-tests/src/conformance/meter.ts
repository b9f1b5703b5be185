import { isObject } from '../json.ts';
import type { Ask } from './ask.ts';
import { estimateRequest } from './cost.ts';
import { observe } from './observation.ts';
import type { Cost } from './result.ts';

/** The most a run may spend; no limit where left out. */
export interface Budget {
  readonly maxRequests?: number;
  readonly maxTokens?: number;
}

/** Counts what a run spends, and lets nothing be sent that could exceed the budget. */
export interface Meter {
  readonly ask: Ask;
  readonly spent: () => Cost;
}

/** Puts a meter before the sending. A request counts as its estimate until its answer says what it took; failed ones keep their estimate. */
export function createMeter(inner: Ask, { maxRequests = Infinity, maxTokens = Infinity }: Budget): Meter {
  let requests = 0;
  let tokens = 0;
  return {
    spent: () => ({ requests, tokens }),
    ask: async (request, timeoutMs) => {
      const estimate = estimateRequest(request);
      const refusal =
        requests + 1 > maxRequests
          ? `the run may send ${maxRequests} requests`
          : tokens + estimate > maxTokens
            ? `the run may spend ${maxTokens} tokens, and this request could exceed it`
            : undefined;
      if (refusal !== undefined) {
        const sent = { method: request.method ?? 'POST', path: request.path, headers: {}, body: null };
        return observe(sent, undefined, { kind: 'refused by the budget', what: refusal }, 0);
      }
      requests += 1;
      tokens += estimate;
      const seen = await inner(request, timeoutMs);
      const { usage } = seen.answer;
      const used = isObject(usage) ? usage['total_tokens'] : undefined;
      if (typeof used === 'number' && used >= 0) tokens += used - estimate;
      else if (seen.status >= 400) tokens -= estimate;
      return seen;
    },
  };
}
