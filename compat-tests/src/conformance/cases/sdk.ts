import type { Capability, Expectation, FollowUp, JsonValue } from '../case.ts';
import { askChat, askMessages, assistant, type Fields, streamChat, user } from '../chat-request.ts';
import { isObject, parseJson } from '../../json.ts';
import { isAnswered } from '../expectations/answered.ts';
import { everyChunk } from '../expectations/body.ts';
import { atEveryStep, atStep, expecting } from '../expectations/expectation.ts';
import { hasStatus } from '../expectations/http.ts';
import { fitsFormat } from '../expectations/json.ts';
import { equals, isFilled } from '../expectations/predicate.ts';
import { deltaOf, finishesOnce, hasNoErrorEvent, isFramed, piecesOf } from '../expectations/stream.ts';
import { callsOf, hasIndexes, hasValidArguments, startsNamed } from '../expectations/tools.ts';
import { hasTools, isChat } from '../recorded.ts';
import { weather } from '../tools.ts';

const majors = ['openai-4', 'openai-5', 'openai-6', 'openai-7'] as const;
const node = 'https://github.com/openai/openai-node/blob/master/src';
const max_tokens = 160;
const city = {
  type: 'object',
  properties: { name: { type: 'string' }, country: { type: 'string' } },
  required: ['name', 'country'],
  additionalProperties: false,
};

/** `.stream()` ends with "missing finish_reason for choice N" where one has none. */
const finalises: Expectation = expecting('every choice of the stream has a finish_reason and a role', (seen) => {
  const open = new Map<unknown, { role: boolean; finish: boolean }>();
  for (const piece of piecesOf(seen)) {
    const held = open.get(piece['index']) ?? { role: false, finish: false };
    open.set(piece['index'], {
      role: held.role || typeof deltaOf(piece)['role'] === 'string',
      finish: held.finish || (typeof piece['finish_reason'] === 'string' && piece['finish_reason'] !== ''),
    });
  }
  if (open.size === 0) return 'no chunk has a choice';
  const wrong = [...open].find(([, { role, finish }]) => !role || !finish);
  return wrong === undefined
    ? undefined
    : `choice ${String(wrong[0])} has no ${wrong[1].role ? 'finish_reason' : 'role'}`;
});

/** `parse()` reads what is no refusal as JSON, and throws where it is none. */
const parses: Expectation = expecting('the content of each whole choice is JSON, as parse() reads it', ({ answer }) => {
  const wrong = answer.choices.find(
    ({ finishReason, refusal, text, toolCalls }) =>
      finishReason === 'stop' && refusal === '' && toolCalls.length === 0 && parseJson(text) === undefined,
  );
  return wrong === undefined ? undefined : JSON.stringify(wrong.text).slice(0, 120);
});

/** What `runTools()` sends after a call: the message as it came, and a result for each call. */
const runTools: FollowUp = (seen) => {
  const last = seen.at(-1);
  if (last === undefined || last.status !== 200) return undefined;
  const calls = callsOf(last);
  if (calls.length === 0) return undefined;
  return askMessages(
    [
      ...(last.body['messages'] as readonly Fields[]),
      assistant(null, {
        tool_calls: calls.map(({ id, name, arguments: args }): JsonValue => ({
          id,
          type: 'function',
          function: { name, arguments: args },
        })),
      }),
      ...calls.map(({ id }): Fields => ({ role: 'tool', tool_call_id: id, content: 'sunny' })),
    ],
    { tools: [weather], max_tokens },
  );
};

/** Highest index that openai-node takes for a call. Source: openai-node src/lib/ChatCompletionStream.ts, checked 2026-11-23 */
const mostCalls = 128;
const keepsIndexBound = expecting(`the index of a call is below ${mostCalls}`, (seen) => {
  for (const piece of piecesOf(seen)) {
    const calls = deltaOf(piece)['tool_calls'];
    const wrong = (Array.isArray(calls) ? calls : []).find(
      (call) => isObject(call) && typeof call['index'] === 'number' && call['index'] >= mostCalls,
    );
    if (wrong !== undefined) return JSON.stringify(wrong);
  }
  return undefined;
});

