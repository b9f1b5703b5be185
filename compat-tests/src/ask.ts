import type { Exchange } from '@migrate-llm/shim/exchange';
import type { Note } from '@migrate-llm/shim/fetch';
import { type Answer, readRecordedAnswer } from './answer.ts';
import { askCandidate, type Candidate, type Reply } from './candidate.ts';
import type { Check, Comparison, Pair } from './check.ts';
import { compareRefusal, compareSchema } from './comparisons/content.ts';
import { compareEmbeddings } from './comparisons/embeddings.ts';
import { compareErrors, nameErrorClass } from './comparisons/errors.ts';
import { compareFinish } from './comparisons/finish.ts';
import { compareText } from './comparisons/text.ts';
import { compareTools } from './comparisons/tools.ts';
import { compareArguments, compareJsonValues } from './comparisons/values.ts';
import { compareWire } from './comparisons/wire.ts';
import { isObject } from './json.ts';
import { measureAnswer, type SideMeasure } from './measures/measure.ts';
import type { Obstacle } from './result.ts';
import { runTaskChecks, type TaskCheck } from './task-check.ts';

const comparisons: readonly Comparison[] = [
  compareWire,
  compareTools,
  compareFinish,
  compareRefusal,
  compareSchema,
  compareArguments,
  compareJsonValues,
  compareText,
  compareEmbeddings,
];

/** Compares the old model's own answer, given when it was asked again, with the first one: what differs is its noise. */
export function compareRepeat(exchange: Exchange, repeat: Exchange, tasks: readonly TaskCheck[] = []): Compared {
  const [recorded, again] = [readRecordedAnswer(exchange), readRecordedAnswer(repeat)];
  if (!comparedPaths.includes(exchange.request.path) || recorded.status >= 400) return { checks: [] };
  // A busy or broken service says nothing about the model.
  if (again.status >= 400 || again.error !== undefined) return { checks: [] };
  return { checks: comparePair(exchange, recorded, again, tasks) };
}

/** Compares two answers to one request, by every comparison and task check. Pure. */
export function comparePair(
  exchange: Exchange,
  recorded: Answer,
  candidate: Answer,
  tasks: readonly TaskCheck[],
): readonly Check[] {
  const { body } = exchange.request;
  const pair: Pair = { exchange, request: isObject(body) ? body : {}, recorded, candidate };
  return [
    ...comparisons.flatMap((comparison) => comparison(pair)),
    ...runTaskChecks(tasks, exchange, { recorded, candidate }),
  ];
}

/** What a comparison of one exchange gives. */
export interface Compared {
  readonly checks: readonly Check[];
  readonly obstacle?: Obstacle;
  readonly notes?: readonly Note[];
  /** The candidate's answer, where it gave one, and what it took. */
  readonly answer?: Answer;
  readonly measure?: SideMeasure;
}

const comparedPaths = ['/chat/completions', '/responses', '/embeddings'];

/** How to ask. */
export interface AskOptions {
  readonly timeoutMs: number;
  readonly tasks: readonly TaskCheck[];
}

/** Asks the candidate a recorded request and compares its answer with the recorded one; never throws for what the candidate does. */
export async function compareExchange(
  exchange: Exchange,
  candidate: Candidate,
  { timeoutMs, tasks }: AskOptions,
): Promise<Compared> {
  const { request } = exchange;
  const recorded = readRecordedAnswer(exchange);
  if (!comparedPaths.includes(request.path) || request.method.toUpperCase() !== 'POST')
    return blockedBy(`${request.method} ${request.path} is not compared by this version`, '', false);
  const needsWrongKey = recorded.status === 401;
  const unprovokable = recorded.status >= 400 ? explainUnprovokable(recorded, candidate) : undefined;
  if (unprovokable !== undefined) return unprovokable;

  const fetch = (needsWrongKey ? candidate.wrongKeyFetch : undefined) ?? candidate.fetch;
  const reply = await askPatiently(fetch, exchange, timeoutMs, recorded.status);
  const notes = candidate.takeNotes?.() ?? [];
  const judged = { ...judgeReply(exchange, recorded, { reply, notes, tasks }), notes };
  if ('failure' in reply) return judged;
  const { answer, timing } = reply;
  return { ...judged, answer, measure: measureAnswer(candidate.name, exchange.model ?? '', answer, timing) };
}

