import { type Clock, sleep } from '../clock.ts';
import { Refusal } from '../refusal.ts';
import type { Report } from '../report.ts';
import { nameDestination } from '../target.ts';
import { type Failure, readStatus, readThrown, refuseLate } from './failure.ts';
import { openStream } from './first-bytes.ts';
import { type Guard, guardOf } from './guard.ts';
import type { LimitsConfig } from './limits.ts';
import type { Hop, Plan } from './plan.ts';

/** Asks one target; throws as a handler does. `signal` ends it. */
export type Attempt = (hop: Hop, signal: AbortSignal | null | undefined) => Promise<Response>;

/** What a chain needs of the call it serves. */
export interface ChainSettings {
  readonly clock: Clock;
  readonly report: Report;
  /** The caller's. */
  readonly signal: AbortSignal | null | undefined;
  /** The SDK says that it asked before. */
  readonly isRetry: boolean;
}

/** Longest wait for a target that says when to come back, where another one could answer now. */
const patienceMs = 2000;

type Outcome =
  | { readonly response: Response; readonly failure: Failure | undefined }
  | { readonly error: unknown; readonly failure: Failure | undefined };

/**
 * Asks the hops of a plan until one answers; the last one's failure is the call's. Throws it.
 * Each hop has its deadline, its retries within a budget, and a circuit breaker; each turn is a note.
 */
export async function runChain(plan: Plan, attempt: Attempt, settings: ChainSettings): Promise<Response> {
  const { clock, report, signal } = settings;
  const [only] = plan.hops;
  if (only !== undefined && plan.hops.length === 1 && plan.deadlineMs === undefined && limitsOf(only) === undefined)
    return attempt(only, signal);

  const end = plan.deadlineMs === undefined ? Infinity : clock.now() + plan.deadlineMs;
  let last: Outcome | undefined;
  for (const [index, hop] of plan.hops.entries()) {
    const next = plan.hops[index + 1];
    const mark = report.notes.length;
    const outcome = await askHop(hop, attempt, settings, end, next !== undefined, plan.deadlineMs ?? 0, index === 0);
    if (outcome.failure === undefined || next === undefined || clock.now() >= end) {
      last = outcome;
      break;
    }
    letGo(outcome);
    // What was changed for a target that did not answer is no part of this answer.
    report.forget(mark, /^(circuit|route)-/);
    report.add({
      code: 'route-fallback',
      severity: 'info',
      where: `target.${nameDestination(hop.to)}`,
      what: `${nameDestination(next.to)} (${next.model}) is asked instead`,
      why: `${nameDestination(hop.to)} did not answer: ${outcome.failure.what}`,
      fix: '',
    });
  }
  if (last === undefined) throw new Error('a plan without a hop');
  if ('response' in last) return last.response;
  throw last.error;
}

async function askHop(
  hop: Hop,
  attempt: Attempt,
  { clock, report, signal, isRetry }: ChainSettings,
  end: number,
  hasNext: boolean,
  callMs: number,
  isFirst: boolean,
): Promise<Outcome> {
  const limits = limitsOf(hop) ?? {};
  const guard = guardOf(hop.to, clock);
  const name = nameDestination(hop.to);
  const retries = limits.retries ?? (hasNext ? 1 : 0);
  let mayRetry = true;
  if (isFirst && isRetry) mayRetry = guard.spend();
  else guard.earn(limits);

  for (let tries = 0; ; tries += 1) {
    const circuit = guard.admit(clock.now(), limits);
    if (circuit === 'open') return refuseOpen(name, guard.waitMs(clock.now()), report);
    if (circuit === 'half-open') noteCircuit(report, 'half-open', name, 'one call sees whether it is back');
    const left = end - clock.now();
    const ms = Math.min(limits.deadlineMs ?? Infinity, left);
    const late = refuseLate(name, ms === left ? callMs : ms);
    const outcome = await askInTime(hop, attempt, clock, signal, ms, late, hasNext);
    const { failure } = outcome;
    judge(guard, outcome, limits, circuit === 'half-open', clock.now(), report, name);
    if (failure === undefined) return outcome;
    const waitMs = failure.waitMs ?? Math.min(8000, 500 * 2 ** tries) * (1 - clock.random() * 0.25);
    const inTime = clock.now() + waitMs < end && (!hasNext || waitMs <= patienceMs);
    if (tries >= retries || !inTime) return mayRetry || hasNext ? outcome : stopRetries(outcome, name, report);
    if (!guard.spend()) return hasNext ? outcome : stopRetries(outcome, name, report);
    letGo(outcome);
    await sleep(clock, waitMs, signal);
  }
}

