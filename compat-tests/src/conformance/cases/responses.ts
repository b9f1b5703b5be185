import type { Capability, JsonValue } from '../case.ts';
import type { Fields } from '../chat-request.ts';
import { isObject } from '../../json.ts';
import { everyAt, readPath, show } from '../expectations/body.ts';
import { atEveryStep, atStep, byChoice, expecting, own, strictly } from '../expectations/expectation.ts';
import { hasStatus, isServed } from '../expectations/http.ts';
import { equals, isFilled, isList, isPositive, isSeconds, isThere, isWhole, oneOf } from '../expectations/predicate.ts';
import {
  callsFunctions,
  countsMoreInput,
  hasOutput,
  hasResponseStatus,
  hasSoundFunctionCalls,
  hasSoundMessages,
  itemsOf,
  replies,
  responseOf,
} from '../expectations/responses.ts';
import { responsesSettings } from './responses-settings.ts';
import { hasTools, isWholeResponse } from '../recorded.ts';
import { askResponse, item, weatherTool, responsesCase } from '../responses-request.ts';

const reference = 'https://platform.openai.com/docs/api-reference/responses';
const paris = 'What is the weather in Paris?';
const pineapple = 'Whatever the user says, reply with exactly: PINEAPPLE';
const call = {
  type: 'function_call',
  call_id: 'call_a1b2c3d4e5f6g7h8i9j0k1l2',
  name: 'get_weather',
  arguments: '{"city":"Paris"}',
};
const output = (value: JsonValue): JsonValue => ({
  type: 'function_call_output',
  call_id: call.call_id,
  output: value,
});
const withTools: Fields = { tools: [weatherTool], max_output_tokens: 160 };

/** Fields that say the request back. Source: schema Response of openai-openapi, checked 2026-11-23 */
const echoed = [
  'tools',
  'tool_choice',
  'temperature',
  'top_p',
  'parallel_tool_calls',
  'text',
  'metadata',
  'instructions',
  'error',
  'incomplete_details',
] as const;
const echoes = (key: string) => everyAt(key, isThere);

