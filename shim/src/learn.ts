import { type Call, copyHeaders, readText } from './call.ts';
import type { Report } from './report.ts';
import { type Lesson, readLessons } from './request/learned.ts';
import { omitKeys, type WireObject } from './wire.ts';

/** What each endpoint's errors have taught about each of its models, for the life of the process. */
const learned = new Map<string, Map<string, Lesson>>();

/** How often one call is asked again: an endpoint may name one parameter at a time. */
const maxRetries = 4;

/**
 * Sends one chat request without what the endpoint is known to refuse. An error that names a parameter it does not know teaches that: the parameter
 * goes, with a note, and the request is sent again. Throws a `Refusal` where the policy does not allow the loss.
 */
export async function askLearning(
  { ask, path, baseURL, model, report }: Pick<Call, 'ask' | 'path' | 'baseURL' | 'model' | 'report'>,
  body: WireObject,
): Promise<Response> {
  const key = `${baseURL} ${model}`;
  const lessons = learned.get(key) ?? new Map<string, Lesson>();
  let sent = [...lessons.values()].reduce((out, lesson) => applyLesson(out, lesson, baseURL, report), body);
  for (let retry = 0; ; retry += 1) {
    const response = await ask(path, { body: JSON.stringify(sent) });
    if ((response.status !== 400 && response.status !== 422) || retry === maxRetries) return response;
    const text = await readText(response);
    const fresh = readLessons(response.status, text, sent);
    if (fresh.length === 0) return new Response(text, { status: response.status, headers: bareHeaders(response) });
    for (const lesson of fresh) {
      sent = applyLesson(sent, lesson, baseURL, report);
      lessons.set(lesson.param, lesson);
    }
    learned.set(key, lessons);
  }
}

function applyLesson(body: WireObject, lesson: Lesson, baseURL: string, report: Report): WireObject {
  const { param } = lesson;
  if (!(param in body)) return body;
  const where = `request.${param}`;
  const why = `${baseURL} answered that it does not take it`;
  const fix = 'Remove the parameter, or say it in the target’s "rules"';
  if (lesson.kind === 'rename') {
    if (lesson.to in body) return body;
    report.add({ code: 'param-renamed', severity: 'info', where, what: `sent as ${lesson.to}`, why, fix: '' });
    return { ...omitKeys(body, [param]), [lesson.to]: body[param] };
  }
  report.add({ code: 'param-learned', severity: lesson.severity, where, what: 'left out', why, fix });
  return omitKeys(body, [param]);
}

/** Headers of an answer whose bytes were read: what described them no longer holds. */
function bareHeaders(response: Response): Headers {
  const headers = copyHeaders(response);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
  return headers;
}
