import { isObject, type WireObject } from '../wire.ts';
import { followReference } from './reference.ts';

/** What an engine's structured output takes of JSON Schema; whatever it does not take is left out of what is sent. */
export interface SchemaRules {
  /** References are not followed: each is replaced by what it points to. */
  readonly inlineRefs?: true;
  /** Keywords that are refused. */
  readonly without?: readonly string[];
  /** The values of `format` it knows; all when left out. */
  readonly formats?: readonly string[];
  /** Patterns with lookarounds or back references are refused. */
  readonly plainPatterns?: true;
  /** Every object must say `additionalProperties: false`. */
  readonly closedObjects?: true;
}

/** A schema in an engine's words. */
export interface LoweredSchema {
  readonly schema: WireObject;
  /** What was changed, in words, each once. */
  readonly changes: readonly string[];
}

/** Thrown for a schema that refers to itself where references must be written out. */
export class RecursiveSchema extends Error {
  override readonly name = 'RecursiveSchema';
  /** The reference that never ends, e.g. `#/$defs/Node`. */
  readonly reference: string;

  constructor(reference: string) {
    super(`the schema refers to itself through ${reference}`);
    this.reference = reference;
  }
}

/** Keywords that hold one schema, several by name, or a list. */
const single = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const named = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const listed = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const harderPattern = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</;

/** Writes a schema in an engine's words; the input stays untouched. Throws `RecursiveSchema`. */
export function lowerSchema(schema: WireObject, rules: SchemaRules): LoweredSchema {
  const changes = new Set<string>();

  const lower = (node: unknown, open: readonly string[]): unknown => {
    if (!isObject(node)) return node;
    const reference = node['$ref'];
    if (rules.inlineRefs === true && typeof reference === 'string') {
      if (open.includes(reference)) throw new RecursiveSchema(reference);
      const target = followReference(schema, reference);
      changes.add('$ref written out');
      const { $ref: _, ...beside } = node;
      return lower({ ...(isObject(target) ? target : {}), ...beside }, [...open, reference]);
    }
    const out: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) {
      if (rules.inlineRefs === true && (key === '$defs' || key === 'definitions')) continue;
      if (rules.without?.includes(key) === true) changes.add(`${key} left out`);
      else if (key === 'pattern' && rules.plainPatterns === true && harderPattern.test(String(value)))
        changes.add('pattern with lookarounds left out');
      else if (key === 'format' && rules.formats?.includes(String(value)) === false)
        changes.add(`format ${String(value)} left out`);
      else if (single.includes(key)) out[key] = Array.isArray(value) ? lowerAll(value, open) : lower(value, open);
      else if (named.includes(key) && isObject(value))
        out[key] = Object.fromEntries(Object.entries(value).map(([name, held]) => [name, lower(held, open)]));
      else if (listed.includes(key) && Array.isArray(value)) out[key] = lowerAll(value, open);
      else out[key] = value;
    }
    if (rules.closedObjects === true && isObject(out['properties']) && out['additionalProperties'] !== false) {
      changes.add('additionalProperties: false added');
      out['additionalProperties'] = false;
    }
    return out;
  };
  const lowerAll = (nodes: readonly unknown[], open: readonly string[]): unknown[] =>
    nodes.map((node) => lower(node, open));

  return { schema: lower(schema, []) as WireObject, changes: [...changes] };
}

/** Moves a schema below a place in another one: its references go along. `place` is a pointer, e.g. `#/$defs/weather`. */
export function moveSchema(schema: unknown, place: string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => moveSchema(item, place));
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? `${place}${value.slice(1)}`
        : key === 'enum' || key === 'const' || key === 'default' || key === 'examples'
          ? value
          : moveSchema(value, place),
    ]),
  );
}
