import { isObject, parseJson, quoteText, readObjects, type JsonObject } from '../../json.ts';
import { findProblems } from '../../request-schema.ts';
import type { ToolCall } from '../../answer.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { choicesOf, show } from './body.ts';
import { expecting } from './expectation.ts';
import { deltaOf, piecesOf } from './stream.ts';

/** The tool calls of the first choice, put together when they were streamed. */
export function callsOf({ answer }: Observation): readonly ToolCall[] {
  return answer.choices[0]?.toolCalls ?? [];
}

/** The calls of all choices of an answer that is no stream, as they are on the wire. */
function wireCallsOf(seen: Observation): JsonObject[] {
  return choicesOf(seen).flatMap(({ message }) => (isObject(message) ? readObjects(message['tool_calls']) : []));
}

/** The functions of the request by name. */
function functionsOf({ body }: Observation): ReadonlyMap<unknown, JsonObject> {
  const held = readObjects(body['tools']).map((tool) => tool['function']);
  return new Map(held.filter(isObject).map((one) => [one['name'], one]));
}

/** At least this many calls, or exactly. */
export function callsTools(least: number, most = Infinity): Expectation {
  return expecting(
    least === most
      ? `${least} tool calls`
      : `at least ${least} tool call${least === 1 ? '' : 's'}${most === Infinity ? '' : `, at most ${most}`}`,
    (seen) => {
      const calls = callsOf(seen);
      return calls.length >= least && calls.length <= most
        ? undefined
        : `${calls.length} calls${calls.length === 0 ? `, text ${quoteText(seen.answer.choices[0]?.text ?? seen.text)}` : ''}`;
    },
  );
}

/** Only this function is called. */
export function callsOnly(name: string): Expectation {
  return expecting(`only ${name} is called`, (seen) => {
    const names = callsOf(seen).map((call) => call.name);
    return names.length > 0 && names.every((one) => one === name) ? undefined : names.join(', ') || 'no call';
  });
}

/** Each call has an id, its type, a name the request has, and arguments as text. */
export const hasSoundCalls: Expectation = expecting(
  'each call has id, type "function", a known name and text arguments',
  (seen) => {
    const known = functionsOf(seen);
    for (const call of wireCallsOf(seen)) {
      const held = isObject(call['function']) ? call['function'] : {};
      const sound =
        typeof call['id'] === 'string' &&
        call['id'] !== '' &&
        call['type'] === 'function' &&
        known.has(held['name']) &&
        typeof held['arguments'] === 'string';
      if (!sound) return show(call);
    }
    return undefined;
  },
);

/** No two calls share an id. */
export const hasDistinctIds: Expectation = expecting('the ids of calls differ', (seen) => {
  const ids = callsOf(seen).map(({ id }) => id);
  return new Set(ids).size === ids.length ? undefined : ids.join(', ');
});

/** The arguments of each call that was not cut off fit the schema of its function. */
export const hasValidArguments: Expectation = expecting('the arguments are JSON that fits the schema', (seen) => {
  const known = functionsOf(seen);
  for (const choice of seen.answer.choices.filter(({ finishReason }) => finishReason !== 'length'))
    for (const call of choice.toolCalls) {
      const { parameters } = known.get(call.name) ?? {};
      // A function without parameters is called with {} or with nothing.
      if (call.arguments === '' && takesNothing(parameters)) continue;
      const value = parseJson(call.arguments);
      if (value === undefined) return `${call.name}: no JSON: ${quoteText(call.arguments)}`;
      const [problem] = findProblems(parameters ?? true, value) ?? [];
      if (problem !== undefined) return `${call.name}: ${problem}: ${quoteText(call.arguments)}`;
    }
  return undefined;
});

function takesNothing(parameters: unknown): boolean {
  if (!isObject(parameters)) return true;
  return Object.keys(isObject(parameters['properties']) ? parameters['properties'] : {}).length === 0;
}

const markup = /<\/?tool_calls?>|<\|python_tag\|>|\[TOOL_CALLS\]|<function=|<\|tool_call|<tool_response>/;

