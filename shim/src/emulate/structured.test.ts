import { describe, expect, test } from 'vitest';
import { ask, events, json } from '../answer/ask.test-endpoint.ts';
import { chunk, completion, sse } from '../upstream.test-server.ts';

type Json = Record<string, unknown>;

const readMessages = (body: Json | undefined) => (body?.['messages'] ?? []) as Json[];

let count = 0;
const fresh = (dialect: 'openai-compatible' | 'llama.cpp' = 'openai-compatible') => {
  count += 1;
  return { target: { dialect, baseURL: `http://format-${count}.test/v1` } };
};

const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
const format = (strict: boolean, given: object = schema) => ({
  messages: [{ role: 'user', content: 'A number?' }],
  response_format: { type: 'json_schema', json_schema: { name: 'x', strict, schema: given } },
});
const strict = format(true);
const said = (content: string | null, finish = 'stop', more: object = {}) =>
  json(completion({ content, ...more }, finish));
const streamed = (text: string, finish = 'stop', size = 4) =>
  events(
    sse([
      ...(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map((content) => chunk({ content })),
      chunk({}, finish),
    ]),
  );
const refused = (message: string) => json({ error: { message, type: 'invalid_request_error' } }, 400);

const read = ({ text }: { readonly text: string }) => {
  const { choices, error } = JSON.parse(text) as {
    choices?: Array<{ message: { content: string | null }; finish_reason: string }>;
    error?: { code: string; message: string };
  };
  return error === undefined ? choices?.[0]?.message.content : `${error.code}: ${error.message}`;
};
const readStream = ({ text }: { readonly text: string }) => {
  let out = '';
  for (const line of text.split('\n\n').filter((event) => event.startsWith('data: {'))) {
    const event = JSON.parse(line.slice(6)) as {
      error?: Json;
      choices?: Array<{ delta: Json; finish_reason: unknown }>;
    };
    if (event.error !== undefined) out += ` [${String(event.error['code'])}]`;
    out += String(event.choices?.[0]?.delta['content'] ?? '');
    if (event.choices?.[0]?.finish_reason) out += ` [${String(event.choices[0].finish_reason)}]`;
  }
  return out;
};

describe('an answer that fits', () => {
  test('comes as it is, and the note says who held it to the schema', async () => {
    const engine = await ask(strict, [said('{"n": 1}')], fresh('llama.cpp'));
    expect(read(engine)).toBe('{"n": 1}');
    expect(engine.notes.find(({ code }) => code === 'structured-output')?.what).toBe(
      'held to by the engine, and checked',
    );
    const unknown = await ask(strict, [said('{"n": 1}')], fresh());
    expect(unknown.notes.find(({ code }) => code === 'structured-output')?.what).toBe(
      'held to by the shim, and checked',
    );
  });
  test.each([
    ['a fence', '```json\n{"n": 1}\n```'],
    ['words around it', 'Sure, here it is: {"n": 1} I hope it helps.'],
    ['a second object', '{"n": 1}\n{"n": 2}'],
  ])('is taken out of %s, whole and streamed', async (_, text) => {
    const whole = await ask(strict, [said(text)], fresh());
    expect(read(whole)?.trim()).toBe('{"n": 1}');
    expect(whole.notes.map(({ code }) => code)).toContain('structured-output-repaired');
    for (const size of [1, 3, 100])
      expect(
        readStream(await ask({ ...strict, stream: true }, [streamed(text, 'stop', size)], fresh())).replace(
          /\s+\[/,
          ' [',
        ),
      ).toBe('{"n": 1} [stop]');
  });
  test('has its open brackets closed where the model ended too early', async () => {
    const list = format(true, {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'string' } } },
      required: ['a'],
    });
    expect(read(await ask(list, [said('{"a": ["x", "y')], fresh()))).toBe('{"a": ["x", "y"]}');
    expect(readStream(await ask({ ...list, stream: true }, [streamed('{"a": ["x", "y')], fresh()))).toBe(
      '{"a": ["x", "y"]} [stop]',
    );
  });
});