/** What the readers of the official clients need, whatever else is right. */
export const sdk: Capability = {
  name: 'SDK-level (same checks through official clients)',
  cases: [
    {
      id: 'SDK-01',
      level: 'must',
      kind: 'wire',
      title:
        'create() and stream() of the OpenAI SDK end: frames, object, and a role and finish_reason for each choice',
      source: `${node}/lib/ChatCompletionStream.ts`,
      hurts: [...majors],
      steps: [streamChat('Reply with exactly: OK')],
      expect: [
        hasStatus(200),
        isFramed,
        hasNoErrorEvent,
        everyChunk('object', equals('chat.completion.chunk')),
        everyChunk('id', isFilled),
        finalises,
        finishesOnce,
      ],
      applies: isChat({ stream: true, status: 200 }),
    },
    {
      id: 'SDK-02',
      level: 'must',
      kind: 'wire',
      title: 'parse() of the OpenAI SDK reads a strict answer',
      source: `${node}/lib/parser.ts`,
      hurts: [...majors],
      steps: [
        askChat('Name a city.', {
          response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: city } },
          max_tokens: 200,
        }),
      ],
      expect: [hasStatus(200), isAnswered, parses, fitsFormat],
      applies: isChat({
        stream: false,
        status: 200,
        where: ({ response_format: format }) => isObject(format) && format['type'] === 'json_schema',
      }),
    },
    {
      id: 'SDK-07',
      level: 'must',
      kind: 'model',
      title: 'runTools() of the OpenAI SDK goes round: a call, its result, an answer',
      source: `${node}/lib/AbstractChatCompletionRunner.ts`,
      hurts: [...majors],
      needs: 'tools',
      steps: [askMessages([user('What is the weather in Paris?')], { tools: [weather], max_tokens }), runTools],
      expect: [atEveryStep(isAnswered), atStep(0, hasValidArguments)],
    },
    {
      id: 'SDK-03',
      level: 'should',
      kind: 'wire',
      title: 'openai-python and the Vercel AI SDK: text, streams, objects, tools',
      source: 'vercel/ai fixtures; litellm',
      steps: [],
      expect: [],
      untested:
        "the clients themselves are not part of the suite; `npm test` runs the AI SDK through the shim, and a failure's hurts names them",
    },
    {
      id: 'SDK-04',
      level: 'should',
      kind: 'wire',
      title: 'LangChain and LlamaIndex by their base URL',
      source: 'llama-stack test_langchain',
      steps: [],
      expect: [],
      untested:
        "the clients themselves are not part of the suite; `npm test` runs LangChain through the shim, and a failure's hurts names them",
    },
    {
      id: 'SDK-05',
      level: 'should',
      kind: 'wire',
      title: 'indexes of streamed calls are there and within the bounds of the SDK',
      source: `${node}/lib/ChatCompletionStream.ts; openai-node index validation tests`,
      hurts: [...majors],
      needs: 'tools',
      steps: [streamChat('What is the weather in Paris?', { tools: [weather], tool_choice: 'required', max_tokens })],
      expect: [hasStatus(200), hasIndexes, keepsIndexBound, startsNamed],
      applies: isChat({ stream: true, status: 200, calls: true, where: hasTools }),
    },
    {
      id: 'SDK-06',
      level: 'must',
      kind: 'wire',
      title: '429 with retry-after, 408, 409 and 5xx are tried again',
      source: `${node}/client.ts (shouldRetry); openai-node retry tests`,
      steps: [],
      expect: [],
      untested:
        "an endpoint cannot be made to fail at will; the shim's retries are tested in its room, and recorded errors by the cases of errors",
    },
  ],
};