/** The Responses API, not streamed. */
export const responses: Capability = {
  name: 'Responses API, non-stream',
  cases: [
    responsesCase({
      id: 'RSP-01',
      level: 'must',
      title: 'a response has id, object, created_at, status, model, output and usage',
      source: `${reference}/object; recorded traffic`,
      steps: [askResponse('Reply with exactly: OK')],
      expect: [
        hasStatus(200),
        hasOutput,
        everyAt('id', isFilled),
        everyAt('object', equals('response')),
        everyAt('created_at', isSeconds),
        everyAt('status', oneOf('completed', 'incomplete')),
        everyAt('model', isFilled),
        everyAt('output', isList),
        everyAt('usage.input_tokens', isWhole),
        everyAt('usage.output_tokens', isWhole),
        everyAt('usage.total_tokens', isWhole),
        own(everyAt('usage.total_tokens', isPositive)),
        strictly(
          expecting('the id starts with resp_', (seen) =>
            String(responseOf(seen)['id']).startsWith('resp_') ? undefined : show(responseOf(seen)['id']),
          ),
        ),
      ],
      applies: isWholeResponse(),
    }),
    responsesCase({
      id: 'RSP-02',
      level: 'must',
      title: 'a message of the output has id, role, status and output_text with annotations',
      source: `${reference}/object; https://github.com/theopenco/llmgateway/issues/2287`,
      steps: [askResponse('Reply with exactly: OK')],
      expect: [
        hasStatus(200),
        own(
          expecting('there is a message', (seen) =>
            itemsOf(seen, 'message').length > 0 ? undefined : show(responseOf(seen)['output']),
          ),
        ),
        hasSoundMessages,
      ],
      applies: isWholeResponse(),
    }),
    responsesCase({
      id: 'RSP-03',
      level: 'should',
      title: 'the response says tools, tool_choice, temperature and the other settings back',
      source: `${reference}/object; llama-stack CONFORMANCE_GAPS`,
      steps: [askResponse(paris, { ...withTools, instructions: 'Be brief.', metadata: { kind: 'test' } })],
      expect: [isServed, ...echoed.map(echoes), everyAt('tools', isList)],
      applies: isWholeResponse(),
    }),
    responsesCase({
      id: 'RSP-04',
      level: 'should',
      title: 'every field that the schema requires is there',
      source: 'schema Response of openai-openapi; openresponses (which requires more than OpenAI sends)',
      steps: [askResponse('Reply with exactly: OK')],
      expect: [
        isServed,
        ...[
          'id',
          'object',
          'created_at',
          'error',
          'incomplete_details',
          'instructions',
          'model',
          'tools',
          'output',
          'parallel_tool_calls',
          'metadata',
          'tool_choice',
          'temperature',
          'top_p',
        ].map(echoes),
      ],
      applies: isWholeResponse(),
    }),
    responsesCase({
      id: 'RSP-05',
      level: 'must',
      title: 'the input may be a text, a list of messages, or messages with typed parts',
      source: `${reference}/create; Ollama ShorthandFormats`,
      steps: [
        [
          askResponse('Reply with exactly: ORCHID'),
          askResponse([item('user', 'Reply with exactly: ORCHID')]),
          askResponse([
            { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Reply with exactly: ORCHID' }] },
          ]),
        ],
      ],
      expect: [
        atEveryStep(hasOutput),
        own({
          says: 'all count the same input_tokens',
          judge: (_seen, all) => {
            const counts = new Set(all.map((one) => readPath(responseOf(one), 'usage.input_tokens')[0]));
            return counts.size === 1 ? 'held' : { broken: [...counts].map(show).join(', ') };
          },
        }),
        replies(/orchid/i),
      ],
      applies: isWholeResponse(),
    }),
    responsesCase({
      id: 'RSP-06',
      level: 'must',
      title: 'instructions and system or developer items are read',
      source: `${reference}/create; openresponses system-prompt`,
      steps: [
        [
          askResponse('Hello!'),
          askResponse([item('developer', pineapple), item('user', 'Hello!')]),
          askResponse([item('system', pineapple), item('user', 'Hello!')]),
          askResponse('Hello!', { instructions: pineapple }),
        ],
      ],
      expect: [atEveryStep(hasOutput), countsMoreInput, replies(/pineapple/i)],
      applies: isWholeResponse(({ instructions }) => typeof instructions === 'string'),
    }),
    responsesCase({
      id: 'RSP-07',
      level: 'must',
      kind: 'model',
      title: 'a function call has id, call_id, name and arguments that fit',
      source: `${reference}/object; SGLang responses_function_calling`,
      steps: [askResponse(paris, withTools)],
      expect: [isServed, hasOutput, own(byChoice(callsFunctions(1))), hasSoundFunctionCalls],
      applies: isWholeResponse(hasTools),
    }),
    responsesCase({
      id: 'RSP-30',
      level: 'must',
      kind: 'model',
      title: 'tool_choice "required": a function call',
      source: `${reference}/create`,
      steps: [askResponse(paris, { ...withTools, tool_choice: 'required' })],
      expect: [isServed, callsFunctions(1), hasSoundFunctionCalls],
    }),
    responsesCase({
      id: 'RSP-31',
      level: 'must',
      title: 'earlier items of the input reach the model: input_tokens grows with them',
      source: `${reference}/create`,
      steps: [
        askResponse([item('user', 'Reply with exactly: OK')]),
        askResponse([
          item('user', 'The river is calm today, and the wind is low.'),
          item('assistant', 'Noted.'),
          item('user', 'Reply with exactly: OK'),
        ]),
      ],
      expect: [atEveryStep(hasOutput), countsMoreInput],
    }),
    responsesCase({
      id: 'RSP-32',
      level: 'must',
      title: 'the result of a call reaches the model: input_tokens grows with it',
      source: `${reference}/create`,
      steps: [
        askResponse([item('user', paris), call, output('sunny')], withTools),
        askResponse([item('user', paris), call, output(`sunny${', and the wind is calm'.repeat(8)}`)], withTools),
      ],
      expect: [atEveryStep(hasOutput), countsMoreInput],
    }),
    responsesCase({
      id: 'RSP-08',
      level: 'must',
      kind: 'model',
      title: 'the result of a call is taken as text and as parts, and the answer uses it',
      source: `${reference}/create; openresponses function-call-roundtrip`,
      steps: [
        [
          askResponse(
            [item('user', paris), call, output([{ type: 'input_text', text: 'sunny, 37.25 degrees' }])],
            withTools,
          ),
          askResponse([item('user', paris), call, output('sunny, 37.25 degrees')], withTools),
        ],
      ],
      expect: [atEveryStep(hasOutput), replies(/37[.,]25|sunny/i)],
      applies: isWholeResponse(({ input }) => JSON.stringify(input).includes('"function_call_output"')),
    }),
    responsesCase({
      id: 'RSP-09',
      level: 'should',
      kind: 'model',
      title: 'tool_choice required, named and none, and parallel_tool_calls false, hold',
      source: `${reference}/create; llama-stack parallel tests`,
      steps: [
        [
          askResponse('Good morning!', { ...withTools, tool_choice: 'required' }),
          askResponse('Good morning!', { ...withTools, tool_choice: { type: 'function', name: 'get_weather' } }),
          askResponse(paris, { ...withTools, tool_choice: 'none' }),
          askResponse('What is the weather in Paris and in London?', {
            ...withTools,
            tool_choice: 'required',
            parallel_tool_calls: false,
          }),
        ],
      ],
      expect: [
        atEveryStep(isServed),
        own(atStep(0, callsFunctions(1))),
        own(atStep(1, callsFunctions(1))),
        own(atStep(2, callsFunctions(0, 0))),
        own(atStep(3, callsFunctions(1, 1))),
        hasSoundFunctionCalls,
      ],
      applies: isWholeResponse((body) => hasTools(body) && body['tool_choice'] === 'required'),
    }),
    responsesCase({
      id: 'RSP-10',
      level: 'must',
      title: 'an answer that is cut off is incomplete, with the reason max_output_tokens',
      source: `${reference}/object; vLLM test_max_tokens`,
      steps: [askResponse('Count from 1 to 300, with commas.', { max_output_tokens: 16 })],
      expect: [
        hasStatus(200),
        own(hasResponseStatus('incomplete')),
        expecting('incomplete_details.reason is there exactly where the status is incomplete', (seen) => {
          const { status, incomplete_details: details } = responseOf(seen);
          const reason = isObject(details) ? details['reason'] : undefined;
          const isCut = status === 'incomplete';
          return isCut === ['max_output_tokens', 'content_filter'].includes(String(reason))
            ? undefined
            : `status ${show(status)}, incomplete_details ${show(details)}`;
        }),
      ],
      applies: isWholeResponse(),
    }),
    ...responsesSettings,
  ],
};
