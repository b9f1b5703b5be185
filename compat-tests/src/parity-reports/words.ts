import type { CheckVerdict } from '../check.ts';
import type { Cost } from '../measures/tally.ts';
import type { ExchangeResult } from '../result.ts';
import type { Verdict } from '../verdict/settle.ts';

const order: readonly CheckVerdict[] = ['FAIL', 'WARN', 'DIFFERENT', 'PASS'];

/** The gravest verdict among an exchange's checks; an exchange that was not compared is `NOT COMPARABLE`. */
export function worstOf({ checks, obstacle }: ExchangeResult): CheckVerdict {
  if (obstacle !== null) return 'NOT COMPARABLE';
  return order.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? 'NOT COMPARABLE';
}

/** How a verdict is coloured. */
export function toneOf(verdict: CheckVerdict | Verdict): 'good' | 'warn' | 'bad' | 'soft' {
  if (verdict === 'FAIL' || verdict === 'NOT SAFE') return 'bad';
  if (verdict === 'WARN' || verdict === 'DIFFERENT' || verdict === 'INCONCLUSIVE') return 'warn';
  return verdict === 'PASS' || verdict === 'SAFE' || verdict === 'WIRE-SAFE' ? 'good' : 'soft';
}

/** A cost in words; an unknown price is said, with the models it is missing for. */
export function describeCost({ dollars, unpriced, sources }: Cost): string {
  if (unpriced.length > 0) return `unknown: no price for ${unpriced.join(', ')}`;
  return dollars === null ? 'not measured' : `$${dollars.toFixed(dollars < 1 ? 4 : 2)} (${sources.join(', ')})`;
}

/** A count with its noun. */
export function describeCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
