import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer.ts';
import { chatAnswer, chatRequest, chunk } from './exchanges.test-material.ts';
import { findWireProblems } from './wire-shape.ts';

const path = '/chat/completions';
const streamOf = (events: readonly unknown[], end = 'data: [DONE]\n\n') =>
  readAnswer(200, 'text/event-stream', events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + end);
const stream = chatRequest({ stream: true });
const withUsage = chatRequest({ stream: true, stream_options: { include_usage: true } });
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const call = (index: number, extra: object) => ({ tool_calls: [{ index, ...extra }] });
const named = (index: number, id = `call_${index}`) =>
  call(index, { id, type: 'function', function: { name: 'f', arguments: '' } });

const role = chunk({ role: 'assistant', content: '' });
const text = chunk({ content: 'Hello' });
const stop = chunk({}, 'stop');
const last = { ...chunk({}), choices: [], usage };

describe("a stream in OpenAI's shape", () => {
  test.each([
    ['plain', stream, [role, text, stop]],
    ['with usage', withUsage, [role, text, stop, last]],
    ['with usage: null before the last', withUsage, [{ ...role, usage: null }, { ...stop, usage: null }, last]],
    ['moderation after usage', withUsage, [role, text, stop, last, { ...chunk({}), choices: [], moderation: null }]],
    ['no fingerprint', stream, [role, text, { ...stop, system_fingerprint: null }]],
    ['text in the first chunk', stream, [chunk({ role: 'assistant', content: 'Hi' }), stop]],
    [
      'tool calls',
      stream,
      [
        role,
        chunk(named(0)),
        chunk(call(0, { function: { arguments: '{}' } })),
        chunk(named(1)),
        chunk({}, 'tool_calls'),
      ],
    ],
    [
      'two choices',
      stream,
      [0, 1].flatMap((index) =>
        [role, text, stop].map((piece) => ({ ...piece, choices: piece.choices.map((own) => ({ ...own, index })) })),
      ),
    ],
  ])('%s', (_name, request, events) => {
    expect(findWireProblems(path, request, streamOf(events))).toEqual([]);
  });

  test.each([
    ['no [DONE]', stream, streamOf([role, stop], ''), 'does not end with data: [DONE]'],
    ['no chunk', stream, streamOf([]), 'no chunk'],
    ['no role', stream, streamOf([text, stop]), 'the role comes 0 times'],
    ['role twice', stream, streamOf([role, role, stop]), 'the role comes 2 times'],
    ['late role', stream, streamOf([text, role, stop]), 'the role does not come first'],
    ['no finish', stream, streamOf([role, text]), 'finish_reason comes 0 times'],
    ['two finishes', stream, streamOf([role, stop, stop]), 'finish_reason comes 2 times'],
    ['text after the finish', stream, streamOf([role, stop, text]), 'something comes after its finish_reason'],
    ['unknown finish', stream, streamOf([role, chunk({}, 'eos')]), 'finish_reason'],
    ['changing id', stream, streamOf([role, { ...stop, id: 'chatcmpl-2' }]), 'id changes'],
    ['changing created', stream, streamOf([role, { ...stop, created: 1_764_000_001 }]), 'created changes'],
    ['usage not asked for', stream, streamOf([role, stop, last]), 'not asked for'],
    ['usage missing', withUsage, streamOf([role, stop]), 'usage comes 0 times'],
    ['usage twice', withUsage, streamOf([role, stop, last, last]), 'usage comes 2 times'],
    ['usage with choices', withUsage, streamOf([role, { ...stop, usage }]), 'has choices'],
    ['usage too early', withUsage, streamOf([role, last, stop]), 'choices come after usage'],
    [
      'usage that does not add up',
      withUsage,
      streamOf([role, stop, { ...last, usage: { ...usage, total_tokens: 9 } }]),
      'sum',
    ],
    [
      'tool call without id',
      stream,
      streamOf([role, chunk(call(0, { type: 'function', function: { name: 'f' } })), stop]),
      'without id',
    ],
    ['tool call that skips an index', stream, streamOf([role, chunk(named(1)), stop]), 'where 0 is due'],
    ['tool call named twice', stream, streamOf([role, chunk(named(0)), chunk(named(0)), stop]), 'named again'],
    ['one id for two calls', stream, streamOf([role, chunk(named(0, 'a')), chunk(named(1, 'a')), stop]), 'same id'],
    ['an error inside', stream, streamOf([role, { error: { message: 'boom' } }]), 'boom'],
    [
      'an event that is no JSON',
      stream,
      readAnswer(200, 'text/event-stream', 'data: {oops\n\ndata: [DONE]\n\n'),
      'not a JSON object',
    ],
    [
      'JSON for a stream',
      stream,
      readAnswer(200, 'application/json', JSON.stringify(chatAnswer({ content: 'x' }))),
      'one JSON body',
    ],
    ['a stream for JSON', chatRequest(), streamOf([role, stop]), 'though none was asked for'],
  ])('not with %s', (_name, request, answer, expected) => {
    expect(findWireProblems(path, request, answer).join('\n')).toContain(expected);
  });
});

test.each([
  ['text', chatAnswer({ content: 'Hi' }), ''],
  ['no usage', { ...chatAnswer({ content: 'Hi' }), usage: undefined }, 'usage is missing'],
  [
    'no refusal key',
    {
      ...chatAnswer({}),
      choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, logprobs: null, finish_reason: 'stop' }],
    },
    'refusal',
  ],
  ['a finish reason of its own', chatAnswer({ content: 'x' }, 'eos'), 'finish_reason'],
])('an answer with %s', (_name, body, expected) => {
  const problems = findWireProblems(path, chatRequest(), readAnswer(200, 'application/json', JSON.stringify(body)));
  if (expected === '') expect(problems).toEqual([]);
  else expect(problems.join('\n')).toContain(expected);
});
