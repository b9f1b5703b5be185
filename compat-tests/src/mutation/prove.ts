import { createAsk } from '../conformance/ask.ts';
import type { Capability, Case } from '../conformance/case.ts';
import type { CaseVerdict, ProfileId } from '../conformance/result.ts';
import { runCase } from '../conformance/run-case.ts';
import type { Endpoint, EndpointRequest, WireAnswer } from '../endpoint.ts';
import { createEndpointFetch } from '../endpoint-fetch.ts';
import type { Put } from '../faults/wire/fault.ts';
import { createReference, referenceKey, referenceModels } from '../reference/index.ts';

/** One request that a case sent to the sound endpoint, and what it got. */
interface Exchange {
  readonly request: EndpointRequest;
  readonly answer: WireAnswer;
}

/** A case with what passed between it and the sound endpoint. */
export interface Rehearsal {
  readonly row: Case;
  readonly capability: string;
  readonly exchanges: readonly Exchange[];
  /** The verdict on the sound endpoint. */
  readonly verdict: CaseVerdict;
  readonly reason: string;
}

/** A case that did not pass where something was put before the endpoint. */
export interface Catch {
  readonly row: Case;
  readonly verdict: CaseVerdict;
  readonly reason: string;
  /** The profile it takes: the strict one sees what `openai-observed` lets pass. */
  readonly profile: ProfileId;
}

/** Long enough for any answer without a socket, short enough to wait for those that never come. */
const timeoutMs = 1500;
/** For cases that read slowly on purpose. */
const slowTimeoutMs = 10_000;
/** Cases at the same time. */
const width = 48;

/** Asks every case at the sound endpoint and keeps what passed. Cases that ask nothing are left out. */
export async function rehearse(capabilities: readonly Capability[]): Promise<readonly Rehearsal[]> {
  const rows = capabilities.flatMap(({ name, cases }) =>
    cases.filter(({ steps }) => steps.length > 0).map((row) => ({ row, capability: name })),
  );
  return mapPool(rows, async ({ row, capability }) => {
    const exchanges: Exchange[] = [];
    const reference = createReference();
    const endpoint: Endpoint = async (request) => {
      const answer = await reference(request);
      exchanges.push({ request, answer });
      return answer;
    };
    const { verdict, reason } = await run(row, capability, endpoint, 'openai-observed');
    return { row, capability, exchanges, verdict, reason };
  });
}

/** What to ask and when to stop. */
interface Search {
  readonly profiles?: readonly ProfileId[];
  /** A catch after which no slower case and no stricter profile is asked. */
  readonly suffices?: (found: Catch) => boolean;
}

/**
 * Puts something before the sound endpoint and asks again those cases whose requests or answers it touches:
 * first those that are quick, then those that take time, then both in the next profile.
 * @returns the cases that do not pass.
 */
export async function findCatches(
  put: Put,
  rehearsals: readonly Rehearsal[],
  { profiles = ['openai-observed', 'openai-spec-strict'], suffices = () => true }: Search = {},
): Promise<readonly Catch[]> {
  const touched: Rehearsal[] = [];
  // A case that does not pass on the sound endpoint, as one of what OpenAI does not have, says nothing.
  for (const rehearsal of rehearsals)
    if (rehearsal.verdict === 'PASS' && (await touches(put, rehearsal.exchanges))) touched.push(rehearsal);
  const groups = [touched.filter(({ row }) => row.alone !== true), touched.filter(({ row }) => row.alone === true)];
  const found: Catch[] = [];
  for (const profile of profiles) {
    for (const rows of groups) {
      const results = await mapPool(rows, async ({ row, capability }) => ({
        row,
        profile,
        ...(await run(row, capability, put(createReference()), profile)),
      }));
      found.push(...results.filter(({ verdict }) => verdict !== 'PASS'));
      if (found.some(suffices)) return found;
    }
  }
  return found;
}

async function run(
  row: Case,
  capability: string,
  endpoint: Endpoint,
  profile: ProfileId,
): Promise<{ readonly verdict: CaseVerdict; readonly reason: string }> {
  const { verdict, reason } = await runCase(row, capability, {
    ask: createAsk({
      fetch: createEndpointFetch(endpoint),
      baseURL: 'http://reference.invalid/v1',
      headers: { authorization: `Bearer ${referenceKey}` },
      models: referenceModels,
    }),
    profile,
    timeoutMs: row.alone === true ? slowTimeoutMs : timeoutMs,
    k: 1,
    retries: 0,
    // OpenAI's chat tells no thoughts.
    lacks: (need) =>
      need === 'reasoning' ? { verdict: 'UNTESTED', reason: 'the reference endpoint tells no thoughts' } : undefined,
    // Whether OpenAI's recordings hold the case is another proof; here it is asked whether the case sees.
    calibrated: () => 1,
    findGap: () => null,
    secrets: [],
  });
  return { verdict, reason };
}

/** Whether something changes a request or an answer of a case, one after the other or at the same time. */
async function touches(put: Put, exchanges: readonly Exchange[]): Promise<boolean> {
  const replay = async (send: (tries: ReadonlyArray<() => Promise<boolean>>) => Promise<boolean>) => {
    const answers = new Map(exchanges.map(({ request, answer }) => [request, answer]));
    let changed = false;
    const endpoint = put(async (request) => {
      const answer = answers.get(request);
      if (answer !== undefined) return answer;
      changed = true;
      return { status: 200, headers: {}, pieces: [], ending: 'whole' };
    });
    return (
      (await send(
        exchanges.map(
          ({ request, answer }) =>
            async () =>
              (await endpoint(request)) !== answer,
        ),
      )) || changed
    );
  };
  const inTurn = await replay(async (tries) => {
    for (const attempt of tries) if (await attempt()) return true;
    return false;
  });
  if (inTurn || exchanges.length < 2) return inTurn;
  return replay(async (tries) => (await Promise.all(tries.map((attempt) => attempt()))).includes(true));
}

async function mapPool<Item, Result>(items: readonly Item[], map: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const [at, item] of queue) results.set(at, await map(item));
    }),
  );
  return items.map((_item, at) => results.get(at) as Result);
}
