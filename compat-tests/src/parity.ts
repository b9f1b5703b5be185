import type { Exchange } from '@migrate-llm/shim/exchange';
import { compareExchange, compareRepeat } from './ask.ts';
import type { Candidate } from './candidate.ts';
import { createMeasuring, type Measures } from './measures/tally.ts';
import { countEvidence, type Evidence } from './recording.ts';
import type { ExchangeResult } from './result.ts';
import type { TaskCheck } from './task-check.ts';
import { type Settled, settleVerdict, type VerdictRules } from './verdict/settle.ts';
import { createTally } from './verdict/tally.ts';
import { writeResult } from './write-result.ts';

/** A comparison's outcome; the JSON report is this object. */
export interface ParityReport extends Settled {
  readonly v: 1;
  readonly kind: 'parity';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly candidate: string;
  /** Of the app's own exchanges; repeats of the old model are not counted. */
  readonly evidence: Evidence;
  /** Times, tokens and costs of both sides. */
  readonly measures: Measures;
  readonly results: readonly ExchangeResult[];
  /** Results that the report leaves out for their number. */
  readonly omitted: number;
}

/** How far a comparison is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly result: ExchangeResult;
}

/** What to compare. */
export interface CompareOptions {
  /** The app's exchanges, and the repeats of the old model (`repeat`, `of`) that measure its noise. */
  readonly recordings: readonly Exchange[];
  /** Who answers now; see `createCandidate`. */
  readonly candidate: Candidate;
  /** Longest wait for one whole answer; 120,000 when left out. */
  readonly timeoutMs?: number;
  /** Checks of the app's owner, asked of both sides' answers. */
  readonly tasks?: readonly TaskCheck[];
  /** What the verdict is settled by; a level of 5 % and margins from the old model's noise when left out. */
  readonly rules?: VerdictRules;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Asks the candidate every recorded request, once and in order, with the recorded history, and compares its answers with the recorded ones by structure.
 * Never throws for what the candidate does: that is what the report is about.
 */
export async function compare({
  recordings,
  candidate,
  timeoutMs = 120_000,
  tasks = [],
  rules,
  onProgress,
}: CompareOptions): Promise<ParityReport> {
  const started = Date.now();
  const results: ExchangeResult[] = [];
  const tally = createTally();
  const measuring = createMeasuring();
  const own = recordings.filter(({ repeat }) => repeat === undefined);
  const originals = new Map(own.map((exchange) => [exchange.id, exchange]));
  for (const exchange of recordings) {
    const original = exchange.repeat === undefined ? exchange : originals.get(exchange.of ?? '');
    if (original === undefined) continue;
    const from = Date.now();
    candidate.takeNotes?.();
    const compared =
      exchange === original
        ? await compareExchange(exchange, candidate, { timeoutMs, tasks })
        : compareRepeat(original, exchange, tasks);
    const result = writeResult(exchange, original, compared, Date.now() - from);
    tally.add(result);
    measuring.add(result);
    results.push(result);
    if (exchange === original)
      onProgress?.({ done: results.filter(({ repeat }) => repeat === null).length, total: own.length, result });
  }
  return {
    v: 1,
    kind: 'parity',
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    candidate: candidate.name,
    ...settleVerdict(tally.sites(), rules),
    evidence: countEvidence(own),
    measures: measuring.read(),
    results,
    omitted: 0,
  };
}
