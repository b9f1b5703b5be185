import OpenAI, { NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readText, type WireAnswer } from '../endpoint.ts';
import { createEndpointFetch } from '../endpoint-fetch.ts';
import { isObject, type JsonObject, parseJson, readObjects } from '../json.ts';
import { findSchemaProblems, type WireSchema } from '../openai-schema/validate.ts';
import { readResponsesEvents } from '../responses/read-events.ts';
import { checkResponsesStream } from '../responses/stream-rules.ts';
import { createReference, type ReferenceServer, referenceKey, referenceModels, startReference } from './index.ts';

const ask = (
  path: string,
  body?: JsonObject,
  headers: Readonly<Record<string, string>> = {},
  endpoint = createReference(),
): Promise<WireAnswer> =>
  endpoint({
    method: body === undefined ? 'GET' : 'POST',
    path: `/v1${path}`,
    query: '',
    headers: { authorization: `Bearer ${referenceKey}`, ...headers },
    text: body === undefined ? '' : JSON.stringify(body),
  });
const json = (answer: WireAnswer): JsonObject => parseJson(readText(answer)) as JsonObject;
const chunks = (answer: WireAnswer): JsonObject[] =>
  readText(answer)
    .split('\n\n')
    .map((frame) => parseJson(frame.replace(/^data: /, '')))
    .filter(isObject);
const chat = (content: string, fields: JsonObject = {}): JsonObject => ({
  model: referenceModels.chat,
  messages: [{ role: 'user', content }],
  temperature: 0,
  ...fields,
});
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};
const both = 'What is the weather in Paris and in London?';
const messageOf = (answer: WireAnswer) => readObjects(json(answer)['choices'])[0]?.['message'] as JsonObject;

describe("answers keep to OpenAI's published schemas", () => {
  test.each<[string, WireSchema, string, JsonObject | undefined]>([
    ['a text', 'CreateChatCompletionResponse', '/chat/completions', chat('Reply with exactly: OK')],
    [
      'n texts',
      'CreateChatCompletionResponse',
      '/chat/completions',
      chat('Write a sentence.', { n: 3, temperature: 1 }),
    ],
    ['calls', 'CreateChatCompletionResponse', '/chat/completions', chat(both, { tools: [weather] })],
    [
      'an older call',
      'CreateChatCompletionResponse',
      '/chat/completions',
      chat(both, { functions: [weather.function] }),
    ],
    [
      'logprobs',
      'CreateChatCompletionResponse',
      '/chat/completions',
      chat('Say exactly: Hi', { logprobs: true, top_logprobs: 3 }),
    ],
    [
      'an embedding',
      'CreateEmbeddingResponse',
      '/embeddings',
      { model: referenceModels.embeddings, input: ['a', 'b'] },
    ],
    [
      'a base64 embedding',
      'CreateEmbeddingResponse',
      '/embeddings',
      { model: referenceModels.embeddings, input: 'a', encoding_format: 'base64' },
    ],
    ['a moderation', 'CreateModerationResponse', '/moderations', { input: ['I want to kill them', 'Hello'] }],
    [
      'a completion',
      'CreateCompletionResponse',
      '/completions',
      { model: referenceModels.chat, prompt: ['Say', 'Count from 1 to 9'], logprobs: 2 },
    ],
    ['the models', 'ListModelsResponse', '/models', undefined],
    ['a model', 'Model', `/models/${referenceModels.chat}`, undefined],
  ])('%s', async (_name, schema, path, body) => {
    const answer = await ask(path, body);
    expect(answer.status).toBe(200);
    expect(findSchemaProblems(schema, json(answer))).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ['text', chat('Count from 1 to 20')],
    ['calls', chat(both, { tools: [weather] })],
    ['n choices', chat('Say exactly: Hi there', { n: 2 })],
    ['logprobs', chat('Say exactly: Hi there', { logprobs: true, top_logprobs: 2 })],
  ])('a stream of %s', async (_name, body) => {
    const answer = await ask('/chat/completions', { ...body, stream: true, stream_options: { include_usage: true } });
    const all = chunks(answer);
    expect(all.length).toBeGreaterThan(4);
    expect(all.flatMap((chunk) => findSchemaProblems('CreateChatCompletionStreamResponse', chunk))).toEqual([]);
    expect(readText(answer)).toMatch(/data: \[DONE\]\n\n$/);
  });

  test.each<[string, number, string | null, JsonObject]>([
    ['an unknown model', 404, 'model_not_found', chat('Hi', { model: 'nobody' })],
    ['a hot temperature', 400, 'invalid_type', chat('Hi', { temperature: 'hot' })],
    ['a temperature of 3', 400, 'decimal_above_max_value', chat('Hi', { temperature: 3 })],
    ['no messages', 400, 'missing_required_parameter', { model: referenceModels.chat }],
    [
      'a tool that is not there',
      400,
      null,
      chat('Hi', { tools: [weather], tool_choice: { type: 'function', function: { name: 'x' } } }),
    ],
    [
      'a call without its result',
      400,
      null,
      chat('', {
        messages: [
          { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: '{}' } }] },
        ],
      }),
    ],
    ['too long a prompt', 400, 'context_length_exceeded', chat('word '.repeat(20_000))],
    [
      'a schema that is none',
      400,
      null,
      chat('Hi', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'hiccup' } } } }),
    ],
    [
      'an image',
      400,
      'invalid_value',
      chat('', {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }] },
        ],
      }),
    ],
  ])('the error of %s', async (_name, status, code, body) => {
    const answer = await ask('/chat/completions', { ...body, stream: true });
    expect(answer.status).toBe(status);
    expect(findSchemaProblems('ErrorResponse', json(answer))).toEqual([]);
    expect(json(answer)).toMatchObject({ error: { code } });
  });

  test('a wrong key', async () => {
    const answer = await ask('/models', undefined, { authorization: 'Bearer wrong' });
    expect(answer.status).toBe(401);
    expect(json(answer)).toMatchObject({ error: { code: 'invalid_api_key' } });
  });
});

