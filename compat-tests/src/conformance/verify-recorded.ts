import type { Exchange } from '@migrate-llm/shim/exchange';
import { readCalibration } from './calibration.ts';
import type { Case } from './case.ts';
import { capabilities } from './cases/index.ts';
import { findGap } from './gaps.ts';
import type { Observation } from './observation.ts';
import { judgeRecorded, observeExchange } from './recordings.ts';
import type { Attempt, CaseResult, ConformanceReport, ProfileId } from './result.ts';
import { describeResult } from './run-case.ts';
import { countVerdicts } from './run.ts';
import { selectCases } from './selection.ts';
import { settleAttempt, type Settled } from './settle.ts';
import { showExchange } from './show-exchange.ts';

/** Settings of {@link verifyRecorded}. */
export interface RecordedOptions {
  readonly exchanges: readonly Exchange[];
  /** How reports name the recording. */
  readonly name: string;
  readonly profile?: ProfileId;
  readonly only?: readonly string[];
  readonly dialect?: string;
}

/** Most exchanges of a case that its result shows. */
const shownExchanges = 5;

/** Holds recorded exchanges against every case of one step that applies to them; no request is sent. Throws `VerifyError` for unknown words in `only`. */
export function verifyRecorded({
  exchanges,
  name,
  profile = 'openai-observed',
  only = [],
  dialect,
}: RecordedOptions): ConformanceReport {
  const started = Date.now();
  const recorded = exchanges.map(observeExchange);
  const results = selectCases(capabilities, only).flatMap((capability) =>
    capability.cases.map((row) => judgeAll(row, capability.name, recorded, profile, dialect)),
  );
  const models = new Set(exchanges.map(({ model }) => model).filter((model) => model !== null));
  return {
    v: 1,
    kind: 'conformance',
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    endpoint: {
      name,
      via: 'recording',
      baseURL: [...new Set(exchanges.map(({ target }) => target))].join(', '),
      model: [...models].join(', '),
      software: null,
    },
    profile,
    obstacle: null,
    counts: countVerdicts(results),
    ceilings: { requests: 0, tokens: 0 },
    spent: { requests: 0, tokens: 0 },
    results,
  };
}

function judgeAll(
  row: Case,
  capability: string,
  recorded: readonly Observation[],
  profile: ProfileId,
  dialect: string | undefined,
): CaseResult {
  const calibrated = readCalibration(row.id);
  const judged = recorded.flatMap((seen): Array<Attempt & Settled> => {
    const expectations = judgeRecorded(row, seen, profile);
    if (expectations === undefined) return [];
    const settled = settleAttempt(row, [seen], expectations, { profile, calibrated });
    return [{ ...settled, expectations, exchanges: [showExchange(seen, [])] }];
  });
  const broken = judged.filter(({ verdict }) => verdict !== 'PASS');
  const shown = (broken.length === 0 ? judged.slice(0, 1) : broken.slice(0, shownExchanges)).map(
    ({ verdict, expectations, exchanges }) => ({ verdict, expectations, exchanges }),
  );
  return describeResult(row, capability, settleRecorded(row, judged, broken), shown, {
    calibrated,
    gap: findGap(dialect, row.id),
    durationMs: 0,
  });
}

function settleRecorded(row: Case, judged: readonly Settled[], [worst, ...more]: readonly Settled[]): Settled {
  if (judged.length === 0)
    return {
      verdict: 'UNTESTED',
      reason:
        row.applies === undefined
          ? (row.untested ?? 'takes requests of its own, so that no recording can answer it')
          : 'no recorded exchange asks for it',
      fix: '',
    };
  if (worst === undefined) return { verdict: 'PASS', reason: `holds on ${judged.length} recorded exchanges`, fix: '' };
  return {
    ...worst,
    reason: `${more.length + 1} of ${judged.length} recorded exchanges leave it; the first: ${worst.reason}`,
  };
}
