import type { Dialect } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { lowerSchema, RecursiveSchema } from '../schema/lower.ts';
import { createCheck, type SchemaCheck } from '../schema/validate.ts';
import { isObject, omitKeys, parseJson, type WireObject } from '../wire.ts';
import type { ChatForm } from './form.ts';
import { addInstruction } from './instruction.ts';

/** What the text of an answer has to be. */
export interface FormatPlan {
  /** What is wrong with a text; `[]` when it is what was asked for. */
  readonly check: (text: string) => readonly string[];
  /** JSON that does not fit is handed over with a note. */
  readonly lenient: boolean;
  /** The sign its JSON starts with; `undefined` when it may be any. */
  readonly opener: '{' | '[' | undefined;
}

/** The schema a request wants its answer to fit; `undefined` when it names none. */
export function readSchema(input: WireObject): WireObject | undefined {
  const format = isObject(input['response_format']) ? input['response_format'] : {};
  if (format['type'] === 'json_object') return { type: 'object' };
  const held = format['type'] === 'json_schema' ? format['json_schema'] : undefined;
  return isObject(held) && isObject(held['schema']) ? held['schema'] : undefined;
}

/** Plans the check of an answer against the schema as the caller wrote it; `undefined` where text was asked for. */
export function planFormat(input: WireObject, { lenient }: ChatForm): FormatPlan | undefined {
  const schema = readSchema(input);
  if (schema === undefined) return undefined;
  let made: { readonly check: SchemaCheck | undefined } | undefined;
  const type = schema['type'] ?? 'object';
  return {
    check: (text) => {
      const value = parseJson(text);
      if (value === undefined) return ['it is not JSON'];
      made ??= { check: createCheck(schema) };
      return made.check?.(value) ?? [];
    },
    lenient,
    opener: type === 'object' ? '{' : type === 'array' ? '[' : undefined,
  };
}

/** Puts a request's `response_format` as the form says, and says who holds the answer to it. Throws a `Refusal`. */
export function describeFormat(
  input: WireObject,
  form: ChatForm,
  { chat, id, native: known }: Dialect,
  report: Report,
): WireObject {
  const format = isObject(input['response_format']) ? input['response_format'] : {};
  const schema = readSchema(input);
  if (schema === undefined) return input;
  const isSchema = format['type'] === 'json_schema';
  const native = isSchema ? form.format === 'schema' : form.format !== 'described';
  noteEnforcer(
    createCheck(schema) === undefined,
    native,
    known[`response_format.${isSchema ? 'json_schema' : 'json_object'}`] !== undefined,
    report,
  );
  if (native)
    return isSchema ? { ...input, response_format: sendSchema(format, schema, chat.schemas, id, report) } : input;
  const text = isSchema
    ? `Answer with JSON and nothing else, no code fence and no words around it. It must fit this JSON Schema:\n${JSON.stringify(schema)}`
    : 'Answer with one JSON object and nothing else, no code fence and no words around it.';
  const rest = omitKeys(input, ['response_format']);
  return addInstruction(
    isSchema && form.format === 'object' ? { ...rest, response_format: { type: 'json_object' } } : rest,
    text,
  );
}

function noteEnforcer(unreadable: boolean, native: boolean, known: boolean, report: Report): void {
  const who = unreadable ? (native ? 'the engine' : 'nobody') : native && known ? 'the engine' : 'the shim';
  report.add({
    code: native ? 'structured-output' : 'structured-output-emulated',
    severity: unreadable && !native ? 'lossy' : 'info',
    where: 'request.response_format',
    what: `held to by ${who}${unreadable ? '' : ', and checked'}${native ? '' : '; the model was told the format'}`,
    why: native
      ? known
        ? 'the endpoint takes it'
        : 'nobody has checked whether the endpoint holds to it'
      : 'the endpoint does not take it',
    fix: '',
  });
}

/** Sends a schema in the engine's words. Throws a `Refusal` for one that cannot be. */
function sendSchema(
  format: WireObject,
  schema: WireObject,
  rules: Dialect['chat']['schemas'],
  id: string,
  report: Report,
): WireObject {
  if (rules === undefined) return format;
  const lowered = lowerFor(schema, rules, 'response_format', id, report);
  return { ...format, json_schema: { ...(format['json_schema'] as WireObject), schema: lowered } };
}

/** Writes a schema in an engine's words and notes what was changed. Throws a `Refusal` naming `param` for one that refers to itself where that cannot be sent. */
export function lowerFor(
  schema: WireObject,
  rules: NonNullable<Dialect['chat']['schemas']>,
  param: string,
  id: string,
  report: Report,
): WireObject {
  try {
    const { schema: lowered, changes } = lowerSchema(schema, rules);
    if (changes.length > 0)
      report.add({
        code: 'schema-lowered',
        severity: 'info',
        where: `request.${param}`,
        what: changes.join('; '),
        why: `${rules.because} (${rules.source}, ${rules.checked}); answers are checked against the whole schema`,
        fix: '',
      });
    return changes.length > 0 ? lowered : schema;
  } catch (error) {
    if (!(error instanceof RecursiveSchema)) throw error;
    throw refuseRequest(
      `${param}: ${error.message}, which ${id} cannot be sent: ${rules.because} (${rules.source}, ${rules.checked}). Write the schema to a fixed depth.`,
      param,
      'invalid_schema',
    );
  }
}
