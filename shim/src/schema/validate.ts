import { type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema';
import { isObject, type WireObject } from '../wire.ts';

/** Checks values against one schema; `[]` when a value fits, else what is wrong with it, innermost first. */
export type SchemaCheck = (value: unknown) => readonly string[];

/** Makes the check of a schema; `undefined` when the schema itself cannot be read, so that nothing can be said of values. */
export function createCheck(schema: WireObject): SchemaCheck | undefined {
  try {
    // The validator writes into the schema it is given.
    const validator = new Validator(structuredClone(schema) as Schema, readDraft(schema), false);
    const check: SchemaCheck = (value) =>
      validator
        .validate(value)
        .errors.filter(({ keyword }) => !outer.has(keyword))
        .map(({ instanceLocation, error }) => `${instanceLocation.replace(/^#\/?/, '') || 'the value'}: ${error}`)
        .toReversed();
    // A broken pattern or reference shows only in use.
    validator.validate(null);
    return (value) => {
      const { valid } = validator.validate(value);
      if (valid) return [];
      const errors = check(value);
      return errors.length > 0 ? errors : ['the value does not fit the schema'];
    };
  } catch {
    return undefined;
  }
}

/** Keywords whose errors only repeat that something inside is wrong. */
const outer = new Set(['properties', 'items', '$ref', 'allOf', 'prefixItems', 'additionalProperties']);

function readDraft(schema: WireObject): SchemaDraft {
  const given = isObject(schema) && typeof schema['$schema'] === 'string' ? schema['$schema'] : '';
  if (given.includes('draft-04')) return '4';
  if (/draft-0[67]/.test(given)) return '7';
  return given.includes('2019-09') ? '2019-09' : '2020-12';
}
