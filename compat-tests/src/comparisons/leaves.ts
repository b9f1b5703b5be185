import { isObject } from '../json.ts';

/** What a comparison of two values by their leaves found. */
export interface LeafComparison {
  /** One line a difference: where, what was there, what is. */
  readonly differences: readonly string[];
  /** Leaves that were compared. */
  readonly compared: number;
  /** Leaves that hold free text, which may say the same in other words; they are not compared. */
  readonly free: number;
}

/** Words from which on a text is free text rather than a name, a code or a search. */
const freeWords = 8;

/** Tells free text, which another answer may put in other words, from a name, a code or a date. */
function isFreeText(text: string): boolean {
  return text.trim().split(/\s+/).length >= freeWords;
}

/**
 * Compares two JSON values by what they mean to code: key order, spelling of numbers, white space, case (unless the schema lists the words), forms of
 * one moment and `null` for an absent key are no differences; defaults of the schema count as given.
 */
export function compareLeaves(expected: unknown, got: unknown, schema: unknown = {}): LeafComparison {
  const found = { differences: [] as string[], compared: 0, free: 0 };
  visit(expected, got, isObject(schema) ? schema : {}, '', found);
  return found;
}

interface Found {
  differences: string[];
  compared: number;
  free: number;
}

function visit(expected: unknown, got: unknown, schema: Readonly<Record<string, unknown>>, path: string, found: Found) {
  if (isObject(expected) && isObject(got)) {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      const held = isObject(properties[key]) ? properties[key] : {};
      visit(
        expected[key] ?? held['default'] ?? null,
        got[key] ?? held['default'] ?? null,
        held,
        `${path}/${key}`,
        found,
      );
    }
    return;
  }
  if (Array.isArray(expected) && Array.isArray(got)) {
    const items = isObject(schema['items']) ? schema['items'] : {};
    if (expected.length !== got.length) {
      found.compared += 1;
      found.differences.push(`${path || '/'} has ${got.length} items, not ${expected.length}`);
    }
    for (const [at, item] of expected.slice(0, got.length).entries())
      visit(item, got[at], items, `${path}/${at}`, found);
    return;
  }
  if (typeof expected === 'string' && typeof got === 'string' && isFreeText(expected) && got.trim() !== '') {
    found.free += 1;
    return;
  }
  found.compared += 1;
  if (!isSame(expected, got, Array.isArray(schema['enum'])))
    found.differences.push(`${path || '/'} is ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`);
}

function isSame(expected: unknown, got: unknown, isListed: boolean): boolean {
  if (typeof expected === 'number' && typeof got === 'number')
    return Math.abs(expected - got) <= 1e-9 * Math.max(Math.abs(expected), Math.abs(got));
  if (typeof expected !== 'string' || typeof got !== 'string' || isListed)
    return JSON.stringify(expected) === JSON.stringify(got);
  const [before, after] = [readMoment(expected), readMoment(got)];
  if (before !== undefined && after !== undefined) return before === after;
  return normalise(expected) === normalise(got);
}

/** ISO 8601 dates and times only: what other notations mean depends on the country. */
function readMoment(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

function normalise(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim().toLowerCase();
}
