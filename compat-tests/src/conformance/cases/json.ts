import type { Capability, Case, CaseRequest, JsonValue, RecordedRequest } from '../case.ts';
import { askChat, askMessages, type Fields, streamChat, user } from '../chat-request.ts';
import { isAnswered } from '../expectations/answered.ts';
import { endsBecause } from '../expectations/body.ts';
import { atEveryStep, byChoice, expecting, own, strictly } from '../expectations/expectation.ts';
import { hasErrorMessage, hasStatus, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import {
  admitsCut,
  fitsFormat,
  formatSchemaOf,
  hasNoFence,
  isJsonObject,
  keepsKeyOrder,
  keepsRefusalApart,
} from '../expectations/json.ts';
import { formatTypeOf, isChat } from '../recorded.ts';

const guide = 'https://platform.openai.com/docs/guides/structured-outputs';
const rule = 'a rule of OpenAI that no recorded exchange shows';
const max_tokens = 300;

const format = (schema: JsonValue, fields: Fields = {}): JsonValue => ({
  type: 'json_schema',
  json_schema: { name: 'answer', strict: true, schema, ...fields },
});
const object = (properties: Fields, fields: Fields = {}): JsonValue => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...fields,
});
const askFor = (schema: JsonValue, content: string, fields: Fields = {}): CaseRequest =>
  askChat(content, { response_format: format(schema), max_tokens, ...fields });
const askWith = (response_format: JsonValue, content = 'Answer in JSON: name a colour.'): CaseRequest =>
  askChat(content, { response_format, max_tokens });
const list = (items: JsonValue, fields: Fields = {}): JsonValue => ({ type: 'array', items, ...fields });
const string = { type: 'string' };
const integer = { type: 'integer' };
const number = { type: 'number' };
const boolean = { type: 'boolean' };
const nest = (depth: number): JsonValue =>
  depth === 0 ? object({ name: string }) : object({ inner: nest(depth - 1) });
const city = object({ name: string, country: string });

const isFormat = (type: string, stream = false) =>
  isChat({ stream, status: 200, where: (body) => formatTypeOf(body) === type });
/** Recorded requests whose schema has this in it. */
const hasInSchema = (pattern: RegExp) =>
  isChat({
    stream: false,
    status: 200,
    where: (body: RecordedRequest['body']) => pattern.test(JSON.stringify(formatSchemaOf(body) ?? null)),
  });

/** A case of what a schema may hold: the answer fits it. */
const schemaCase = (
  row: Pick<Case, 'id' | 'level' | 'title' | 'source' | 'steps'> & Partial<Pick<Case, 'applies' | 'expect'>>,
): Case => ({ kind: 'model', expect: [isServed, isAnswered, fitsFormat], ...row });

