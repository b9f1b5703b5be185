import { describe, expect, test } from 'vitest';
import { createFetch, type FetchOptions } from '../fetch.ts';
import type { Note } from '../note.ts';
import { chunk, completion, sse } from '../upstream.test-server.ts';

const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' }, metric: { type: 'boolean' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
  { type: 'function', function: { name: 'ping', parameters: { type: 'object', properties: {} } } },
];

interface Read {
  readonly content: string | null;
  readonly reasoning: string | undefined;
  readonly calls: ReadonlyArray<readonly [string, unknown]>;
  readonly finish: string | undefined;
  readonly error: string | undefined;
  readonly codes: readonly string[];
}

async function send(request: object, reply: Response, options: Partial<FetchOptions>) {
  const notes: Note[] = [];
  const fetch = createFetch({
    target: { dialect: 'llama.cpp', baseURL: 'http://up.test/v1' },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    // The engine's page about itself is no answer; another try gets the same.
    fetch: async (input) => (String(input).endsWith('/props') ? new Response('', { status: 404 }) : reply.clone()),
    ...options,
  });
  const response = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], ...request }),
  });
  return { text: await response.text(), notes };
}

type Calls = Array<{ id: string; type: string; function: { name: string; arguments: string } }>;

const listCalls = (calls: Calls = []) =>
  calls.map((call) => {
    expect(call).toMatchObject({ id: expect.stringMatching(/^call_\w{8,}$/), type: 'function' });
    return [call.function.name, JSON.parse(call.function.arguments)] as const;
  });

async function askWhole(message: object, request: object = { tools }, options: Partial<FetchOptions> = {}) {
  const reply = new Response(JSON.stringify(completion(message)), { headers: { 'content-type': 'application/json' } });
  const { text, notes } = await send(request, reply, options);
  const answer = JSON.parse(text);
  const choice = answer.choices?.[0];
  return {
    content: choice?.message.content,
    reasoning: choice?.message.reasoning_content,
    calls: listCalls(choice?.message.tool_calls),
    finish: choice?.finish_reason,
    error: answer.error?.code,
    codes: notes.map(({ code }) => code),
  } satisfies Read;
}

/** Streams the text in pieces and puts the chunks that come out together as an SDK does. */
async function askStream(deltas: readonly object[], request: object = { tools }, options: Partial<FetchOptions> = {}) {
  const reply = new Response(sse([...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')]), {
    headers: { 'content-type': 'text/event-stream' },
  });
  const { text, notes } = await send({ ...request, stream: true }, reply, options);
  const calls: Calls = [];
  let content: string | null = null;
  let reasoning: string | undefined;
  let finish: string | undefined;
  let error: string | undefined;
  for (const line of text.split('\n\n').filter((part) => part.startsWith('data: {'))) {
    const event = JSON.parse(line.slice(6));
    error = event.error?.code ?? error;
    for (const choice of event.choices ?? []) {
      if (typeof choice.delta.content === 'string') content = (content ?? '') + choice.delta.content;
      if (typeof choice.delta.reasoning_content === 'string')
        reasoning = (reasoning ?? '') + choice.delta.reasoning_content;
      for (const piece of choice.delta.tool_calls ?? []) {
        const known = calls[piece.index];
        if (known === undefined) calls[piece.index] = structuredClone(piece);
        else known.function.arguments += piece.function.arguments;
      }
      finish = choice.finish_reason ?? finish;
    }
  }
  return { content, reasoning, calls: listCalls(calls), finish, error, codes: notes.map(({ code }) => code) };
}

const cut = (text: string, size: number): object[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) => ({
    content: text.slice(at * size, at * size + size),
  }));

/** Whole, in one piece, and cut into pieces of 1, 2, 3 and 7 letters: all must read the same. */
async function askAll(text: string, request?: object, options?: Partial<FetchOptions>) {
  const whole = await askWhole({ content: text }, request, options);
  for (const size of [1, 2, 3, 7, text.length]) {
    const streamed = await askStream(cut(text, size), request, options);
    const { content, ...rest } = streamed;
    expect({ ...rest, codes: new Set(rest.codes), content: content ?? '' }, `pieces of ${size}`).toEqual({
      ...whole,
      codes: new Set(whole.codes),
      content: whole.content ?? '',
    });
  }
  return whole;
}

