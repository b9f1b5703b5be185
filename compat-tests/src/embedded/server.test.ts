import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedServer } from './server.ts';
import { readEvents, readShape } from './shape.ts';

const KEY = 'sk-local';
let open: EmbeddedServer;
let keyed: EmbeddedServer;
const notices: string[] = [];
beforeAll(async () => {
  open = await startEmbedded({ slots: 2, contextSize: 1024, onNotice: (line) => notices.push(line) });
  keyed = await startEmbedded({ slots: 1, contextSize: 32_768, apiKey: KEY, embeddings: false });
});
afterAll(() => Promise.all([open.close(), keyed.close()]));

const post = (path: string, body: unknown, init: RequestInit = {}) =>
  fetch(`${open.origin}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
const hello = { messages: [{ role: 'user', content: 'Say hello' }] };
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: name,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}));

const TIMINGS = {
  cache_n: 'number',
  predicted_ms: 'number',
  predicted_n: 'number',
  predicted_per_second: 'number',
  predicted_per_token_ms: 'number',
  prompt_ms: 'number',
  prompt_n: 'number',
  prompt_per_second: 'number',
  prompt_per_token_ms: 'number',
};
const USAGE = {
  completion_tokens: 'number',
  prompt_tokens: 'number',
  total_tokens: 'number',
  prompt_tokens_details: { cached_tokens: 'number' },
};
const stamped = (object: string) => ({
  created: 'number',
  id: 'string',
  model: 'string',
  object,
  system_fingerprint: 'string',
});
const message = (content: unknown, more: object = {}) => ({ role: 'assistant', content, ...more });
const completion = (finish_reason: string, content: object, more: object = {}) => ({
  ...stamped('chat.completion'),
  timings: TIMINGS,
  usage: USAGE,
  choices: [{ finish_reason, index: 'number', message: content, ...more }],
});
const candidate = { id: 'number', token: 'string', bytes: ['number'], logprob: 'number' };
const failure = (code: number, type: string, more: object = {}) => ({
  error: { code, message: 'string', type, ...more },
});

/** The wire by hand: request, status, and what the answer looks like. Deviations from OpenAI are in the names. */
const WIRE: ReadonlyArray<readonly [what: string, path: string, body: unknown, status: number, shape: unknown]> = [
  [
    'a chat answer carries timings, and no refusal',
    '/v1/chat/completions',
    hello,
    200,
    completion('stop', message('string')),
  ],
  [
    'content beside tool calls is a text, ids come without call_',
    '/v1/chat/completions',
    { ...hello, tools },
    200,
    completion(
      'tool_calls',
      message('string', {
        tool_calls: [{ id: 'string', type: 'function', function: { name: 'string', arguments: 'string' } }],
      }),
    ),
  ],
  [
    'log-probabilities carry token ids',
    '/v1/chat/completions',
    { ...hello, logprobs: true, max_tokens: 1 },
    200,
    completion('length', message('string'), { logprobs: { content: [{ ...candidate, top_logprobs: [candidate] }] } }),
  ],
  [
    'completion ids are chat ids',
    '/v1/completions',
    { prompt: 'Once', max_tokens: 2 },
    200,
    {
      ...stamped('text_completion'),
      timings: TIMINGS,
      usage: USAGE,
      choices: [{ text: 'string', index: 'number', logprobs: null, finish_reason: 'length' }],
    },
  ],
  [
    'embeddings',
    '/v1/embeddings',
    { input: 'a' },
    200,
    {
      object: 'list',
      model: 'string',
      usage: { prompt_tokens: 'number', total_tokens: 'number' },
      data: [{ object: 'embedding', index: 'number', embedding: ['number'] }],
    },
  ],
  [
    'base64 embeddings say so',
    '/v1/embeddings',
    { input: 'a', encoding_format: 'base64' },
    200,
    {
      object: 'list',
      model: 'string',
      usage: { prompt_tokens: 'number', total_tokens: 'number' },
      data: [{ object: 'embedding', index: 'number', embedding: 'string', encoding_format: 'base64' }],
    },
  ],
  [
    'tokenize',
    '/tokenize',
    { content: 'Hello you', with_pieces: true },
    200,
    { tokens: [{ id: 'number', piece: 'string' }] },
  ],
  ['no messages', '/v1/chat/completions', {}, 400, failure(400, 'invalid_request_error')],
  ['messages of a wrong type', '/v1/chat/completions', { messages: 'hi' }, 400, failure(400, 'invalid_request_error')],
  [
    'a message that is a text',
    '/v1/chat/completions',
    { messages: ['hi'] },
    400,
    failure(400, 'invalid_request_error'),
  ],
  ['a body that is a list', '/v1/chat/completions', [], 400, failure(400, 'invalid_request_error')],
  ['n over the slots', '/v1/chat/completions', { ...hello, n: 3 }, 400, failure(400, 'invalid_request_error')],
  [
    'a bad schema',
    '/v1/chat/completions',
    { ...hello, response_format: { type: 'json_schema', json_schema: { schema: { type: 'wat' } } } },
    400,
    failure(400, 'invalid_request_error'),
  ],
  [
    'a prompt over the context',
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: ' and so'.repeat(600) }] },
    400,
    failure(400, 'exceed_context_size_error', { n_ctx: 'number', n_prompt_tokens: 'number' }),
  ],
  [
    'the same, streamed',
    '/v1/chat/completions',
    { stream: true, messages: [{ role: 'user', content: ' and so'.repeat(600) }] },
    400,
    failure(400, 'exceed_context_size_error', { n_ctx: 'number', n_prompt_tokens: 'number' }),
  ],
  [
    'a prompt over the context, in completions',
    '/v1/completions',
    { prompt: ' and so'.repeat(600) },
    400,
    failure(400, 'exceed_context_size_error', { n_ctx: 'number', n_prompt_tokens: 'number' }),
  ],
  ['broken JSON is a server error', '/v1/chat/completions', '{"messages": [', 500, failure(500, 'server_error')],
  [
    'an image is a server error',
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] },
    500,
    failure(500, 'server_error'),
  ],
  [
    'an embedding over the batch is a server error',
    '/v1/embeddings',
    { input: ' and so'.repeat(300) },
    500,
    failure(500, 'server_error'),
  ],
  ['an unknown path', '/v1/moderations', { input: 'x' }, 404, failure(404, 'not_found_error')],
];

describe('the wire', () => {
  test.each(WIRE)('%s', async (_, path, body, status, shape) => {
    const response = await post(path, body);
    const answer: unknown = await response.json();
    expect({ status: response.status, shape: readShape(answer) }).toEqual({ status, shape });
  });

  test('a wrong method is a 404', async () => {
    expect((await fetch(`${open.url}/chat/completions`)).status).toBe(404);
    expect((await fetch(`${open.url}/models/tiny-llama`)).status).toBe(404);
  });

  test('an object tool_choice is taken for "auto", as is a tool that does not exist', async () => {
    for (const name of ['get_weather', 'nope']) {
      const response = await post('/v1/chat/completions', {
        ...hello,
        tools,
        tool_choice: { type: 'function', function: { name } },
      });
      const body = (await response.json()) as {
        choices: [{ message: { tool_calls: [{ function: { name: string } }] } }];
      };
      expect(body.choices[0].message.tool_calls[0].function.name).toBe('get_time');
    }
  });

  test('a named tool is not forced: after a tool result there is a text', async () => {
    const call = { id: 'x', type: 'function', function: { name: 'get_time', arguments: '{"city":"Paris"}' } };
    const messages = [
      ...hello.messages,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'x', content: 'noon' },
    ];
    const finish = async (tool_choice: unknown) =>
      (await (await post('/v1/chat/completions', { messages, tools, tool_choice })).json()) as {
        choices: [{ finish_reason: string }];
      };
    expect((await finish({ type: 'function', function: { name: 'get_time' } })).choices[0].finish_reason).toBe('stop');
    expect((await finish('required')).choices[0].finish_reason).toBe('tool_calls');
  });

  test('a tool-call id is 32 letters and digits', async () => {
    const body = (await (await post('/v1/chat/completions', { ...hello, tools })).json()) as {
      choices: [{ message: { content: string; tool_calls: [{ id: string }] } }];
    };
    expect(body.choices[0].message.content).toBe('');
    expect(body.choices[0].message.tool_calls[0].id).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  test('usage of n choices counts one', async () => {
    const read = async (n: number) =>
      (await (await post('/v1/chat/completions', { ...hello, n })).json()) as { usage: object; choices: unknown[] };
    const [one, two] = [await read(1), await read(2)];
    expect(two.choices).toHaveLength(2);
    expect(two.usage).toEqual(one.usage);
  });

  test('a stream begins with a role and null, and reports usage only when asked', async () => {
    for (const include_usage of [false, true]) {
      const response = await post('/v1/chat/completions', {
        ...hello,
        stream: true,
        stream_options: { include_usage },
      });
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      const events = readEvents(await response.text()) as Array<{
        data: { choices: unknown[]; usage?: object; timings?: object };
      }>;
      expect(events[0]?.data.choices).toEqual([
        { finish_reason: null, index: 0, delta: { role: 'assistant', content: null } },
      ]);
      expect(events.at(-1)?.data).toBe('[DONE]');
      expect(events.at(-2)?.data.timings).toBeDefined();
      expect(events.at(-2)?.data.usage !== undefined).toBe(include_usage);
      expect(events.length).toBe(include_usage ? 20 : 19);
    }
  });

  test('streamed tool arguments add up to the ones of the plain answer', async () => {
    const response = await post('/v1/chat/completions', { ...hello, tools, stream: true });
    const events = readEvents(await response.text()) as Array<{
      data: { choices?: Array<{ delta: { tool_calls?: Array<{ id?: string; function: { arguments: string } }> } }> };
    }>;
    const calls = events.flatMap(({ data }) => data.choices?.flatMap(({ delta }) => delta.tool_calls ?? []) ?? []);
    expect(calls.map((call) => call.function.arguments).join('')).toBe('{"city":"demo"}');
    expect(calls.filter((call) => call.id !== undefined)).toHaveLength(1);
  });

  test('streamed text never holds a stop string, however it is cut into tokens', async () => {
    const response = await post('/v1/chat/completions', { ...hello, stream: true, stop: ['tiny te', 'zzz'] });
    const events = readEvents(await response.text()) as Array<{
      data: { choices?: Array<{ finish_reason: string | null; delta: { content?: string } }> };
    }>;
    const choices = events.flatMap(({ data }) => data.choices ?? []);
    expect(choices.map(({ delta }) => delta.content ?? '').join('')).toBe('Hello! I am a ');
    expect(choices.at(-1)?.finish_reason).toBe('stop');
  });

  test('a limit of 0 tokens gives one', async () => {
    expect(await (await post('/v1/chat/completions', { ...hello, max_tokens: 0 })).json()).toMatchObject({
      usage: { completion_tokens: 1 },
    });
  });

  test('a field that has no effect is said once', async () => {
    notices.length = 0;
    for (let time = 0; time < 2; time++)
      expect((await post('/v1/chat/completions', { ...hello, logit_bias: { 5: -100 } })).status).toBe(200);
    expect(notices).toEqual([expect.stringContaining('logit_bias')]);
  });

  test('without the key there is nothing but /health', async () => {
    const get = (path: string, authorization?: string) =>
      fetch(`${keyed.origin}${path}`, authorization ? { headers: { authorization } } : {});
    expect((await get('/health')).status).toBe(200);
    expect((await get('/v1/models')).status).toBe(401);
    expect(readShape(await (await get('/v1/models', 'Bearer wrong')).json())).toEqual(
      failure(401, 'authentication_error'),
    );
    expect((await get('/v1/models', `Bearer ${KEY}`)).status).toBe(200);
    expect((await get('/v1/nope')).status).toBe(401);
  });
});