describe('an answer that does not fit', () => {
  test('is asked for once more, with what is wrong', async () => {
    const { text, sent } = await ask(strict, [said('{"n": "one"}'), said('{"n": 1}')], fresh());
    expect(read({ text })).toBe('{"n": 1}');
    expect(readMessages(sent[1]).slice(-2)).toEqual([
      { role: 'assistant', content: '{"n": "one"}' },
      { role: 'user', content: expect.stringContaining('n: Instance type "string" is invalid') },
    ]);
  });
  test.each([
    ['a wrong value', '{"n": "one"}'],
    ['no JSON', 'I cannot'],
    ['nothing', ''],
  ])('twice, with %s, is an error that is not tried again', async (_, text) => {
    const answer = await ask(strict, [said(text), said(text)], fresh());
    expect([answer.status, answer.sent.length, answer.headers.get('x-should-retry')]).toEqual([502, 2, 'false']);
    expect(read(answer)).toMatch(/^structured_output_invalid: /);
  });
  test('streamed is an error: what has gone out cannot be taken back', async () => {
    const answer = await ask({ ...strict, stream: true }, [streamed('{"n": "one"}')], fresh());
    expect(answer.sent).toHaveLength(1);
    expect(readStream(answer)).toBe('{"n": "one"} [structured_output_invalid]');
  });
  test('to a schema that is not strict is handed over with a note, as JSON at least', async () => {
    const { text, notes } = await ask(format(false), [said('{"n": "one"}'), said('{"n": "two"}')], fresh());
    expect(read({ text })).toBe('{"n": "two"}');
    expect(notes.find(({ code }) => code === 'structured-output-loose')?.severity).toBe('lossy');
    expect(read(await ask(format(false), [said('no'), said('no')], fresh()))).toMatch(/^structured_output_invalid/);
    expect(readStream(await ask({ ...format(false), stream: true }, [streamed('{"n": "one"}')], fresh()))).toBe(
      '{"n": "one"} [stop]',
    );
  });
  test('to json_object likewise', async () => {
    const object = { response_format: { type: 'json_object' } };
    expect(read(await ask(object, [said('```\n{"any": 1}\n```')], fresh()))).toContain('{"any": 1}');
    expect(read(await ask(object, [said('[1]'), said('[1]')], fresh()))).toMatch(/^structured_output_invalid/);
  });
});

describe('an answer that is none', () => {
  test('cut by a limit stays as it is', async () => {
    const whole = await ask(strict, [said('{"n": ', 'length')], fresh());
    expect([read(whole), whole.sent.length]).toEqual(['{"n": ', 1]);
    expect(readStream(await ask({ ...strict, stream: true }, [streamed('{"n": ', 'length')], fresh()))).toBe(
      '{"n":  [length]',
    );
  });
  test('a refusal stays one', async () => {
    const { text, sent } = await ask(strict, [said(null, 'stop', { refusal: 'No.' })], fresh());
    expect([JSON.parse(text).choices[0].message.refusal, sent.length]).toEqual(['No.', 1]);
  });
  test('a tool call stays one', async () => {
    const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    const { text } = await ask({ ...strict, tools }, [said(null, 'tool_calls', { tool_calls })], fresh());
    expect(JSON.parse(text).choices[0].finish_reason).toBe('tool_calls');
  });
});

describe('an endpoint that does not take the format', () => {
  test.each([
    'This model does not support response format `json_schema`. See supported models',
    'model features structured outputs not support',
    "response_format.type: must be one of 'text', 'json_object'",
    'failed to parse grammar',
  ])('%s', async (message) => {
    const { text, sent, notes } = await ask(strict, [refused(message), said('{"n": 1}')], fresh());
    expect(read({ text })).toBe('{"n": 1}');
    expect(sent[1]?.['response_format']).toEqual({ type: 'json_object' });
    expect(JSON.stringify(sent[1]?.['messages'])).toContain('It must fit this JSON Schema');
    expect(notes.find(({ code }) => code === 'structured-output-emulated')?.what).toMatch(/^held to by the shim/);
  });
  test('is told in words where it takes none, and that is remembered', async () => {
    const target = fresh();
    const none = 'response_format is not supported';
    await ask(strict, [refused(none), refused(none), said('{"n": 1}')], target);
    const { sent } = await ask(strict, [said('{"n": 1}')], target);
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty('response_format');
  });
  test('whose error is about the caller’s own schema keeps it', async () => {
    const { status, sent } = await ask(strict, [refused('n is not a valid JSON type')], fresh());
    expect([status, sent.length]).toEqual([400, 1]);
  });
});

test('a schema goes out in the engine’s words, and the answer is held to the caller’s', async () => {
  const email = { type: 'object', properties: { e: { type: 'string', pattern: '^(?!x)[a-z]+$' } }, required: ['e'] };
  const { text, sent, notes } = await ask(
    format(true, email),
    [said('{"e": "xa"}'), said('{"e": "a"}')],
    fresh('llama.cpp'),
  );
  expect(JSON.stringify(sent[0]?.['response_format'])).not.toContain('(?!');
  expect(notes.map(({ code }) => code)).toContain('schema-lowered');
  expect(read({ text })).toBe('{"e": "a"}');
  const tools = [{ type: 'function', function: { name: 'f', parameters: email } }];
  const called = await ask({ tools }, [said('Hi')], fresh('llama.cpp'));
  expect(JSON.stringify(called.sent[0]?.['tools'])).not.toContain('(?!');
});
