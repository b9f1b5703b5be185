import type { Capability } from '../case.ts';
import { askChat } from '../chat-request.ts';
import { endsBecause, everyAt, textOf } from '../expectations/body.ts';
import { atEveryStep, atStep, byChoice, own, strictly } from '../expectations/expectation.ts';
import { isRejected, isServed } from '../expectations/http.ts';
import { isEmpty } from '../expectations/predicate.ts';
import {
  callsOf,
  callsOnly,
  callsTools,
  hasDistinctIds,
  hasNoMarkup,
  hasSoundCalls,
  hasValidArguments,
  sound,
  whenCalled,
} from '../expectations/tools.ts';
import { hasTools, isChat, namedTool } from '../recorded.ts';
import { time, weather } from '../tools.ts';
import { toolDefinitions } from './tool-definitions.ts';

const reference = 'https://platform.openai.com/docs/guides/function-calling';
const max_tokens = 160;
const paris = 'What is the weather in Paris?';
const applies = isChat({ stream: false, status: 200, calls: true, where: hasTools });
const required = askChat(paris, { tools: [weather], tool_choice: 'required', max_tokens });
const forced = (name: string) => ({ type: 'function', function: { name } });
const choiceIs = (word: string) =>
  isChat({ stream: false, status: 200, where: (body) => hasTools(body) && body['tool_choice'] === word });

const endsByCall = whenCalled('a choice with calls ends by tool_calls', ({ answer }) => {
  const reason = answer.choices[0]?.finishReason;
  return reason === 'tool_calls' || reason === 'length' ? undefined : String(reason);
});

