import type { CheckId, CheckVerdict } from '../check.ts';
import type { ExchangeResult } from '../result.ts';

/** What a test says of a result; the rest is filled in. */
export interface ResultSketch extends Partial<Omit<ExchangeResult, 'checks'>> {
  readonly checks?: Partial<Record<CheckId, CheckVerdict>>;
}

/** Makes a whole result of a sketch: a tool call of recorded traffic. */
export function makeResult({ checks = {}, ...rest }: ResultSketch = {}): ExchangeResult {
  return {
    id: 'x1',
    repeat: null,
    callSite: 'orders',
    request: 'POST /chat/completions',
    prompt: 'p1',
    provenance: 'recorded',
    isError: false,
    isFreeText: false,
    checks: Object.entries({ 'wire-shape': 'PASS', ...checks }).map(([check, verdict]) => ({
      check: check as CheckId,
      verdict: verdict as CheckVerdict,
      expected: '',
      got: '',
      why: '',
      fix: '',
    })),
    obstacle: null,
    notes: [],
    durationMs: 1,
    measures: null,
    said: null,
    ...rest,
  };
}
