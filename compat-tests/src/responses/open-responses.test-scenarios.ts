import { createFetch, type FetchOptions } from '@migrate-llm/shim/fetch';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isObject, type JsonObject, parseJson, readObjects } from '../json.ts';
import { readResponsesEvents } from './read-events.ts';
import { checkResponsesStream } from './stream-rules.ts';

// The scenarios of Open Responses' own compliance run, written anew from their names and the specification: https://www.openresponses.org, version 2026-04-24,
// checked 2026-11-25. Beyond them, what the endpoint was asked is looked at: a right shape may hold a lost message.

const nullable = { text: z.string().nullable(), number: z.number().nullable() };
const usage = z.looseObject({
  input_tokens: z.number(),
  input_tokens_details: z.looseObject({ cached_tokens: z.number() }),
  output_tokens: z.number(),
  output_tokens_details: z.looseObject({ reasoning_tokens: z.number() }),
  total_tokens: z.number(),
});
const item = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('message'),
    id: z.string().startsWith('msg_'),
    role: z.literal('assistant'),
    status: z.enum(['in_progress', 'completed', 'incomplete']),
    content: z.array(
      z.looseObject({ type: z.literal('output_text'), text: z.string(), annotations: z.array(z.unknown()) }),
    ),
  }),
  z.looseObject({
    type: z.literal('function_call'),
    id: z.string().startsWith('fc_'),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status: z.enum(['in_progress', 'completed', 'incomplete']),
  }),
  z.looseObject({ type: z.literal('reasoning'), id: z.string(), summary: z.array(z.unknown()) }),
  z.looseObject({ type: z.literal('web_search_call'), id: z.string(), status: z.string() }),
]);
/** Every key is there, empty ones as null. */
const response = z.looseObject({
  id: z.string().startsWith('resp_'),
  object: z.literal('response'),
  created_at: z.number(),
  completed_at: nullable.number,
  status: z.literal('completed'),
  incomplete_details: z.null(),
  error: z.null(),
  model: z.string(),
  previous_response_id: nullable.text,
  instructions: nullable.text,
  output: z.array(item).min(1),
  tools: z.array(z.looseObject({ type: z.string() })),
  tool_choice: z.union([z.string(), z.looseObject({})]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }) }),
  top_p: z.number(),
  temperature: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.number(),
  reasoning: z.looseObject({}).nullable(),
  usage,
  max_output_tokens: nullable.number,
  max_tool_calls: nullable.number,
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.looseObject({}),
  safety_identifier: nullable.text,
  prompt_cache_key: nullable.text,
});

type Response = z.infer<typeof response>;

/** Asks for responses at one endpoint, and keeps what the endpoint was asked. */
export interface Desk {
  readonly ask: (request: JsonObject) => Promise<Response>;
  readonly sent: JsonObject[];
}

