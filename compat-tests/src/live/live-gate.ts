import type { Exchange } from '@migrate-llm/shim/exchange';
import type { Fetch } from '@migrate-llm/shim/fetch';
import { compareRepeat } from '../ask.ts';
import type { Check } from '../check.ts';
import { nameCallSite } from '../prompt.ts';
import { createSequence, type Sequence } from '../statistics/confidence-sequence.ts';
import type { Interval } from '../statistics/interval.ts';
import type { TaskCheck } from '../task-check.ts';

/** Two answers to one request, as the shim's `onShadow` hands them over. */
interface AnsweredTwice {
  /** The old model's answer, which the app got. */
  readonly primary: Exchange;
  /** The candidate's; `undefined` where it gave none. */
  readonly shadow: Exchange | undefined;
  readonly error: string | undefined;
}

/** Why the gate took traffic back. */
export interface Rollback {
  readonly callSite: string;
  readonly reason: string;
  readonly compared: number;
  /** Share of answers that held, with bounds that are good at any time. */
  readonly share: Interval & { readonly mean: number };
  readonly lastFailure: readonly Check[];
}

/** Settings of {@link createLiveGate}. */
export interface LiveGateOptions {
  /** Share of answers that must hold, e.g. the old model's own agreement with itself less the margin; `live.agreement` of `gate.yaml`. */
  readonly agreement: number;
  /** Risk of a rollback without cause, over all time at one call site; 0.05 when left out. */
  readonly risk?: number;
  readonly tasks?: readonly TaskCheck[];
  /** Hears of each rollback, once a call site. */
  readonly onRollback?: (rollback: Rollback) => void;
}

/** A gate that looks at every answer as it comes. */
export interface LiveGate {
  /** For the shim's `migrate.onShadow`. */
  readonly onShadow: (pair: AnsweredTwice) => void;
  readonly isRolledBack: (callSite: string) => boolean;
  /** Sends calls to `forward` until their call site is rolled back, then to `back`; the call site is the header `x-migrate-llm-call-site`, else the request line. */
  readonly route: (forward: Fetch, back: Fetch) => Fetch;
  readonly state: () => ReadonlyArray<
    Interval & { readonly callSite: string; readonly compared: number; readonly mean: number }
  >;
}

/**
 * Opens a gate that compares shadow answers live, as `parity` does, and takes a call site back as soon as too few answers hold. It may look after every answer: its
 * evidence counts for all times together. An answer holds when no check of it fails; another one than the old model's is no failure.
 */
export function createLiveGate({ agreement, risk = 0.05, tasks = [], onRollback }: LiveGateOptions): LiveGate {
  const sites = new Map<string, Sequence>();
  const back = new Set<string>();
  const openSite = (callSite: string): Sequence => {
    const held = sites.get(callSite) ?? createSequence({ confidence: 1 - risk, range: { low: 0, high: 1 } });
    sites.set(callSite, held);
    return held;
  };
  return {
    onShadow: ({ primary, shadow, error }) => {
      // Where the old model failed itself there is nothing to hold the candidate against.
      if (primary.response.status >= 400) return;
      const callSite = nameCallSite(primary);
      const failed = findFailures(primary, shadow, error, tasks);
      if (failed === undefined) return;
      const sequence = openSite(callSite);
      sequence.observe(failed.length === 0 ? 1 : 0);
      if (back.has(callSite) || sequence.evidenceBelow(agreement) < 1 / risk) return;
      back.add(callSite);
      const share = { mean: sequence.mean, ...sequence.interval() };
      onRollback?.({
        callSite,
        reason: `fewer than ${(agreement * 100).toFixed(1)} % of its answers hold: ${(share.mean * 100).toFixed(1)} % of ${sequence.count} (${(share.low * 100).toFixed(1)} to ${(share.high * 100).toFixed(1)} % at any time)`,
        compared: sequence.count,
        share,
        lastFailure: failed,
      });
    },
    isRolledBack: (callSite) => back.has(callSite),
    route: (forward, home) => (input, init) =>
      back.has(readCallSite(input, init)) ? home(input, init) : forward(input, init),
    state: () =>
      [...sites].map(([callSite, sequence]) => ({
        callSite,
        compared: sequence.count,
        mean: sequence.mean,
        ...sequence.interval(),
      })),
  };
}

/** The failed checks of the second answer; `undefined` when it cannot be compared. */
function findFailures(
  primary: Exchange,
  shadow: Exchange | undefined,
  error: string | undefined,
  tasks: readonly TaskCheck[],
): Check[] | undefined {
  if (shadow === undefined || shadow.response.status >= 400)
    return [
      {
        check: 'answered',
        verdict: 'FAIL',
        expected: `an answer (${primary.response.status})`,
        got: error ?? `status ${shadow?.response.status ?? 0}`,
        why: 'the app would get an error where the old model answered',
        fix: 'see the log of the endpoint',
      },
    ];
  const { checks } = compareRepeat(primary, shadow, tasks);
  return checks.length === 0 ? undefined : checks.filter(({ verdict }) => verdict === 'FAIL');
}

function readCallSite(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): string {
  const request = input instanceof Request ? input : undefined;
  const tag = new Headers(init?.headers ?? request?.headers).get('x-migrate-llm-call-site');
  if (tag !== null) return tag;
  const { pathname } = new URL(request?.url ?? String(input));
  return `${(init?.method ?? request?.method ?? 'GET').toUpperCase()} ${pathname.replace(/^\/v1/, '')}`;
}