/** What models write for their own tool parser does not reach the text. */
export const hasNoMarkup: Expectation = expecting('no markup of tool calls stands in the text', (seen) => {
  const text = seen.answer.choices.map((choice) => choice.text).join('\n');
  const names = [...functionsOf(seen).keys()].map(String);
  const written = parseJson(text.trim());
  const isCall =
    isObject(written) && names.includes(String(written['name'])) && ('arguments' in written || 'parameters' in written);
  return markup.test(text) || isCall ? quoteText(text) : undefined;
});

/** The fragments of calls in a stream, in order, with the choice they belong to. */
function fragmentsOf(seen: Observation): Array<{ readonly choice: unknown; readonly fragment: JsonObject }> {
  return piecesOf(seen).flatMap((piece) =>
    readObjects(deltaOf(piece)['tool_calls']).map((fragment) => ({ choice: piece['index'], fragment })),
  );
}

/** Every fragment says which call it belongs to. */
export const hasIndexes: Expectation = expecting('every fragment of a call has a whole-number index', (seen) => {
  const wrong = fragmentsOf(seen).find(({ fragment }) => !Number.isInteger(fragment['index']));
  return wrong === undefined ? undefined : show(wrong.fragment);
});

/** Calls start in order: 0, then 1; none before the one before it. */
export const hasOrderedIndexes: Expectation = expecting(
  'the indexes of calls are 0, 1, … in the order they start',
  (seen) => {
    const started = new Map<unknown, number>();
    const ids = new Map<string, unknown>();
    for (const { choice, fragment } of fragmentsOf(seen)) {
      const count = started.get(choice) ?? 0;
      const index = Number(fragment['index']);
      if (index > count) return `index ${index} where ${count} is due`;
      if (index === count) started.set(choice, count + 1);
      const { id } = fragment;
      if (typeof id !== 'string' || id === '') continue;
      const key = `${String(choice)} ${index}`;
      if (ids.has(key) && ids.get(key) !== id) return `index ${index} has two calls, ${String(ids.get(key))} and ${id}`;
      ids.set(key, id);
    }
    return undefined;
  },
);

/** What the first fragment of each call must have, and the later ones must not. */
function expectingOfFragments(
  says: string,
  findWrong: (fragment: JsonObject, isFirst: boolean) => boolean,
): Expectation {
  return expecting(says, (seen) => {
    const started = new Set<string>();
    for (const { choice, fragment } of fragmentsOf(seen)) {
      const key = `${String(choice)} ${String(fragment['index'])}`;
      if (findWrong(fragment, !started.has(key))) return show(fragment);
      started.add(key);
    }
    return undefined;
  });
}

const nameOf = ({ function: held }: JsonObject): unknown => (isObject(held) ? held['name'] : undefined);
const isSaid = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** A call starts with who it is. */
export const startsNamed: Expectation = expectingOfFragments(
  'the first fragment of a call has id, type "function" and name',
  (fragment, isFirst) =>
    isFirst && !(isSaid(fragment['id']) && fragment['type'] === 'function' && isSaid(nameOf(fragment))),
);

/** Readers that join texts would join a name that comes again. */
export const isNamedOnce: Expectation = expectingOfFragments(
  'later fragments of a call have neither id nor name',
  (fragment, isFirst) => !isFirst && (isSaid(fragment['id']) || isSaid(nameOf(fragment))),
);

/** What said nothing takes nothing back: openai-node 7 takes an emptied id or name for another call. */
export const emptiesNothing: Expectation = expectingOfFragments(
  'later fragments of a call have no empty id or name',
  (fragment, isFirst) => !isFirst && [fragment['id'], nameOf(fragment)].some((value) => value === '' || value === null),
);

/** Arguments come as text, in every fragment. */
export const hasTextArguments: Expectation = expectingOfFragments(
  'arguments is a text in every fragment',
  ({ function: held }) =>
    isObject(held) &&
    held['arguments'] !== undefined &&
    held['arguments'] !== null &&
    typeof held['arguments'] !== 'string',
);

/** Everything that holds for calls however they came about. */
export const sound: readonly Expectation[] = [hasSoundCalls, hasValidArguments, hasDistinctIds];

/** Holds where no tool is called; the look gives what is wrong with an answer that calls one. */
export function whenCalled(says: string, findWrong: (seen: Observation) => string | undefined): Expectation {
  return expecting(says, (seen) => (callsOf(seen).length === 0 ? undefined : findWrong(seen)));
}
