import { isObject, type JsonObject, parseJson, quoteText } from '../../json.ts';
import { findProblems } from '../../request-schema.ts';
import type { Answer } from '../../answer.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { expecting } from './expectation.ts';

/** The schema a request gives for the answer; undefined when it gives none. */
export function formatSchemaOf(body: JsonObject): JsonObject | undefined {
  const format = isObject(body['response_format']) ? body['response_format'] : {};
  const held = isObject(format['json_schema']) ? format['json_schema']['schema'] : undefined;
  return isObject(held) ? held : undefined;
}

/** The choices whose text must be whole: not cut off, not refused, no calls instead. */
function wholeChoicesOf({ answer }: Observation): Answer['choices'] {
  return answer.choices.filter(
    ({ finishReason, refusal, toolCalls }) => finishReason === 'stop' && refusal === '' && toolCalls.length === 0,
  );
}

/** Each text is one JSON object, with nothing around it. */
export const isJsonObject: Expectation = expecting('the text is a JSON object', (seen) => {
  const wrong = wholeChoicesOf(seen).find(({ text }) => !isObject(parseJson(text)));
  return wrong === undefined ? undefined : quoteText(wrong.text);
});

/** Each text fits the schema of its request. */
export const fitsFormat: Expectation = expecting('the text is JSON that fits the schema of the request', (seen) => {
  const schema = formatSchemaOf(seen.body);
  if (schema === undefined) return undefined;
  for (const { text } of wholeChoicesOf(seen)) {
    const value = parseJson(text);
    if (value === undefined) return `no JSON: ${quoteText(text)}`;
    const [problem] = findProblems(schema, value) ?? [];
    if (problem !== undefined) return `${problem}: ${quoteText(text)}`;
  }
  return undefined;
});

/** No fence of Markdown stands around the JSON. */
export const hasNoFence: Expectation = expecting('no ``` stands around the JSON', (seen) => {
  const fenced = seen.answer.choices.find(({ text }) => text.trimStart().startsWith('```'));
  return fenced === undefined ? undefined : quoteText(fenced.text);
});

/** The keys of the object come in the schema's order. Source: https://platform.openai.com/docs/guides/structured-outputs, checked 2026-11-23 */
export const keepsKeyOrder: Expectation = expecting('the keys come in the order of the schema', (seen) => {
  const properties = formatSchemaOf(seen.body)?.['properties'];
  if (!isObject(properties)) return undefined;
  const order = Object.keys(properties);
  for (const { text } of wholeChoicesOf(seen)) {
    const value = parseJson(text);
    if (!isObject(value)) continue;
    const places = Object.keys(value)
      .map((key) => order.indexOf(key))
      .filter((place) => place >= 0);
    if (places.some((place, at) => place < (places[at - 1] ?? 0))) return Object.keys(value).join(', ');
  }
  return undefined;
});

/** A refusal stands in its own field, and the content is empty then. */
export const keepsRefusalApart: Expectation = expecting('a refusal stands in its own field', ({ answer }) => {
  const both = answer.choices.find(({ refusal, text }) => refusal !== '' && text !== '');
  return both === undefined ? undefined : `refusal ${quoteText(both.refusal, 60)} beside ${quoteText(both.text, 60)}`;
});

/** What is cut off says so: broken JSON never ends with "stop". */
export const admitsCut: Expectation = expecting('JSON that is cut off does not end with "stop"', ({ answer }) => {
  const wrong = answer.choices.find(
    ({ finishReason, refusal, text, toolCalls }) =>
      finishReason === 'stop' && refusal === '' && toolCalls.length === 0 && parseJson(text) === undefined,
  );
  return wrong === undefined ? undefined : `"stop" after ${quoteText(wrong.text)}`;
});
