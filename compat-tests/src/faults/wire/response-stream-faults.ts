import { isObject, type JsonObject } from '../../json.ts';
import { type Change, out, to } from './edit.ts';
import { isEventStream, writePieces } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { type Frame, isTo, onAnswer, onEventList, onEvents, onFrames, onRequest } from './places.ts';

const route = 'responses';

const frameRow = (
  id: string,
  level: 'must' | 'should',
  summary: string,
  seen: readonly string[],
  change: (frames: readonly Frame[]) => readonly Frame[],
): WireFault => ({
  id: `response-stream-${id}`,
  level,
  summary,
  seen,
  put: onFrames(route, change),
});
const listRow = (
  id: string,
  level: 'must' | 'should',
  summary: string,
  seen: readonly string[],
  change: (events: readonly JsonObject[]) => readonly JsonObject[],
): WireFault => ({
  id: `response-stream-${id}`,
  level,
  summary,
  seen,
  put: onEventList(route, (events) => renumber(change(events))),
});
const eventRow = (
  id: string,
  level: 'must' | 'should',
  summary: string,
  seen: readonly string[],
  path: string,
  change: Change,
): WireFault => ({
  id: `response-stream-${id}`,
  level,
  summary,
  seen,
  put: onEvents(route, path, change),
});
/** Events that were left out or put in do not give themselves away by their numbers. */
const renumber = (events: readonly JsonObject[]) =>
  events.map((event, sequence_number) =>
    event['sequence_number'] === sequence_number ? event : { ...event, sequence_number },
  );
const isEnd = ({ type }: JsonObject) => /^response\.(completed|incomplete|failed)$/.test(String(type));
const is = (type: string) => (event: JsonObject) => event['type'] === type;
const drop = (type: string) => (events: readonly JsonObject[]) => {
  const kept = events.filter((event) => !is(type)(event));
  return kept.length === events.length ? events : kept;
};