const paris = ['get_weather', { city: 'Paris' }];

describe('a call written as text comes out as a call', () => {
  test.each<[string, string, unknown[]]>([
    ['JSON with parameters', '{"name": "get_weather", "parameters": {"city": "Paris"}}', [paris]],
    ['JSON with arguments', '{"name":"get_weather","arguments":{"city":"Paris"}}', [paris]],
    ['JSON with arguments as text', '{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}', [paris]],
    ['the type function', '{"type":"function","name":"get_weather","parameters":{"city":"Paris"}}', [paris]],
    [
      'the form of the API',
      '{"type":"function","function":{"name":"get_weather","arguments":{"city":"Paris"}}}',
      [paris],
    ],
    ['python_tag with JSON', '<|python_tag|>{"name":"get_weather","parameters":{"city":"Paris"}}', [paris]],
    ['python_tag with Python', '<|python_tag|>get_weather(city="Paris")<|eom_id|>', [paris]],
    ['python_start', '<|python_start|>[get_weather(city="Paris")]<|python_end|>', [paris]],
    ['a list of Python calls', '[get_weather(city="Paris"), ping()]', [paris, ['ping', {}]]],
    ['a function tag', '<function=get_weather>{"city": "Paris"}</function>', [paris]],
    ['a tool_call tag', '<tool_call>\n{"name":"get_weather","arguments":{"city":"Paris"}}\n</tool_call>', [paris]],
    ['a fence', '```json\n{"name":"get_weather","parameters":{"city":"Paris"}}\n```', [paris]],
    [
      'two joined by a semicolon',
      '{"name":"get_weather","parameters":{"city":"Paris"}}; {"name":"ping","parameters":{}}',
      [paris, ['ping', {}]],
    ],
    [
      'two on two lines',
      '{"name":"ping","parameters":{}}\n{"name":"get_weather","parameters":{"city":"Paris"}}',
      [['ping', {}], paris],
    ],
    [
      'brackets in a text',
      '{"name":"get_weather","parameters":{"city":"}]({ \\" \'"}}',
      [['get_weather', { city: '}]({ " \'' }]],
    ],
  ])('%s', async (_, text, calls) => {
    const read = await askAll(text);
    expect(read).toMatchObject({ calls, content: null, finish: 'tool_calls' });
    expect(read.codes).toContain('tool-call-recovered');
  });

  test('text before a tag stays text', async () =>
    expect(await askAll('Let me look.\n<function=get_weather>{"city":"Paris"}</function>')).toMatchObject({
      content: 'Let me look.\n',
      calls: [paris],
      finish: 'tool_calls',
    }));

  test('texts become what the schema asks for, with a note', async () => {
    const read = await askAll('{"name":"get_weather","parameters":{"city":"7","days":"3","metric":"True"}}');
    expect(read.calls).toEqual([['get_weather', { city: '7', days: 3, metric: true }]]);
    expect(read.codes).toContain('tool-arguments-coerced');
  });
});

describe('what only looks like a call stays text', () => {
  const call = '{"name":"get_weather","parameters":{"city":"Paris"}}';
  test.each<[string, string, object?]>([
    ['no tools were sent', call, {}],
    ['no call was wanted', call, { tools, tool_choice: 'none' }],
    ['JSON was wanted', call, { tools, response_format: { type: 'json_object' } }],
    ['a function nobody sent', '{"name":"get_time","parameters":{"city":"Paris"}}'],
    ['arguments that do not fit', '{"name":"get_weather","parameters":{"town":"Paris"}}'],
    ['a number that is none', '{"name":"get_weather","parameters":{"city":"Paris","days":"many"}}'],
    ['a name alone', '{"name":"ping"}'],
    ['more keys than a call has', '{"name":"get_weather","parameters":{"city":"Paris"},"price":3}'],
    ['a sentence behind it', `${call} is what I would send.`],
    ['a sentence before it', `I would send ${call}`],
    ['an example in code', 'Write `<function=get_weather>{"city":"Paris"}</function>` to call it.'],
    ['an example in a fence', 'Like this:\n```\n<tool_call>{"name":"ping","arguments":{}}</tool_call>\n```\nDone.'],
    ['a list that is none of calls', '[1, 2, 3]'],
    ['Python with a place instead of a name', '[get_weather("Paris")]'],
    ['another type', '{"type":"person","name":"get_weather","parameters":{"city":"Paris"}}'],
    ['JSON cut short', '{"name":"get_weather","parameters":{"city":"Par'],
    ['a comparison', 'a < b and <b>bold</b>'],
    ['a program', '```python\nprint("hi")\n```'],
  ])('%s', async (_, text, request = { tools }) => {
    const read = await askAll(text, request);
    const codes = 'response_format' in request ? ['structured-output'] : [];
    expect(read).toMatchObject({ content: text, calls: [], finish: 'stop', codes });
  });

  test('plain text goes out piece by piece, not at the end', async () => {
    const { text } = await send(
      { tools, stream: true },
      new Response(sse([chunk({ content: 'Hello' }), chunk({ content: ' you' }), chunk({}, 'stop')]), {
        headers: { 'content-type': 'text/event-stream' },
      }),
      {},
    );
    expect([...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece)).toEqual(['Hello', ' you']);
  });
});