describe('the script', () => {
  test('is the same every time', async () => {
    const bodies = [
      chat('Write a story'),
      chat(both, { tools: [weather], stream: true }),
      chat('Name a bird', { temperature: 1 }),
    ];
    const twice = await Promise.all(
      [createReference(), createReference()].map((endpoint) =>
        Promise.all(bodies.map(async (body) => readText(await ask('/chat/completions', body, {}, endpoint)))),
      ),
    );
    expect(twice[0]).toEqual(twice[1]);
  });

  test.each<[string, string, JsonObject, string]>([
    ['orders', 'Reply with exactly: The heron waits.', {}, 'The heron waits.'],
    ['quoted orders', 'Answer with the single word "teal" please', {}, 'teal'],
    ['counts, until a stop', 'Count from 1 to 100', { stop: ', 7' }, '1, 2, 3, 4, 5, 6'],
    ['sums', 'What is 12 + 30?', {}, '42'],
    [
      'orders of the system',
      'Hello',
      {
        messages: [
          { role: 'system', content: 'Always answer with only the word PONG.' },
          { role: 'user', content: 'Hello' },
        ],
      },
      'PONG',
    ],
    [
      'what was told',
      '',
      {
        messages: [
          { role: 'user', content: 'The code word is heron.' },
          { role: 'assistant', content: 'Noted.' },
          { role: 'user', content: 'What is the code word?' },
        ],
      },
      'heron',
    ],
  ])('knows %s', async (_name, content, fields, expected) => {
    expect(messageOf(await ask('/chat/completions', chat(content, fields)))['content']).toBe(expected);
  });

  test('counts what is cut, and says so', async () => {
    const answer = json(await ask('/chat/completions', chat('Count from 1 to 100', { max_tokens: 8 })));
    expect(answer).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 8 } });
  });

  test('calls tools that are meant, once a city, and none that are not', async () => {
    const calls = async (content: string, fields: JsonObject) =>
      readObjects(
        messageOf(await ask('/chat/completions', chat(content, { tools: [weather], ...fields })))['tool_calls'],
      ).map((call) => (call['function'] as JsonObject)['arguments']);
    expect(await calls(both, {})).toEqual(['{"city":"Paris"}', '{"city":"London"}']);
    expect(await calls(both, { parallel_tool_calls: false })).toHaveLength(1);
    expect(await calls(both, { tool_choice: 'none' })).toEqual([]);
    expect(await calls('Good morning!', {})).toEqual([]);
    expect(await calls('Good morning!', { tool_choice: 'required' })).toHaveLength(1);
  });

  test('keeps to a schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        kind: { enum: ['a', 'b'] },
        count: { type: 'integer', minimum: 5, maximum: 9 },
        code: { type: 'string', pattern: '^[A-Z]{3}-\\d{2}$' },
        mail: { type: 'string', format: 'email' },
        list: { type: 'array', items: { $ref: '#/$defs/node' }, minItems: 3 },
        maybe: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      required: ['kind', 'count', 'code', 'mail', 'list', 'maybe'],
      additionalProperties: false,
      $defs: {
        node: {
          type: 'object',
          properties: { name: { type: 'string' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['name', 'next'],
          additionalProperties: false,
        },
      },
    };
    const format = { type: 'json_schema', json_schema: { name: 's', strict: true, schema } };
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const addFormats = await import('ajv-formats');
    const ajv = new Ajv2020({ strict: false });
    addFormats.default.default(ajv);
    const value = parseJson(
      String(messageOf(await ask('/chat/completions', chat('Anything', { response_format: format })))['content']),
    );
    expect([ajv.validate(schema, value), ajv.errors]).toEqual([true, null]);
  });
});

