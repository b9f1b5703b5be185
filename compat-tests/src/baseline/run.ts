import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { RawExchange } from '@migrate-llm/shim/record';
import { readAnswer } from '../answer.ts';
import { isObject, quoteText } from '../json.ts';
import type { Asking } from './plan.ts';

/** What to ask, whom, and when to stop. */
export interface BaselineOptions {
  readonly askings: readonly Asking[];
  /** Whom to ask, e.g. `https://api.openai.com/v1`. */
  readonly baseURL: string;
  readonly apiKey: string;
  /** Takes each repeat as it comes. What it throws ends the run. */
  readonly write: (exchange: RawExchange) => Promise<void>;
  /** Requests at a time; 1 when left out. */
  readonly concurrency?: number;
  /** Stops before this many requests are sent, retries included. */
  readonly maxRequests?: number;
  /** Stops when the answers have counted this many tokens, prompts included; what is under way then still comes. */
  readonly maxTokens?: number;
  /** Longest wait for one whole answer, milliseconds; 600,000 when left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BaselineOutcome) => void;
}

/** How far a run came. */
export interface BaselineOutcome {
  /** Repeats that are written. */
  readonly written: number;
  readonly requests: number;
  readonly tokens: number;
  /** What was not answered, by reason; the next run asks it again. */
  readonly failed: ReadonlyMap<string, number>;
  /** Why the run ended before all was asked. */
  readonly stopped: 'requests' | 'tokens' | 'interrupted' | undefined;
}

const retries = 4;

/** Asks recorded requests again and hands each answer on as an exchange with its `repeat` and `of`. A request that fails is counted and left out: an error is no repeat. */
export async function runBaseline(options: BaselineOptions): Promise<BaselineOutcome> {
  const { askings, concurrency = 1, maxRequests = Infinity, maxTokens = Infinity, signal, onProgress } = options;
  const failed = new Map<string, number>();
  let [written, requests, tokens, next] = [0, 0, 0, 0];
  let stopped: BaselineOutcome['stopped'];
  const outcome = (): BaselineOutcome => ({ written, requests, tokens, failed, stopped });
  /** Whether one more request may be sent. */
  const mayAsk = (): boolean => {
    if (signal?.aborted === true) stopped = 'interrupted';
    else if (requests >= maxRequests) stopped = 'requests';
    else if (tokens >= maxTokens) stopped = 'tokens';
    return stopped === undefined;
  };
  const work = async (): Promise<void> => {
    while (next < askings.length && mayAsk()) {
      const asking = askings[next] as Asking;
      next += 1;
      for (let attempt = 0; mayAsk(); attempt += 1) {
        requests += 1;
        const reply = await ask(asking, options);
        if ('exchange' in reply) {
          await options.write(reply.exchange);
          written += 1;
          tokens += reply.tokens;
          break;
        }
        if (signal?.aborted === true) break;
        if (reply.retryMs === undefined || attempt >= retries) {
          failed.set(reply.why, (failed.get(reply.why) ?? 0) + 1);
          break;
        }
        await wait(reply.retryMs ?? 500 * 2 ** attempt, undefined, { signal }).catch(() => undefined);
      }
      onProgress?.(outcome());
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, askings.length) }, work));
  return outcome();
}

type Reply =
  | { readonly exchange: RawExchange; readonly tokens: number }
  | { readonly why: string; readonly retryMs: number | undefined };

async function ask({ exchange, repeat }: Asking, options: BaselineOptions): Promise<Reply> {
  const { baseURL, apiKey, timeoutMs = 600_000, signal } = options;
  const { request, target, callSite, model } = exchange;
  const headers = { 'content-type': 'application/json', accept: request.headers['accept'] ?? 'application/json' };
  const timeout = AbortSignal.timeout(timeoutMs);
  const startedAt = performance.now();
  const chunks: Array<readonly [number, Uint8Array]> = [];
  let response: Response;
  try {
    response = await fetch(`${baseURL.replace(/\/+$/, '')}${request.path}`, {
      method: request.method,
      headers: { ...headers, authorization: `Bearer ${apiKey}` },
      body: JSON.stringify(request.body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      // The key goes to this address only.
      redirect: 'error',
    });
    if (response.body !== null)
      for await (const part of response.body)
        chunks.push([Math.round(performance.now() - startedAt), new Uint8Array(part as Uint8Array)]);
  } catch (error) {
    if (timeout.aborted) return { why: `no whole answer within ${timeoutMs / 1000} s`, retryMs: undefined };
    return { why: describeError(error), retryMs: 500 };
  }
  const text = Buffer.concat(chunks.map(([, part]) => part)).toString();
  const answer = readAnswer(response.status, response.headers.get('content-type'), text);
  if (response.status >= 400 || answer.error !== undefined)
    return { why: describeStatus(response.status, answer.error), retryMs: readRetry(response) };
  return {
    exchange: {
      v: 1,
      id: randomUUID(),
      recordedAt: new Date().toISOString(),
      provenance: 'recorded',
      target,
      model,
      callSite,
      sdk: null,
      repeat,
      of: exchange.id,
      request: { ...request, headers },
      response: { status: response.status, headers: Object.fromEntries(response.headers), chunks },
    },
    tokens: readTotal(answer),
  };
}

/** Tokens that an answer counts; Responses streams count them inside their last event. */
function readTotal({ usage, events }: ReturnType<typeof readAnswer>): number {
  const last = events?.findLast(({ json }) => isObject(json) && isObject(json['response']))?.json;
  const response = isObject(last) ? last['response'] : undefined;
  const found = usage ?? (isObject(response) ? response['usage'] : undefined);
  return isObject(found) && typeof found['total_tokens'] === 'number' ? found['total_tokens'] : 0;
}

/** What may pass with time is tried again; used-up credit does not. */
function readRetry({ status, headers }: Response): number | undefined {
  if (status !== 429 && status !== 408 && status < 500) return undefined;
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Math.min(60_000, Number.isFinite(ms) ? ms : Number.isFinite(seconds) ? seconds * 1000 : 1_000);
}

function describeStatus(status: number, error: Readonly<Record<string, unknown>> | undefined): string {
  const { code, message } = error ?? {};
  const said = typeof message === 'string' ? ` ${quoteText(message, 120)}` : '';
  return `${status}${typeof code === 'string' ? ` ${code}` : ''}${said}`;
}

function describeError(error: unknown): string {
  const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly message?: string } };
  return [message, cause?.message].filter(Boolean).join(': ') || String(error);
}