describe('who asked for a call', () => {
  const request = { tools, tool_choice: 'required' };
  test('gets the one inside of the text', async () =>
    expect(await askAll('Sure! {"name":"get_weather","parameters":{"city":"Paris"}} done', request)).toMatchObject({
      calls: [paris],
      content: null,
    }));
  test('gets an error instead of text', async () => {
    expect(await askWhole({ content: 'It is sunny.' }, request)).toMatchObject({ error: 'tool_choice_not_honoured' });
    expect(await askStream(cut('It is sunny.', 3), request)).toMatchObject({ error: 'tool_choice_not_honoured' });
  });
  test('for one gets one', async () => {
    const read = await askAll('[get_weather(city="Paris"), ping()]', { tools, parallel_tool_calls: false });
    expect(read.calls).toEqual([paris]);
    expect(read.codes).toContain('tool-calls-trimmed');
  });
});

describe('reasoning', () => {
  const text = '<think>\nParis, so\n</think>\n\nIt is sunny.';
  test('between tags moves to reasoning_content', async () => {
    const read = await askAll(text, {});
    expect([read.content, read.reasoning?.trim()]).toEqual(['It is sunny.', 'Paris, so']);
    expect(read.codes).toEqual(['reasoning-split']);
  });
  test('is left out where the settings say so', async () =>
    expect(await askAll(text, {}, { reasoning: 'strip' })).toMatchObject({
      content: 'It is sunny.',
      reasoning: undefined,
    }));
  test('is kept where the settings say so', async () =>
    expect(await askAll(text, {}, { reasoning: 'keep' })).toMatchObject({ content: text, codes: [] }));
  test('a tag later on is text', async () =>
    expect(await askAll('Use <think> and </thin', {})).toMatchObject({ content: 'Use <think> and </thin', codes: [] }));
  test('in a field called reasoning moves', async () => {
    expect(await askWhole({ content: 'a', reasoning: 'b' }, {})).toMatchObject({ content: 'a', reasoning: 'b' });
    expect(await askStream([{ reasoning: 'b' }, { reasoning: 'c' }, { content: 'a' }], {})).toMatchObject({
      content: 'a',
      reasoning: 'bc',
      codes: ['reasoning-moved'],
    });
    expect(await askWhole({ content: 'a', reasoning_content: 'b' }, {}, { reasoning: 'strip' })).toMatchObject({
      reasoning: undefined,
      codes: ['reasoning-stripped'],
    });
  });
  test('before a call leaves a call', async () =>
    expect(await askAll('<think>hm</think>{"name":"ping","parameters":{}}')).toMatchObject({
      calls: [['ping', {}]],
      reasoning: 'hm',
    }));
});

describe('control tokens', () => {
  test.each([
    ['at the end', 'Hello<|eot_id|>', 'Hello'],
    ['at the start', '<|start_header_id|>assistant<|end_header_id|>\n\nHello', 'Hello'],
  ])('%s are taken out', async (_, text, content) =>
    expect(await askAll(text, {})).toMatchObject({ content, codes: ['special-tokens-trimmed'] }),
  );
  test('inside of a text are text', async () => {
    const text = 'Llama ends a turn with <|eot_id|> and a < b <| c';
    expect(await askAll(text, {})).toMatchObject({ content: text, codes: [] });
  });
});
