import { isObject, quoteText, readObjects, type JsonObject } from '../../json.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { show } from './body.ts';
import { expecting } from './expectation.ts';

/** The pieces of choices of a stream in order, as they are on the wire. */
export function piecesOf({ chunks }: Observation): JsonObject[] {
  return chunks.flatMap((chunk) => readObjects(chunk['choices']));
}

/** The delta of a piece; `{}` where there is none. */
export function deltaOf(piece: JsonObject): JsonObject {
  return isObject(piece['delta']) ? piece['delta'] : {};
}

/** The pieces by choice; each must satisfy the look, which gives what is wrong. */
function expectingOfChoices(
  says: string,
  findWrong: (pieces: readonly JsonObject[], seen: Observation) => string | undefined,
): Expectation {
  return expecting(says, (seen) => {
    const pieces = piecesOf(seen);
    if (pieces.length === 0) return 'no chunk has a choice';
    for (const index of new Set(pieces.map((piece) => piece['index']))) {
      const wrong = findWrong(
        pieces.filter((piece) => piece['index'] === index),
        seen,
      );
      if (wrong !== undefined) return `choice ${String(index)}: ${wrong}`;
    }
    return undefined;
  });
}

const lineForm = /^(?:|:.*|(?:data|event|id|retry)(?::.*)?)$/;

/** Only lines of an event stream, only JSON in them, and a blank line behind the last. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream, checked 2026-11-25 */
export const isFramed: Expectation = expecting('every event is "data: <JSON>" and a blank line', ({ text, answer }) => {
  if (answer.events === undefined) return `no event stream: ${quoteText(text)}`;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const wrong = lines.find((line) => !lineForm.test(line));
  if (wrong !== undefined) return `a line that is no field: ${quoteText(wrong)}`;
  const broken = answer.events.find(({ data, json }) => data !== '[DONE]' && !isObject(json));
  if (broken !== undefined) return `an event that is no JSON object: ${quoteText(broken.data)}`;
  return lines.slice(-2).join('') === '' ? undefined : `it ends without a blank line: ${quoteText(lines.at(-1) ?? '')}`;
});

/** Ends with `[DONE]`, once. */
export const endsWithDone: Expectation = expecting('the stream ends with data: [DONE], once', ({ answer }) => {
  const events = answer.events ?? [];
  const dones = events.filter(({ data }) => data === '[DONE]').length;
  if (dones !== 1) return `[DONE] comes ${dones} times`;
  return events.at(-1)?.data === '[DONE]' ? undefined : `${quoteText(events.at(-1)?.data ?? '')} comes after it`;
});

/** No event of the stream is an error. */
export const hasNoErrorEvent: Expectation = expecting('no event is an error', ({ chunks }) => {
  const error = chunks.find((chunk) => chunk['error'] !== undefined && chunk['error'] !== null);
  return error === undefined ? undefined : show(error['error']);
});

/** A field of the chunks stays the same over the stream. */
export function keepsField(key: string): Expectation {
  return expecting(`all chunks share one ${key}`, ({ chunks }) => {
    const values = new Set(chunks.map((chunk) => chunk[key]));
    return values.size <= 1 ? undefined : [...values].slice(0, 3).map(show).join(', ');
  });
}

/** The role comes once, and first. */
export const saysRoleFirst: Expectation = expectingOfChoices('the role comes first, and once', (pieces) => {
  if (deltaOf(pieces[0] ?? {})['role'] !== 'assistant') return `first delta: ${show(pieces[0]?.['delta'])}`;
  // Null says nothing, as absence does.
  const roles = pieces.filter((piece) => typeof deltaOf(piece)['role'] === 'string').length;
  return roles === 1 ? undefined : `the role comes ${roles} times`;
});

/** One reason to finish a choice. */
export const finishesOnce: Expectation = expectingOfChoices('finish_reason comes exactly once', (pieces) => {
  const finishes = pieces.filter((piece) => typeof piece['finish_reason'] === 'string').length;
  return finishes === 1 ? undefined : `it comes ${finishes} times`;
});

/** Nothing of a choice after its end. */
export const finishesLast: Expectation = expectingOfChoices(
  'nothing of a choice comes after its finish_reason',
  (pieces) => {
    const at = pieces.findIndex((piece) => typeof piece['finish_reason'] === 'string');
    return at === -1 || at === pieces.length - 1 ? undefined : `${pieces.length - 1 - at} pieces come after it`;
  },
);

/** The piece with the reason says nothing else. */
export const finishesEmpty: Expectation = expectingOfChoices('the delta with finish_reason is empty', (pieces) => {
  const last = pieces.find((piece) => typeof piece['finish_reason'] === 'string');
  const { content, tool_calls: calls } = deltaOf(last ?? {});
  const says = (typeof content === 'string' && content !== '') || readObjects(calls).length > 0;
  return says ? show(last?.['delta']) : undefined;
});

/** With `include_usage`: one last chunk with usage and no choice. */
export const endsWithUsage: Expectation = expecting('one last chunk has usage and choices []', ({ chunks }) => {
  const holders = chunks.filter((chunk) => isObject(chunk['usage']));
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) return `usage comes ${holders.length} times`;
  if (!Array.isArray(holder['choices']) || holder['choices'].length > 0)
    return `the chunk with usage has choices ${show(holder['choices'])}`;
  // With moderation asked for, OpenAI sends its results in a chunk without choices after the one with usage.
  const after = chunks.slice(chunks.indexOf(holder) + 1);
  return after.every((chunk) => readObjects(chunk['choices']).length === 0) ? undefined : 'choices come after usage';
});

/** Usage comes only where it was asked for. */
export const hasNoUsage: Expectation = expecting('no chunk has usage', ({ chunks }) => {
  const holder = chunks.find((chunk) => isObject(chunk['usage']));
  return holder === undefined ? undefined : show(holder['usage']);
});

/** The answer comes in pieces. */
export function comesInPieces(least: number): Expectation {
  return expecting(`${least} or more chunks have content`, (seen) => {
    const count = piecesOf(seen).filter(
      (piece) => typeof deltaOf(piece)['content'] === 'string' && deltaOf(piece)['content'] !== '',
    ).length;
    return count >= least ? undefined : `${count} of ${seen.chunks.length} chunks`;
  });
}

/** The bytes do not come all at once. */
export const arrivesInPieces: Expectation = expecting('the bytes arrive in several pieces', ({ pieces }) =>
  pieces.length > 1 ? undefined : `all ${pieces[0]?.bytes ?? 0} bytes after ${pieces[0]?.ms ?? 0} ms`,
);
