import { describe, expect, test } from 'vitest';
import { ask, events, json } from '../answer/ask.test-endpoint.ts';
import { chunk, completion, sse } from '../upstream.test-server.ts';

type Json = Record<string, unknown>;

const readMessages = (body: Json | undefined) => (body?.['messages'] ?? []) as Json[];
const readAnswerSchema = (body: Json | undefined) =>
  ((body?.['response_format'] ?? {}) as { json_schema?: { schema: { anyOf?: Json[] } } }).json_schema?.schema;

let count = 0;
/** An endpoint nobody has learnt anything of yet. */
const fresh = (dialect: 'openai-compatible' | 'llama.cpp' = 'openai-compatible') => {
  count += 1;
  return { target: { dialect, baseURL: `http://tools-${count}.test/v1` } };
};

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells the weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};
const time = { type: 'function', function: { name: 'time', parameters: { type: 'object', properties: {} } } };
const request = { messages: [{ role: 'user', content: 'Rome?' }], tools: [weather, time] };
const call = '{"name": "weather", "parameters": {"city": "Rome"}}';
const noTools = (message: string) => json({ error: { message, type: 'invalid_request_error', code: null } }, 400);
const refused = () => noTools('registry.ollama.ai/library/smollm2 does not support tools');

const readWhole = (text: string) => {
  const { choices, error } = JSON.parse(text) as {
    choices?: Array<{
      message: { content: string | null; tool_calls?: Array<{ id: string; function: Json }> };
      finish_reason: string;
    }>;
    error?: { code: string };
  };
  const choice = choices?.[0];
  return {
    content: choice?.message.content,
    calls: choice?.message.tool_calls?.map(({ function: held }) => [held['name'], held['arguments']]) ?? [],
    finish: choice?.finish_reason,
    error: error?.code,
  };
};

const readStream = (text: string) => {
  const pieces: string[] = [];
  const calls: unknown[] = [];
  let finish: unknown;
  let error: unknown;
  for (const line of text.split('\n\n').filter((event) => event.startsWith('data: {'))) {
    const event = JSON.parse(line.slice(6)) as {
      error?: Json;
      choices?: Array<{ delta: Json; finish_reason: unknown }>;
    };
    error ??= event.error?.['code'];
    const choice = event.choices?.[0];
    if (typeof choice?.delta['content'] === 'string') pieces.push(choice.delta['content']);
    for (const { function: held } of (choice?.delta['tool_calls'] ?? []) as Array<{ function: Json }>)
      calls.push([held['name'], held['arguments']]);
    finish = choice?.finish_reason ?? finish;
  }
  return { pieces, calls, finish, error };
};

const said = (content: string, finish = 'stop') => json(completion({ content }, finish));
const streamed = (text: string, size = 3) =>
  events(
    sse([
      ...(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map((content) => chunk({ content })),
      chunk({}, 'stop'),
    ]),
  );

describe('an endpoint that refuses tools', () => {
  test.each([
    'registry.ollama.ai/library/smollm2 does not support tools',
    '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    '`tool calling` is not supported with this model',
    'model features function calling not support',
    'Tool use is not supported.',
  ])('%s', async (message) => {
    const { text, sent, notes } = await ask(request, [noTools(message), said(call)], fresh());
    expect(readWhole(text)).toMatchObject({
      calls: [['weather', '{"city":"Rome"}']],
      content: null,
      finish: 'tool_calls',
    });
    expect(sent[1]).not.toHaveProperty('tools');
    expect(notes.map(({ code }) => code)).toContain('tools-emulated');
    expect(notes.map(({ code }) => code)).not.toContain('tool-call-recovered');
  });

  test('another error stays what it is', async () => {
    const { status, sent } = await ask(request, [noTools('messages[0].content must be a string')], fresh());
    expect([status, sent.length]).toEqual([400, 1]);
  });

  test('is asked for tools once only', async () => {
    const target = fresh();
    await ask(request, [refused(), said(call)], target);
    const { sent } = await ask(request, [said(call)], target);
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty('tools');
  });

  test('gets them in its system message, and a schema of a call or a reply', async () => {
    const system = { role: 'system', content: 'Be brief.' };
    const { sent } = await ask(
      { ...request, messages: [system, ...request.messages] },
      [refused(), said(call)],
      fresh(),
    );
    const [first, second] = readMessages(sent[1]);
    expect(first?.['role']).toBe('system');
    expect(first?.['content']).toMatch(/^Be brief\.\n\nYou can call functions\./);
    expect(first?.['content']).toContain('"description":"Tells the weather"');
    expect(second).toEqual(request.messages[0]);
    const schema = readAnswerSchema(sent[1]);
    expect(schema?.anyOf?.map((branch) => Object.keys(branch['properties'] as Json))).toEqual([
      ['name', 'parameters'],
      ['name', 'parameters'],
      ['reply'],
    ]);
  });

  test('references of a tool’s schema move with it', async () => {
    const node = {
      type: 'function',
      function: {
        name: 'add',
        parameters: {
          type: 'object',
          properties: { node: { $ref: '#/$defs/Node' } },
          $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } } },
        },
      },
    };
    const { sent } = await ask(
      { ...request, tools: [node], tool_choice: 'required' },
      [refused(), said('{"name":"add","parameters":{}}')],
      fresh(),
    );
    const schema = readAnswerSchema(sent[1]);
    expect(schema).toMatchObject({
      properties: { parameters: { $ref: '#/$defs/call_0' } },
      $defs: {
        call_0: {
          properties: { node: { $ref: '#/$defs/call_0/$defs/Node' } },
          $defs: { Node: { properties: { next: { $ref: '#/$defs/call_0/$defs/Node' } } } },
        },
      },
    });
  });
});

