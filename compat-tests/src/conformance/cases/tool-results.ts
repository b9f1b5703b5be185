import type { Capability, FollowUp, JsonValue } from '../case.ts';
import { askMessages, assistant, type Fields, user } from '../chat-request.ts';
import { countsMore, isAnswered, says } from '../expectations/answered.ts';
import { callsOf } from '../expectations/tools.ts';
import { atEveryStep, byChoice, expecting, strictly } from '../expectations/expectation.ts';
import { hasStatus, isRejected, isServedOrRefused } from '../expectations/http.ts';
import { hasRole, isChat, messagesOf } from '../recorded.ts';
import { time, weather } from '../tools.ts';

const reference = 'https://platform.openai.com/docs/guides/function-calling';
const rule = 'a rule of OpenAI that no recorded exchange shows';
const max_tokens = 160;
const paris = user('What is the weather in Paris?');
const id = 'call_a1b2c3d4e5f6g7h8i9j0k1l2';
const callOf = (name: string, args: string, callId = id): JsonValue => ({
  id: callId,
  type: 'function',
  function: { name, arguments: args },
});
const call = callOf('get_weather', '{"city":"Paris"}');
const result = (content: JsonValue, fields: Fields = {}): Fields => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...fields,
});
const sunny = '{"weather":"sunny","temperature":37.25}';
const ask = (messages: readonly Fields[], tools: readonly JsonValue[] = [weather]) =>
  askMessages(messages, { tools, max_tokens });
const after = (...messages: readonly Fields[]) => ask([paris, assistant(null, { tool_calls: [call] }), ...messages]);
const applies = isChat({ stream: false, status: 200, where: hasRole('tool') });

/** Answers every call of the last answer, as an agent loop does; ends when there is none. */
const goOn: FollowUp = (seen) => {
  const last = seen.at(-1);
  if (last === undefined || last.status !== 200) return undefined;
  const calls = callsOf(last);
  if (calls.length === 0) return undefined;
  const before = last.body['messages'] as readonly Fields[];
  return ask([
    ...before,
    assistant(null, { tool_calls: calls.map((one) => callOf(one.name, one.arguments, one.id)) }),
    ...calls.map((one) => result(sunny, { tool_call_id: one.id })),
  ]);
};

