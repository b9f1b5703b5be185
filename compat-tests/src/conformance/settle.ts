import type { Case } from './case.ts';
import seenToHurt from './hurts.json' with { type: 'json' };
import type { Observation } from './observation.ts';
import { clientIds } from './profiles.ts';
import type { Attempt, CaseVerdict, ClientId, ExpectationResult, ProfileId } from './result.ts';

/** A verdict in words. */
export interface Settled {
  readonly verdict: CaseVerdict;
  readonly reason: string;
  readonly fix: string;
}

/** What decides whether a broken case counts against the endpoint. */
export interface Terms {
  readonly profile: ProfileId;
  readonly calibrated: number | 'uncalibrated';
}

const measured: Readonly<Record<string, readonly ClientId[]>> = seenToHurt as Record<string, ClientId[]>;

/** The clients a broken case hurts: those it was seen to hurt (hurts.test.ts), else every one at must-level. */
export function findHurt({ id, hurts, level }: Pick<Case, 'hurts' | 'id' | 'level'>): readonly ClientId[] {
  return hurts ?? measured[id] ?? (level === 'must' ? clientIds : []);
}

/** Whether a broken case fails the endpoint in a profile; a wire case without a recorded exchange of OpenAI behind it never does. */
function gates(row: Case, { profile, calibrated }: Terms): boolean {
  if (row.kind === 'wire' && calibrated === 'uncalibrated') return false;
  if (profile === 'openai-observed') return row.level === 'must';
  if (profile === 'openai-spec-strict') return row.level !== 'info';
  return row.level !== 'info' && findHurt(row).includes(profile);
}

/** Settles one asking of a case from what was seen and how the expectations ended. */
export function settleAttempt(
  row: Case,
  seen: readonly Observation[],
  expectations: readonly ExpectationResult[],
  terms: Terms,
): Settled {
  const missing = seen.find(({ failure }) => failure !== null && failure.kind !== 'stopped');
  if (missing?.failure != null) {
    const { kind, what } = missing.failure;
    const place = `${missing.request.method} ${missing.request.path}`;
    if (kind === 'timeout')
      return {
        verdict: 'TIMEOUT',
        reason: `${place}: ${what}`,
        fix: 'See in its log what the endpoint waits for, or give it more time with --timeout.',
      };
    if (kind === 'unreachable' || kind === 'refused by the budget')
      return {
        verdict: 'INCONCLUSIVE',
        reason: `${place}: ${what}`,
        fix:
          kind === 'unreachable'
            ? 'See that the endpoint still runs, and run again with --resume.'
            : 'Raise --max-requests or --max-tokens, and run again with --resume.',
      };
    return settleBroken(row, `${place}: the answer is ${kind}: ${what}`, terms);
  }
  const busy = seen.find(({ status }) => status === 429 || status === 503);
  if (busy !== undefined && expectations.some(({ outcome }) => outcome !== 'held'))
    return {
      verdict: 'INCONCLUSIVE',
      reason: `the endpoint stayed busy (${busy.status}) over every retry`,
      fix: 'Lower --concurrency or wait, and run again with --resume.',
    };
  const broken = expectations.find(({ outcome }) => outcome === 'broken');
  if (broken !== undefined) return settleBroken(row, `${broken.says}: ${broken.got}`, terms);
  const refused = expectations.find(({ outcome }) => outcome === 'refused');
  if (refused !== undefined)
    return {
      verdict: 'UNSUPPORTED',
      reason: `the endpoint refuses it: ${refused.got}`,
      fix: 'Leave the feature out; asked directly, run verify --target to see what the shim does about it.',
    };
  const other = expectations.find(({ outcome }) => outcome === 'chose otherwise');
  if (other !== undefined)
    return {
      verdict: 'WARN',
      reason: `the model chose otherwise: ${other.says}: ${other.got}`,
      fix: 'Try another model: the endpoint did what it was asked.',
    };
  return { verdict: 'PASS', reason: '', fix: '' };
}

function settleBroken(row: Case, what: string, terms: Terms): Settled {
  const counts = gates(row, terms);
  const why =
    !counts && row.kind === 'wire' && terms.calibrated === 'uncalibrated' && row.level === 'must'
      ? ' (uncalibrated: no recorded answer of OpenAI is behind this case, so it does not count)'
      : '';
  return {
    verdict: counts ? 'FAIL' : 'WARN',
    reason: what + why,
    fix: 'Asked directly, run verify --target to see what the shim mends; what is broken through the shim too is for the endpoint to mend.',
  };
}

/** Settles a case from all its askings: one that held in some of them is FLAKY, whatever the others were. */
export function settleCase(attempts: ReadonlyArray<Attempt & Pick<Settled, 'reason' | 'fix'>>): Settled {
  const [first] = attempts;
  if (first === undefined) return { verdict: 'UNTESTED', reason: 'not asked', fix: '' };
  if (attempts.length === 1) return first;
  const passed = attempts.filter(({ verdict }) => verdict === 'PASS').length;
  const share = `held in ${passed} of ${attempts.length} askings`;
  if (passed === attempts.length) return { verdict: 'PASS', reason: share, fix: '' };
  const order: readonly CaseVerdict[] = ['FAIL', 'TIMEOUT', 'INCONCLUSIVE', 'WARN', 'UNSUPPORTED'];
  const worst = order.map((verdict) => attempts.find((attempt) => attempt.verdict === verdict)).find(Boolean) ?? first;
  const { verdict, reason, fix } = worst;
  // Without an answer nothing is known of the asking, so it makes no case flaky.
  const undecided = verdict === 'TIMEOUT' || verdict === 'INCONCLUSIVE';
  return { verdict: passed > 0 && !undecided ? 'FLAKY' : verdict, reason: `${share}; ${reason}`, fix };
}
