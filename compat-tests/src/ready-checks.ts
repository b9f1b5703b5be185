import { nameLanguage } from './comparisons/language.ts';
import type { TaskAnswer, TaskCheck } from './task-check.ts';

// Checks that hold an answer against what the recorded one names: for call sites whose answers must keep it, such as summaries of fixed facts.

const units =
  /\b(?:celsius|fahrenheit|kelvin|km|kilomet(?:er|re)s?|miles?|met(?:er|re)s?|feet|kg|kilograms?|pounds?|lit(?:er|re)s?|gallons?|hours?|minutes?|seconds?|days?|euros?|dollars?)\b|°[CF]|[$€£%]/gi;

/** The numbers are those of the recorded answer, however they are written (1,000 and 1000 are one): none is missing, and none is new. */
export const keepsNumbers: TaskCheck = {
  name: 'keeps-numbers',
  check: (answer, { recorded }) => compare(readNumbers(recorded), readNumbers(answer), 'number'),
};

/** The units of measure and currencies are those of the recorded answer. */
export const keepsUnits: TaskCheck = {
  name: 'keeps-units',
  check: (answer, { recorded }) => compare(readUnits(recorded), readUnits(answer), 'unit'),
};

/** Lists have as many items as in the recorded answer. */
export const keepsItems: TaskCheck = {
  name: 'keeps-items',
  check: (answer, { recorded }) => {
    const [expected, got] = [countItems(recorded), countItems(answer)];
    return expected === got || `${got} list items, not ${expected}`;
  },
};

/** The answer is in a language (`en`, `de` …), as far as its words tell one. */
export function speaks(language: string): TaskCheck {
  return {
    name: `speaks-${language}`,
    check: ({ text }) => {
      const got = nameLanguage(text);
      return got === undefined || got === language || `the language is ${got}`;
    },
  };
}

function compare(expected: ReadonlySet<string>, got: ReadonlySet<string>, noun: string): boolean | string {
  const missing = [...expected].filter((one) => !got.has(one));
  const surplus = [...got].filter((one) => !expected.has(one));
  if (missing.length > 0) return `the ${noun} ${missing.join(', ')} is missing`;
  return surplus.length === 0 || `the ${noun} ${surplus.join(', ')} is new`;
}

function readNumbers({ text }: TaskAnswer): Set<string> {
  return new Set((text.match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((number) => String(Number(number.replaceAll(',', '')))));
}

function readUnits({ text }: TaskAnswer): Set<string> {
  return new Set((text.match(units) ?? []).map((unit) => unit.toLowerCase()));
}

function countItems({ text }: TaskAnswer): number {
  return text.match(/^\s*(?:[-*•]|\d+[.)])\s+\S/gm)?.length ?? 0;
}
