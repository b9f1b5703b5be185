import { isObject, type JsonObject, readObjects } from '../json.ts';

/** What the text of a question offers for the values of an answer. */
export interface Hints {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** Reads quoted words first, then capitalised ones, and the numbers of a text. */
export function readHints(text: string): Hints {
  const quoted = [...text.matchAll(/"([^"]+)"/g)].map(([, word = '']) => word);
  const capitals = [...text.matchAll(/(?<=[\p{L},] )\p{Lu}\p{L}+/gu)].map(([word]) => word);
  return {
    texts: [...quoted, ...capitals],
    numbers: [...text.matchAll(/-?\d+(?:\.\d+)?/g)].map(([word]) => Number(word)),
  };
}

/** How deep a schema that refers to itself is followed where it could stop. */
const depthLimit = 2;

/**
 * Makes a value that a JSON schema allows, out of the hints where they fit; keys come in the order of the schema.
 * Knows the keywords OpenAI's strict mode knows. Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas, checked 2026-11-25
 */
export function makeInstance(schema: unknown, hints: Hints): unknown {
  const root = isObject(schema) ? schema : {};
  const texts = [...hints.texts];
  const numbers = [...hints.numbers];
  const resolve = (node: JsonObject): JsonObject => {
    const { $ref: reference } = node;
    if (typeof reference !== 'string') return node;
    const found = reference
      .replace(/^#\/?/, '')
      .split('/')
      .filter((step) => step !== '')
      .reduce<unknown>((held, step) => (isObject(held) ? held[step] : undefined), root);
    return isObject(found) ? resolve(found) : {};
  };

  const make = (raw: unknown, depth: number): unknown => {
    const node = resolve(isObject(raw) ? raw : {});
    if (node['const'] !== undefined) return node['const'];
    if (Array.isArray(node['enum'])) {
      const allowed = node['enum'] as readonly unknown[];
      return allowed.find((one) => texts.includes(String(one)) || hints.texts.includes(String(one))) ?? allowed[0];
    }
    const branches = [...readObjects(node['anyOf']), ...readObjects(node['oneOf'])];
    if (branches.length > 0) {
      const isNull = (branch: JsonObject) => branch['type'] === 'null';
      const branch =
        depth > depthLimit
          ? (branches.find(isNull) ?? branches[0])
          : (branches.find((one) => !isNull(one)) ?? branches[0]);
      return make(branch, depth);
    }
    const types = [node['type']].flat();
    const type =
      (depth > depthLimit && types.includes('null') ? 'null' : undefined) ??
      types[0] ??
      (isObject(node['properties']) ? 'object' : 'string');
    if (type === 'object') return makeObject(node, depth);
    if (type === 'array') return makeArray(node, depth);
    if (type === 'null') return null;
    if (type === 'boolean') return true;
    if (type === 'string') return makeText(node, texts);
    return makeNumber(node, type === 'integer', numbers);
  };

  const makeObject = (node: JsonObject, depth: number): JsonObject => {
    const properties = isObject(node['properties']) ? node['properties'] : {};
    return Object.fromEntries(Object.entries(properties).map(([name, held]) => [name, make(held, depth + 1)]));
  };

  const makeArray = (node: JsonObject, depth: number): unknown[] => {
    const least = typeof node['minItems'] === 'number' ? node['minItems'] : 0;
    const most = typeof node['maxItems'] === 'number' ? node['maxItems'] : Number.POSITIVE_INFINITY;
    const wanted = Math.min(most, Math.max(least, depth > depthLimit ? 0 : 2));
    return Array.from({ length: wanted }, () => make(node['items'], depth + 1));
  };

  return make(root, 0);
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-25T12:00:00Z',
  date: '2026-11-25',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  uri: 'https://example.com/',
};

function makeText(node: JsonObject, texts: string[]): string {
  const { format, pattern, minLength = 0, maxLength = 200 } = node;
  const form = typeof format === 'string' ? formats[format] : undefined;
  if (form !== undefined) return form;
  if (typeof pattern === 'string')
    return texts.find((text) => new RegExp(pattern, 'u').test(text)) ?? fillPattern(pattern);
  const text = texts.length > 1 ? (texts.shift() ?? '') : (texts[0] ?? 'sample');
  return text.padEnd(Number(minLength), 'x').slice(0, Number(maxLength));
}

function makeNumber(node: JsonObject, whole: boolean, numbers: number[]): number {
  const bound = (key: string, fallback: number) => (typeof node[key] === 'number' ? node[key] : fallback);
  const step = bound('multipleOf', whole ? 1 : 0.5);
  const low = Math.max(
    bound('minimum', Number.NEGATIVE_INFINITY),
    bound('exclusiveMinimum', Number.NEGATIVE_INFINITY) + step,
  );
  const high = Math.min(
    bound('maximum', Number.POSITIVE_INFINITY),
    bound('exclusiveMaximum', Number.POSITIVE_INFINITY) - step,
  );
  const fits = (value: number) => value >= low && value <= high && (!whole || Number.isInteger(value));
  const at = numbers.findIndex(fits);
  if (at !== -1) return numbers.splice(at, 1)[0] ?? 0;
  const start = whole ? 3 : 2.5;
  if (fits(start) && (node['multipleOf'] === undefined || start % step === 0)) return start;
  return Number.isFinite(low) ? Math.ceil(low / step) * step : Math.min(high, step);
}

/** Writes a text a simple pattern takes: literals, classes, \d \w \s, groups with their first branch, and counts. */
function fillPattern(pattern: string): string {
  const tokens = /\\.|\[[^\]]*\]|\((?:\?:)?[^()]*\)|\{\d+(?:,\d*)?\}|[+*?^$]|./gu;
  const parts: string[] = [];
  for (const [token] of pattern.matchAll(tokens)) {
    const count = /^\{(\d+)/.exec(token)?.[1];
    if (count !== undefined) parts.push((parts.pop() ?? '').repeat(Number(count)));
    else if (token === '+' || token === '*' || token === '?' || token === '^' || token === '$') continue;
    else if (token.startsWith('('))
      parts.push(
        fillPattern(
          token
            .replace(/^\((\?:)?/, '')
            .slice(0, -1)
            .split('|')[0] ?? '',
        ),
      );
    else parts.push(fillClass(token));
  }
  return parts.join('');
}

function fillClass(token: string): string {
  if (token === String.raw`\d`) return '7';
  if (token === String.raw`\w`) return 'a';
  if (token === String.raw`\s`) return ' ';
  if (token.startsWith('\\')) return token.slice(1);
  if (!token.startsWith('[')) return token === '.' ? 'a' : token;
  const first = token.slice(1, 3).startsWith('\\') ? token.slice(1, 3) : token.slice(1, 2);
  return first.startsWith('\\') ? fillClass(first) : first;
}
