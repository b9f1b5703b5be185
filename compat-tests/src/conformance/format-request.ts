import type { CaseRequest, JsonValue, RecordedRequest } from './case.ts';
import { askChat, type Fields } from './chat-request.ts';
import { formatTypeOf, isChat } from './recorded.ts';

/** Tokens an answer in JSON gets. */
const max_tokens = 300;

/** A strict schema as `response_format`. */
export const format = (schema: JsonValue, fields: Fields = {}): JsonValue => ({
  type: 'json_schema',
  json_schema: { name: 'answer', strict: true, schema, ...fields },
});
/** An object schema in which each property is required, and no other may be. */
export const object = (properties: Fields, fields: Fields = {}): JsonValue => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...fields,
});
/** Asks for an answer that fits a schema. */
export const askFor = (schema: JsonValue, content: string, fields: Fields = {}): CaseRequest =>
  askChat(content, { response_format: format(schema), max_tokens, ...fields });
/** Asks with a `response_format` as it is. */
export const askWith = (response_format: JsonValue, content = 'Answer in JSON: name a colour.'): CaseRequest =>
  askChat(content, { response_format, max_tokens });
/** A list of these. */
export const list = (items: JsonValue, fields: Fields = {}): JsonValue => ({ type: 'array', items, ...fields });
export const string = { type: 'string' };
/** A city and its country. */
export const city = object({ name: string, country: string });

/** Recorded requests with this type of format. */
export function isFormat(type: string, stream = false): (recorded: RecordedRequest) => boolean {
  return isChat({ stream, status: 200, where: (body) => formatTypeOf(body) === type });
}
