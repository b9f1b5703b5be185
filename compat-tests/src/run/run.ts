import type { Exchange } from '@migrate-llm/shim/exchange';
import { compareExchange, compareRepeat } from '../ask.ts';
import type { Candidate } from '../candidate.ts';
import { createConversation, type Conversation } from './free-running.ts';
import type { ExchangeResult } from '../result.ts';
import type { TaskCheck } from '../task-check.ts';
import { writeResult } from '../write-result.ts';
import { chooseEntries, type Choice } from './choose.ts';
import { openResults, type RunHead } from './results-file.ts';
import type { Traffic, TrafficEntry } from './traffic.ts';

/** What to run. */
export interface RunParityOptions extends Choice {
  readonly traffic: Traffic;
  /** Makes a candidate; each of the lanes that ask at the same time has its own. */
  readonly openCandidate: () => Candidate;
  /** File of results; a run that was cut off goes on from it. */
  readonly output: string;
  readonly tasks?: readonly TaskCheck[];
  /** Turns follow the candidate's own earlier answers instead of the recorded ones. */
  readonly freeRunning?: boolean;
  readonly timeoutMs?: number;
  /** Requests at the same time; 4 when left out. */
  readonly lanes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly result: ExchangeResult;
  }) => void;
}

/** What a run did. */
export interface RunOutcome {
  readonly head: RunHead;
  readonly asked: number;
  /** Results that were there already. */
  readonly resumed: number;
  /** Whether `signal` ended it before the last exchange. */
  readonly isCutOff: boolean;
}

/**
 * Asks the candidate the chosen exchanges of a recording and writes a result a line as it goes; nothing but the index of the recording is kept in memory.
 * Throws `ResultsError` for a file of another run.
 */
export async function runParity(options: RunParityOptions): Promise<RunOutcome> {
  const { traffic, openCandidate, output, sample, seed = 1, shard, lanes = 4, signal, onProgress } = options;
  const candidates = Array.from({ length: Math.max(1, lanes) }, openCandidate);
  const head: RunHead = {
    v: 1,
    kind: 'parity-results',
    traffic: traffic.fingerprint,
    candidate: candidates[0]?.name ?? '',
    mode: options.freeRunning === true ? 'free-running' : 'teacher-forced',
    sample: sample ?? null,
    seed,
    shard: shard ?? null,
  };
  const chosen = chooseEntries(traffic.entries, options);
  const originals = new Map(traffic.entries.filter(({ repeat }) => repeat === null).map((entry) => [entry.id, entry]));
  const results = await openResults(output, head);
  const total = chosen.filter(({ repeat }) => repeat === null).length;
  const isCutOff = (): boolean => signal?.aborted === true;
  let done = 0;
  let asked = 0;
  // Turns of a conversation run in their order, in one lane.
  const queue = groupByPrompt(chosen, options.freeRunning === true ? results.done : new Set()).map((group) =>
    group.filter(({ id }) => options.freeRunning === true || !results.done.has(id)),
  );
  const resumed = chosen.filter(({ id }) => results.done.has(id)).length;
  done += chosen.filter(({ id, repeat }) => repeat === null && results.done.has(id)).length;
  const work = async (candidate: Candidate): Promise<void> => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      const conversation = options.freeRunning === true ? createConversation() : undefined;
      for (const entry of group) {
        if (isCutOff()) return;
        const original = originals.get(entry.of);
        if (original === undefined) continue;
        const result = await runEntry(entry, original, candidate, conversation, options);
        // An answer that came after the interruption was cut off itself.
        if (isCutOff()) return;
        if (!results.done.has(entry.id)) await results.add(result);
        if (entry.repeat !== null) continue;
        asked += 1;
        if (!results.done.has(entry.id)) done += 1;
        onProgress?.({ done, total, result });
      }
    }
  };
  try {
    await Promise.all(candidates.map(work));
  } finally {
    await results.close();
  }
  return { head, asked, resumed, isCutOff: isCutOff() };
}

async function runEntry(
  entry: TrafficEntry,
  original: TrafficEntry,
  candidate: Candidate,
  conversation: Conversation | undefined,
  { traffic, timeoutMs = 120_000, tasks = [] }: RunParityOptions,
): Promise<ExchangeResult> {
  const exchange = await traffic.read(entry);
  const from = Date.now();
  if (entry.repeat !== null) {
    const asked: Exchange = await traffic.read(original);
    return writeResult(exchange, asked, compareRepeat(asked, exchange, tasks), Date.now() - from);
  }
  const turn = conversation?.enter(exchange) ?? { exchange };
  if ('obstacle' in turn)
    return writeResult(exchange, exchange, { checks: [], obstacle: turn.obstacle }, Date.now() - from);
  candidate.takeNotes?.();
  const compared = await compareExchange(turn.exchange, candidate, { timeoutMs, tasks });
  if (compared.answer !== undefined) conversation?.leave(exchange, compared.answer);
  return writeResult(exchange, exchange, compared, Date.now() - from);
}

/** A conversation that was cut off is asked again from its start when its turns build on each other. */
function groupByPrompt(entries: readonly TrafficEntry[], done: ReadonlySet<string>): TrafficEntry[][] {
  const groups = new Map<string, TrafficEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.prompt) ?? [];
    groups.set(entry.prompt, group);
    group.push(entry);
  }
  return [...groups.values()].filter((group) => !group.every(({ id }) => done.has(id)));
}