/** Frees the connection of an answer that nobody will read. */
function letGo(outcome: Outcome): void {
  if ('response' in outcome) void outcome.response.body?.cancel().catch(() => undefined);
}

/** Runs one attempt against the clock. */
async function askInTime(
  hop: Hop,
  attempt: Attempt,
  clock: Clock,
  signal: AbortSignal | null | undefined,
  ms: number,
  late: Refusal,
  hasNext: boolean,
): Promise<Outcome> {
  const timed = ms !== Infinity;
  const controller = new AbortController();
  const given =
    signal === null || signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
  let cancel = (): void => undefined;
  const deadline = new Promise<never>((_, reject) => {
    if (!timed) return;
    cancel = clock.after(ms, () => {
      reject(late);
      controller.abort(late);
    });
  });
  const work = async (): Promise<Outcome> => {
    const response = await attempt(hop, timed ? given : signal);
    const opened = hasNext || timed ? await openStream(response) : { response };
    const failure = 'failure' in opened ? opened.failure : readStatus(response.status, '', response.headers);
    return { response: opened.response, failure };
  };
  const working = work();
  try {
    return await Promise.race([working, deadline]);
  } catch (error) {
    // The attempt that lost against the clock ends somewhere else.
    working.catch(() => undefined);
    return { error, failure: readThrown(error) };
  } finally {
    cancel();
  }
}

function judge(
  guard: Guard,
  outcome: Outcome,
  limits: LimitsConfig,
  onTrial: boolean,
  now: number,
  report: Report,
  name: string,
): void {
  const { failure } = outcome;
  if (failure?.isTrouble === true) {
    if (guard.fail(now, limits))
      noteCircuit(report, 'open', name, `it failed too often; the next try is in ${Math.round(guard.waitMs(now))} ms`);
  } else if (failure === undefined && 'error' in outcome && !(outcome.error instanceof Refusal)) guard.release();
  else if (failure === undefined) {
    guard.succeed();
    if (onTrial) noteCircuit(report, 'closed', name, 'it answers again');
  } else guard.release();
}

function refuseOpen(name: string, waitMs: number, report: Report): Outcome {
  noteCircuit(report, 'open', name, `it failed too often; the next try is in ${Math.round(waitMs)} ms`);
  const message = `${name} is not asked for now: it failed too often (circuit breaker); the next try is in ${Math.round(waitMs)} ms`;
  const headers = new Headers({ 'retry-after-ms': String(Math.ceil(waitMs)) });
  return {
    error: new Refusal(503, { message, type: 'server_error', param: null, code: 'circuit_open' }, headers),
    failure: { what: 'its circuit breaker is open', isTrouble: false, waitMs },
  };
}

/** Tells the SDK not to ask again: retries of a target in trouble keep it there. */
function stopRetries(outcome: Outcome, name: string, report: Report): Outcome {
  report.add({
    code: 'route-retries-spent',
    severity: 'info',
    where: `target.${name}`,
    what: 'the error is final: no retry',
    why: 'the retry budget of the target is spent',
    fix: 'Raise limits.retryBudget of the target, or find out why it fails',
  });
  if ('response' in outcome) return outcome;
  const { error, failure } = outcome;
  const known = error instanceof Refusal ? error : undefined;
  const headers = new Headers(known?.headers);
  headers.set('x-should-retry', 'false');
  const wire = known?.error ?? {
    message: `${name}: ${failure?.what ?? 'no answer'}`,
    type: 'server_error',
    param: null,
    code: 'endpoint_unreachable',
  };
  return { error: new Refusal(known?.status ?? 503, wire, headers), failure };
}

function noteCircuit(report: Report, state: string, name: string, why: string): void {
  report.add({
    code: `circuit-${state}`,
    severity: 'info',
    where: `target.${name}`,
    what: `the circuit breaker of ${name} is ${state}`,
    why,
    fix: '',
  });
}

function limitsOf({ to }: Hop): LimitsConfig | undefined {
  return to === 'openai' ? undefined : to.limits;
}
