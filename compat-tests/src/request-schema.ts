import { Ajv } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isObject } from './json.ts';

const options = { allErrors: true, strict: false, validateFormats: true, logger: false } as const;
/** By text: every request brings its schema anew, and most are those of a few call sites. */
const compiled = new Map<string, ValidateFunction | null>();
const mostCompiled = 500;

/**
 * Holds a value against a JSON schema that a request carries.
 * @returns one line a problem, `[]` when it fits, `undefined` when the schema itself cannot be compiled.
 */
export function findProblems(schema: unknown, value: unknown): string[] | undefined {
  if (!isObject(schema)) return schema === true ? [] : undefined;
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  const validate = known === undefined ? compile(schema) : known;
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(key, validate);
  if (validate === null) return undefined;
  if (validate(value)) return [];
  return [
    ...new Set(
      (validate.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath || 'it'} ${message ?? 'does not fit'}`,
      ),
    ),
  ];
}

function compile(schema: Readonly<Record<string, unknown>>): ValidateFunction | null {
  const { $schema: version, ...rest } = schema;
  // draft-07 and 2020-12 read tuples and $ref siblings differently; a schema without a version is read as the newer one.
  const ajv = typeof version === 'string' && /draft-0[467]/.test(version) ? new Ajv(options) : new Ajv2020(options);
  addFormats.default(ajv);
  try {
    return ajv.compile(rest);
  } catch {
    return null;
  }
}
