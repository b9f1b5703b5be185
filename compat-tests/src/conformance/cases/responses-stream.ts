import type { Capability, Expectation, JsonValue, RecordedRequest } from '../case.ts';
import { isObject, quoteText } from '../../json.ts';
import { show } from '../expectations/body.ts';
import { byChoice, expecting, own } from '../expectations/expectation.ts';
import { hasStatus } from '../expectations/http.ts';
import {
  callsFunctions,
  eventsOf,
  everyEvent,
  hasSoundFunctionCalls,
  keepsRule,
  outputTextOf,
  responseOf,
} from '../expectations/responses.ts';
import { hasTools, isAsked } from '../recorded.ts';
import { streamResponse, weatherTool, responsesCase } from '../responses-request.ts';

const reference = 'https://platform.openai.com/docs/api-reference/responses-streaming';
const isStream = (where?: (body: RecordedRequest['body']) => boolean) =>
  isAsked({ path: '/responses', stream: true, status: 200, ...(where === undefined ? {} : { where }) });
const text = streamResponse('Count from 1 to 20, with commas.', { max_output_tokens: 120 });
const called = streamResponse('What is the weather in Paris?', {
  tools: [weatherTool as JsonValue],
  tool_choice: 'required',
  max_output_tokens: 160,
});

const endsWithUsage = expecting('the last response has usage', (seen) => {
  const { status, usage } = responseOf(seen);
  return status === 'failed' || (isObject(usage) && typeof usage['total_tokens'] === 'number')
    ? undefined
    : `usage ${show(usage)}`;
});

const textEvents = ['response.output_text.delta', 'response.output_text.done'];

/** Events of OpenAI's published file. Source: the ResponseStreamEvent union of openai-openapi 2.3.0, checked 2026-08-21 */
const knownEvents =
  /^(?:error|keepalive|response\.(?:created|in_progress|queued|completed|incomplete|failed|output_item\.(?:added|done)|content_part\.(?:added|done)|output_text\.(?:delta|done|annotation\.added)|refusal\.(?:delta|done)|function_call_arguments\.(?:delta|done)|custom_tool_call_input\.(?:delta|done)|reasoning_(?:text|summary|summary_text)\.(?:delta|done)|reasoning_summary_part\.(?:added|done)|(?:file_search|web_search|image_generation|code_interpreter|mcp)_call\.\w+|code_interpreter_call_code\.(?:delta|done)|mcp_call_arguments\.(?:delta|done)|mcp_list_tools\.\w+|audio\.(?:delta|done)|audio\.transcript\.(?:delta|done)|(?:shell|apply_patch)_call\S*))$/;

/** Thoughts open before they are told, and close after. */
const ordersReasoning: Expectation = expecting('reasoning parts open, are told and close in this order', (seen) => {
  const open = new Set<string>();
  for (const [at, { data }] of eventsOf(seen).entries()) {
    const key = `${String(data['output_index'])}/${String(data['summary_index'])}`;
    const { type } = data;
    if (type === 'response.reasoning_summary_part.added') open.add(key);
    else if (type === 'response.reasoning_summary_text.delta' || type === 'response.reasoning_summary_text.done') {
      if (!open.has(key)) return `event ${at + 1}: ${type} for a part that is not open`;
    } else if (type === 'response.reasoning_summary_part.done' && !open.delete(key))
      return `event ${at + 1}: ${type} for a part that is not open`;
  }
  return open.size === 0 ? undefined : `${open.size} parts stay open`;
});

