import { type Refusal, refuseRequest } from '../refusal.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';

/** The least and the most a number may be. Source: https://github.com/openai/openai-openapi openapi.yaml CreateChatCompletionRequest at f85dbe2, checked 2026-11-25. */
const ranges: Readonly<Record<string, { readonly min: number; readonly max: number; readonly whole?: true }>> = {
  temperature: { min: 0, max: 2 },
  top_p: { min: 0, max: 1 },
  frequency_penalty: { min: -2, max: 2 },
  presence_penalty: { min: -2, max: 2 },
  n: { min: 1, max: 128, whole: true },
  top_logprobs: { min: 0, max: 20, whole: true },
  // 64 bits with a sign, as near as a number of JSON comes.
  seed: { min: -(2 ** 63), max: 2 ** 63, whole: true },
};

/** Source: the same file, ChatCompletionRequestMessage. */
const roles = ['developer', 'system', 'user', 'assistant', 'tool', 'function'];
/** Source: the same file, StopConfiguration. */
const mostStops = 4;
/** Source: the same file, CreateChatCompletionRequest.response_format. */
const formatTypes = ['text', 'json_object', 'json_schema'];
/** Source: the same file, ResponseFormatJsonSchema: letters, digits, underscores and dashes, 64 at most. */
const formatName = /^[\w-]{1,64}$/;
/** Source: https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1, checked 2026-11-25. */
const schemaTypes = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

/**
 * Refuses a chat request that OpenAI's API refuses: open endpoints take many of them and answer something, so that the app's mistake would show
 * as an odd answer. Throws a `Refusal` that names the parameter.
 */
export function checkChatRequest(body: WireObject): void {
  for (const name of ['model', 'messages']) if (isAbsent(body[name])) throw refuseAbsent(name);
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0)
    throw refuseValue('messages', 'expected a list of at least one message', messages);
  for (const [index, message] of messages.entries()) checkRole(message, `messages[${index}]`);
  for (const [name, { min, max, whole }] of Object.entries(ranges)) {
    const value = body[name];
    if (isAbsent(value)) continue;
    if (typeof value !== 'number' || value < min || value > max || (whole === true && !Number.isInteger(value)))
      throw refuseValue(name, `expected a ${whole === true ? 'whole number' : 'number'} from ${min} to ${max}`, value);
  }
  if (Array.isArray(body['stop']) && body['stop'].length > mostStops)
    throw refuseValue('stop', `expected ${mostStops} sequences at most`, body['stop'].length);
  if (isObject(body['stream_options']) && body['stream'] !== true)
    throw refuseValue('stream_options', 'it is only allowed when stream is true', body['stream'] ?? null);
  if (isObject(body['response_format'])) checkFormat(body['response_format']);
}

function checkRole(message: unknown, place: string): void {
  const role = isObject(message) ? message['role'] : undefined;
  if (isAbsent(role)) throw refuseAbsent(`${place}.role`);
  if (!roles.includes(role as string)) throw refuseValue(`${place}.role`, `expected one of ${roles.join(', ')}`, role);
}

function checkFormat({ type, json_schema: held }: WireObject): void {
  if (isAbsent(type)) throw refuseAbsent('response_format.type');
  if (!formatTypes.includes(type as string))
    throw refuseValue('response_format.type', `expected one of ${formatTypes.join(', ')}`, type);
  if (type !== 'json_schema') return;
  const place = 'response_format.json_schema';
  if (!isObject(held)) throw refuseAbsent(place);
  for (const name of ['name', 'schema']) if (isAbsent(held[name])) throw refuseAbsent(`${place}.${name}`);
  if (typeof held['name'] !== 'string' || !formatName.test(held['name']))
    throw refuseValue(`${place}.name`, 'expected 1 to 64 letters, digits, underscores or dashes', held['name']);
  const fault = findTypeFault(held['schema'], `${place}.schema`);
  if (fault !== undefined) throw fault;
}

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const nested = ['items', 'additionalProperties', 'not', 'anyOf', 'oneOf', 'allOf', 'prefixItems'];
const byName = ['properties', '$defs', 'definitions', 'patternProperties'];

/** A type JSON Schema does not have: no answer can be held against it. */
function findTypeFault(schema: unknown, place: string): Refusal | undefined {
  if (!isObject(schema))
    return typeof schema === 'boolean' ? undefined : refuseValue(place, 'expected a JSON Schema', schema);
  const types: readonly unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  for (const type of types)
    if (type !== undefined && !schemaTypes.includes(type as string))
      return refuseValue(`${place}.type`, `expected one of ${schemaTypes.join(', ')}`, type);
  const children = [
    ...nested.flatMap((key) => (schema[key] === undefined ? [] : [[`${place}.${key}`, schema[key]] as const])),
    ...byName.flatMap((key) =>
      isObject(schema[key])
        ? Object.entries(schema[key]).map(([name, child]) => [`${place}.${key}.${name}`, child] as const)
        : [],
    ),
  ];
  for (const [at, child] of children)
    for (const one of Array.isArray(child) ? child : [child]) {
      const fault = findTypeFault(one, at);
      if (fault !== undefined) return fault;
    }
  return undefined;
}

/** In the words and with the code OpenAI was recorded with. */
function refuseAbsent(param: string): Refusal {
  return refuseRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
}

function refuseValue(param: string, expected: string, got: unknown): Refusal {
  const text = JSON.stringify(got) ?? String(got);
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return refuseRequest(`Invalid value for '${param}': ${expected}, but got ${shown}.`, param, 'invalid_value');
}
