import { isObject, quoteText, readObjects, type JsonObject } from '../../json.ts';
import { findSchemaProblems, type WireSchema } from '../../openai-schema/validate.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { expecting } from './expectation.ts';
import type { Predicate } from './predicate.ts';

/** The JSON body of an answer that is no stream; `{}` when it is none. */
export function bodyOf({ answer }: Observation): JsonObject {
  return isObject(answer.json) ? answer.json : {};
}

/** The choices of a chat answer that is no stream, as they are on the wire. */
export function choicesOf(seen: Observation): JsonObject[] {
  return readObjects(bodyOf(seen)['choices']);
}

/** The text of the first choice, streamed or not. */
export function textOf({ answer }: Observation): string {
  return answer.choices[0]?.text ?? '';
}

/** Reads the values at a path such as `choices[].message.role`; one that is not there is `undefined`. */
export function readPath(value: unknown, path: string): unknown[] {
  return path.split('.').reduce<unknown[]>(
    (values, step) =>
      values.flatMap((holder) => {
        const isEach = step.endsWith('[]');
        const held = isObject(holder) ? holder[isEach ? step.slice(0, -2) : step] : undefined;
        return isEach ? (Array.isArray(held) ? (held as unknown[]) : []) : [held];
      }),
    [value],
  );
}

/** Every value at the path of the body fits; a path through `[]` holds where there is no element. */
export function everyAt(path: string, { says, holds }: Predicate): Expectation {
  return expecting(`${path} is ${says}`, (seen) => {
    const wrong = readPath(seen.answer.json, path).find((value) => !holds(value));
    return readPath(seen.answer.json, path).every((value) => holds(value)) ? undefined : show(wrong);
  });
}

/** Every value at the path of every chunk of the stream fits. */
export function everyChunk(path: string, { says, holds }: Predicate): Expectation {
  return expecting(`in every chunk ${path} is ${says}`, (seen) => {
    for (const [at, chunk] of seen.chunks.entries())
      for (const value of readPath(chunk, path)) if (!holds(value)) return `${show(value)} in chunk ${at + 1}`;
    return undefined;
  });
}

/** The body fits OpenAI's published schema. */
export function fitsSchema(schema: WireSchema): Expectation {
  return expecting(
    `the body fits OpenAI's schema ${schema}`,
    (seen) => findSchemaProblems(schema, seen.answer.json)[0],
  );
}

/** The text of the first choice fits. */
export function hasText(pattern: RegExp): Expectation {
  return expecting(`the answer fits ${String(pattern)}`, (seen) =>
    pattern.test(textOf(seen)) ? undefined : quoteText(textOf(seen)),
  );
}

/** The first choice ends for one of these reasons. */
export function endsBecause(...reasons: readonly string[]): Expectation {
  return expecting(`finish_reason is ${reasons.join(' or ')}`, ({ answer }) => {
    const reason = answer.choices[0]?.finishReason ?? null;
    return reason !== null && reasons.includes(reason) ? undefined : show(reason);
  });
}

/** A value in words. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : quoteText(JSON.stringify(value)).slice(1, -1).replaceAll('\\"', '"');
}
