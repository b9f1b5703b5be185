import { type Check, type Comparison, passCheck } from '../check.ts';
import { isObject, parseJson, quoteText } from '../json.ts';
import { findProblems } from '../request-schema.ts';

/** Whether the candidate refuses where OpenAI answered, or answers where OpenAI refused. */
export const compareRefusal: Comparison = ({ recorded, candidate }) =>
  recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    if (after === undefined || (before.refusal === '' && after.refusal === '')) return [];
    if (before.refusal !== '' && after.refusal !== '') return [passCheck('refusal', 'a refusal')];
    const refuses = after.refusal !== '';
    return [
      {
        check: 'refusal',
        verdict: refuses ? 'FAIL' : 'WARN',
        expected: before.refusal === '' ? 'an answer' : `a refusal: ${quoteText(before.refusal, 80)}`,
        got: refuses ? `a refusal: ${quoteText(after.refusal, 80)}` : 'an answer',
        why: refuses ? 'the app gets no result where it got one' : 'the app gets text where OpenAI declined',
        fix: refuses
          ? 'choose another model, or reword the prompt'
          : 'read the answer; add a check of your own if it matters',
      },
    ];
  });

/** Whether content is JSON that fits the schema which the request demands. */
export const compareSchema: Comparison = ({ request, recorded, candidate }) => {
  const format = request['response_format'] ?? (isObject(request['text']) ? request['text']['format'] : undefined);
  if (!isObject(format) || (format['type'] !== 'json_schema' && format['type'] !== 'json_object')) return [];
  // Responses have the name and the schema one level higher.
  const whole = format['type'] === 'json_schema' ? format : undefined;
  const held = isObject(format['json_schema']) ? format['json_schema'] : whole;
  const expected = held === undefined ? 'a JSON object' : `JSON that fits the schema ${String(held['name'])}`;
  const judge = (text: string): string[] | undefined => {
    const value = parseJson(text);
    if (value === undefined) return ['not JSON'];
    if (held === undefined) return isObject(value) ? [] : ['not a JSON object'];
    return findProblems(held['schema'] ?? {}, value);
  };
  return recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    // Tool calls and refusals are compared elsewhere: there is no content to hold against the schema.
    if (after === undefined || before.toolCalls.length > 0 || after.toolCalls.length > 0) return [];
    if (before.refusal !== '' || after.refusal !== '') return [];
    const own = judge(before.text);
    if (own === undefined || own.length > 0)
      return [
        {
          check: 'json-schema',
          verdict: 'NOT COMPARABLE',
          expected,
          got: own === undefined ? 'the schema cannot be compiled' : `the recorded answer does not: ${own.join('; ')}`,
          why: 'what the recorded answer does not hold cannot be asked of the candidate',
          fix: 'correct the schema, or record the exchange again',
        },
      ];
    const problems = judge(after.text) ?? [];
    if (problems.length === 0) return [passCheck('json-schema', expected)];
    return [
      {
        check: 'json-schema',
        verdict: 'FAIL',
        expected,
        got: `${quoteText(after.text)}: ${problems.join('; ')}`,
        why: 'OpenAI guarantees the schema; the app parses the content and throws, or works with wrong values',
        fix: 'use an engine that enforces JSON schemas by a grammar, and see that max_tokens leaves room for the whole object',
      },
    ];
  });
};