/** Opens a desk at an endpoint. */
export function openDesk(
  target: NonNullable<FetchOptions['target']>,
  model: string,
  more: Partial<FetchOptions> = {},
): Desk {
  const sent: JsonObject[] = [];
  const inner = more.fetch ?? fetch;
  const send = createFetch({
    policy: 'silent',
    ...more,
    target,
    fetch: (input, init) => {
      const body = typeof init?.body === 'string' ? parseJson(init.body) : undefined;
      // A request of one token is the shim's own look at whether the template knows tools.
      if (isObject(body) && 'messages' in body && body['max_tokens'] !== 1) sent.push(body);
      return inner(input, init);
    },
  });
  const ask = async (request: JsonObject): Promise<Response> => {
    const answer = await send('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, temperature: 0, max_output_tokens: 64, ...request }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    if (request['stream'] !== true) return response.parse(parseJson(text));
    const events = readResponsesEvents(text);
    expect(checkResponsesStream(events)).toEqual([]);
    expect(events.at(-1)?.name).toBe('response.completed');
    return response.parse(events.at(-1)?.data['response']);
  };
  return { ask, sent };
}

const tools = [
  {
    type: 'function',
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
    strict: true,
  },
];
const user = (content: unknown): JsonObject => ({ type: 'message', role: 'user', content });

const textOf = ({ output }: Response): string =>
  output.flatMap((one) => (one.type === 'message' ? one.content.map(({ text }) => text) : [])).join('');
const callsOf = ({ output }: Response) => output.flatMap((one) => (one.type === 'function_call' ? [one] : []));
const messagesOf = (body: JsonObject | undefined): JsonObject[] => readObjects(body?.['messages']);
const rolesOf = (body: JsonObject | undefined): unknown[] => messagesOf(body).map(({ role }) => role);

/** Runs the scenarios that need no more than text and tools. `openAt` opens a desk at the endpoint under test. */
export function runScenarios(openAt: (more?: Partial<FetchOptions>) => Desk): void {
  test.each([false, true])('basic-response, streaming-response: stream %s', async (stream) => {
    const { ask } = openAt();
    expect(textOf(await ask({ stream, input: [user('Say hello in three words.')] }))).not.toBe('');
  });

  test('system-prompt', async () => {
    const { ask, sent } = openAt();
    const input = [{ type: 'message', role: 'system', content: 'You speak like a pirate.' }, user('Say hello.')];
    expect(textOf(await ask({ input }))).not.toBe('');
    expect(messagesOf(sent[0])).toMatchObject([
      { role: 'system', content: 'You speak like a pirate.' },
      { role: 'user', content: 'Say hello.' },
    ]);
  });

  test.each([false, true])('tool-calling, tool-calling-streaming: stream %s', async (stream) => {
    const [call] = callsOf(
      await openAt().ask({ stream, input: [user('Weather in Paris?')], tools, tool_choice: 'required' }),
    );
    expect(call).toMatchObject({ name: 'get_weather', status: 'completed' });
    expect(parseJson(call?.arguments ?? '')).toMatchObject({ city: expect.any(String) });
  });

  test.each([false, true])('function-call-round-trip: stream %s', async (stream) => {
    const { ask, sent } = openAt();
    const first = await ask({ input: [user('Weather in Paris?')], tools, tool_choice: 'required' });
    const [call] = callsOf(first);
    const output = { type: 'function_call_output', call_id: call?.call_id, output: '{"celsius":21}' };
    const last = await ask({
      stream,
      tools,
      input: [user('Weather in Paris?'), ...(first.output as JsonObject[]), output],
    });
    expect(textOf(last)).not.toBe('');
    const [, asked, answered] = messagesOf(sent.at(-1));
    expect(asked).toMatchObject({ role: 'assistant', tool_calls: [{ function: { name: 'get_weather' } }] });
    expect(answered).toMatchObject({ role: 'tool', tool_call_id: readObjects(asked?.['tool_calls'])[0]?.['id'] });
    expect(String(answered?.['content'])).toContain('21');
  });

  test('file-input', async () => {
    const { ask, sent } = openAt();
    const file = `data:text/plain;base64,${btoa('the code word is heron')}`;
    const parts = [
      { type: 'input_text', text: 'What is the code word?' },
      { type: 'input_file', filename: 'notes.txt', file_data: file },
    ];
    expect(textOf(await ask({ input: [user(parts)] }))).not.toBe('');
    expect(JSON.stringify(messagesOf(sent[0]))).toContain('the code word is heron');
  });

  test('multi-turn', async () => {
    const { ask, sent } = openAt();
    const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello Ada!' }] };
    expect(textOf(await ask({ input: [user('My name is Ada.'), said, user('What is my name?')] }))).not.toBe('');
    expect(rolesOf(sent[0])).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(messagesOf(sent[0])[1])).toContain('Hello Ada!');
  });

  test.each([false, true])('previous-response-id: stream %s', async (stream) => {
    const { ask, sent } = openAt();
    const first = await ask({ input: 'My name is Ada.' });
    const second = await ask({ stream, previous_response_id: first.id, input: 'What is my name?' });
    expect(second.previous_response_id).toBe(first.id);
    expect(textOf(second)).not.toBe('');
    expect(rolesOf(sent.at(-1))).toEqual(['user', 'assistant', 'user']);
    expect(messagesOf(sent.at(-1))[1]?.['content']).toBe(textOf(first));
  });

  test.each([false, true])('web-search, by a hook of the app: stream %s', async (stream) => {
    const run = async () => ({ output: 'Herons are birds.' });
    const parameters = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };
    const hook = { description: 'Searches the web', parameters, run };
    const { ask, sent } = openAt({ responses: { builtInTools: { web_search: hook } } });
    const answer = await ask({
      stream,
      input: [user('What is a heron?')],
      tools: [{ type: 'web_search' }],
      tool_choice: 'required',
    });
    expect(answer.output.map(({ type }) => type)).toEqual(['web_search_call', 'message']);
    expect(messagesOf(sent.at(-1)).at(-1)).toMatchObject({ role: 'tool', content: 'Herons are birds.' });
  });

  test.each(['web_search', 'file_search'])('%s without a hook is refused by name', async (type) => {
    await expect(openAt().ask({ input: 'x', tools: [{ type, vector_store_ids: ['vs_1'] }] })).rejects.toThrow(type);
  });
}
