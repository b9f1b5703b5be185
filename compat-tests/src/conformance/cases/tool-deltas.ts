import { parseJson } from '../../json.ts';
import type { Capability } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { endsBecause } from '../expectations/body.ts';
import { atEveryStep, byChoice, expecting, own } from '../expectations/expectation.ts';
import { hasStatus, isServed } from '../expectations/http.ts';
import {
  callsOf,
  callsTools,
  emptiesNothing,
  hasDistinctIds,
  hasIndexes,
  hasNoMarkup,
  hasOrderedIndexes,
  hasTextArguments,
  hasValidArguments,
  isNamedOnce,
  startsNamed,
} from '../expectations/tools.ts';
import { hasTools, isChat, namedTool } from '../recorded.ts';
import { time, weather } from '../tools.ts';

const reference = 'https://platform.openai.com/docs/guides/function-calling#streaming';
const applies = isChat({ stream: true, status: 200, calls: true, where: hasTools });
const required = { tools: [weather], tool_choice: 'required', max_tokens: 128 };
const call = streamChat('What is the weather in Paris?', required);
const isReaders = 'a claim about readers, not about endpoints: ';

/** Streamed tool deltas. */
export const toolDeltas: Capability = {
  name: 'Streamed tool deltas',
  cases: [
    {
      id: 'STT-01',
      level: 'must',
      kind: 'wire',
      title: 'every fragment of a call has its index',
      source: 'openai-node index-validation tests; recorded traffic (Mistral sends null)',
      needs: 'tools',
      steps: [call],
      expect: [hasStatus(200), hasIndexes],
      applies,
    },
    {
      id: 'STT-02',
      level: 'must',
      kind: 'wire',
      title: 'the first fragment of a call has id, type and name',
      source: `${reference}; recorded traffic (Mistral leaves the type out)`,
      needs: 'tools',
      steps: [call],
      expect: [hasStatus(200), startsNamed],
      applies,
    },
    {
      id: 'STT-03',
      level: 'must',
      kind: 'wire',
      title: 'later fragments have only arguments',
      source: `${reference}; recorded traffic (Together and TGI repeat the id)`,
      needs: 'tools',
      steps: [call],
      expect: [hasStatus(200), isNamedOnce],
      applies,
    },
    {
      id: 'STT-04',
      level: 'must',
      kind: 'wire',
      title: 'the arguments of a call are JSON that fits the schema',
      source: 'K2-Vendor-Verifier schema_accuracy; recorded traffic (Together: 2 of 10 are no JSON)',
      needs: 'tools',
      steps: [call],
      expect: [hasStatus(200), hasValidArguments],
      applies,
    },
    {
      id: 'STT-05',
      level: 'must',
      kind: 'wire',
      title: 'a stream with a call ends with finish_reason "tool_calls"',
      source: 'https://github.com/googleapis/python-genai/issues/2868; recorded traffic',
      needs: 'tools',
      steps: [call],
      expect: [
        hasStatus(200),
        expecting('a choice with calls ends by tool_calls', ({ answer }) => {
          const wrong = answer.choices.find(
            ({ toolCalls, finishReason }) =>
              toolCalls.length > 0 && finishReason !== 'tool_calls' && finishReason !== 'length',
          );
          return wrong === undefined ? undefined : JSON.stringify(wrong.finishReason);
        }),
      ],
      // Named functions end with "stop" on gpt-4o and with "tool_calls" on gpt-5-mini: TOOL-07.
      applies: isChat({
        stream: true,
        status: 200,
        calls: true,
        where: (body) => hasTools(body) && namedTool(body) === undefined,
      }),
    },
    {
      id: 'STT-13',
      level: 'must',
      kind: 'model',
      title: 'a required call comes in the stream too',
      source: 'recorded traffic',
      needs: 'tools',
      steps: [call],
      expect: [isServed, callsTools(1)],
      applies: isChat({ stream: true, status: 200, where: ({ tool_choice: choice }) => choice === 'required' }),
    },
    {
      id: 'STT-06',
      level: 'should',
      kind: 'wire',
      title: 'a whole call in one fragment breaks no reader',
      source: 'recorded traffic (Groq, Ollama, Mistral)',
      steps: [],
      expect: [],
      untested: `${isReaders}a benign variation of the mutation proof`,
    },
    {
      id: 'STT-07',
      level: 'must',
      kind: 'wire',
      title: 'parallel calls have indexes 0, 1, … and ids of their own',
      source: 'openai-node "tool-call indices out of order"; vLLM tool_use parallel tests',
      needs: 'tools',
      steps: [
        streamChat('What is the weather in Paris and in London? Ask for both at once.', {
          tools: [weather, time],
          tool_choice: 'required',
          max_tokens: 192,
        }),
      ],
      expect: [hasStatus(200), hasOrderedIndexes, hasDistinctIds, hasValidArguments],
      applies,
    },
    {
      id: 'STT-14',
      level: 'should',
      kind: 'model',
      title: 'two things asked for at once are two calls in a stream too',
      source: 'https://github.com/ollama/ollama/issues/15457',
      needs: 'tools',
      steps: [
        streamChat('What is the weather in Paris and in London? Ask for both at once.', {
          tools: [weather],
          max_tokens: 256,
        }),
      ],
      expect: [isServed, byChoice(callsTools(2)), hasDistinctIds],
    },
    {
      id: 'STT-15',
      level: 'must',
      kind: 'wire',
      title: 'later fragments leave id and name out, and do not empty them',
      source: 'openai-node 7 ends such a stream with "changed tool call identity"; recorded traffic (Mistral)',
      needs: 'tools',
      hurts: ['openai-7'],
      steps: [call],
      expect: [hasStatus(200), emptiesNothing],
      applies,
    },
    {
      id: 'STT-08',
      level: 'should',
      kind: 'wire',
      title: 'text and calls of one turn are both delivered',
      source: 'recorded traffic (vLLM: text in 8 of 10)',
      steps: [],
      expect: [],
      untested: 'whether a model says something before it calls is its own choice, and what it left out cannot be seen',
    },
    {
      id: 'STT-09',
      level: 'should',
      kind: 'wire',
      title: 'the streamed call is the call that comes without a stream',
      source: 'Kimi-Vendor-Verifier',
      needs: 'tools',
      steps: [
        askChat('What is the weather in Paris?', { ...required, seed: 7 }),
        streamChat('What is the weather in Paris?', { ...required, seed: 7 }),
      ],
      expect: [
        atEveryStep(isServed),
        {
          says: 'name and arguments are the same',
          judge: (second, [first]) => {
            const [plain, streamed] = [first, second].map((seen) =>
              (seen === undefined ? [] : callsOf(seen)).map(({ name, arguments: text }) => [
                name,
                parseJson(text) ?? text,
              ]),
            );
            if (JSON.stringify(plain) === JSON.stringify(streamed)) return 'held';
            const what = `${JSON.stringify(plain)} without, ${JSON.stringify(streamed)} with a stream`;
            return plain?.length === streamed?.length ? { choseOtherwise: what } : { broken: what };
          },
        },
      ],
    },
    {
      id: 'STT-10',
      level: 'should',
      kind: 'wire',
      title: 'no markup of tool calls leaks into the text',
      source: 'litellm test_basic_tool_calling; SGLang',
      needs: 'tools',
      steps: [call],
      expect: [hasStatus(200), hasNoMarkup],
      applies: isChat({ stream: true, status: 200, where: hasTools }),
    },
    {
      id: 'STT-11',
      level: 'should',
      kind: 'wire',
      title: 'a call that is cut by the limit ends with "length", and is not given as whole',
      source: 'vLLM; https://github.com/router-for-me/CLIProxyAPI/issues/5851',
      needs: 'tools',
      steps: [streamChat('What is the weather in Paris?', { ...required, max_tokens: 4 })],
      expect: [isServed, own(endsBecause('length', 'tool_calls')), hasValidArguments],
    },
    {
      id: 'STT-12',
      level: 'must',
      kind: 'wire',
      title: 'arguments are a text in every fragment, never an object',
      source: `${reference}; TGI sent objects`,
      needs: 'tools',
      steps: [call],
      expect: [hasStatus(200), hasTextArguments],
      applies,
    },
  ],
};
