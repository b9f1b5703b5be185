import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { checkResponsesStream, type StreamEvent, type StreamRule } from './stream-rules.ts';

const part = (text: string) => ({ type: 'output_text', annotations: [], logprobs: [], text });
const message = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [part(text)],
});
const call = (args: string) => ({ id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'f', arguments: args });
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const callAt = { item_id: 'fc_1', output_index: 1 };
const response = (output: readonly unknown[]) => ({ id: 'resp_1', output });

/** A stream as OpenAI sends it: a text, then a call. */
const good: readonly JsonObject[] = [
  { type: 'response.created', response: response([]) },
  { type: 'response.in_progress', response: response([]) },
  { type: 'response.output_item.added', output_index: 0, item: message('') },
  { type: 'response.content_part.added', ...at, part: part('') },
  { type: 'response.output_text.delta', ...at, delta: 'He' },
  { type: 'response.output_text.delta', ...at, delta: 'llo' },
  { type: 'response.output_text.done', ...at, text: 'Hello' },
  { type: 'response.content_part.done', ...at, part: part('Hello') },
  { type: 'response.output_item.done', output_index: 0, item: message('Hello') },
  { type: 'response.output_item.added', output_index: 1, item: call('') },
  { type: 'response.function_call_arguments.delta', ...callAt, delta: '{"a":1}' },
  { type: 'response.function_call_arguments.done', ...callAt, arguments: '{"a":1}' },
  { type: 'response.output_item.done', output_index: 1, item: call('{"a":1}') },
  { type: 'response.completed', response: response([message('Hello'), call('{"a":1}')]) },
];

const frame = (events: readonly JsonObject[]): StreamEvent[] =>
  events.map((data, index) => ({ name: String(data['type']), data: { sequence_number: index, ...data } }));
const rulesOf = (events: readonly StreamEvent[]) => [...new Set(checkResponsesStream(events).map(({ rule }) => rule))];
const replace = (index: number, change: JsonObject) =>
  good.map((event, place) => (place === index ? { ...event, ...change } : event));
const without = (...indexes: readonly number[]) => good.filter((_, place) => !indexes.includes(place));
const swap = (a: number, b: number) =>
  good.map((event, place) => (place === a ? good[b] : place === b ? good[a] : event) as JsonObject);

describe('the rules of a Responses stream', () => {
  test('find nothing in a good one', () => expect(checkResponsesStream(frame(good))).toEqual([]));
  test('find nothing in one that is taken up in the middle', () =>
    expect(
      checkResponsesStream(
        frame(good)
          .map(({ name, data }) => ({ name, data: { ...data, sequence_number: Number(data['sequence_number']) } }))
          .slice(4),
        { resumed: true },
      ),
    ).toEqual([]));

  test.each<[string, readonly JsonObject[], StreamRule]>([
    ['a number left out', replace(4, { sequence_number: 9 }), 'sequence'],
    ['no created', without(0), 'opening'],
    ['an item before in_progress', swap(1, 2), 'opening'],
    ['no end', without(13), 'ending'],
    ['an event after the end', [...good, good[4] as JsonObject], 'ending'],
    [
      'another response id',
      replace(13, { response: { ...response([message('Hello'), call('{"a":1}')]), id: 'resp_2' } }),
      'response-id',
    ],
    ['an index left out', replace(9, { output_index: 2 }), 'item-order'],
    ['an item within another', swap(8, 9), 'item-nesting'],
    ['an item that never ends', without(12), 'item-pairing'],
    ['an item with another id at its end', replace(8, { item: { ...message('Hello'), id: 'msg_2' } }), 'item-pairing'],
    ['a delta for another item', replace(4, { item_id: 'msg_9' }), 'item-pairing'],
    ['a delta for no item', replace(4, { output_index: 7 }), 'item-pairing'],
    ['a delta without its part', without(3), 'part-nesting'],
    ['a part that never ends', without(7), 'part-nesting'],
    ['a lost delta', without(5), 'deltas-equal-done'],
    ['a text without its done', without(6), 'deltas-equal-done'],
    ['lost arguments', replace(10, { delta: '{"a":' }), 'deltas-equal-done'],
    ['a part that says something else', replace(7, { part: part('Hullo') }), 'deltas-equal-done'],
    ['an item that says something else', replace(8, { item: message('Hullo') }), 'done-equals-item'],
    ['a call that says something else', replace(12, { item: call('{}') }), 'done-equals-item'],
    ['an item missing at the end', replace(13, { response: response([message('Hello')]) }), 'output-equals-items'],
    ['no output at the end', replace(13, { response: { id: 'resp_1' } }), 'output-equals-items'],
  ])('%s', (_, events, rule) => expect(rulesOf(frame(events))).toContain(rule));

  test('a frame with another name', () =>
    expect(rulesOf(frame(good).map((event, index) => (index === 4 ? { ...event, name: 'message' } : event)))).toEqual([
      'event-name',
    ]));
});
