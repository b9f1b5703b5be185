import { type Exchange, keyRequest } from '@migrate-llm/shim/exchange';
import { findOpenAIModel } from '@migrate-llm/shim/manifest';
import { readRecordedAnswer } from '../answer.ts';
import { isObject, type JsonObject } from '../json.ts';

/** One request to ask again. */
export interface Asking {
  readonly exchange: Exchange;
  /** From 1; the app's own call is none. */
  readonly repeat: number;
}

/** A model of the plan and how long it can still be asked. */
export interface ModelLife {
  readonly model: string;
  readonly askings: number;
  /** ISO date; `null` where no end is known, `undefined` where the catalogue does not know the model. */
  readonly shutdown: string | null | undefined;
  /** Where the date comes from, and its own date. */
  readonly source: string | undefined;
  readonly checked: string | undefined;
  /** Whole days from today to the last one; negative when it is over. */
  readonly daysLeft: number | undefined;
}

/** What is going to be asked, at most. */
export interface BaselinePlan {
  readonly askings: readonly Asking[];
  readonly models: readonly ModelLife[];
  /** Tokens of the prompts: as the recorded answers counted them, else a quarter of the characters. */
  readonly promptTokens: number;
  /** How many of the prompts are estimated only. */
  readonly estimated: number;
  /** Tokens of the answers at most, as the requests limit them; of those without a limit, as many as the recorded answer had. */
  readonly answerTokens: number;
  /** How many requests have no limit of their own. */
  readonly unlimited: number;
  /** Repeats that the recording holds already. */
  readonly done: number;
  /** What is not asked, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
}

const repeatable = /^\/(chat\/completions|completions|responses)$/;

/**
 * Plans to ask recorded requests `repeats` times more each, less what the recording holds already. `target` is who is going to answer, as
 * recordings name it: only what it answered is asked again, since the spread of another one says nothing. `today` is an ISO date.
 */
export function planBaseline(
  exchanges: readonly Exchange[],
  { repeats, target, today }: { readonly repeats: number; readonly target: string; readonly today: string },
): BaselinePlan {
  const held = new Map<string, Set<number>>();
  for (const { of, repeat } of exchanges)
    if (of !== undefined && repeat !== undefined) held.set(of, (held.get(of) ?? new Set()).add(repeat));
  const skipped = new Map<string, number>();
  const skip = (why: string): void => void skipped.set(why, (skipped.get(why) ?? 0) + 1);
  const askings: Asking[] = [];
  const seen = new Set<string>();
  let done = 0;
  for (const exchange of exchanges) {
    if (exchange.repeat !== undefined) continue;
    const why = explainSkip(exchange, target, seen);
    if (why !== undefined) {
      skip(why);
      continue;
    }
    for (let repeat = 1; repeat <= repeats; repeat += 1)
      if (held.get(exchange.id)?.has(repeat) === true) done += 1;
      else askings.push({ exchange, repeat });
  }
  const sums = askings.map(({ exchange }) => estimate(exchange));
  const add = (pick: (sum: Estimate) => number): number => sums.reduce((total, sum) => total + pick(sum), 0);
  return {
    askings,
    models: listModels(askings, today),
    promptTokens: add(({ prompt }) => prompt),
    estimated: add(({ isEstimated }) => Number(isEstimated)),
    answerTokens: add(({ answer }) => answer),
    unlimited: add(({ isUnlimited }) => Number(isUnlimited)),
    done,
    skipped,
  };
}

function explainSkip(exchange: Exchange, target: string, seen: Set<string>): string | undefined {
  const { request, response } = exchange;
  if (request.method.toUpperCase() !== 'POST' || !repeatable.test(request.path) || !isObject(request.body))
    return 'no request whose answer varies (chat, completions, Responses)';
  if (exchange.target !== target) return `answered by ${exchange.target}, not by ${target}`;
  if (response.status >= 400) return 'an error';
  const key = keyRequest(request);
  if (seen.has(key)) return 'the same request as another one: its recordings are repeats already';
  seen.add(key);
  return undefined;
}

interface Estimate {
  readonly prompt: number;
  readonly isEstimated: boolean;
  readonly answer: number;
  readonly isUnlimited: boolean;
}

function estimate(exchange: Exchange): Estimate {
  const body = exchange.request.body as JsonObject;
  const usage = readUsage(exchange);
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  const prompt = number(usage?.['prompt_tokens'] ?? usage?.['input_tokens']);
  const limit = ['max_completion_tokens', 'max_output_tokens', 'max_tokens']
    .map((name) => number(body[name]))
    .find(Boolean);
  const answered = number(usage?.['completion_tokens'] ?? usage?.['output_tokens']) ?? 0;
  return {
    prompt: prompt ?? Math.ceil(JSON.stringify(body).length / 4),
    isEstimated: prompt === undefined,
    answer: limit === undefined ? answered : limit * (number(body['n']) ?? 1),
    isUnlimited: limit === undefined,
  };
}

/** The usage of a recorded answer; Responses streams have it inside their last event. */
function readUsage(exchange: Exchange): JsonObject | undefined {
  const { usage, events, json } = readRecordedAnswer(exchange);
  if (usage !== undefined) return usage;
  const last = events?.findLast(({ json: event }) => isObject(event) && isObject(event['response']))?.json;
  const response = isObject(last) ? last['response'] : json;
  return isObject(response) && isObject(response['usage']) ? response['usage'] : undefined;
}

function listModels(askings: readonly Asking[], today: string): ModelLife[] {
  const counts = new Map<string, number>();
  for (const { exchange } of askings) {
    const model = exchange.model ?? 'unnamed model';
    counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  return [...counts].map(([model, count]) => {
    const found = findOpenAIModel(model)?.model;
    const shutdown = found?.shutdown;
    return {
      model,
      askings: count,
      shutdown,
      source: found?.source,
      checked: found?.checked,
      daysLeft:
        typeof shutdown === 'string' ? Math.round((Date.parse(shutdown) - Date.parse(today)) / 86_400_000) : undefined,
    };
  });
}
