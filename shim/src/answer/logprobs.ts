import type { Dialect } from '../dialect.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { isAbsent, isObject, omitKeys, type WireObject } from '../wire.ts';

/** Brings the log-probabilities of a choice into OpenAI's shape: as many alternatives as were asked for, no keys OpenAI does not have, none missing. */
export function adaptLogprobs(
  logprobs: unknown,
  { topLogprobs }: ChatPlan,
  { extras }: Dialect,
  report: Report,
): unknown {
  if (!isObject(logprobs)) return isAbsent(logprobs) ? null : logprobs;
  const given = logprobs['content'];
  if (!Array.isArray(given)) return { refusal: null, content: null, ...logprobs };
  const close = (entry: WireObject): WireObject => ({ bytes: null, ...omitKeys(entry, extras.logprob) });
  // An entry without a probability says nothing: some endpoints end their lists so.
  const content = given.filter(isLogprob).map((entry) => {
    const top = entry['top_logprobs'];
    if (!Array.isArray(top)) return { ...close(entry), top_logprobs: [] };
    if (topLogprobs !== undefined && top.length > topLogprobs)
      report.add({
        code: 'logprobs-cut',
        severity: 'info',
        where: 'response.choices[].logprobs',
        what: `${top.length} alternatives cut to ${topLogprobs}`,
        why: 'only so many were asked for',
        fix: '',
      });
    return { ...close(entry), top_logprobs: top.filter(isLogprob).slice(0, topLogprobs).map(close) };
  });
  return { refusal: null, ...logprobs, content };
}

function isLogprob(entry: unknown): entry is WireObject {
  return isObject(entry) && typeof entry['logprob'] === 'number';
}