describe('the answer', () => {
  test('in words comes as text, whatever is escaped in it', async () => {
    const words = 'A "b"\n\\ é \u{1f600}';
    const reply = JSON.stringify({ reply: words }).replace('é', '\\u00e9');
    expect(readWhole((await ask(request, [refused(), said(reply)], fresh())).text)).toMatchObject({
      content: words,
      calls: [],
      finish: 'stop',
    });
    for (const size of [1, 2, 7, 500]) {
      const { text } = await ask({ ...request, stream: true }, [refused(), streamed(reply, size)], fresh());
      expect(readStream(text)).toMatchObject({ calls: [], finish: 'stop' });
      expect(readStream(text).pieces.join('')).toBe(words);
    }
  });

  test('in words streams as it comes', async () => {
    const { text } = await ask(
      { ...request, stream: true },
      [refused(), streamed('{"reply":"one two three"}', 4)],
      fresh(),
    );
    expect(readStream(text).pieces.length).toBeGreaterThan(2);
  });

  test('that is a call streams as one', async () => {
    for (const size of [1, 5, 500]) {
      const { text } = await ask({ ...request, stream: true }, [refused(), streamed(call, size)], fresh());
      expect(readStream(text)).toEqual({
        pieces: [],
        calls: [['weather', '{"city":"Rome"}']],
        finish: 'tool_calls',
        error: undefined,
      });
    }
  });

  test('cut by a limit keeps what there is, and says length', async () => {
    expect(
      readWhole((await ask(request, [refused(), said('{"reply":"half of', 'length')], fresh())).text),
    ).toMatchObject({
      content: 'half of',
      finish: 'length',
    });
  });

  test('n answers are n answers', async () => {
    const replies = [refused(), refused(), said(call), said('{"reply":"no"}')];
    const { text } = await ask({ ...request, n: 2 }, replies, fresh());
    const { choices } = JSON.parse(text) as { choices: Array<{ index: number; message: Json; finish_reason: string }> };
    expect(choices.map(({ index, message, finish_reason: finish }) => [index, message['content'], finish])).toEqual([
      [0, null, 'tool_calls'],
      [1, 'no', 'stop'],
    ]);
  });

  test('with JSON asked for is a call, or that JSON', async () => {
    const format = {
      type: 'json_schema',
      json_schema: {
        name: 'x',
        strict: true,
        schema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      },
    };
    const asked = { ...request, response_format: format };
    expect(readWhole((await ask(asked, [refused(), said('{"reply":{"ok":true}}')], fresh())).text)).toMatchObject({
      content: '{"ok":true}',
      finish: 'stop',
    });
    expect(readWhole((await ask(asked, [refused(), said(call)], fresh())).text)).toMatchObject({
      calls: [['weather', '{"city":"Rome"}']],
    });
    const wrong = await ask(asked, [refused(), said('{"reply":{"ok":1}}'), said('{"reply":{"ok":1}}')], fresh());
    expect(readWhole(wrong.text).error).toBe('structured_output_invalid');
  });
});

