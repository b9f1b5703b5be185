import type { Check } from './check.ts';
import type { Evidence } from './recording.ts';

/**
 * What a comparison comes to. `SAFE` needs recorded evidence, repeats and margins, and no comparison of this version gives it;
 * `WIRE PARITY` says that the app's code meets the same shapes, tools, schemas and errors, and nothing about the quality of answers.
 */
export type Verdict = 'SAFE' | 'WIRE PARITY' | 'NOT SAFE' | 'INCONCLUSIVE';

/** Why an exchange could not be compared. Those that keep the verdict `open` must be settled first; the others are only counted. */
export interface Obstacle {
  readonly reason: string;
  readonly fix: string;
  readonly open: boolean;
}

/** What a verdict is settled from. */
export interface Outcome {
  /** Whether the recorded answer is an error. */
  readonly isError: boolean;
  readonly checks: readonly Check[];
  readonly obstacle: Obstacle | undefined;
}

/** Settles the verdict and says why. Pure. */
export function settleVerdict(
  outcomes: readonly Outcome[],
  evidence: Evidence,
): { readonly verdict: Verdict; readonly reason: string } {
  const unanswered = outcomes.filter(({ checks }) => checks.some(({ check }) => check === 'answered'));
  const answered = outcomes.some(({ isError, checks }) => !isError && checks.some(({ check }) => check !== 'answered'));
  if (unanswered.length > 0 && !answered)
    return {
      verdict: 'INCONCLUSIVE',
      reason: `the candidate answered nothing: ${unanswered[0]?.checks[0]?.got ?? ''}; see that its base URL (most end in /v1), model and settings are right`,
    };
  const failed = outcomes.filter(({ checks }) => checks.some(({ verdict }) => verdict === 'FAIL'));
  if (failed.length > 0)
    return {
      verdict: 'NOT SAFE',
      reason: `${countOf(failed.length, 'exchange')} of ${outcomes.length} would break the app`,
    };
  const open = outcomes.filter(({ obstacle }) => obstacle?.open === true);
  const compared = outcomes.filter(({ checks }) => checks.some(({ verdict }) => verdict === 'PASS'));
  if (open.length > 0)
    return {
      verdict: 'INCONCLUSIVE',
      reason: `${countOf(open.length, 'exchange')} of ${outcomes.length} got no usable answer: ${open[0]?.obstacle?.reason ?? ''}`,
    };
  if (compared.length === 0) return { verdict: 'INCONCLUSIVE', reason: 'nothing in the recording could be compared' };
  return {
    verdict: 'WIRE PARITY',
    reason: `${countOf(compared.length, 'exchange')} of ${outcomes.length} compared, no difference that breaks the app; ${
      evidence.recorded === 0
        ? 'no recorded traffic, so nothing is said about how good the answers are'
        : 'asked once each, so nothing is said about how good the answers are'
    }`,
  };
}

/** Maps a verdict to the exit code of the commands: 0 yes, 1 no, 3 undecided. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 3 {
  if (verdict === 'NOT SAFE') return 1;
  return verdict === 'INCONCLUSIVE' ? 3 : 0;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