/** The Responses API, streamed. */
export const responsesStream: Capability = {
  name: 'Responses API, streaming',
  cases: [
    responsesCase({
      id: 'RST-01',
      level: 'must',
      title: 'the event of each frame is the type in its data',
      source: `${reference}; recorded traffic (246 of 246)`,
      steps: [text],
      expect: [
        hasStatus(200),
        keepsRule('the frame has the name of its data', 'event-name'),
        everyEvent('each frame has an event line', ({ name }) =>
          name === undefined ? 'a frame without event:' : undefined,
        ),
      ],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-02',
      level: 'must',
      title: 'the stream ends by its last event; [DONE] after it does no harm, before it would',
      source: `${reference}; recorded traffic (0 of 246 have it)`,
      steps: [text],
      expect: [
        hasStatus(200),
        expecting('nothing comes after [DONE]', ({ answer }) => {
          const at = (answer.events ?? []).findIndex(({ data }) => data === '[DONE]');
          return at === -1 || at === (answer.events ?? []).length - 1
            ? undefined
            : quoteText(answer.events?.[at + 1]?.data ?? '');
        }),
      ],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-03',
      level: 'must',
      title: 'sequence_number counts 0, 1, …',
      source: `${reference}; recorded traffic`,
      steps: [text],
      expect: [hasStatus(200), keepsRule('sequence_number counts from 0', 'sequence')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-04',
      level: 'must',
      title: 'the stream starts with response.created and response.in_progress',
      source: `${reference}; vLLM event ordering`,
      steps: [text],
      expect: [hasStatus(200), keepsRule('created, then in_progress or queued', 'opening')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-05',
      level: 'must',
      title: 'exactly one event ends the response, and it is the last',
      source: `${reference}; https://github.com/Wei-Shaw/sub2api/issues/1948`,
      steps: [text],
      expect: [hasStatus(200), keepsRule('completed, incomplete or failed comes once, at the end', 'ending')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-06',
      level: 'must',
      title: 'each item that is added is done, with its index and id',
      source: `${reference}; vLLM pairing`,
      steps: [text],
      expect: [hasStatus(200), keepsRule('items open and close in pairs', 'item-pairing')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-07',
      level: 'must',
      title: 'output_index counts up, one item open at a time',
      source: `${reference}; vLLM field consistency`,
      steps: [called],
      expect: [hasStatus(200), keepsRule('items come in order, one after the other', 'item-order', 'item-nesting')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-08',
      level: 'must',
      title: 'text stands between content_part.added and content_part.done',
      source: `${reference}; vLLM stack pairs`,
      steps: [text],
      expect: [hasStatus(200), keepsRule('parts open, are told and close', 'part-nesting')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-09',
      level: 'must',
      title: 'the deltas, their done event and the last response say the same text',
      source: `${reference}; vLLM test_streaming_output_consistency`,
      steps: [text],
      expect: [
        hasStatus(200),
        keepsRule('deltas put together are what done and the item say', 'deltas-equal-done', 'done-equals-item'),
        expecting('the last response has the text of the deltas', (seen) => {
          const told = eventsOf(seen)
            .map(({ data }) => (data['type'] === 'response.output_text.delta' ? String(data['delta']) : ''))
            .join('');
          const { status } = responseOf(seen);
          return status === 'failed' || told === outputTextOf(seen)
            ? undefined
            : `${quoteText(outputTextOf(seen), 60)}, not ${quoteText(told, 60)}`;
        }),
        own(expecting('there is text', (seen) => (outputTextOf(seen) === '' ? 'none' : undefined))),
      ],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-10',
      level: 'must',
      title: 'the deltas of a call, their done event and its item say the same arguments, which fit the schema',
      source: `${reference}; recorded traffic (LM Studio)`,
      steps: [called],
      expect: [
        hasStatus(200),
        keepsRule('deltas put together are what done and the item say', 'deltas-equal-done', 'done-equals-item'),
        hasSoundFunctionCalls,
        own(byChoice(callsFunctions(1))),
      ],
      applies: isStream(hasTools),
    }),
    responsesCase({
      id: 'RST-11',
      level: 'should',
      title: 'response.id is the same in all events',
      source: 'llama-stack assert_response_consistency; llama.cpp',
      steps: [text],
      expect: [hasStatus(200), keepsRule('one id over the stream', 'response-id')],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-12',
      level: 'must',
      title: 'the last response has all items, and usage',
      source: `${reference}; Ollama ResponseCompletedIncludesOutput`,
      steps: [text],
      expect: [hasStatus(200), keepsRule('its output is what the events told', 'output-equals-items'), endsWithUsage],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-13',
      level: 'should',
      title: 'events of reasoning come in order',
      source: `${reference}; llama-stack reasoning_summary_event_ordering`,
      steps: [
        streamResponse('A farmer has 17 sheep, and all but 9 run away. How many are left?', {
          max_output_tokens: 2_000,
        }),
      ],
      expect: [hasStatus(200), ordersReasoning],
      applies: isStream(({ reasoning }) => isObject(reasoning)),
    }),
    responsesCase({
      id: 'RST-14',
      level: 'should',
      title: 'events of text have item_id, output_index, content_index and logprobs',
      source: `schema ResponseTextDeltaEvent of openai-openapi`,
      steps: [text],
      expect: [
        hasStatus(200),
        everyEvent('events of text say where they belong', ({ data }) => {
          if (!textEvents.includes(String(data['type']))) return undefined;
          const isPlaced =
            typeof data['item_id'] === 'string' &&
            Number.isInteger(data['output_index']) &&
            Number.isInteger(data['content_index']);
          return isPlaced ? undefined : show(data);
        }),
        everyEvent('logprobs is a list', ({ data }) =>
          textEvents.includes(String(data['type'])) && !Array.isArray(data['logprobs'])
            ? `logprobs ${show(data['logprobs'])}`
            : undefined,
        ),
      ],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-15',
      level: 'must',
      title: 'a failure within a stream is response.failed with an error that has code and message',
      source: `${reference}; llama-stack streaming_failed_error_code_is_spec_compliant`,
      steps: [],
      expect: [],
      untested: "no request makes an endpoint fail within a stream at will; the shim's own way is tested in its room",
    }),
    responsesCase({
      id: 'RST-16',
      level: 'should',
      title: 'a stream that is cut off ends with response.incomplete and its reason',
      source: `${reference}; llama-stack incomplete_details_length_streaming`,
      steps: [streamResponse('Count from 1 to 300, with commas.', { max_output_tokens: 16 })],
      expect: [
        hasStatus(200),
        expecting('incomplete_details.reason is there exactly where the stream ends incomplete', (seen) => {
          const last = eventsOf(seen).findLast(({ data }) => isObject(data['response']))?.data;
          const details = responseOf(seen)['incomplete_details'];
          const isCut = last?.['type'] === 'response.incomplete';
          return isCut === isObject(details)
            ? undefined
            : `${String(last?.['type'])}, incomplete_details ${show(details)}`;
        }),
        own(
          expecting('it ends incomplete', (seen) =>
            responseOf(seen)['status'] === 'incomplete' ? undefined : show(responseOf(seen)['status']),
          ),
        ),
      ],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-17',
      level: 'should',
      title: 'a refusal comes as refusal.delta and refusal.done, as text would',
      source: `${reference}; recorded traffic`,
      steps: [],
      expect: [keepsRule('a refusal is told as text is', 'deltas-equal-done', 'done-equals-item', 'part-nesting')],
      applies: isStream(),
      untested: 'whether a model refuses is its choice; a recorded refusal is held to the rules of text',
    }),
    responsesCase({
      id: 'RST-18',
      level: 'should',
      title: 'each event has a type of the published list',
      source: 'ResponseStreamEvent of openai-openapi 2.3.0',
      steps: [text],
      expect: [
        hasStatus(200),
        everyEvent('the type is known', ({ data }) =>
          knownEvents.test(String(data['type'])) ? undefined : show(data['type']),
        ),
      ],
      applies: isStream(),
    }),
    responsesCase({
      id: 'RST-19',
      level: 'should',
      title: 'events of unknown types break no client',
      source: 'openai-node "ignores keepalive events"',
      steps: [],
      expect: [],
      untested: "about a client's reader and not about an endpoint",
    }),
  ],
};