test('a fetch without a socket gives a stream piece by piece, and ends when its caller leaves', async () => {
  const fetch = createEndpointFetch(createReference());
  const leave = new AbortController();
  const response = await fetch('http://reference/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${referenceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(chat('Count from 1 to 20', { stream: true })),
    signal: leave.signal,
  });
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value as Uint8Array)).toMatch(/^data: \{[^\n]*"role":"assistant"[^\n]*\n\n$/);
  leave.abort();
  await expect(Promise.resolve(reader?.read()).then(() => reader?.read())).rejects.toThrow();
});

describe('the Responses API', () => {
  const base = { model: referenceModels.chat, temperature: 0 };
  test.each<[string, JsonObject]>([
    ['a text', { input: 'Count from 1 to 20' }],
    ['calls', { input: both, tools: [{ type: 'function', ...weather.function }] }],
    ['a cut text', { input: 'Count from 1 to 200', max_output_tokens: 20 }],
  ])('streams %s by the rules', async (_name, body) => {
    const answer = await ask('/responses', { ...base, ...body, stream: true });
    const events = readResponsesEvents(readText(answer));
    expect(events.length).toBeGreaterThan(5);
    expect(checkResponsesStream(events)).toEqual([]);
  });

  test('remembers', async () => {
    const endpoint = createReference();
    const first = json(await ask('/responses', { ...base, input: 'The code word is heron.' }, {}, endpoint));
    const second = json(
      await ask(
        '/responses',
        { ...base, input: 'What is the code word?', previous_response_id: first['id'] },
        {},
        endpoint,
      ),
    );
    expect(second).toMatchObject({
      status: 'completed',
      output: [{ content: [{ type: 'output_text', text: 'heron' }] }],
    });
    expect(json(await ask(`/responses/${String(first['id'])}`, undefined, {}, endpoint))).toMatchObject({
      id: first['id'],
    });
    expect((await ask('/responses/resp_none', undefined, {}, endpoint)).status).toBe(404);
  });
});

describe("OpenAI's own client", () => {
  let server: ReferenceServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startReference();
    client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
  });
  afterAll(() => server.close());

  test('streams, embeds, and reads responses', async () => {
    const final = await client.chat.completions
      .stream({
        model: referenceModels.chat,
        messages: [{ role: 'user', content: both }],
        tools: [weather as OpenAI.ChatCompletionTool],
      })
      .finalChatCompletion();
    expect(
      final.choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments),
    ).toEqual(['{"city":"Paris"}', '{"city":"London"}']);
    const { data } = await client.embeddings.create({ model: referenceModels.embeddings, input: 'heron' });
    expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
    const response = await client.responses
      .stream({ model: referenceModels.chat, input: 'Reply with exactly: OK' })
      .finalResponse();
    expect(response.output_text).toBe('OK');
    await expect(client.models.retrieve('nobody')).rejects.toThrow(NotFoundError);
  });

  test('runs a batch of an uploaded file', async () => {
    const line = (id: string, content: string) =>
      JSON.stringify({
        custom_id: id,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: referenceModels.chat, messages: [{ role: 'user', content }] },
      });
    const file = await client.files.create({
      purpose: 'batch',
      file: new File([`${line('a', 'Reply with exactly: A')}\n${line('b', 'Reply with exactly: B')}\n`], 'in.jsonl'),
    });
    let batch = await client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    expect(batch.status).toBe('validating');
    for (let look = 0; look < 4; look += 1) batch = await client.batches.retrieve(batch.id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 2, failed: 0 } });
    const output = await (await client.files.content(batch.output_file_id ?? '')).text();
    expect(output.match(/"content":"[AB]"/g)).toEqual(['"content":"A"', '"content":"B"']);
  });
});
