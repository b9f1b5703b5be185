import type { Clock } from '../clock.ts';
import { type Destination, nameDestination } from '../target.ts';
import type { LimitsConfig } from './limits.ts';

/** What a circuit breaker says of a target: asked as ever, left alone, or asked once to see whether it is back. */
export type Circuit = 'closed' | 'open' | 'half-open';

const reserve = 10;

/** Remembers how one target did: its circuit breaker and its retry budget. */
export class Guard {
  #failures = 0;
  /** Time until which the target is left alone. */
  #openUntil = 0;
  #onTrial = false;
  #tokens = reserve;

  /** Asks for leave to send; `open` means no. A `half-open` call must end in `succeed`, `fail` or `release`. */
  admit(now: number, { breaker }: LimitsConfig): Circuit {
    if (breaker === false || this.#openUntil === 0) return 'closed';
    if (now < this.#openUntil || this.#onTrial) return 'open';
    this.#onTrial = true;
    return 'half-open';
  }

  /** Milliseconds until the next trial. */
  waitMs(now: number): number {
    return Math.max(0, this.#openUntil - now);
  }

  /** The target answered. */
  succeed(): void {
    this.#failures = 0;
    this.#openUntil = 0;
    this.#onTrial = false;
  }

  /** The target failed; tells whether that opened the circuit. */
  fail(now: number, { breaker }: LimitsConfig): boolean {
    this.#failures += 1;
    const { failures = 5, cooldownMs = 30_000 } = breaker === false ? { failures: Infinity } : (breaker ?? {});
    const opens = this.#onTrial || this.#failures >= failures;
    this.#onTrial = false;
    if (opens) this.#openUntil = now + cooldownMs;
    return opens;
  }

  /** The call ended without saying anything about the target (the caller left, or we refused). */
  release(): void {
    this.#onTrial = false;
  }

  /** A new call earns its share of a retry. */
  earn({ retryBudget = 0.2 }: LimitsConfig): void {
    this.#tokens = Math.min(reserve, this.#tokens + retryBudget);
  }

  /** Takes a retry out of the budget; tells whether there was one. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const guards = new WeakMap<Clock, Map<string, Guard>>();

/** Finds the guard of a target: one per address and process, since many clients may ask the same endpoint. */
export function guardOf(destination: Destination, clock: Clock): Guard {
  const held = guards.get(clock) ?? new Map<string, Guard>();
  guards.set(clock, held);
  const key = destination === 'openai' ? nameDestination(destination) : destination.baseURL;
  const guard = held.get(key) ?? new Guard();
  held.set(key, guard);
  return guard;
}
