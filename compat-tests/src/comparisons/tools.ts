import type { Choice, ToolCall } from '../answer.ts';
import { type Check, type Comparison, passCheck } from '../check.ts';
import { isObject, parseJson, quoteText } from '../json.ts';
import { readTools } from '../request-fields.ts';
import { findProblems } from '../request-schema.ts';

/** Whether a tool is called where OpenAI called one, which one, and whether its arguments fit the request's own schema. */
export const compareTools: Comparison = ({ request, recorded, candidate }) => {
  const schemas = readTools(request);
  if (schemas.size === 0) return [];
  return recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    // A choice that is not there at all is a matter of the wire's shape, and said there.
    if (after === undefined) return [];
    return [compareTrigger(before, after), ...compareNames(before, after, schemas), ...checkArguments(after, schemas)];
  });
};

function compareTrigger(before: Choice, after: Choice): Check {
  const expected = describeOutcome(before);
  if (before.toolCalls.length > 0 === after.toolCalls.length > 0) return passCheck('tool-trigger', expected);
  const lost = before.toolCalls.length > 0;
  return {
    check: 'tool-trigger',
    verdict: 'FAIL',
    expected,
    got: describeOutcome(after),
    why: lost
      ? 'the app waits for a tool call here; without it the tool never runs and the answer is made up'
      : 'the app does not expect a tool call here; it runs an action nobody asked for',
    fix: lost
      ? 'check that the model was trained for tools and that its chat template is in use (llama-server: --jinja); else choose another model'
      : 'choose a model that is better at tools, or set tool_choice for this call',
  };
}

function compareNames(before: Choice, after: Choice, schemas: ReadonlyMap<string, unknown>): Check[] {
  if (before.toolCalls.length === 0 || after.toolCalls.length === 0) return [];
  const [expected, got] = [listNames(before.toolCalls), listNames(after.toolCalls)];
  const unknown = after.toolCalls.filter(({ name }) => !schemas.has(name));
  if (unknown.length > 0)
    return [
      {
        check: 'tool-name',
        verdict: 'FAIL',
        expected: `one of ${[...schemas.keys()].join(', ')}`,
        got,
        why: 'the app has no such tool',
        fix: 'choose a model or an engine that keeps to the tools of the request',
      },
    ];
  const same = new Set(expected.split(', '));
  const alike = got.split(', ').every((name) => same.has(name)) && same.size === new Set(got.split(', ')).size;
  if (!alike)
    return [
      {
        check: 'tool-name',
        verdict: 'FAIL',
        expected,
        got,
        why: 'the app does something else than it did on OpenAI',
        fix: "sharpen the tools' descriptions, or choose a model that is better at tools",
      },
    ];
  if (expected === got) return [passCheck('tool-name', expected)];
  return [
    {
      check: 'tool-name',
      verdict: 'WARN',
      expected,
      got,
      why: 'the same tools, called another number of times',
      fix: 'see whether the app minds; parallel_tool_calls: false makes one call a turn the rule',
    },
  ];
}

function checkArguments({ toolCalls }: Choice, schemas: ReadonlyMap<string, unknown>): Check[] {
  return toolCalls.flatMap((call): Check[] => {
    if (!schemas.has(call.name)) return [];
    const value = parseJson(call.arguments);
    const schema = schemas.get(call.name) ?? {};
    const problems = isObject(value) ? findProblems(schema, value) : ['not a JSON object'];
    const expected = `arguments that fit the schema of ${call.name}`;
    if (problems === undefined)
      return [
        {
          check: 'tool-arguments',
          verdict: 'NOT COMPARABLE',
          expected,
          got: quoteText(call.arguments),
          why: 'the schema in the request is not one that can be compiled',
          fix: `correct the parameters of ${call.name}`,
        },
      ];
    if (problems.length === 0) return [passCheck('tool-arguments', expected, quoteText(call.arguments))];
    return [
      {
        check: 'tool-arguments',
        verdict: 'FAIL',
        expected,
        got: `${quoteText(call.arguments)}: ${problems.join('; ')}`,
        why: 'the app parses these arguments and hands them to its own code',
        fix: 'use an engine that binds tool arguments to their schema by a grammar, or a model that is better at tools',
      },
    ];
  });
}

function describeOutcome({ toolCalls, text }: Choice): string {
  return toolCalls.length > 0 ? `a call of ${listNames(toolCalls)}` : `no tool call, text ${quoteText(text, 80)}`;
}

function listNames(calls: readonly ToolCall[]): string {
  return calls
    .map(({ name }) => name)
    .sort()
    .join(', ');
}
