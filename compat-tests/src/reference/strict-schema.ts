import { isObject, type JsonObject } from '../json.ts';

const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

/**
 * What OpenAI would refuse a schema for; `undefined` when it takes it.
 * Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas, checked 2026-11-25
 */
export function findSchemaMistake(schema: JsonObject, strict: boolean): string | undefined {
  if (schema['type'] !== undefined && schema['type'] !== 'object') {
    const known = typeof schema['type'] === 'string' && types.includes(schema['type']);
    return known
      ? `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema['type'])}"'.`
      : `${JSON.stringify(schema['type'])} is not valid under any of the given schemas.`;
  }
  if (strict && Array.isArray(schema['anyOf'])) return 'schema must not have anyOf at its root.';
  return findMistake(schema, strict, []);
}

function findMistake(node: unknown, strict: boolean, at: readonly string[]): string | undefined {
  if (!isObject(node))
    return node === true || node === false ? undefined : `In context=(${describe(at)}), a schema must be an object.`;
  const { type, properties } = node;
  const known = [type].flat().every((one) => one === undefined || types.includes(String(one)));
  if (!known)
    return `In context=(${describe(at)}), ${JSON.stringify(type)} is not valid under any of the given schemas.`;
  const fields = isObject(properties) ? properties : {};
  if (strict && type === 'object') {
    const required = Array.isArray(node['required']) ? (node['required'] as readonly unknown[]) : [];
    const missing = Object.keys(fields).find((name) => !required.includes(name));
    if (missing !== undefined)
      return `In context=(${describe(at)}), 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    if (node['additionalProperties'] !== false)
      return `In context=(${describe(at)}), 'additionalProperties' is required to be supplied and to be false.`;
  }
  const below: ReadonlyArray<readonly [string, unknown]> = [
    ...Object.entries(fields).map(([name, held]) => [`properties', '${name}`, held] as const),
    ...(isObject(node['$defs'])
      ? Object.entries(node['$defs']).map(([name, held]) => [`$defs', '${name}`, held] as const)
      : []),
    ...(node['items'] === undefined ? [] : [['items', node['items']] as const]),
    ...(Array.isArray(node['anyOf'])
      ? node['anyOf'].map((held: unknown, index) => [`anyOf', '${index}`, held] as const)
      : []),
  ];
  for (const [name, held] of below) {
    const mistake = findMistake(held, strict, [...at, name]);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

const describe = (at: readonly string[]) => at.map((step) => `'${step}'`).join(', ');