/** Tools. */
export const tools: Capability = {
  name: 'Tools',
  cases: [
    {
      id: 'TOOL-01',
      level: 'must',
      kind: 'model',
      title: 'a tool that is plainly needed is called, with finish_reason "tool_calls"',
      source: `${reference}; gpt-oss compatibility-test`,
      needs: 'tools',
      steps: [askChat(paris, { tools: [weather], max_tokens })],
      expect: [isServed, own(byChoice(callsTools(1))), endsByCall, ...sound],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => hasTools(body) && namedTool(body) === undefined,
      }),
    },
    {
      id: 'TOOL-02',
      level: 'must',
      kind: 'wire',
      title: 'a call has an id of its own, type "function", a known name and arguments as text',
      source: `${reference}; recorded traffic (TGI sends the id "0")`,
      needs: 'tools',
      steps: [required],
      expect: [isServed, hasSoundCalls, hasDistinctIds],
      applies,
    },
    {
      id: 'TOOL-03',
      level: 'must',
      kind: 'wire',
      title: 'the arguments of a call are JSON that fits the schema',
      source: 'K2-Vendor-Verifier schema_accuracy; recorded traffic',
      needs: 'tools',
      steps: [required],
      expect: [isServed, hasValidArguments],
      applies,
    },
    {
      id: 'TOOL-04',
      level: 'must',
      kind: 'model',
      title: 'tool_choice "none": no call',
      source: `${reference}; llama-stack with_tool_choice_none`,
      needs: 'tools',
      steps: [askChat(paris, { tools: [weather], tool_choice: 'none', max_tokens })],
      expect: [isServed, callsTools(0, 0)],
      applies: choiceIs('none'),
    },
    {
      id: 'TOOL-05',
      level: 'must',
      kind: 'model',
      title: 'tool_choice "required": a call, even for small talk',
      source: `${reference}; recorded traffic`,
      needs: 'tools',
      steps: [askChat('Good morning!', { tools: [weather], tool_choice: 'required', max_tokens })],
      expect: [isServed, callsTools(1), ...sound],
      applies: choiceIs('required'),
    },
    {
      id: 'TOOL-06',
      level: 'must',
      kind: 'model',
      title: 'a named tool_choice: that function and no other',
      source: `${reference}; vLLM test_named_tool_use`,
      needs: 'tools',
      steps: [askChat(paris, { tools: [weather, time], tool_choice: forced('get_time'), max_tokens })],
      expect: [
        isServed,
        own(callsOnly('get_time')),
        whenCalled('only the named function is called', (seen) => {
          const name = namedTool(seen.body);
          const other = callsOf(seen).find((call) => call.name !== name);
          return other === undefined ? undefined : `${other.name}, not ${name}`;
        }),
        ...sound,
      ],
      applies: isChat({ stream: false, status: 200, where: (body) => namedTool(body) !== undefined }),
    },
    {
      id: 'TOOL-07',
      level: 'should',
      kind: 'wire',
      title: 'a named function ends with "stop" or "tool_calls", a required one with "tool_calls"',
      source: 'recorded traffic (gpt-4o "stop", gpt-5-mini "tool_calls"); vLLM PR 25054',
      needs: 'tools',
      steps: [askChat(paris, { tools: [weather], tool_choice: forced('get_weather'), max_tokens }), required],
      expect: [
        atStep(0, isServed),
        atStep(1, isServed),
        atStep(0, endsBecause('stop', 'tool_calls')),
        atStep(1, endsBecause('tool_calls')),
      ],
    },
    {
      id: 'TOOL-08',
      level: 'must',
      kind: 'wire',
      title: 'a tool_choice that names no tool of the request is refused with 400',
      source: 'vLLM test_inconsistent_tool_choice_and_tools; llama-stack test_invalid_tool_choice',
      needs: 'tools',
      steps: [
        [
          askChat(paris, { tools: [weather], tool_choice: forced('no_such_tool') }),
          askChat(paris, { tool_choice: forced('get_weather') }),
          askChat(paris, { tools: [weather], tool_choice: {} }),
        ],
      ],
      expect: [atEveryStep(isRejected(400, 422))],
    },
    {
      id: 'TOOL-11',
      level: 'should',
      kind: 'model',
      title: 'two things asked for at once are two calls in one turn',
      source: `${reference}#parallel-function-calling`,
      needs: 'tools',
      steps: [
        askChat('What is the weather in Paris and in London? Ask for both at once.', {
          tools: [weather],
          max_tokens: 256,
        }),
      ],
      expect: [isServed, byChoice(callsTools(2)), ...sound],
    },
    {
      id: 'TOOL-27',
      level: 'must',
      kind: 'wire',
      title: 'calls of one turn have ids of their own',
      source: `${reference}#parallel-function-calling; recorded traffic (TGI sends the id "0")`,
      needs: 'tools',
      steps: [
        askChat('What is the weather in Paris and in London? Ask for both at once.', {
          tools: [weather],
          tool_choice: 'required',
          max_tokens: 256,
        }),
      ],
      expect: [isServed, hasDistinctIds],
      applies,
    },
    {
      id: 'TOOL-12',
      level: 'must',
      kind: 'model',
      title: 'parallel_tool_calls false: at most one call',
      source: `${reference}#parallel-function-calling; llama-stack parallel_tool_calls_disabled`,
      needs: 'tools',
      steps: [
        askChat('What is the weather in Paris and in London? Ask for both at once.', {
          tools: [weather],
          parallel_tool_calls: false,
          tool_choice: 'required',
          max_tokens: 256,
        }),
      ],
      expect: [isServed, callsTools(0, 1)],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => hasTools(body) && body['parallel_tool_calls'] === false,
      }),
    },
    {
      id: 'TOOL-20',
      level: 'should',
      kind: 'model',
      title: 'a tool that is not needed is not called',
      source: 'K2-Vendor-Verifier (false positives)',
      needs: 'tools',
      steps: [askChat('Reply with exactly: OK', { tools: [weather], max_tokens })],
      expect: [isServed, byChoice(callsTools(0, 0))],
    },
    {
      id: 'TOOL-24',
      level: 'should',
      kind: 'wire',
      title: 'content beside a call is null to the letter; readers take "" and text too',
      source: 'recorded traffic',
      needs: 'tools',
      steps: [required],
      expect: [
        isServed,
        hasNoMarkup,
        strictly(
          whenCalled('content is null', (seen) =>
            everyAt('choices[].message.content', isEmpty).judge(seen, [seen]) === 'held'
              ? undefined
              : JSON.stringify(textOf(seen)),
          ),
        ),
      ],
      applies,
    },
    {
      id: 'TOOL-25',
      level: 'should',
      kind: 'wire',
      title: 'the id of a call has no more than 64 characters',
      source: 'recorded traffic; K2-Vendor-Verifier on ids',
      needs: 'tools',
      steps: [required],
      expect: [
        isServed,
        whenCalled('ids have 1 to 64 characters', (seen) =>
          callsOf(seen)
            .map(({ id }) => id)
            .find((id) => id.length > 64),
        ),
      ],
      applies,
    },
    {
      id: 'TOOL-26',
      level: 'should',
      kind: 'model',
      title: 'the same question is answered by the same call each time',
      source: 'gpt-oss compatibility-test (pass@k, pass^k)',
      needs: 'tools',
      steps: [askChat('What time is it in London?', { tools: [weather, time], max_tokens })],
      expect: [isServed, byChoice(callsOnly('get_time')), ...sound],
    },
    ...toolDefinitions,
  ],
};
