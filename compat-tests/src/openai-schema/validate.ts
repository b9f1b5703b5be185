import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import published from './schemas.json' with { type: 'json' };

/** The answers OpenAI publishes a schema for and this kit checks. */
export type WireSchema =
  | 'CreateChatCompletionResponse'
  | 'CreateChatCompletionStreamResponse'
  | 'CreateCompletionResponse'
  | 'CreateEmbeddingResponse'
  | 'CreateModerationResponse'
  | 'ErrorResponse'
  | 'ListModelsResponse'
  | 'Model';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The published file writes `nullable`, a keyword of OpenAPI 3.0, inside 3.1 schemas; JSON Schema says it with a union. */
function spellOutNullable(node: Json): Json {
  if (Array.isArray(node)) return node.map(spellOutNullable);
  if (node === null || typeof node !== 'object') return node;
  const { nullable, ...rest } = node as { readonly [key: string]: Json };
  const spelled = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, spellOutNullable(value)]));
  return nullable === true ? { anyOf: [spelled, { type: 'null' }] } : spelled;
}

/** OpenAI sends base64 text for `encoding_format: "base64"`; its published schema knows the array form only. */
const embeddingVector = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] };

const id = 'openai';
const validators = new Map<WireSchema, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function compile(schema: WireSchema): ValidateFunction {
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats.default(ajv);
    ajv.addFormat('unixtime', { type: 'number', validate: Number.isInteger });
    const schemas = structuredClone(published.schemas);
    Object.assign(schemas.Embedding.properties.embedding, { type: undefined, items: undefined, ...embeddingVector });
    ajv.addSchema({ $id: id, schemas: spellOutNullable(JSON.parse(JSON.stringify(schemas)) as Json) });
  }
  const validator = ajv.getSchema(`${id}#/schemas/${schema}`);
  if (!validator) throw new Error(`no schema ${schema} in schemas.json`);
  validators.set(schema, validator);
  return validator;
}

/**
 * Holds an answer against OpenAI's own published schema.
 * @returns one line a problem, `<JSON pointer> <what>`; `[]` when the answer conforms.
 * Source: https://github.com/openai/openai-openapi (revision and licence in schemas.json)
 */
export function findSchemaProblems(schema: WireSchema, value: unknown): string[] {
  const validate = validators.get(schema) ?? compile(schema);
  if (validate(value)) return [];
  return [
    ...new Set(
      (validate.errors ?? [])
        .filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')
        .map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? 'does not conform'}`),
    ),
  ];
}
