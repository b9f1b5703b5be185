import { type Capture, captureResponse, type ExchangeFrame, joinExchange } from '../capture.ts';
import type { Clock } from '../clock.ts';
import type { Exchange } from '../exchange.ts';

/** Two answers to one request; the app got the first. Both in the recording format, not redacted. */
export interface ShadowPair {
  readonly request: Exchange['request'];
  readonly callSite: string | null;
  readonly primary: Exchange;
  /** `undefined` where the second target gave no answer; `error` says why. */
  readonly shadow: Exchange | undefined;
  readonly error: string | undefined;
  /** Pairs left out so far because too many were under way. */
  readonly dropped: number;
}

/** Hears of each pair; what it throws is printed and goes no further. */
export type OnShadow = (pair: ShadowPair) => void | Promise<void>;

/** One call whose answer is asked for twice. */
export interface ShadowCall {
  readonly clock: Clock;
  readonly startedAt: number;
  readonly primary: ExchangeFrame;
  readonly shadow: ExchangeFrame;
  /** Asks the second target; `signal` ends it. */
  readonly ask: (signal: AbortSignal) => Promise<Response>;
  readonly onShadow: OnShadow;
}

const maxPairs = 8;
const maxBytes = 4 * 2 ** 20;
/** A second answer that takes longer is given up. */
const patienceMs = 120_000;
let open = 0;
let dropped = 0;

/** Watches the app read its answer, and asks the second target when it has: the app never waits for it. */
export function shadowCall(response: Response, call: ShadowCall): void {
  if (open >= maxPairs) {
    dropped += 1;
    return;
  }
  open += 1;
  captureResponse(response, call.clock, call.startedAt, maxBytes, (capture, end) => {
    const work = end === 'complete' ? askSecond(capture, call) : Promise.resolve();
    void work
      .catch((error: unknown) => console.error('migrate-llm: onShadow threw:', error))
      .finally(() => (open -= 1));
  });
}

async function askSecond(capture: Capture, { clock, primary, shadow, ask, onShadow }: ShadowCall): Promise<void> {
  const { request, callSite } = primary;
  const pair = { request, callSite, primary: joinExchange(primary, capture), dropped };
  const controller = new AbortController();
  let cancel = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(patienceMs, () => {
      const reason = new Error(`no answer within ${patienceMs} ms`);
      reject(reason);
      controller.abort(reason);
    });
  });
  const startedAt = clock.now();
  let answer: { readonly shadow: Exchange | undefined; readonly error: string | undefined };
  try {
    const second = await Promise.race([
      late,
      readWhole(await Promise.race([late, ask(controller.signal)]), clock, startedAt),
    ]);
    answer = { shadow: joinExchange({ ...shadow, recordedAt: new Date().toISOString() }, second), error: undefined };
  } catch (error) {
    answer = { shadow: undefined, error: error instanceof Error ? error.message : String(error) };
  } finally {
    cancel();
  }
  await onShadow({ ...pair, ...answer });
}

async function readWhole(response: Response, clock: Clock, startedAt: number): Promise<Capture> {
  return new Promise((resolve, reject) => {
    captureResponse(response, clock, startedAt, maxBytes, (whole, end) =>
      end === 'complete' ? resolve(whole) : reject(new Error(`the answer was not whole (${end})`)),
    );
    response.text().catch(reject);
  });
}
