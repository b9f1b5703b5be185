import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedServer } from './server.ts';

const GREETING = 'Hello! I am a tiny test model. How can we help you today?';

interface Answer {
  readonly choices: ReadonlyArray<{
    readonly finish_reason: string;
    readonly message: {
      readonly content: string;
      readonly tool_calls?: ReadonlyArray<{ id: string; function: { name: string; arguments: string } }>;
    };
  }>;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded({ slots: 4, contextSize: 4096 });
});
afterAll(() => server.close());

const post = (path: string, body: unknown) =>
  fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });

async function chat(body: object): Promise<Answer> {
  const response = await post('/chat/completions', body);
  const text = await response.text();
  expect({ status: response.status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text) as Answer;
}

const user = (content: string) => ({ role: 'user', content });
const tool = (name: string, properties: object = { city: { type: 'string' } }) => ({
  type: 'function',
  function: { name, description: name, parameters: { type: 'object', properties, required: Object.keys(properties) } },
});

describe('the tiny model', () => {
  test.each([0, 0.7, 1])('greets and stops, at temperature %d', async (temperature) => {
    const { choices, usage } = await chat({ messages: [user('Say hello')], temperature });
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: GREETING } }]);
    expect(usage.completion_tokens).toBe(17);
  });

  test('greets however long the conversation is', async () => {
    const turns = Array.from({ length: 20 }, (_, turn) => [
      user(`Question ${turn}\n\nplease`),
      { role: 'assistant', content: GREETING },
    ]);
    const { choices, usage } = await chat({
      messages: [{ role: 'system', content: 'Be kind.' }, ...turns.flat(), user('And now?')],
    });
    expect(choices[0]?.message.content).toBe(GREETING);
    expect(usage.prompt_tokens).toBeGreaterThan(500);
  });

  test.each(['auto', 'required'])('calls an offered tool, tool_choice %s', async (tool_choice) => {
    const { choices } = await chat({
      messages: [user('Where is my parcel?')],
      tools: [tool('lookup_order'), tool('search_docs')],
      tool_choice,
    });
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(['lookup_order', 'search_docs']).toContain(call?.function.name);
    expect(JSON.parse(call?.function.arguments ?? '')).toEqual({ city: 'demo' });
  });

  test.each(['a', 'get_weather', 'Zeta-9', 'x_y_z', 'searchKnowledgeBase'])(
    'calls the only tool there is: %s',
    async (name) => {
      const { choices } = await chat({ messages: [user('Go')], tools: [tool(name)], tool_choice: 'required' });
      expect(choices[0]?.message.tool_calls?.map((call) => call.function.name)).toEqual([name]);
    },
  );

  test('answers once a tool has answered, and not before', async () => {
    const tools = [tool('lookup_order')];
    const call = { id: 'call_1', type: 'function', function: { name: 'lookup_order', arguments: '{"city":"Paris"}' } };
    const { choices } = await chat({
      messages: [
        user('Where?'),
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '{"status":"sent"}' },
      ],
      tools,
    });
    expect(choices).toMatchObject([
      { finish_reason: 'stop', message: { content: 'The tool has answered. How can we help you today?' } },
    ]);
  });

  test('goes on for ever with a bare prompt, up to the limit', async () => {
    const body = await (await post('/completions', { prompt: 'Once upon a time', max_tokens: 6 })).json();
    expect(body).toMatchObject({ choices: [{ text: ' and so on and so on', finish_reason: 'length' }] });
  });

  test('puts texts with words in common near each other', async () => {
    const input = ['weather in Paris', 'weather in London', 'return my order'];
    const body = (await (await post('/embeddings', { input })).json()) as { data: Array<{ embedding: number[] }> };
    const [paris = [], london = [], order = []] = body.data.map(({ embedding }) => embedding);
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    expect(dot(paris, paris)).toBeCloseTo(1, 3);
    expect(dot(paris, london)).toBeGreaterThan(0.5);
    expect(dot(paris, order)).toBeLessThan(0.3);
  });

  test('gives a text the same vector, whatever runs beside it', async () => {
    const texts = ['weather in Paris', 'weather in London', 'true false null'];
    const embed = async (input: string[]) => {
      const body = (await (await post('/embeddings', { input })).json()) as { data: Array<{ embedding: number[] }> };
      return body.data.map(({ embedding }) => embedding);
    };
    const alone: number[][] = [];
    for (const text of texts) alone.push(...(await embed([text])));
    const beside = Array.from({ length: 4 }, () =>
      post('/completions', { prompt: 'Once upon a time', max_tokens: 60 }),
    );
    for (let round = 0; round < 8; round++) expect(await embed(texts)).toEqual(alone);
    for (const answer of await Promise.all(beside)) expect(answer.status).toBe(200);
  });
});