describe('a call that is asked for', () => {
  const required = { ...request, tool_choice: 'required' };
  test('is a call, or after one more try an error', async () => {
    const good = await ask(required, [refused(), said('Hello'), said(call)], fresh());
    expect(readWhole(good.text)).toMatchObject({ calls: [['weather', '{"city":"Rome"}']], finish: 'tool_calls' });
    expect(readMessages(good.sent[2]).slice(-2)).toMatchObject([
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: expect.stringContaining('no function call') },
    ]);
    const bad = await ask(required, [refused(), said('Hello'), said('Hello')], fresh());
    expect([bad.status, readWhole(bad.text).error, bad.sent.length]).toEqual([502, 'tool_choice_not_honoured', 3]);
  });

  test('likewise streamed', async () => {
    const asked = { ...required, stream: true };
    const good = await ask(asked, [refused(), streamed('Hello'), streamed(call)], fresh());
    expect(readStream(good.text)).toMatchObject({
      pieces: [],
      calls: [['weather', '{"city":"Rome"}']],
      finish: 'tool_calls',
    });
    const bad = await ask(asked, [refused(), streamed('Hello'), streamed('Hello')], fresh());
    expect(readStream(bad.text)).toMatchObject({ pieces: [], calls: [], error: 'tool_choice_not_honoured' });
  });

  test('of one function is that one, and ends as OpenAI ends it', async () => {
    const named = { ...request, tool_choice: { type: 'function', function: { name: 'weather' } } };
    const { text, sent } = await ask(named, [refused(), said(call)], fresh());
    expect(readWhole(text)).toMatchObject({ calls: [['weather', '{"city":"Rome"}']], finish: 'stop' });
    expect(JSON.stringify(sent[1])).not.toContain('time');
    const other = await ask(named, [refused(), said('{"name":"time","parameters":{}}'), said('no')], fresh());
    expect(readWhole(other.text).error).toBe('tool_choice_not_honoured');
  });

  test('of a function that is not there is the caller’s mistake', async () => {
    const target = fresh();
    await ask(request, [refused(), said(call)], target);
    const { status, sent } = await ask(
      { ...request, tool_choice: { type: 'function', function: { name: 'none' } } },
      [],
      target,
    );
    expect([status, sent.length]).toEqual([400, 0]);
  });

  test('is described where the endpoint answers text to it', async () => {
    const { text, sent } = await ask(required, [said('It is sunny.'), said(call)], fresh());
    expect(readWhole(text).calls).toEqual([['weather', '{"city":"Rome"}']]);
    expect(sent[0]).toHaveProperty('tools');
    expect(sent[1]).not.toHaveProperty('tools');
    const stream = await ask({ ...required, stream: true }, [streamed('It is sunny.'), streamed(call)], fresh());
    expect(readStream(stream.text)).toMatchObject({ pieces: [], calls: [['weather', '{"city":"Rome"}']] });
  });

  test('is described where the endpoint refuses the choice, and only then', async () => {
    const target = fresh();
    const { sent } = await ask(
      required,
      [noTools('Thinking mode does not support this tool_choice'), said(call)],
      target,
    );
    expect(sent[1]).not.toHaveProperty('tools');
    const auto = await ask(request, [said('Hello')], target);
    expect(auto.sent[0]).toHaveProperty('tools');
  });
});

