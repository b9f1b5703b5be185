import type { Case, JsonValue, RecordedRequest } from '../case.ts';
import { askMessages, user } from '../chat-request.ts';
import { isAnswered } from '../expectations/answered.ts';
import { endsBecause } from '../expectations/body.ts';
import { atEveryStep, byChoice, expecting, own, strictly } from '../expectations/expectation.ts';
import { hasErrorMessage, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { admitsCut, fitsFormat, formatSchemaOf, keepsKeyOrder } from '../expectations/json.ts';
import { askFor, askWith, city, format, isFormat, list, object, string } from '../format-request.ts';
import { formatTypeOf, isChat } from '../recorded.ts';

const guide = 'https://platform.openai.com/docs/guides/structured-outputs';
const integer = { type: 'integer' };
const number = { type: 'number' };
const boolean = { type: 'boolean' };
const nest = (depth: number): JsonValue =>
  depth === 0 ? object({ name: string }) : object({ inner: nest(depth - 1) });

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

/** What a schema may hold. */
export const schemaCases: readonly Case[] = [
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
      [list(string), { anyOf: [city, object({ name: string })] }].map((schema) => askFor(schema, 'Name two colours.')),
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
    steps: [
      askFor(object({ result: integer }), 'What is 17 * 23?', {
        model: '$model:reasoning',
        temperature: undefined,
        max_tokens: undefined,
        max_completion_tokens: 2_000,
      }),
    ],
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
    steps: [
      askFor(object({ words: list(string, { minItems: 40 }) }), 'List forty words about the sea.', {
        max_tokens: 16,
      }),
    ],
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
      isServed,
      byChoice(
        expecting('the text is one of the choices', ({ answer }) => {
          const said = answer.choices[0]?.text ?? '';
          return said === 'red' || said === 'blue' ? undefined : JSON.stringify(said);
        }),
      ),
    ],
  },
];