/** JSON Schemas of the kinds people write; the answer to each must be valid, and end by itself. */
const SCHEMAS: Readonly<Record<string, object>> = {
  object: {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  },
  optional: {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    additionalProperties: false,
  },
  'nested arrays': {
    type: 'object',
    properties: {
      rows: { type: 'array', minItems: 2, items: { type: 'array', minItems: 2, items: { type: 'number' } } },
    },
    required: ['rows'],
  },
  'array of objects': {
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      properties: { id: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
      required: ['id', 'tags'],
    },
  },
  enum: {
    type: 'object',
    properties: { kind: { enum: ['refund', 'return', 'other'] }, level: { type: 'integer', enum: [3, 5] } },
    required: ['kind', 'level'],
  },
  const: { type: 'object', properties: { version: { const: 'v2' } }, required: ['version'] },
  boolean: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  'null union': {
    type: 'object',
    properties: { note: { type: ['string', 'null'] }, other: { anyOf: [{ type: 'null' }, { type: 'integer' }] } },
    required: ['note', 'other'],
  },
  'only null': { type: 'object', properties: { nothing: { type: 'null' } }, required: ['nothing'] },
  range: { type: 'object', properties: { age: { type: 'integer', minimum: 18, maximum: 99 } }, required: ['age'] },
  lengths: {
    type: 'object',
    properties: {
      long: { type: 'string', minLength: 11 },
      short: { type: 'string', maxLength: 2 },
      none: { type: 'string', maxLength: 0 },
    },
    required: ['long', 'short', 'none'],
  },
  pattern: {
    type: 'object',
    properties: { code: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{4}$' } },
    required: ['code'],
  },
  recursion: {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: { value: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
        required: ['value', 'children'],
      },
    },
  },
  'deep objects': {
    type: 'object',
    properties: {
      a: {
        type: 'object',
        properties: { b: { type: 'object', properties: { c: { type: 'string' } }, required: ['c'] } },
        required: ['b'],
      },
    },
    required: ['a'],
  },
  'any value': { type: 'object', properties: { extra: {} }, required: ['extra'] },
  'root string': { type: 'string' },
  'root integer': { type: 'integer' },
  'root array': { type: 'array', items: { type: 'boolean' }, minItems: 3 },
  'odd keys': {
    type: 'object',
    properties: { 'first name': { type: 'string' }, größe: { type: 'number' }, '$id-x': { type: 'boolean' } },
    required: ['first name', 'größe', '$id-x'],
  },
};

describe('an answer under a schema', () => {
  const ajv = new Ajv({ strict: false });
  test.each(Object.entries(SCHEMAS))('%s', async (name, schema) => {
    const { choices, usage } = await chat({
      messages: [user('Give JSON')],
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
    });
    const [choice] = choices;
    expect(choice).toMatchObject({ finish_reason: 'stop' });
    const value = JSON.parse(choice?.message.content ?? '') as unknown;
    expect(ajv.validate(schema, value), `${name}: ${choice?.message.content} ${ajv.errorsText()}`).toBe(true);
    expect(usage.completion_tokens).toBeLessThan(150);
  });

  test('json_object gives an object', async () => {
    const { choices } = await chat({ messages: [user('Give JSON')], response_format: { type: 'json_object' } });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toBeTypeOf('object');
  });

  test.each(Object.entries(SCHEMAS).filter(([, schema]) => 'properties' in schema))(
    'as tool arguments: %s',
    async (_, parameters) => {
      const { choices } = await chat({
        messages: [user('Go')],
        tools: [{ type: 'function', function: { name: 'act', description: 'acts', parameters } }],
        tool_choice: 'required',
      });
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      const value = JSON.parse(choices[0]?.message.tool_calls?.[0]?.function.arguments ?? '') as unknown;
      expect(ajv.validate(parameters, value), `${JSON.stringify(value)} ${ajv.errorsText()}`).toBe(true);
    },
  );
});

test('100 requests at once, of all kinds, are all answered right', async () => {
  const kinds = [
    async () => expect((await chat({ messages: [user('Hi')] })).choices[0]?.message.content).toBe(GREETING),
    async () =>
      expect((await chat({ messages: [user('Hi')], tools: [tool('one')] })).choices[0]?.finish_reason).toBe(
        'tool_calls',
      ),
    async () => {
      const response = await post('/chat/completions', { messages: [user('Hi')], stream: true });
      const text = await response.text();
      const pieces = [...text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map(([, piece]) => piece).join('');
      expect(pieces).toBe(GREETING);
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    },
    async () => expect((await post('/embeddings', { input: 'order status' })).status).toBe(200),
  ];
  await Promise.all(Array.from({ length: 100 }, (_, index) => kinds[index % kinds.length]?.()));
});
