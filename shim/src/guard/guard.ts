import type { Call } from '../call.ts';
import { askChat } from '../handlers/ask-chat.ts';
import { Refusal, refuseRequest } from '../refusal.ts';
import { createReport, type Report } from '../report.ts';
import { isObject, type WireObject } from '../wire.ts';
import type { Guard, GuardPlace } from './place.ts';
import type { GuardModel, Question, Reading, Turn } from './model.ts';
import type { GuardSettings } from './settings.ts';
import { joinReadings, unreadableVerdict, type Verdict } from './verdict.ts';

/** Judges the last of some turns. What cannot be judged is an error or flagged, never safe. Throws a `Refusal`. */
export async function judge(call: Call, guard: Guard, turns: readonly Turn[], report: Report): Promise<Verdict> {
  const { settings } = guard;
  const { family, prompt, policy, unreadable } = settings;
  checkImages(family, turns);
  try {
    const questions = family.ask(turns, { prompt, policy });
    const readings = await Promise.all(questions.map((question) => askQuestion(call, guard, question)));
    return joinReadings(readings, settings, report);
  } catch (error) {
    // The app's own abort is nobody's verdict.
    if (call.signal?.aborted === true) throw error;
    const failure = error instanceof Refusal ? error : new GuardFailure(settings, `failed: ${describe(error)}`);
    if (unreadable === 'error' || failure.status === 400) throw failure;
    report.add({
      code: 'guard-unreadable',
      severity: 'info',
      where: 'guard',
      what: 'flagged unjudged',
      why: failure.message,
      fix: '',
    });
    return unreadableVerdict;
  }
}

/** Says that content was not judged; another try of the SDK's own may help where the guard did not answer, not where it wrote nonsense. */
class GuardFailure extends Refusal {
  constructor({ model }: GuardSettings, what: string, code = 'guard_unavailable') {
    const message = `the guard model ${model} ${what}; the content counts as not checked`;
    const headers = code === 'guard_unreadable' ? new Headers({ 'x-should-retry': 'false' }) : undefined;
    super(502, { message, type: 'server_error', param: null, code }, headers);
  }
}

async function askQuestion(call: Call, guard: Guard, question: Question): Promise<Reading> {
  const { settings } = guard;
  const place = await guard.open();
  const logprobs = place.dialect.chat.params.logprobs;
  const body: Record<string, unknown> = { ...question.body };
  if (logprobs?.kind === 'refuse') {
    delete body['logprobs'];
    delete body['top_logprobs'];
  }
  const { choice, finish } = await askPlace(call, place, body, settings);
  const text = choice['content'];
  if (typeof choice['refusal'] === 'string' && choice['refusal'] !== '')
    throw new GuardFailure(settings, `refused to judge: ${choice['refusal'].slice(0, 80)}`, 'guard_unreadable');
  const reading =
    typeof text === 'string' && finish !== 'content_filter'
      ? settings.family.read(text, choice['logprobs'], question)
      : finish === 'content_filter'
        ? 'nothing: its own filter stopped it'
        : 'nothing';
  if (typeof reading === 'string')
    throw new GuardFailure(settings, `answered ${reading}, which is no verdict`, 'guard_unreadable');
  return reading;
}

/** Asks the guard as any chat endpoint is asked: its dialect's passes hold for it too. What they change is no news for the app. */
async function askPlace(call: Call, place: GuardPlace, body: WireObject, settings: GuardSettings) {
  const timeout = AbortSignal.timeout(settings.deadlineMs);
  const request: Call = {
    ...call,
    ...place,
    ask: (path, change) => place.ask(path, { ...change, signal: joinSignals(call.signal, timeout) }),
    guard: undefined,
    method: 'POST',
    endpoint: 'chat.completions',
    path: '/chat/completions',
    requestedModel: place.model,
    reasoning: 'reasoning_content',
    body: { ...body, model: place.model },
    report: createReport('silent', undefined),
  };
  const answer = await askChat(request).catch((error: unknown) => {
    if (timeout.aborted) throw new GuardFailure(settings, `gave no verdict in ${settings.deadlineMs} ms`);
    if (error instanceof Refusal)
      throw new GuardFailure(settings, `answered ${error.status}: ${error.error.message.slice(0, 200)}`);
    throw new GuardFailure(settings, `did not answer: ${describe(error)}`);
  });
  const first: unknown = 'completion' in answer ? (answer.completion['choices'] as readonly unknown[])[0] : undefined;
  if (!isObject(first) || !isObject(first['message'])) return { choice: {} as WireObject, finish: undefined };
  return { choice: { ...first['message'], logprobs: first['logprobs'] } as WireObject, finish: first['finish_reason'] };
}

function joinSignals(own: AbortSignal | undefined, timeout: AbortSignal): AbortSignal {
  return own === undefined ? timeout : AbortSignal.any([own, timeout]);
}

function checkImages({ images, id }: GuardModel, turns: readonly Turn[]): void {
  const count = turns.reduce((sum, turn) => sum + turn.images.length, 0);
  if (count === 0 || images === 'several' || (images === 'one' && count === 1)) return;
  throw refuseRequest(
    images === 'none'
      ? `the guard ${id} reads no images, and an image nobody looks at is not checked: use Llama Guard 4 or Llama Guard 3 Vision as guard.model`
      : `the guard ${id} reads one image at a time, and ${count} were given: use Llama Guard 4 as guard.model, or send them one by one`,
    'input',
    'unsupported_value',
  );
}

function describe(error: unknown): string {
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  return cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
}
