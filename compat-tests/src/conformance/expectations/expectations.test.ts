import { describe, expect, test } from 'vitest';
import type { Expectation } from '../case.ts';
import { judgeCase } from '../judge.ts';
import { observe, type Observation } from '../observation.ts';
import { countsMore, isAnswered, says, whenServed } from './answered.ts';
import {
  equalsSingles,
  hasVectors,
  isNormalised,
  isTheSameVector,
  keepsDimensions,
  keepsEncoding,
  keepsOrder,
  tellsApart,
} from './embeddings.ts';
import { admitsCut, fitsFormat, hasNoFence, isJsonObject, keepsKeyOrder, keepsRefusalApart } from './json.ts';
import {
  callsFunctions,
  hasOutput,
  hasSoundFunctionCalls,
  hasSoundMessages,
  keepsRule,
  outputTextOf,
  replies,
} from './responses.ts';
import { isServed } from './http.ts';

/** An answer as it is seen; a list of events is a stream. */
function see(body: unknown, request: object = {}, status = 200): Observation {
  const isStream = Array.isArray(body);
  const text = isStream
    ? (body as ReadonlyArray<Readonly<Record<string, unknown>>>)
        .map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
        .join('')
    : JSON.stringify(body);
  return observe(
    { method: 'POST', path: '/x', headers: {}, body: request },
    {
      status,
      headers: { 'content-type': isStream ? 'text/event-stream' : 'application/json' },
      pieces: [[0, new TextEncoder().encode(text)]],
    },
  );
}

const chat = (content: string | null, more: object = {}, finish_reason = 'stop', usage: object = {}) => ({
  choices: [{ index: 0, message: { role: 'assistant', content, ...more }, finish_reason }],
  usage,
});

/** How an expectation ends on answers, the last one being judged. */
const judge = (expectation: Expectation, ...all: readonly Observation[]) =>
  judgeCase({ expect: [expectation] }, all, { profile: 'openai-observed' })[0]?.outcome;

