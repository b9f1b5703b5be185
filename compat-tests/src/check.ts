import type { Exchange } from '@migrate-llm/shim/exchange';
import type { Answer } from './answer.ts';
import type { JsonObject } from './json.ts';

/** What is compared; the id stays the same in every report. */
export type CheckId =
  | 'answered'
  | 'wire-shape'
  | 'error-class'
  | 'error-code'
  | 'tool-trigger'
  | 'tool-name'
  | 'tool-arguments'
  | 'finish-reason'
  | 'refusal'
  | 'json-schema'
  | 'embedding-count'
  | 'embedding-format'
  | 'embedding-width'
  | 'content'
  | 'argument-values'
  | 'json-values'
  | 'language'
  | 'length'
  | 'similarity'
  | 'judge'
  | `task:${string}`;

/**
 * How a check ended: `FAIL` breaks an app, `WARN` may, `INFO` is good to know, `NOT COMPARABLE` says nothing either way. `DIFFERENT` is another answer than the
 * recorded one, as the old model itself gives now and then: only the share of them, beside its own, says something.
 */
export type CheckVerdict = 'PASS' | 'FAIL' | 'WARN' | 'DIFFERENT' | 'INFO' | 'NOT COMPARABLE';

/** One comparison of one exchange. */
export interface Check {
  readonly check: CheckId;
  readonly verdict: CheckVerdict;
  /** How the recorded answer did by itself, for checks that do not hold one answer against the other. */
  readonly recorded?: 'PASS' | 'FAIL';
  /** What the recorded answer has, or OpenAI's API promises. */
  readonly expected: string;
  /** What the candidate answered. */
  readonly got: string;
  /** Why it matters to the app; empty for `PASS`. */
  readonly why: string;
  /** What to do about it; empty for `PASS`. */
  readonly fix: string;
}

/** An exchange with the candidate's answer to its request. */
export interface Pair {
  readonly exchange: Exchange;
  /** The recorded request's body; `{}` when it has none. */
  readonly request: JsonObject;
  readonly recorded: Answer;
  readonly candidate: Answer;
}

/** Compares one aspect; `[]` when the exchange does not have it. Pure, never throws. */
export type Comparison = (pair: Pair) => readonly Check[];

/** Makes the check of a comparison that holds. */
export function passCheck(check: CheckId, expected: string, got = expected): Check {
  return { check, verdict: 'PASS', expected, got, why: '', fix: '' };
}
