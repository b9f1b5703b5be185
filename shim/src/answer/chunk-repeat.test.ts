import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chunk, sse } from '../upstream.test-server.ts';
import type { ChatChunk } from '../wire.ts';
import { ask, events } from './ask.test-endpoint.ts';
import { createChunkRepeat } from './chunk-repeat.ts';

const folder = new URL('./streams.fixtures/', import.meta.url);
const texts = (pieces: readonly string[], more: object = {}) =>
  sse([
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => ({ ...chunk({ content }), ...more })),
    chunk({}, 'stop'),
  ]);
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } };

/** White space inside an event, never the same twice in a row, means nothing and leaves no event to repeat. */
const pad = (stream: string): string => {
  let count = 0;
  return stream.replaceAll(/^data: ?\{/gm, () => `data: {${' '.repeat((count += 1) % 9)}`);
};

interface Row {
  readonly name: string;
  readonly stream: string;
  readonly request?: object;
}
const rows: readonly Row[] = [
  ...readdirSync(folder).map((name) => ({ name, stream: readFileSync(new URL(name, folder), 'utf8') })),
  {
    name: 'escapes, line breaks and pairs',
    stream: texts(['a', '"', '\\', '\n', '\t\u0001', 'ü', '\u{1f600}', ' b', '?']),
  },
  { name: 'a text that is also the name of the model', stream: texts(['chatcmpl-1', 'm', 'm', 'content', 'm']) },
  { name: 'reasoning between tags', stream: texts(['<thi', 'nk>hm', 'm</th', 'ink>', 'Yes', ' and', ' no']) },
  { name: 'control tokens', stream: texts(['Hi', ' there', '<|eot', '_id|>', '<', '|', 'x']) },
  {
    name: 'a call written as text',
    stream: texts([
      'Well',
      ', so',
      ': ',
      '<tool_call>',
      '{"name": "weather", ',
      '"arguments": {}}',
      '</tool_call>',
      ' x',
    ]),
    request: { tools: [weather] },
  },
  {
    name: 'json in fences',
    stream: texts(['```', 'json\n', '{"a"', ':1', '}', '\n```']),
    request: { response_format: { type: 'json_object' } },
  },
  {
    name: 'a time that changes',
    stream: sse(
      [...'abcdefghijklmnop']
        .map((content, at) => ({ ...chunk({ content }), created: 1_700_000_000 + at }))
        .concat(chunk({}, 'stop') as never),
    ),
  },
  {
    name: 'two choices in turn',
    stream: sse(
      [0, 1, 0, 1, 0, 1]
        .map((index) => ({
          ...chunk({}),
          choices: [{ index, delta: { content: `${index}` }, finish_reason: null as string | null }],
        }))
        .concat(
          [0, 1].map((index) => ({
            ...chunk({}),
            choices: [{ index, delta: { content: '' }, finish_reason: 'stop' }],
          })),
        ),
    ),
    request: { n: 1 },
  },
  {
    name: 'probabilities',
    stream: sse([
      ...['a', 'b', 'c'].map((token) => ({
        ...chunk({}),
        choices: [
          { index: 0, delta: { content: token }, finish_reason: null, logprobs: { content: [{ token, logprob: -1 }] } },
        ],
      })),
      chunk({}, 'stop'),
    ]),
    request: { logprobs: true },
  },
  {
    name: 'a role and nulls in every chunk',
    stream: sse([
      ...['a', 'b', 'c'].map((content) => chunk({ role: 'assistant', content, tool_calls: null, refusal: null })),
      chunk({}, 'stop'),
    ]),
  },
  { name: 'text after the end', stream: texts(['a', 'b']) + sse([chunk({ content: 'c' })]) },
  { name: 'an event that is not JSON', stream: texts(['a', 'b']).replace('"b"', '"b') },
];

test.each(rows)('$name: comes out the same whether events are repeated or read', async ({ stream, request }) => {
  const asked = { stream: true, stream_options: { include_usage: true }, ...request };
  const repeated = await ask(asked, [events(stream)]);
  const read = await ask(asked, [events(pad(stream))]);
  // What a made id or time is differs from call to call.
  const settle = (text: string) =>
    text
      .replaceAll(/"(call|chatcmpl)[-_]\w{24,}"/g, '"made"')
      .replaceAll(/"created":17\d+/g, '"created":0')
      .replaceAll(/not JSON: .*?","type/g, '');
  expect(settle(repeated.text)).toBe(settle(read.text));
  expect(repeated.notes).toEqual(read.notes);
});

describe('what is repeated', () => {
  const event = (content: string, more: object = {}) => ({
    id: 'a',
    model: 'm',
    choices: [{ index: 0, delta: { content }, ...more }],
  });
  const out: ChatChunk = {
    id: 'chatcmpl-a',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o',
    choices: [{ index: 0, delta: { content: 'one' }, finish_reason: null, logprobs: null }],
  };
  const learn = (given = event('one')) => {
    const repeat = createChunkRepeat();
    repeat.learn(JSON.stringify(given), given.choices[0] as object as Record<string, unknown>, out);
    return (again: object) => repeat.repeat(JSON.stringify(again), (_, content) => ({ content }));
  };

  test('an event with another text becomes the same chunk with that text', () => {
    expect(learn()(event('a "two"\n'))).toEqual([
      { ...out, choices: [{ ...out.choices[0], delta: { content: 'a "two"\n' } }] },
    ]);
  });

  test('whatever else differs is read', () => {
    const repeat = learn();
    for (const other of [
      { ...event('two'), model: 'n' },
      event('two', { finish_reason: 'stop' }),
      { ...event('two'), usage: {} },
      event(''),
      { id: 'a', model: 'm', choices: [{ index: 0, delta: { content: 'x', role: 'user' } }] },
    ])
      expect(repeat(other)).toBeUndefined();
  });

  test('a text that also stands elsewhere in the event teaches nothing', () => {
    const given = { ...event('one'), note: 'one' };
    expect(learn(given)({ ...event('one'), note: 'two' })).toBeUndefined();
  });

  test('an event that never repeats is not tried for ever', () => {
    const repeat = createChunkRepeat();
    for (let at = 0; at < 8; at += 1) {
      const given = { ...event('one'), at };
      repeat.learn(JSON.stringify(given), given.choices[0] as object as Record<string, unknown>, out);
    }
    const given = { ...event('one'), at: 9 };
    repeat.learn(JSON.stringify(given), given.choices[0] as object as Record<string, unknown>, out);
    expect(repeat.repeat(JSON.stringify({ ...event('two'), at: 9 }), (_, content) => ({ content }))).toBeUndefined();
  });
});