describe('an answer', () => {
  test.each([
    [chat('hi'), 'held'],
    [chat(''), 'broken'],
    [chat(null), 'broken'],
    [chat('', {}, 'length'), 'held'],
    [chat(null, { refusal: 'no' }), 'held'],
    [{ choices: [] }, 'broken'],
  ])('%j: %s', (body, outcome) => expect(judge(isAnswered, see(body))).toBe(outcome));

  test('what the model was told to say is its choice', () => {
    expect(judge(says(/ok/i), see(chat('OK')))).toBe('held');
    expect(judge(says(/ok/i), see(chat('no')))).toBe('chose otherwise');
  });

  test('what was added to a prompt is counted, where anything is', () => {
    const counted = (prompt_tokens: number) => see(chat('a', {}, 'stop', { prompt_tokens }));
    expect(judge(countsMore, counted(5), counted(9))).toBe('held');
    expect(judge(countsMore, counted(5), counted(5))).toBe('broken');
    expect(judge(countsMore, see(chat('a')), see(chat('a')))).toBe('held');
  });

  test('what was refused in words is not looked at any further', () => {
    const results = judgeCase({ expect: [isServed, isAnswered] }, [see({ error: { message: 'no' } }, {}, 400)], {
      profile: 'openai-observed',
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(['refused']);
    expect(judge(whenServed(isAnswered), see({}, {}, 400))).toBe('held');
  });
});

describe('JSON', () => {
  const schema = {
    type: 'object',
    properties: { b: { type: 'integer' }, a: { type: 'string' } },
    required: ['b', 'a'],
    additionalProperties: false,
  };
  const request = { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } };
  test.each<[string, Expectation, string, string]>([
    ['fits', fitsFormat, '{"b":1,"a":"x"}', 'held'],
    ['another type', fitsFormat, '{"b":"1","a":"x"}', 'broken'],
    ['a key more', fitsFormat, '{"b":1,"a":"x","c":2}', 'broken'],
    ['no JSON', fitsFormat, 'b is 1', 'broken'],
    ['order', keepsKeyOrder, '{"b":1,"a":"x"}', 'held'],
    ['another order', keepsKeyOrder, '{"a":"x","b":1}', 'broken'],
    ['an object', isJsonObject, '{}', 'held'],
    ['a list', isJsonObject, '[]', 'broken'],
    ['a fence', hasNoFence, '```json\n{}\n```', 'broken'],
    ['none', hasNoFence, '{}', 'held'],
    ['cut off as "stop"', admitsCut, '{"b":', 'broken'],
  ])('%s', (_name, expectation, text, outcome) => expect(judge(expectation, see(chat(text), request))).toBe(outcome));

  test('what is cut off, refused or a call is not held to the schema', () => {
    expect(judge(fitsFormat, see(chat('{"b":', {}, 'length'), request))).toBe('held');
    expect(judge(fitsFormat, see(chat(null, { refusal: 'no' }), request))).toBe('held');
    expect(judge(admitsCut, see(chat('{"b":', {}, 'length'), request))).toBe('held');
    expect(judge(keepsRefusalApart, see(chat('{}', { refusal: 'no' })))).toBe('broken');
  });
});

describe('embeddings', () => {
  const base64 = (values: readonly number[]) => Buffer.from(new Float32Array(values).buffer).toString('base64');
  const vectors = (list: readonly unknown[], request: object = {}) =>
    see({ data: list.map((embedding, index) => ({ index, embedding })) }, request);
  test.each<[string, Expectation, Observation, string]>([
    [
      'one an input',
      hasVectors,
      vectors(
        [
          [1, 0],
          [0, 1],
        ],
        { input: ['a', 'b'] },
      ),
      'held',
    ],
    ['one too few', hasVectors, vectors([[1, 0]], { input: ['a', 'b'] }), 'broken'],
    ['tokens are one input', hasVectors, vectors([[1, 0]], { input: [1, 2] }), 'held'],
    ['all zeros', hasVectors, vectors([[0, 0]], { input: 'a' }), 'broken'],
    ['base64 that is none', hasVectors, vectors(['%%%'], { input: 'a' }), 'broken'],
    ['base64 in place of floats', keepsEncoding, vectors([base64([1, 0])], {}), 'broken'],
    ['floats in place of base64', keepsEncoding, vectors([[1, 0]], { encoding_format: 'base64' }), 'broken'],
    ['as long as asked', keepsDimensions, vectors([[1, 0]], { dimensions: 2 }), 'held'],
    ['longer than asked', keepsDimensions, vectors([[1, 0, 0]], { dimensions: 2 }), 'broken'],
    ['length 1', isNormalised, vectors([[0.6, 0.8]]), 'held'],
    ['length 2', isNormalised, vectors([[2, 0]]), 'broken'],
    ['in order', keepsOrder, vectors([[1], [1]]), 'held'],
    [
      'out of order',
      keepsOrder,
      see({
        data: [
          { index: 1, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      }),
      'broken',
    ],
    [
      'apart',
      tellsApart,
      vectors(
        [
          [1, 0],
          [0, 1],
        ],
        { input: ['a', 'b'] },
      ),
      'held',
    ],
    [
      'all alike',
      tellsApart,
      vectors(
        [
          [1, 0],
          [1, 0],
        ],
        { input: ['a', 'b'] },
      ),
      'broken',
    ],
    [
      'the same input',
      tellsApart,
      vectors(
        [
          [1, 0],
          [1, 0],
        ],
        { input: ['a', 'a'] },
      ),
      'held',
    ],
  ])('%s', (_name, expectation, seen, outcome) => expect(judge(expectation, seen)).toBe(outcome));

  test('both encodings hold the same numbers; big-endian ones are others', () => {
    const swapped = Buffer.from(base64([0.6, 0.8]), 'base64')
      .swap32()
      .toString('base64');
    expect(judge(isTheSameVector, vectors([[0.6, 0.8]]), vectors([base64([0.6, 0.8])]))).toBe('held');
    expect(judge(isTheSameVector, vectors([[0.6, 0.8]]), vectors([swapped]))).toBe('broken');
  });

  test('a batch holds the vectors of its inputs', () => {
    const [a, b] = [
      [1, 0],
      [0, 1],
    ] as const;
    expect(judge(equalsSingles, vectors([a]), vectors([b]), vectors([a, b]))).toBe('held');
    expect(judge(equalsSingles, vectors([a]), vectors([b]), vectors([b, a]))).toBe('broken');
  });
});

describe('responses', () => {
  const message = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'OK', annotations: [] }],
  };
  const call = {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'f',
    arguments: '{"a":1}',
    status: 'completed',
  };
  const made = (output: readonly unknown[], more: object = {}) => ({
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    output,
    ...more,
  });
  const tools = {
    tools: [
      {
        type: 'function',
        name: 'f',
        parameters: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      },
    ],
  };
  test.each<[string, Expectation, Observation, string]>([
    ['output', hasOutput, see(made([message])), 'held'],
    ['none', hasOutput, see(made([])), 'broken'],
    ['cut off', hasOutput, see(made([], { status: 'incomplete' })), 'held'],
    ['a message', hasSoundMessages, see(made([message])), 'held'],
    ['without id', hasSoundMessages, see(made([{ ...message, id: undefined }])), 'broken'],
    [
      'without annotations',
      hasSoundMessages,
      see(made([{ ...message, content: [{ type: 'output_text', text: 'OK' }] }])),
      'broken',
    ],
    ['a call', hasSoundFunctionCalls, see(made([call]), tools), 'held'],
    ['of another name', hasSoundFunctionCalls, see(made([{ ...call, name: 'g' }]), tools), 'broken'],
    ['with other arguments', hasSoundFunctionCalls, see(made([{ ...call, arguments: '{"a":"x"}' }]), tools), 'broken'],
    ['as an object', hasSoundFunctionCalls, see(made([{ ...call, arguments: { a: 1 } }]), tools), 'broken'],
    ['one call', callsFunctions(1, 1), see(made([call])), 'held'],
    ['two', callsFunctions(1, 1), see(made([call, call])), 'broken'],
    ['words', replies(/ok/i), see(made([message])), 'held'],
    ['other words', replies(/no/), see(made([message])), 'chose otherwise'],
  ])('%s', (_name, expectation, seen, outcome) => expect(judge(expectation, seen)).toBe(outcome));

  test('a stream is read by its events, and held to the rules of streams', () => {
    const events = [
      { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', output: [] } },
      { type: 'response.in_progress', sequence_number: 1, response: { id: 'resp_1', output: [] } },
      { type: 'response.completed', sequence_number: 2, response: made([]) },
    ];
    expect(judge(keepsRule('order', 'sequence'), see(events))).toBe('held');
    expect(judge(keepsRule('order', 'sequence'), see(events.slice(1)))).toBe('broken');
    expect(judge(keepsRule('order', 'sequence'), see([]))).toBe('broken');
    expect(outputTextOf(see([{ type: 'response.completed', response: made([message]) }]))).toBe('OK');
  });
});
