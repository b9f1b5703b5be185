import { checkKeys, needNumber, needObject } from '../config-shape.ts';

/** How long and how often a target is asked, as it stands in the settings of a target. */
export interface LimitsConfig {
  /** Milliseconds until a whole answer, or the first bytes of a stream, must be there. */
  readonly deadlineMs?: number;
  /** Further tries at this target before the next one of the route; 1 where the route has a next one, else 0: the SDK retries itself. */
  readonly retries?: number;
  /** Retries allowed per call in the long run, the SDK's own counted; 0.2 when left out. */
  readonly retryBudget?: number;
  /** When to stop asking: after so many failures in a row, for so many milliseconds (5 and 30000 when left out); `false` for never. */
  readonly breaker?: false | { readonly failures?: number; readonly cooldownMs?: number };
}

const limitKeys = ['deadlineMs', 'retries', 'retryBudget', 'breaker'] as const;

/** Checks a target's limits. Throws `ShimConfigError`. */
export function checkLimits(value: unknown, from: string): void {
  const limits = needObject(value, from);
  checkKeys(limits, limitKeys, from);
  const { deadlineMs, retries, retryBudget, breaker } = limits;
  if (deadlineMs !== undefined) checkDeadline(deadlineMs, `${from}.deadlineMs`);
  if (retries !== undefined) needNumber(retries, `${from}.retries`, 'a number from 0 to 10', 0, 10);
  if (retryBudget !== undefined)
    needNumber(retryBudget, `${from}.retryBudget`, 'retries per call, from 0 to 10', 0, 10);
  if (breaker === undefined || breaker === false) return;
  const parts = needObject(breaker, `${from}.breaker`);
  checkKeys(parts, ['failures', 'cooldownMs'], `${from}.breaker`);
  if (parts['failures'] !== undefined)
    needNumber(parts['failures'], `${from}.breaker.failures`, 'a number of failures, at least 1', 1);
  if (parts['cooldownMs'] !== undefined) checkDeadline(parts['cooldownMs'], `${from}.breaker.cooldownMs`);
}

/** Checks a time. A timer takes at most 2^31 - 1 ms. Throws `ShimConfigError`. */
export function checkDeadline(value: unknown, from: string): void {
  needNumber(value, from, 'a number of milliseconds, at least 1', 1, 2_147_483_647);
}