describe('earlier calls', () => {
  const history = [
    { role: 'user', content: 'Rome?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    { role: 'user', content: 'And now?' },
    { role: 'assistant', content: 'Still sunny.' },
    { role: 'user', content: 'Thanks' },
  ];
  test('and their results are text, in the form new ones have, roles in turn', async () => {
    const { sent } = await ask({ ...request, messages: history }, [refused(), said('{"reply":"Bye"}')], fresh());
    expect(readMessages(sent[1]).slice(1)).toEqual([
      { role: 'user', content: 'Rome?' },
      { role: 'assistant', content: '{"name":"weather","parameters":{"city":"Rome"}}' },
      { role: 'user', content: 'Result of the call of weather:\nsunny\n\nAnd now?' },
      { role: 'assistant', content: '{"reply":"Still sunny."}' },
      { role: 'user', content: 'Thanks' },
    ]);
  });
  test('are text even where no tools go with them', async () => {
    const target = fresh();
    await ask(request, [refused(), said(call)], target);
    const { sent } = await ask({ messages: history.slice(0, 3) }, [said('Sunny.')], target);
    expect(JSON.stringify(sent[0])).not.toMatch(/"tool"|tool_calls/);
  });
});

describe('an endpoint that takes no schema', () => {
  const noSchema = () => noTools('This model does not support response format `json_schema`.');
  const noObject = () => noTools('response_format type `json_object` is not supported');
  test('is asked for an object, then for text', async () => {
    const object = await ask(request, [refused(), noSchema(), said('{"reply":"Hi"}')], fresh());
    expect(object.sent[2]?.['response_format']).toEqual({ type: 'json_object' });
    expect(readWhole(object.text).content).toBe('Hi');
    const plain = await ask(request, [refused(), noSchema(), noObject(), said('Hi')], fresh());
    expect(plain.sent[3]).not.toHaveProperty('response_format');
    expect(readWhole(plain.text).content).toBe('Hi');
    const called = await ask(
      request,
      [refused(), noSchema(), noObject(), said(`\`\`\`json\n${call}\n\`\`\``)],
      fresh(),
    );
    expect(readWhole(called.text).calls).toEqual([['weather', '{"city":"Rome"}']]);
  });
});

describe('llama-server, whose model’s template knows no tools', () => {
  /** Answers `/props` as llama-server does, or not at all, and counts prompt tokens with and without tools. */
  const engine = (
    props: object | undefined,
    tokens: { readonly without: number; readonly with: number },
    stream = false,
  ) => {
    const bodies: Json[] = [];
    const target = fresh('llama.cpp');
    const fetch = async (input: string | URL | Request, init?: RequestInit) => {
      if (String(input).endsWith('/props'))
        return props === undefined
          ? new Response('', { status: 404 })
          : json({ default_generation_settings: {}, ...props });
      const body = JSON.parse(String(init?.body)) as Json;
      bodies.push(body);
      const counted = {
        usage: { prompt_tokens: 'tools' in body ? tokens.with : tokens.without, completion_tokens: 1 },
      };
      const content = 'response_format' in body ? call : 'It is sunny.';
      if (stream && body['stream'] === true) return streamed(content);
      return json(completion({ content }, 'stop', counted), 200, { server: 'llama.cpp' });
    };
    return { bodies, options: { ...target, fetch } };
  };

  test('says so on its page', async () => {
    const { bodies, options } = engine({ chat_template_caps: { supports_tools: false } }, { without: 5, with: 5 });
    expect(readWhole((await ask(request, [], options)).text).calls).toEqual([['weather', '{"city":"Rome"}']]);
    expect(bodies).toHaveLength(2);
  });
  test('says so before a stream begins', async () => {
    const { bodies, options } = engine(
      { chat_template_caps: { supports_tools: false } },
      { without: 5, with: 5 },
      true,
    );
    expect(readStream((await ask({ ...request, stream: true }, [], options)).text).calls).toEqual([
      ['weather', '{"city":"Rome"}'],
    ]);
    expect(bodies).toHaveLength(1);
  });
  test('gives itself away by its count of prompt tokens', async () => {
    const { bodies, options } = engine(undefined, { without: 37, with: 37 });
    expect(readWhole((await ask(request, [], options)).text).calls).toEqual([['weather', '{"city":"Rome"}']]);
    expect(bodies.filter((body) => body['max_tokens'] === 1)).toHaveLength(2);
    bodies.length = 0;
    await ask(request, [], options);
    expect(bodies).toHaveLength(1);
  });
  test('is left alone where its template knows them', async () => {
    for (const props of [{ chat_template_caps: { supports_tools: true } }, undefined]) {
      const { options } = engine(props, { without: 5, with: 80 });
      expect(readWhole((await ask(request, [], options)).text)).toMatchObject({ content: 'It is sunny.', calls: [] });
    }
  });
});
