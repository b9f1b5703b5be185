import type { Dialect } from '../dialect.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';
import { makeId } from './tool-tracker.ts';

/** The fields every chunk of an answer shares. */
export interface Envelope {
  readonly id: string;
  /** Unix time, seconds. */
  readonly created: number;
  readonly model: string;
}

/** Reads id, time and model of an answer as OpenAI would give them. */
export function readEnvelope(answer: WireObject, { requestedModel }: ChatPlan, report: Report): Envelope {
  const given = typeof answer['id'] === 'string' && answer['id'] !== '' ? answer['id'] : undefined;
  const id = given?.startsWith('chatcmpl-') === true ? given : `chatcmpl-${given ?? makeId()}`;
  if (id !== given)
    report.add({
      code: 'id-repaired',
      severity: 'info',
      where: 'response.id',
      what: given === undefined ? 'id made' : 'id given the prefix chatcmpl-',
      why: "OpenAI's ids start so",
      fix: '',
    });
  const time = Number(answer['created']);
  const created = Number.isFinite(time) && time > 0 ? Math.floor(time) : Math.floor(Date.now() / 1000);
  if (created !== answer['created'])
    report.add({
      code: 'created-repaired',
      severity: 'info',
      where: 'response.created',
      what: `${JSON.stringify(answer['created'] ?? null)} sent as ${created}`,
      why: 'OpenAI sends whole seconds',
      fix: '',
    });
  return { id, created, model: nameModel(answer['model'], requestedModel, report) };
}

/** Names the model of an answer: the one asked for, or OpenAI's own dated snapshot of it. */
export function nameModel(served: unknown, requested: string, report: Report): string {
  if (typeof served === 'string' && (served === requested || requested === '' || served.startsWith(`${requested}-`)))
    return served;
  if (typeof served === 'string')
    report.add({
      code: 'model-mapped',
      severity: 'info',
      where: 'response.model',
      what: `"${served}" answered for "${requested}"`,
      why: 'the app reads the name it asked for',
      fix: '',
    });
  return requested;
}

/** Reads usage: OpenAI's counts, with the total where it is missing; `undefined` when there is none. */
export function readUsage(usage: unknown): WireObject | undefined {
  if (!isObject(usage)) return undefined;
  const prompt = Number(usage['prompt_tokens'] ?? 0);
  const completion = Number(usage['completion_tokens'] ?? 0);
  return {
    ...dropNulls(usage),
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage['total_tokens'] ?? prompt + completion,
  };
}

const detailKeys = ['prompt_tokens_details', 'completion_tokens_details'];

/** OpenAI leaves out the details it does not count; some endpoints send null for them. */
function dropNulls(usage: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(usage).flatMap(([key, value]) => {
      if (!detailKeys.includes(key)) return [[key, value]];
      return isObject(value)
        ? [[key, Object.fromEntries(Object.entries(value).filter(([, count]) => count !== null))]]
        : [];
    }),
  );
}

/** Adds up the usage of requests that stand for one with `n`: the prompt counts once. */
export function sumUsage(usages: readonly WireObject[]): WireObject | undefined {
  const [first] = usages;
  if (first === undefined) return undefined;
  const completion = usages.reduce((sum, usage) => sum + Number(usage['completion_tokens'] ?? 0), 0);
  const prompt = Number(first['prompt_tokens'] ?? 0);
  return { ...first, completion_tokens: completion, total_tokens: prompt + completion };
}

/** Notes an answer without usage, which OpenAI always gives. */
export function noteMissingUsage(report: Report): void {
  report.add({
    code: 'usage-missing',
    severity: 'lossy',
    where: 'response.usage',
    what: 'no usage',
    why: 'the endpoint did not count tokens',
    fix: 'Do not bill by it',
  });
}

/** Source: openai@7.57.0 resources/chat/completions. */
const serviceTiers = ['auto', 'default', 'flex', 'scale', 'priority', 'fast'];

/** Keys of an answer that the dialect adds to OpenAI's, noted once. */
export function dropExtras(answer: WireObject, { extras }: Dialect, report: Report): readonly string[] {
  const found = extras.answer.filter((key) => key in answer);
  if (!isAbsent(answer['service_tier']) && !serviceTiers.some((tier) => tier === answer['service_tier']))
    found.push('service_tier');
  if (found.length > 0)
    report.add({
      code: 'extras-dropped',
      severity: 'info',
      where: 'response',
      what: `${found.join(', ')} left out`,
      why: "OpenAI's answers have no such keys or values",
      fix: '',
    });
  return found;
}
