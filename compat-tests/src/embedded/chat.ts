import { createEventStream, sendJson } from './http.ts';
import { readChatRequest, type ChatRequest } from './chat-request.ts';
import { generate, type Answer } from './generation.ts';
import type { Route } from './route.ts';
import { createId, stamp, writeUsage } from './wire-shapes.ts';

const writeMessage = (answer: Answer) => ({
  role: 'assistant',
  // Beside tool calls OpenAI's content is null; llama-server's is an empty text.
  content: answer.text,
  ...(answer.toolCalls.length === 0
    ? {}
    : {
        tool_calls: answer.toolCalls.map(({ id, name, arguments: text }) => ({
          type: 'function',
          function: { name, arguments: text },
          id,
        })),
      }),
});

const writeChoice = (answer: Answer, index: number, request: ChatRequest) => ({
  finish_reason: answer.finish,
  index,
  message: writeMessage(answer),
  ...(request.engineRequest.topLogprobs > 0 ? { logprobs: { content: answer.logprobs } } : {}),
});

/** POST /v1/chat/completions. */
export const chatCompletions: Route = async ({ engine, body, response, signal }) => {
  const request = readChatRequest(body, engine);
  const choices = Array.from({ length: request.n }, (_, index) => index);
  if (!request.stream) {
    const answers = await Promise.all(choices.map(() => generate(engine, request.engineRequest, { signal })));
    const [first] = answers;
    if (first === undefined) return;
    sendJson(response, 200, {
      choices: answers.map((answer, index) => writeChoice(answer, index, request)),
      ...stamp(engine, `chatcmpl-${createId()}`, 'chat.completion'),
      usage: writeUsage(first.completion),
      timings: first.completion.timings,
    });
    return;
  }

  const events = createEventStream(response);
  const common = stamp(engine, `chatcmpl-${createId()}`, 'chat.completion.chunk');
  const chunk = (index: number, delta: unknown, finish: string | null, more: object = {}) => ({
    choices: [{ finish_reason: finish, index, delta, ...more }],
    ...common,
  });
  const answers = await Promise.all(
    choices.map(async (index) => {
      const answer = await generate(engine, request.engineRequest, {
        signal,
        onStart: () => events.data(chunk(index, { role: 'assistant', content: null }, null)),
        onPiece: ({ text, toolCalls, logprobs }) => {
          const more = logprobs === undefined ? {} : { logprobs: { content: logprobs } };
          if (text !== '') events.data(chunk(index, { content: text }, null, more));
          for (const call of toolCalls)
            events.data(chunk(index, { tool_calls: [call] }, null, text === '' ? more : {}));
        },
      });
      const last = chunk(index, {}, answer.finish);
      events.data(request.includeUsage ? last : { ...last, timings: answer.completion.timings });
      return answer;
    }),
  );
  const [first] = answers;
  if (request.includeUsage && first) {
    events.data({ choices: [], ...common, usage: writeUsage(first.completion), timings: first.completion.timings });
  }
  events.done();
};