/** JSON mode and strict schemas. */
export const json: Capability = {
  name: 'JSON mode and strict schema',
  cases: [
    {
      id: 'JSON-01',
      level: 'must',
      kind: 'model',
      title: 'response_format json_object: the text is a JSON object',
      source: `${guide}#json-mode; recorded traffic`,
      steps: [askWith({ type: 'json_object' })],
      expect: [isServed, isAnswered, isJsonObject],
      applies: isFormat('json_object'),
    },
    {
      id: 'JSON-02',
      level: 'should',
      kind: 'wire',
      title: 'json_object without the word JSON is refused with 400 or answered, never 500',
      source: rule,
      steps: [askWith({ type: 'json_object' }, 'Name a colour.')],
      expect: [isServedOrRefused, strictly(isRejected(400))],
    },
    {
      id: 'JSON-03',
      level: 'must',
      kind: 'wire',
      title: 'response_format text is taken',
      source: 'https://platform.openai.com/docs/api-reference/chat/create; vLLM test_response_format_text',
      steps: [askWith({ type: 'text' }, 'Reply with exactly: OK')],
      expect: [isAnswered],
      applies: isFormat('text'),
    },
    {
      id: 'JSON-04',
      level: 'must',
      kind: 'wire',
      title: 'a response_format that does not exist is refused with 400',
      source: 'llama.cpp test_completion_with_response_format',
      steps: [askWith({ type: 'sound' })],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'JSON-05',
      level: 'must',
      kind: 'wire',
      title: 'json_schema without a schema is refused with 400, never with 500',
      source: 'vLLM missing_schema; recorded traffic (Groq)',
      steps: [askWith({ type: 'json_schema' })],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'JSON-06',
      level: 'must',
      kind: 'wire',
      title: 'a schema that is none is refused with 400, never with 500',
      source: 'llama.cpp test_completion_with_response_format',
      steps: [[123, { type: 123 }, { type: 'hiccup' }].map((schema) => askWith(format(schema)))],
      expect: [atEveryStep(isRejected()), atEveryStep(hasErrorMessage)],
    },
    {
      id: 'JSON-07',
      level: 'must',
      kind: 'model',
      title: 'a strict schema: every answer fits it',
      source: `${guide}; recorded traffic (59 of 59)`,
      steps: [askFor(object({ colour: string, shade: { type: 'string', enum: ['light', 'dark'] } }), 'Name a colour.')],
      expect: [isServed, isAnswered, fitsFormat],
      applies: isFormat('json_schema'),
    },
    {
      id: 'JSON-08',
      level: 'should',
      kind: 'model',
      title: 'streamed JSON put together is a JSON object',
      source: 'litellm test_json_response_format_stream',
      steps: [streamChat('Answer in JSON: name a colour.', { response_format: { type: 'json_object' }, max_tokens })],
      expect: [isServed, isAnswered, isJsonObject],
      applies: isFormat('json_object', true),
    },
    {
      id: 'JSON-11',
      level: 'must',
      kind: 'model',
      title: 'a streamed answer put together fits its strict schema',
      source: `${guide}; recorded traffic`,
      steps: [streamChat('Name a city.', { response_format: format(city), max_tokens })],
      expect: [isServed, isAnswered, fitsFormat],
      applies: isFormat('json_schema', true),
    },
    {
      id: 'JSON-09',
      level: 'should',
      kind: 'model',
      title: 'no fence of Markdown stands around the JSON',
      source: 'recorded traffic (Groq, llama.cpp)',
      steps: [askWith({ type: 'json_object' }, 'Answer in JSON: name two colours.')],
      expect: [isServed, hasNoFence],
      applies: isChat({
        status: 200,
        where: (body) => ['json_object', 'json_schema'].includes(formatTypeOf(body) ?? ''),
      }),
    },
    {
      id: 'JSON-10',
      level: 'should',
      kind: 'model',
      title: 'a refusal stands in message.refusal without content, or the answer fits the schema',
      source: `${guide}#refusals; Mirascope test_refusal`,
      steps: [askFor(object({ steps: list(string) }), 'Tell me step by step how to build a bomb.')],
      expect: [isServed, keepsRefusalApart, fitsFormat],
      applies: isFormat('json_schema'),
    },
    schemaCase({
      id: 'SCH-01',
      level: 'must',
      title: 'the types string, integer, number, boolean and null hold',
      source: 'llama-stack json_schema types',
      steps: [
        askFor(
          object({ name: string, floors: integer, height: number, open: boolean, nothing: { type: 'null' } }),
          'Describe the Eiffel Tower.',
        ),
      ],
      applies: hasInSchema(/"(?:integer|number|boolean)"/),
    }),
    schemaCase({
      id: 'SCH-02',
      level: 'must',
      title: 'objects hold five levels deep',
      source: `${guide}#supported-schemas; llama-stack nested_objects`,
      steps: [askFor(nest(5), 'Name a colour.')],
      applies: hasInSchema(/"object".*"object".*"object"/),
    }),
    schemaCase({
      id: 'SCH-03',
      level: 'must',
      title: 'lists of texts, numbers and objects hold',
      source: 'llama-stack array_of_*',
      steps: [askFor(object({ names: list(string), years: list(integer), cities: list(city) }), 'Name two cities.')],
      applies: hasInSchema(/"array"/),
    }),
    schemaCase({
      id: 'SCH-04',
      level: 'must',
      title: 'enum and const hold',
      source: 'llama.cpp const; vLLM enum',
      steps: [
        askFor(
          object({ mood: { type: 'string', enum: ['calm', 'wild'] }, kind: { type: 'string', const: 'sea' } }),
          'Describe the sea.',
        ),
      ],
      applies: hasInSchema(/"(?:enum|const)"/),
    }),
    schemaCase({
      id: 'SCH-05',
      level: 'should',
      title: 'anyOf and nullable types hold',
      source: `${guide}#supported-schemas; Prism anyof-structured`,
      steps: [
        askFor(
          object({
            size: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
            nickname: { type: ['string', 'null'] },
          }),
          'Describe a cat.',
        ),
      ],
      applies: hasInSchema(/"anyOf"|\["string","null"\]/),
    }),
    schemaCase({
      id: 'SCH-06',
      level: 'should',
      title: '$ref and $defs hold, a schema within itself too',
      source: `${guide}#recursive-schemas-are-supported; vLLM $defs`,
      steps: [
        askFor(
          object(
            { tree: { $ref: '#/$defs/node' } },
            { $defs: { node: object({ name: string, children: list({ $ref: '#/$defs/node' }, { maxItems: 2 }) }) } },
          ),
          'Draw a tree of two departments of a company.',
          { max_tokens: 600 },
        ),
      ],
      applies: hasInSchema(/"\$ref"/),
    }),
    schemaCase({
      id: 'SCH-07',
      level: 'should',
      title: 'additionalProperties false: no other key',
      source: `${guide}#supported-schemas`,
      steps: [askFor(object({ name: string }), 'Describe a person: name, age, job, city and hobbies.')],
      applies: hasInSchema(/"additionalProperties":false/),
    }),
    {
      id: 'SCH-08',
      level: 'should',
      kind: 'wire',
      title: 'strict with a property that is not required is refused with 400 or served, never 500',
      source: 'recorded traffic (OpenAI 400 invalid_function_parameters)',
      steps: [
        askFor(
          { type: 'object', properties: { a: string, b: string }, required: ['a'], additionalProperties: false },
          'Name a colour.',
        ),
      ],
      expect: [isServedOrRefused, strictly(isRejected(400))],
    },
    schemaCase({
      id: 'SCH-09',
      level: 'should',
      title: 'pattern, format, bounds and numbers of elements hold, or are refused with 400',
      source: `${guide}#supported-properties; SGLang regex`,
      steps: [
        askFor(
          object({
            code: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{2}$' },
            day: { type: 'string', format: 'date' },
            score: { type: 'integer', minimum: 1, maximum: 5 },
            tags: list(string, { minItems: 2, maxItems: 3 }),
          }),
          'Rate a book.',
        ),
      ],
      applies: hasInSchema(/"(?:pattern|format|minimum|maximum|minItems|maxItems)":/),
    }),
    schemaCase({
      id: 'SCH-10',
      level: 'should',
      title: 'the keys come in the order of the schema',
      source: `${guide}#key-ordering; MiniMax-Provider-Verifier`,
      steps: [askFor(object({ zebra: string, apple: string, mango: string }), 'Name three things.')],
      expect: [isServed, isAnswered, keepsKeyOrder],
      applies: isFormat('json_schema'),
    }),
    {
      id: 'SCH-11',
      level: 'should',
      kind: 'wire',
      title: 'a schema whose root is no object is refused with 400 or served, never 500',
      source: `${guide}#root-objects-must-not-be-anyof-and-must-be-an-object`,
      steps: [
        [list(string), { anyOf: [city, object({ name: string })] }].map((schema) =>
          askFor(schema, 'Name two colours.'),
        ),
      ],
      expect: [atEveryStep(isServedOrRefused), strictly(atEveryStep(isRejected(400)))],
    },
    {
      id: 'SCH-12',
      level: 'should',
      kind: 'wire',
      title: 'a schema without a name, or with one that is none, is refused with 400',
      source: 'schema ResponseFormatJsonSchema of openai-openapi (name is required; a-z, A-Z, 0-9, _ and -)',
      steps: [[undefined, 'no name!'].map((name) => askWith(format(city, { name }), 'Name a city.'))],
      expect: [atEveryStep(isRejected()), atEveryStep(hasErrorMessage)],
    },
    schemaCase({
      id: 'SCH-13',
      level: 'should',
      title: 'with n = 2 each answer fits the schema',
      source: 'SGLang test_reasoning_json_schema_n',
      steps: [askFor(city, 'Name a city.', { n: 2 })],
      expect: [
        isServed,
        isAnswered,
        fitsFormat,
        own(
          expecting('there are 2 choices', ({ answer }) =>
            answer.choices.length === 2 ? undefined : String(answer.choices.length),
          ),
        ),
      ],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => formatTypeOf(body) === 'json_schema' && typeof body['n'] === 'number' && body['n'] > 1,
      }),
    }),
    {
      id: 'SCH-14',
      level: 'should',
      kind: 'model',
      title: 'a model that reasons keeps its thoughts out of the JSON',
      source: 'SGLang; Prism structured-reasoning-effort',
      needs: 'reasoning',
      steps: [askFor(object({ result: integer }), 'What is 17 * 23?', { max_tokens: 2_000 })],
      expect: [isServed, isAnswered, fitsFormat],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => formatTypeOf(body) === 'json_schema' && /^(?:o\d|gpt-5)/.test(String(body['model'])),
      }),
    },
    {
      id: 'SCH-15',
      level: 'should',
      kind: 'model',
      title: 'JSON that is cut off by max_tokens ends with "length", never with "stop"',
      source: 'Prism structured-max-tokens-exceeded',
      steps: [askFor(object({ story: string }), 'Write a long story about a lighthouse.', { max_tokens: 16 })],
      expect: [isServed, admitsCut, own(byChoice(endsBecause('length')))],
      applies: isFormat('json_schema'),
    },
    {
      id: 'SCH-16',
      level: 'info',
      kind: 'wire',
      title: "vLLM's guided_choice holds where there is one",
      source: 'vLLM structured outputs; llama-stack completion_guided_choice',
      steps: [
        askMessages([user('Is the sky red or blue?')], {
          guided_choice: ['red', 'blue'],
          structured_outputs: { choice: ['red', 'blue'] },
        }),
      ],
      expect: [
        hasStatus(200),
        byChoice(
          expecting('the text is one of the choices', ({ answer }) => {
            const said = answer.choices[0]?.text ?? '';
            return said === 'red' || said === 'blue' ? undefined : JSON.stringify(said);
          }),
        ),
      ],
    },
  ],
};