/** Streams of the Responses API. */
export const responseStreamFaults: readonly WireFault[] = [
  frameRow(
    'names-absent',
    'must',
    'events have no name',
    ['case RST-01', 'https://github.com/vercel/ai/issues/17944'],
    (frames) => frames.map((frame) => ({ ...frame, event: undefined })),
  ),
  frameRow('names-wrong', 'must', 'every event is named "message"', ['case RST-01'], (frames) =>
    frames.map((frame) => ({ ...frame, event: 'message' })),
  ),
  eventRow('sequence-absent', 'must', 'events have no sequence_number', ['case RST-03'], 'sequence_number', out),
  eventRow(
    'sequence-from-one',
    'must',
    'sequence_number begins with 1',
    ['case RST-03'],
    'sequence_number',
    (old) => Number(old) + 1,
  ),
  eventRow('sequence-stands', 'must', 'sequence_number is always 0', ['case RST-03'], 'sequence_number', to(0)),
  listRow('created-absent', 'must', 'response.created does not come', ['case RST-04'], drop('response.created')),
  listRow(
    'in-progress-absent',
    'must',
    'response.in_progress does not come',
    ['case RST-04'],
    drop('response.in_progress'),
  ),
  listRow('end-absent', 'must', 'no event ends the response', ['case RST-05'], (events) =>
    events.filter((event) => !isEnd(event)),
  ),
  listRow('end-twice', 'must', 'two events end the response', ['case RST-05'], (events) =>
    events.flatMap((event) => (isEnd(event) ? [event, event] : [event])),
  ),
  listRow('end-not-last', 'must', 'an event comes after the end', ['case RST-05'], (events) =>
    events.length < 2 ? events : [...events.slice(0, -2), ...events.slice(-1), ...events.slice(-2, -1)],
  ),
  listRow(
    'item-done-absent',
    'must',
    'output_item.done does not come',
    ['case RST-06'],
    drop('response.output_item.done'),
  ),
  listRow(
    'item-added-absent',
    'must',
    'output_item.added does not come',
    ['case RST-06'],
    drop('response.output_item.added'),
  ),
  eventRow('output-index-absent', 'must', 'events have no output_index', ['case RST-07'], 'output_index', out),
  eventRow('output-index-wrong', 'must', 'output_index counts from 1', ['case RST-07'], 'output_index', (old) =>
    old === undefined ? old : Number(old) + 1,
  ),
  eventRow('item-id-wrong', 'must', 'item_id names an item that is not open', ['case RST-07'], 'item_id', (old) =>
    old === undefined ? old : 'msg_other',
  ),
  eventRow(
    'content-index-wrong',
    'must',
    'content_index names a part that is not open',
    ['case RST-07'],
    'content_index',
    (old, { type }) => (old === undefined || !String(type).includes('delta') ? old : 7),
  ),
  listRow(
    'part-added-absent',
    'must',
    'content_part.added does not come',
    ['case RST-08'],
    drop('response.content_part.added'),
  ),
  listRow(
    'part-done-absent',
    'must',
    'content_part.done does not come',
    ['case RST-08'],
    drop('response.content_part.done'),
  ),
  listRow(
    'text-done-absent',
    'must',
    'output_text.done does not come',
    ['case RST-08'],
    drop('response.output_text.done'),
  ),
  listRow('text-lost', 'must', 'a delta of the text is lost', ['case RST-09'], (events) => {
    const [, second] = events.filter(is('response.output_text.delta'));
    return second === undefined ? events : events.filter((event) => event !== second);
  }),
  listRow(
    'text-done-differs',
    'must',
    'output_text.done says another text than its deltas',
    ['case RST-09'],
    (events) =>
      events.map((event) =>
        is('response.output_text.done')(event) ? { ...event, text: `${String(event['text'])}!` } : event,
      ),
  ),
  eventRow(
    'end-differs',
    'must',
    'the response that is completed says another text than its events',
    ['case RST-09'],
    'response.output.*.content.*.text',
    (old) => `${String(old)}!`,
  ),
  listRow('arguments-differ', 'must', 'deltas of arguments do not make the arguments', ['case RST-10'], (events) => {
    const [first] = events.filter(is('response.function_call_arguments.delta'));
    return first === undefined ? events : events.map((event) => (event === first ? { ...event, delta: '' } : event));
  }),
  listRow(
    'arguments-done-absent',
    'must',
    'function_call_arguments.done does not come',
    ['case RST-10'],
    drop('response.function_call_arguments.done'),
  ),
  listRow('id-rotates', 'should', 'the id of the response changes along the stream', ['case RST-11'], (events) =>
    events.map((event, at) =>
      isObject(event['response']) ? { ...event, response: { ...event['response'], id: `resp_${at}` } } : event,
    ),
  ),
  eventRow(
    'end-without-output',
    'must',
    'the response that is completed has no output',
    ['case RST-12'],
    'response.output',
    (old, { status }) => (status === 'in_progress' ? old : []),
  ),
  eventRow(
    'end-without-usage',
    'must',
    'the response that is completed has no usage',
    ['case RST-12'],
    'response.usage',
    out,
  ),
  eventRow(
    'cut-without-reason',
    'should',
    'the incomplete response does not say why',
    ['case RST-16'],
    'response.incomplete_details',
    to(null),
  ),
  listRow('cut-says-completed', 'should', 'a stream that ran out of tokens is completed', ['case RST-16'], (events) =>
    events.map((event) => (is('response.incomplete')(event) ? { ...event, type: 'response.completed' } : event)),
  ),
  eventRow('logprobs-absent', 'should', 'deltas of text have no logprobs', ['case RST-14'], 'logprobs', out),
  {
    id: 'response-stream-ignored',
    level: 'must',
    summary: 'stream: true is answered with one response',
    seen: ['https://github.com/vercel/ai/issues/17944'],
    put: onRequest(route, 'stream', to(false)),
  },
  {
    id: 'response-stream-silent-end',
    level: 'must',
    summary: 'a stream breaks off as if that were its end',
    seen: ['https://github.com/vercel/ai/issues/10717'],
    put: onFrames(route, (frames) => frames.slice(0, Math.ceil(frames.length / 2))),
  },
  {
    id: 'response-stream-of-chat',
    level: 'must',
    summary: 'a stream holds the chunks of chat',
    seen: ['https://github.com/vercel/ai/issues/17944'],
    put: onAnswer((answer, request) =>
      isTo(request, route) && isEventStream(answer)
        ? {
            ...answer,
            pieces: writePieces(
              'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n',
              'data: [DONE]\n\n',
            ),
          }
        : undefined,
    ),
  },
  listRow('failed-without-error', 'should', 'a stream that fails does not say why', ['case RST-15'], (events) =>
    events.map((event) =>
      isEnd(event)
        ? {
            ...event,
            type: 'response.failed',
            response: { ...(event['response'] as JsonObject), status: 'failed', error: null },
          }
        : event,
    ),
  ),
];