function judgeReply(
  exchange: Exchange,
  recorded: Answer,
  {
    reply,
    notes,
    tasks,
  }: { readonly reply: Reply; readonly notes: readonly Note[]; readonly tasks: readonly TaskCheck[] },
): Compared {
  if ('failure' in reply) {
    if (reply.failure === 'broken') return { checks: [failedAnswer(recorded, `the connection broke: ${reply.what}`)] };
    return blockedBy(reply.what, 'see that the endpoint runs and that its address is right', true);
  }
  const { answer } = reply;
  const { body } = exchange.request;
  const pair: Pair = { exchange, request: isObject(body) ? body : {}, recorded, candidate: answer };
  if (recorded.status >= 400) return compareErrorPair(pair, notes);
  if (answer.status === 401 || answer.status === 403)
    return blockedBy(`the endpoint rejects the key (${describeAnswer(answer)})`, "set the target's API key", true);
  if (answer.status === 429 || answer.status === 503)
    return blockedBy(`the endpoint is busy (${describeAnswer(answer)})`, 'try again later, or raise its limits', true);
  if (answer.status >= 400 || answer.error !== undefined)
    return { checks: [failedAnswer(recorded, describeAnswer(answer))] };
  return { checks: comparePair(exchange, recorded, answer, tasks) };
}

function compareErrorPair(pair: Pair, notes: readonly Note[]): Compared {
  const { recorded, candidate } = pair;
  const routed = notes.some(({ code }) => code === 'model-routed');
  const isModelError = recorded.error?.['code'] === 'model_not_found';
  if (isModelError && candidate.status < 400 && routed)
    return blockedBy('OpenAI has no such model, but the settings map it to one the endpoint serves', '', false);
  return { checks: compareErrors(pair) };
}

/** Errors that no request can bring about at will are counted, not compared. */
function explainUnprovokable({ status }: Answer, { wrongKeyFetch }: Candidate): Compared | undefined {
  if (status === 401 && wrongKeyFetch === undefined)
    return blockedBy('a rejected key: the candidate is asked without one, so no key can be wrong', '', false);
  if ([400, 401, 404, 413, 415, 422].includes(status)) return undefined;
  return blockedBy(`${nameErrorClass(status)} (${status}) cannot be provoked at will`, '', false);
}

/** Asks again while the endpoint is busy: that says nothing about parity. */
async function askPatiently(
  fetch: Candidate['fetch'],
  exchange: Exchange,
  timeoutMs: number,
  expected: number,
): Promise<Reply> {
  let reply = await askCandidate(fetch, exchange, timeoutMs);
  for (const waitMs of [500, 2000]) {
    if (!('answer' in reply) || ![429, 503].includes(reply.answer.status) || reply.answer.status === expected) break;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    reply = await askCandidate(fetch, exchange, timeoutMs);
  }
  return reply;
}

function blockedBy(reason: string, fix: string, open: boolean): Compared {
  return { checks: [], obstacle: { reason, fix, open } };
}

function failedAnswer(recorded: Answer, got: string): Check {
  return {
    check: 'answered',
    verdict: 'FAIL',
    expected: `an answer (${recorded.status})`,
    got,
    why: 'the app gets an error where OpenAI answered',
    fix: "read the error; when it names a parameter or a model, adjust the shim's settings or the call",
  };
}

function describeAnswer({ status, error }: Answer): string {
  if (error === undefined) return `status ${status}`;
  return `${status < 400 ? 'an error inside the answer' : `${nameErrorClass(status)} ${status}`}: ${String(error['message'])}`;
}
