import { addCosts, estimateRun } from './cost.ts';
import { createAdaptingAsk } from './adaptation.ts';
import { findTableMistakes, type Capability, type Case } from './case.ts';
import type { Ask } from './ask.ts';
import { type Budget, createMeter } from './meter.ts';
import { findObstacle } from './preflight.ts';
import {
  type CaseResult,
  type CaseVerdict,
  caseVerdicts,
  type ConformanceReport,
  type Cost,
  type Gap,
  type ProfileId,
} from './result.ts';
import { type CaseSetting, describeResult, runCase } from './run-case.ts';

/** What has happened so far in a run. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly result: CaseResult;
}

/** Settings of a run that has its way to ask already. */
export interface RunOptions extends Budget {
  readonly ask: Ask;
  readonly endpoint: ConformanceReport['endpoint'];
  readonly capabilities: readonly Capability[];
  readonly profile: ProfileId;
  readonly calibrated: (id: string) => number | 'uncalibrated';
  readonly findGap?: (id: string) => Gap | null;
  readonly lacks?: CaseSetting['lacks'];
  readonly secrets?: readonly string[];
  /** Cases at the same time; 4 when left out. */
  readonly concurrency?: number;
  /** Longest time of one asking of a case, milliseconds; 120,000 when left out. */
  readonly timeoutMs?: number;
  /** How often a model case is asked; 3 when left out. */
  readonly k?: number;
  /** How often a request is sent again that got no connection, 429 or 503; 2 when left out. */
  readonly retries?: number;
  /** Results of an earlier run that are not to be asked again, by id. */
  readonly finished?: ReadonlyMap<string, CaseResult>;
  /** Hears of the ceilings before the first request. */
  readonly onStart?: (ceilings: Cost, cases: number) => void;
  readonly onProgress?: (progress: RunProgress) => void;
}

const defaultK = 3;

/** How cases are asked in a run with these options. */
export function makeSetting(options: Omit<RunOptions, 'capabilities' | 'endpoint'>): CaseSetting {
  return {
    ask: options.ask,
    profile: options.profile,
    timeoutMs: options.timeoutMs ?? 120_000,
    k: options.k ?? defaultK,
    retries: options.retries ?? 2,
    lacks: options.lacks ?? (() => undefined),
    calibrated: options.calibrated,
    findGap: options.findGap ?? (() => null),
    secrets: options.secrets ?? [],
  };
}

/** This many cases in a row without any answer make the run look whether the endpoint is still there. */
const patience = 3;

/**
 * Runs cases at an endpoint. The run always ends: what cannot be asked any more is INCONCLUSIVE with the reason.
 * Throws for mistakes in the tables.
 */
export async function runCases(options: RunOptions): Promise<ConformanceReport> {
  const mistakes = findTableMistakes(options.capabilities);
  if (mistakes.length > 0) throw new Error(`the case tables have mistakes:\n${mistakes.join('\n')}`);
  const { capabilities, endpoint, profile, finished = new Map() } = options;
  const started = new Date();
  const all = capabilities.flatMap(({ name, cases }) => cases.map((row) => ({ row, capability: name })));
  const open = all.filter(({ row }) => !finished.has(row.id));
  const toAsk = capabilities.map(({ name, cases }) => ({ name, cases: cases.filter(({ id }) => !finished.has(id)) }));
  // Before the cases comes the plain question, up to three times until it is asked as the model likes.
  const ceilings = addCosts([estimateRun(toAsk, options.k ?? defaultK), { requests: 3, tokens: 150 }]);
  options.onStart?.(ceilings, open.length);

  const meter = createMeter(options.ask, options);
  const ask = createAdaptingAsk(meter.ask);
  const setting = makeSetting({ ...options, ask });
  const probe = () => findObstacle(ask, endpoint.model, setting.timeoutMs);
  const obstacle = open.length === 0 ? undefined : await probe();
  const results = new Map<string, CaseResult>(finished);
  let stopped = obstacle;
  let lost = 0;
  const take = async ({ row, capability }: Entry): Promise<void> => {
    const result =
      stopped === undefined ? await runCase(row, capability, setting) : leaveOut(row, capability, stopped, setting);
    results.set(row.id, result);
    options.onProgress?.({ done: results.size, total: all.length, result });
    lost = isLost(result) ? lost + 1 : 0;
    if (lost < patience || stopped !== undefined) return;
    lost = 0;
    stopped = await probe();
  };
  await runPool(
    open.filter(({ row }) => row.alone !== true),
    options.concurrency ?? 4,
    take,
  );
  await runPool(
    open.filter(({ row }) => row.alone === true),
    1,
    take,
  );
  const ordered = all.flatMap(({ row }) => results.get(row.id) ?? []);
  return {
    v: 1,
    kind: 'conformance',
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    endpoint: { ...endpoint, software: endpoint.software ?? findSoftware(ordered) },
    profile,
    obstacle: obstacle ?? null,
    counts: countVerdicts(ordered),
    ceilings,
    spent: meter.spent(),
    results: ordered,
  };
}

interface Entry {
  readonly row: Case;
  readonly capability: string;
}

async function runPool(entries: readonly Entry[], width: number, take: (entry: Entry) => Promise<void>): Promise<void> {
  const queue = entries.values();
  await Promise.all(
    Array.from({ length: Math.max(1, width) }, async () => {
      for (const entry of queue) await take(entry);
    }),
  );
}

function isLost({ verdict, attempts }: CaseResult): boolean {
  const failures = attempts.flatMap(({ exchanges }) => exchanges.map(({ response }) => response));
  return verdict === 'TIMEOUT' || (verdict === 'INCONCLUSIVE' && failures.includes(null));
}

function leaveOut(row: Case, capability: string, obstacle: string, { calibrated, findGap }: CaseSetting): CaseResult {
  const settled =
    row.untested === undefined
      ? { verdict: 'INCONCLUSIVE' as const, reason: obstacle, fix: 'Mend this first, then run again.' }
      : { verdict: 'UNTESTED' as const, reason: row.untested, fix: '' };
  return describeResult(row, capability, settled, [], {
    calibrated: calibrated(row.id),
    gap: findGap(row.id),
    durationMs: 0,
  });
}

/** Counts the verdicts of results. */
export function countVerdicts(results: readonly CaseResult[]): Readonly<Record<CaseVerdict, number>> {
  return Object.fromEntries(
    caseVerdicts.map((verdict) => [verdict, results.filter((result) => result.verdict === verdict).length]),
  ) as Record<CaseVerdict, number>;
}

/** What the endpoint calls itself in its `server` header, when it does. */
function findSoftware(results: readonly CaseResult[]): string | null {
  for (const { attempts } of results)
    for (const { exchanges } of attempts)
      for (const { response } of exchanges) {
        const server = response?.headers['server'];
        if (server !== undefined) return server;
      }
  return null;
}

/** Maps a report to the exit code of the commands: 1 when something fails, 3 when too little could be asked, else 0. */
export function exitCodeOfRun({ obstacle, results }: ConformanceReport): 0 | 1 | 3 {
  if (results.some(({ verdict }) => verdict === 'FAIL')) return 1;
  const undecided = results.some(
    ({ verdict, level }) => level === 'must' && (verdict === 'INCONCLUSIVE' || verdict === 'TIMEOUT'),
  );
  const judged = results.some(({ verdict }) => verdict === 'PASS' || verdict === 'WARN' || verdict === 'FLAKY');
  return obstacle !== null || undecided || !judged ? 3 : 0;
}
