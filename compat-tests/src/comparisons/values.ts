import type { Choice, ToolCall } from '../answer.ts';
import type { Check, CheckId, Comparison } from '../check.ts';
import { isObject, parseJson, type JsonObject } from '../json.ts';
import { readTools } from '../request-fields.ts';
import { compareLeaves, type LeafComparison } from './leaves.ts';

/** Whether the arguments of the same calls mean the same. */
export const compareArguments: Comparison = ({ request, recorded, candidate }) =>
  recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    if (after === undefined || before.toolCalls.length === 0 || after.toolCalls.length === 0) return [];
    const [expected, got] = [sortCalls(before), sortCalls(after)];
    // Other calls are a matter of their names, and said there.
    if (expected.map(({ name }) => name).join() !== got.map(({ name }) => name).join()) return [];
    const schemas = readTools(request);
    const found = expected.map((call, at) =>
      compareLeaves(parseJson(call.arguments), parseJson(got[at]?.arguments ?? ''), schemas.get(call.name)),
    );
    return [writeCheck('argument-values', joinComparisons(found, expected))];
  });

/** Whether JSON content means the same where both sides gave an object that code reads. */
export const compareJsonValues: Comparison = ({ request, recorded, candidate }) => {
  const schema = readAnswerSchema(request);
  if (schema === undefined) return [];
  return recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    const [expected, got] = [parseJson(before.text), parseJson(after?.text ?? '')];
    if (!isObject(expected) || !isObject(got)) return [];
    return [writeCheck('json-values', compareLeaves(expected, got, schema))];
  });
};

/** The schema that the content of an answer must fit; `{}` for any object, `undefined` where content is text. */
export function readAnswerSchema(request: JsonObject): JsonObject | undefined {
  const text = isObject(request['text']) ? request['text']['format'] : undefined;
  const format = isObject(request['response_format']) ? request['response_format'] : text;
  if (!isObject(format) || (format['type'] !== 'json_schema' && format['type'] !== 'json_object')) return undefined;
  const held = isObject(format['json_schema']) ? format['json_schema']['schema'] : format['schema'];
  return isObject(held) ? held : {};
}

/** Calls made side by side have no order. */
function sortCalls({ toolCalls }: Choice): ToolCall[] {
  const key = ({ name, arguments: text }: ToolCall): string => `${name} ${text}`;
  return [...toolCalls].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function joinComparisons(found: readonly LeafComparison[], calls: readonly ToolCall[]): LeafComparison {
  return {
    differences: found.flatMap(({ differences }, at) => differences.map((line) => `${calls[at]?.name ?? ''}${line}`)),
    compared: found.reduce((sum, { compared }) => sum + compared, 0),
    free: found.reduce((sum, { free }) => sum + free, 0),
  };
}

function writeCheck(check: CheckId, { differences, compared, free }: LeafComparison): Check {
  const rest = free === 0 ? '' : ` (${free} of free text not compared)`;
  const expected = `the recorded values in ${compared} place${compared === 1 ? '' : 's'}${rest}`;
  if (differences.length === 0) return { check, verdict: 'PASS', expected, got: 'the same', why: '', fix: '' };
  return {
    check,
    verdict: 'DIFFERENT',
    expected,
    got: differences.slice(0, 4).join('; ') + (differences.length > 4 ? `; and ${differences.length - 4} more` : ''),
    why: "the app's code acts on these values",
    fix: 'see which side is right; only the share of differences beside that of the old model says whether the candidate is worse',
  };
}
