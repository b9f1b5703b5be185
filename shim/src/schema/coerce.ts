import { isObject, type WireObject } from '../wire.ts';
import { followReference } from './reference.ts';

/** What a schema allows at its top: type names, found through local references and unions; empty when it says nothing. */
function readTypes(schema: unknown, root: WireObject, depth = 0): ReadonlySet<string> {
  if (!isObject(schema) || depth > 16) return new Set();
  if (typeof schema['$ref'] === 'string') return readTypes(followReference(root, schema['$ref']), root, depth + 1);
  const { type } = schema;
  if (typeof type === 'string') return new Set([type]);
  if (Array.isArray(type)) return new Set(type.filter((name): name is string => typeof name === 'string'));
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) {
    const sets = branches.map((branch) => readTypes(branch, root, depth + 1));
    // One branch without a type allows everything.
    return sets.some((set) => set.size === 0) ? new Set() : new Set(sets.flatMap((set) => [...set]));
  }
  const values = 'const' in schema ? [schema['const']] : Array.isArray(schema['enum']) ? schema['enum'] : [];
  return new Set(values.map(nameType));
}

/**
 * Turns texts into the numbers, booleans, objects and lists a schema asks for, where it leaves no other reading:
 * models write `"5"` and `"true"` for 5 and true. A value the schema does not explain stays as it is.
 */
export function coerceValue(value: unknown, schema: unknown, root: WireObject, depth = 0): unknown {
  if (!isObject(schema) || depth > 64) return value;
  if (typeof schema['$ref'] === 'string')
    return coerceValue(value, followReference(root, schema['$ref']), root, depth + 1);
  if (typeof value === 'string') {
    const types = readTypes(schema, root);
    return types.size === 0 || types.has('string') ? value : readText(value, types);
  }
  const inner = pickBranch(schema, nameType(value), root);
  if (Array.isArray(value) && isObject(inner['items']))
    return value.map((item) => coerceValue(item, inner['items'], root, depth + 1));
  const properties = inner['properties'];
  if (!isObject(value) || !isObject(properties)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      Object.hasOwn(properties, key) ? coerceValue(held, properties[key], root, depth + 1) : held,
    ]),
  );
}

function readText(text: string, types: ReadonlySet<string>): unknown {
  const word = text.trim();
  if ((types.has('number') || types.has('integer')) && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word)) {
    const number = Number(word);
    if (Number.isFinite(number) && (types.has('number') || Number.isInteger(number))) return number;
  }
  if (types.has('boolean') && /^(true|false)$/i.test(word)) return word.toLowerCase() === 'true';
  if (types.has('null') && /^(null|none)$/i.test(word)) return null;
  if ((types.has('object') && word.startsWith('{')) || (types.has('array') && word.startsWith('['))) {
    try {
      return JSON.parse(word) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}

function pickBranch(schema: WireObject, type: string, root: WireObject): WireObject {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(branches)) return schema;
  const fitting = branches
    .map((branch) =>
      isObject(branch) && typeof branch['$ref'] === 'string' ? followReference(root, branch['$ref']) : branch,
    )
    .filter((branch) => readTypes(branch, root).has(type));
  // Two branches of one type would each read the value in another way.
  return fitting.length === 1 && isObject(fitting[0]) ? fitting[0] : schema;
}

function nameType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
