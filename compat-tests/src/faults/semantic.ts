import type { Choice } from '../answer.ts';
import { isObject, parseJson } from '../json.ts';

/** Where a fault of meaning was put: arguments of a call, JSON content, or text. */
export type Surface = 'arguments' | 'JSON' | 'text';

/** An answer that says something else than the recorded one, in its shape and of its length. */
export interface SemanticFault {
  readonly id: string;
  readonly change: {
    /** Gives another value, or `undefined` where the fault does not apply. */
    readonly leaf?: (value: unknown) => unknown;
    readonly text?: (text: string) => string | undefined;
  };
}

const swaps: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bcelsius\b/i, 'fahrenheit'],
  [/°C/, '°F'],
  [/\b(?:km|kilomet(?:er|re)s)\b/i, 'miles'],
  [/\bmet(?:er|re)s\b/i, 'feet'],
  [/\bkg\b/i, 'pounds'],
  [/\bhours\b/i, 'minutes'],
  [/\bdays\b/i, 'hours'],
  [/\$(?=\d)/, '€'],
];

const swapUnit = (text: string): string | undefined => {
  const found = swaps.find(([unit]) => unit.test(text));
  return found === undefined ? undefined : text.replace(found[0], found[1]);
};
const item = /^\s*(?:[-*•]|\d+[.)])\s+\S.*$/gm;
const isShort = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.split(/\s+/).length < 8;

/** Faults of meaning, each a small change that a hurried reader may miss. */
export const semanticFaults: readonly SemanticFault[] = [
  {
    id: 'negation',
    change: {
      leaf: (value) => (typeof value === 'boolean' ? !value : undefined),
      text: (text) => replaced(text, /\b(is|are|was|can|will|should)\b(?! not)/, '$1 not'),
    },
  },
  {
    id: 'number',
    change: {
      leaf: (value) => (typeof value === 'number' ? value + 1 : undefined),
      text: (text) =>
        text.match(/\d+/) === null ? undefined : text.replace(/\d+/, (digits) => String(Number(digits) + 7)),
    },
  },
  {
    id: 'entity',
    change: {
      leaf: (value) => (isShort(value) && /^[A-Z][a-z]+/.test(value) ? 'Zanzibar' : undefined),
      text: (text) => replaced(text, /(?<=[a-z,] )[A-Z][a-z]{3,}/, 'Zanzibar'),
    },
  },
  { id: 'wrong-value', change: { leaf: (value) => (isShort(value) ? `not ${value}` : undefined) } },
  { id: 'wrong-unit', change: { leaf: (value) => (isShort(value) ? swapUnit(value) : undefined), text: swapUnit } },
  {
    id: 'dropped-step',
    change: {
      text: (text) => {
        const items = text.match(item) ?? [];
        return items.length < 3 ? undefined : text.replace(`${items[1] ?? ''}\n`, '');
      },
    },
  },
  {
    id: 'truncated-list',
    change: {
      leaf: (value) => (Array.isArray(value) && value.length > 1 ? value.slice(0, -1) : undefined),
      text: (text) => {
        const items = text.match(item) ?? [];
        return items.length < 4 ? undefined : text.slice(0, text.indexOf(items[Math.floor(items.length / 2)] ?? ''));
      },
    },
  },
  {
    id: 'other-language',
    change: {
      text: (text) =>
        text.length < 60
          ? undefined
          : 'Das ist eine Antwort, die nicht in der Sprache der Frage steht, und sie ist auch nicht für den Leser. '
              .repeat(Math.ceil(text.length / 130))
              .slice(0, text.length),
    },
  },
];

/** Puts a fault into a choice; `undefined` where it does not apply to that surface. */
export function injectFault({ change }: SemanticFault, choice: Choice, surface: Surface): Choice | undefined {
  if (surface === 'text') {
    const text = choice.toolCalls.length > 0 ? undefined : change.text?.(choice.text);
    return text === undefined || text === choice.text ? undefined : { ...choice, text };
  }
  const { leaf } = change;
  if (leaf === undefined) return undefined;
  if (surface === 'JSON') {
    const value = changeFirst(parseJson(choice.text), leaf);
    return value === undefined ? undefined : { ...choice, text: JSON.stringify(value) };
  }
  const [call, ...rest] = choice.toolCalls;
  const value = call === undefined ? undefined : changeFirst(parseJson(call.arguments), leaf);
  if (call === undefined || value === undefined) return undefined;
  return { ...choice, toolCalls: [{ ...call, arguments: JSON.stringify(value) }, ...rest] };
}

/** Changes the first leaf, in reading order, that the fault applies to. */
function changeFirst(value: unknown, change: (value: unknown) => unknown): unknown {
  const own = change(value);
  if (own !== undefined) return own;
  if (Array.isArray(value)) {
    for (const [at, held] of value.entries()) {
      const changed = changeFirst(held, change);
      if (changed !== undefined) return value.with(at, changed);
    }
  } else if (isObject(value))
    for (const [key, held] of Object.entries(value)) {
      const changed = changeFirst(held, change);
      if (changed !== undefined) return { ...value, [key]: changed };
    }
  return undefined;
}

function replaced(text: string, pattern: RegExp, by: string): string | undefined {
  return pattern.test(text) ? text.replace(pattern, by) : undefined;
}
