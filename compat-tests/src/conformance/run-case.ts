import type { Ask } from './ask.ts';
import type { Case, CaseRequest, Need, Step } from './case.ts';
import { judgeCase } from './judge.ts';
import type { Observation } from './observation.ts';
import type { Attempt, CaseResult, Gap, ProfileId } from './result.ts';
import { showExchange } from './show-exchange.ts';
import { findHurt, settleAttempt, settleCase, type Settled } from './settle.ts';

/** How cases are asked and judged. */
export interface CaseSetting {
  readonly ask: Ask;
  readonly profile: ProfileId;
  /** Longest time of one asking of a case with all its requests, milliseconds. */
  readonly timeoutMs: number;
  /** How often a model case is asked. */
  readonly k: number;
  /** How often a request is sent again that got no connection, 429 or 503. */
  readonly retries: number;
  /** Why the endpoint does not have something; `undefined` when it has. */
  readonly lacks: (need: Need) => { readonly verdict: 'UNSUPPORTED' | 'UNTESTED'; readonly reason: string } | undefined;
  readonly calibrated: (id: string) => number | 'uncalibrated';
  readonly findGap: (id: string) => Gap | null;
  /** Texts that must not stand in a result: the run's keys. */
  readonly secrets: readonly string[];
  /** Waits between two tries; the clock's when left out. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Asks one case as often as it is to be asked, and settles its verdict; never throws. */
export async function runCase(row: Case, capability: string, setting: CaseSetting): Promise<CaseResult> {
  const startedAt = performance.now();
  const finish = (settled: Settled, attempts: readonly Attempt[]): CaseResult =>
    describeResult(row, capability, settled, attempts, {
      calibrated: setting.calibrated(row.id),
      gap: setting.findGap(row.id),
      durationMs: Math.round(performance.now() - startedAt),
    });
  if (row.untested !== undefined) return finish({ verdict: 'UNTESTED', reason: row.untested, fix: '' }, []);
  const lacking = row.needs === undefined ? undefined : setting.lacks(row.needs);
  if (lacking !== undefined) return finish({ ...lacking, fix: '' }, []);
  const attempts: Array<Attempt & Settled> = [];
  const times = row.kind === 'model' ? setting.k : 1;
  for (let time = 0; time < times; time += 1) {
    const attempt = await askOnce(row, setting);
    attempts.push(attempt);
    // Nothing is learnt by asking again what is refused in words, or what did not answer in time.
    if (['UNSUPPORTED', 'TIMEOUT', 'INCONCLUSIVE'].includes(attempt.verdict)) break;
  }
  return finish(
    settleCase(attempts),
    attempts.map(({ verdict, expectations, exchanges }) => ({ verdict, expectations, exchanges })),
  );
}

/** Puts a result together; recordings and live runs go the same way. */
export function describeResult(
  row: Case,
  capability: string,
  { verdict, reason, fix }: Settled,
  attempts: readonly Attempt[],
  { calibrated, gap, durationMs }: Pick<CaseResult, 'calibrated' | 'gap' | 'durationMs'>,
): CaseResult {
  const { id, level, kind, title, source } = row;
  const hurts = findHurt(row);
  return {
    id,
    capability,
    level,
    kind,
    title,
    source,
    verdict,
    reason,
    fix,
    hurts,
    gap,
    calibrated,
    attempts,
    durationMs,
  };
}

async function askOnce(row: Case, setting: CaseSetting): Promise<Attempt & Settled> {
  const deadline = performance.now() + setting.timeoutMs;
  const seen: Observation[] = [];
  const tries: Observation[] = [];
  for (const step of row.steps) {
    const requests = openStep(step, seen);
    if (requests === undefined) break;
    const answers = await Promise.all(requests.map((request) => askPatiently(request, deadline, setting)));
    tries.push(...answers.flat());
    seen.push(...answers.flatMap((all) => all.slice(-1)));
    if (seen.some(({ failure }) => failure !== null && failure.kind !== 'stopped')) break;
  }
  const { profile, calibrated } = setting;
  const expectations = judgeCase(row, seen, { profile });
  const settled = settleAttempt(row, seen, expectations, { profile, calibrated: calibrated(row.id) });
  const repeated = tries.length - seen.length;
  return {
    ...settled,
    reason: repeated === 0 ? settled.reason : `${settled.reason || 'held'} (after ${describeRetries(tries, repeated)})`,
    expectations,
    exchanges: tries.map((one) => showExchange(one, setting.secrets)),
  };
}

function openStep(step: Step, seen: readonly Observation[]): readonly CaseRequest[] | undefined {
  const opened = typeof step === 'function' ? step(seen) : step;
  if (opened === undefined) return undefined;
  return Array.isArray(opened) ? (opened as readonly CaseRequest[]) : [opened as CaseRequest];
}

/** All tries of a request, the last one being what counts. Only what says nothing about the endpoint's answers is tried again. */
async function askPatiently(request: CaseRequest, deadline: number, setting: CaseSetting): Promise<Observation[]> {
  const { ask, retries, sleep = (ms) => new Promise((wake) => setTimeout(wake, ms)) } = setting;
  const tries: Observation[] = [];
  for (;;) {
    const seen = await ask(request, Math.max(1, deadline - performance.now()));
    tries.push(seen);
    const again = seen.failure?.kind === 'unreachable' || seen.status === 429 || seen.status === 503;
    if (!again || tries.length > retries) return tries;
    const waitMs = readWait(seen) ?? 500 * 2 ** (tries.length - 1);
    if (performance.now() + waitMs >= deadline) return tries;
    await sleep(waitMs);
  }
}

/** Milliseconds the endpoint asks to wait. Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, and retry-after-ms of OpenAI's SDKs; checked 2026-11-25 */
function readWait({ headers }: Observation): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (ms >= 0) return ms;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? seconds * 1000 : undefined;
}

function describeRetries(tries: readonly Observation[], repeated: number): string {
  const causes = new Set(
    tries.flatMap(({ status, failure }) =>
      failure?.kind === 'unreachable' ? ['no connection'] : status === 429 || status === 503 ? [String(status)] : [],
    ),
  );
  return `${repeated} ${repeated === 1 ? 'retry' : 'retries'}: ${[...causes].join(', ')}`;
}