/** Multi-turn tool results. */
export const toolResults: Capability = {
  name: 'Multi-turn tool results',
  cases: [
    {
      id: 'TRES-01',
      level: 'must',
      kind: 'wire',
      title: 'the result of a call is taken, and the answer uses it',
      source: `${reference}; openresponses function-call-roundtrip`,
      needs: 'tools',
      steps: [after(result(sunny))],
      expect: [isAnswered, says(/37[.,]25/)],
      applies,
    },
    {
      id: 'TRES-12',
      level: 'must',
      kind: 'wire',
      title: 'the result of a call reaches the model: prompt_tokens grows with it',
      source: 'https://github.com/ollama/ollama/issues/12158',
      needs: 'tools',
      steps: [after(result('sunny')), after(result(`sunny${', and the wind is calm on the river'.repeat(8)}`))],
      expect: [atEveryStep(hasStatus(200)), countsMore],
    },
    {
      id: 'TRES-02',
      level: 'must',
      kind: 'wire',
      title: 'a result may be a text, a list of text parts, or empty',
      source: `${reference}; Ollama function_call_output arrays`,
      needs: 'tools',
      steps: [[after(result('')), after(result([{ type: 'text', text: sunny }])), after(result('sunny'))]],
      expect: [atEveryStep(isAnswered)],
      applies,
    },
    {
      id: 'TRES-03',
      level: 'should',
      kind: 'wire',
      title: 'a result for a call that nobody made is refused with 400 or taken, never 500',
      source: rule,
      needs: 'tools',
      steps: [after(result(sunny, { tool_call_id: 'call_nobody' }))],
      expect: [isServedOrRefused, strictly(isRejected(400))],
    },
    {
      id: 'TRES-04',
      level: 'should',
      kind: 'wire',
      title: 'calls without their results are refused with 400 or taken, never 500',
      source: rule,
      needs: 'tools',
      steps: [after(user('And in Rome?'))],
      expect: [isServedOrRefused, strictly(isRejected(400))],
    },
    {
      id: 'TRES-05',
      level: 'must',
      kind: 'wire',
      title: 'the results of two parallel calls are taken in any order',
      source: `${reference}; llama-stack parallel tools`,
      needs: 'tools',
      steps: [
        ask(
          [
            user('What are the weather and the time in Paris?'),
            assistant(null, {
              tool_calls: [call, callOf('get_time', '{"city":"Paris"}', 'call_z9y8x7w6v5u4t3s2r1q0p9o8')],
            }),
            result('12:34', { tool_call_id: 'call_z9y8x7w6v5u4t3s2r1q0p9o8' }),
            result(sunny),
          ],
          [weather, time],
        ),
      ],
      expect: [isAnswered, says(/12:34/), says(/37[.,]25|sunny/)],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) =>
          messagesOf(body).some(({ tool_calls: calls }) => Array.isArray(calls) && calls.length > 1) &&
          hasRole('tool')(body),
      }),
    },
    {
      id: 'TRES-06',
      level: 'should',
      kind: 'wire',
      title: 'ids that OpenAI made are taken in a history',
      source: 'Mirascope structured_output_resume_cross_model; Mistral wants ids of 9 characters',
      needs: 'tools',
      steps: [
        ask([
          paris,
          assistant(null, { tool_calls: [callOf('get_weather', '{"city":"Paris"}', 'call_ZqJ0Xx5VbYb1GkHn3rTtW8uA')] }),
          result(sunny, { tool_call_id: 'call_ZqJ0Xx5VbYb1GkHn3rTtW8uA' }),
        ]),
      ],
      expect: [isAnswered],
      applies,
    },
    {
      id: 'TRES-07',
      level: 'should',
      kind: 'wire',
      title: 'arguments "" and "{}" are taken in a history',
      source: 'vLLM no_args',
      needs: 'tools',
      steps: [
        ['', '{}'].map((args) =>
          ask([paris, assistant(null, { tool_calls: [callOf('get_weather', args)] }), result(sunny)]),
        ),
      ],
      expect: [atEveryStep(isAnswered)],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => JSON.stringify(messagesOf(body)).includes('"arguments":"{}"'),
      }),
    },
    {
      id: 'TRES-08',
      level: 'should',
      kind: 'wire',
      title: 'a name on the message of a tool does not matter',
      source: 'SGLang; litellm',
      needs: 'tools',
      steps: [after(result(sunny, { name: 'get_weather' }))],
      expect: [isAnswered],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => messagesOf(body).some(({ role, name }) => role === 'tool' && name !== undefined),
      }),
    },
    {
      id: 'TRES-09',
      level: 'should',
      kind: 'model',
      title: 'an error as the result of a call is answered, or the call is made again',
      source: 'Mirascope test_call_with_tool_error',
      needs: 'tools',
      steps: [after(result('Error: the weather service is down'))],
      expect: [isAnswered],
      applies,
    },
    {
      id: 'TRES-10',
      level: 'should',
      kind: 'wire',
      title: 'reasoning in a history is taken or refused with 4xx',
      source: 'https://github.com/agentjido/req_llm/issues/772; vLLM history tests',
      steps: [
        [
          askMessages([
            user('What is 2 + 2?'),
            assistant('4', { reasoning_content: 'Two and two are four.' }),
            user('And 3 + 3?'),
          ]),
          askMessages([
            user('What is 2 + 2?'),
            assistant('4', { reasoning: 'Two and two are four.' }),
            user('And 3 + 3?'),
          ]),
        ],
      ],
      expect: [atEveryStep(isServedOrRefused)],
    },
    {
      id: 'TRES-11',
      level: 'should',
      kind: 'model',
      title: 'a loop of calls and results ends in text within five rounds',
      source: 'gpt-oss compatibility-test maxTurns; llama-stack max_iterations_exceeded',
      needs: 'tools',
      steps: [ask([paris]), goOn, goOn, goOn, goOn],
      expect: [
        hasStatus(200),
        byChoice(
          expecting('the last answer calls no tool', (seen) =>
            callsOf(seen).length === 0 ? undefined : 'still calling after five rounds',
          ),
        ),
      ],
    },
  ],
};
