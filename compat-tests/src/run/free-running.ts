import type { Exchange } from '@migrate-llm/shim/exchange';
import { type Answer, type Choice, readRecordedAnswer } from '../answer.ts';
import { compareLeaves } from '../comparisons/leaves.ts';
import { isObject, type JsonObject, parseJson, readObjects } from '../json.ts';
import type { Obstacle } from '../result.ts';

/** A turn as the candidate is to be asked it, or why it cannot be asked. */
type Turn = { readonly exchange: Exchange } | { readonly obstacle: Obstacle };

/** Turns of one conversation in which the candidate's own answers take the place of the recorded ones. */
export interface Conversation {
  readonly enter: (exchange: Exchange) => Turn;
  readonly leave: (exchange: Exchange, answer: Answer) => void;
}

/**
 * Opens a conversation. Results of tools come from the recording, so it goes on only while the candidate makes the same calls; from the first other call
 * the recorded turns are not its own, and are not compared.
 */
export function createConversation(): Conversation {
  const answers: Array<{ readonly recorded: Choice; readonly own: Choice }> = [];
  return {
    enter: (exchange) => {
      const { body } = exchange.request;
      if (!isObject(body) || !Array.isArray(body['messages'])) return { exchange };
      let parted = false;
      const messages = body['messages'].map((message: unknown) => {
        const held = answers.find(({ recorded }) => isObject(message) && isSaidBy(message, recorded));
        if (held === undefined || !isObject(message)) return message;
        if (!isSameCall(held.recorded, held.own)) parted = true;
        return sayOwn(message, held.own);
      });
      if (!parted) return { exchange: { ...exchange, request: { ...exchange.request, body: { ...body, messages } } } };
      return {
        obstacle: {
          reason: 'the conversation went another way: the candidate called other tools in an earlier turn',
          fix: 'compare this turn teacher-forced (without --free-running)',
          open: false,
        },
      };
    },
    leave: (exchange, { choices }) => {
      const [recorded] = readRecordedAnswer(exchange).choices;
      const [own] = choices;
      if (recorded !== undefined && own !== undefined) answers.push({ recorded, own });
    },
  };
}

function isSaidBy(message: JsonObject, { text, toolCalls }: Choice): boolean {
  if (message['role'] !== 'assistant') return false;
  const calls = readObjects(message['tool_calls']).map(({ id }) => id);
  if (toolCalls.length > 0 || calls.length > 0)
    return calls.length === toolCalls.length && toolCalls.every(({ id }, at) => id === calls[at]);
  return typeof message['content'] === 'string' && message['content'].trim() === text.trim();
}

function isSameCall(recorded: Choice, own: Choice): boolean {
  return (
    recorded.toolCalls.length === own.toolCalls.length &&
    recorded.toolCalls.every((call, at) => {
      const got = own.toolCalls[at];
      if (got === undefined || got.name !== call.name) return false;
      return compareLeaves(parseJson(call.arguments), parseJson(got.arguments)).differences.length === 0;
    })
  );
}

/** The recorded ids stay: the recorded results of the tools name them. */
function sayOwn(message: JsonObject, own: Choice): JsonObject {
  const calls = readObjects(message['tool_calls']);
  if (calls.length === 0) return { ...message, content: own.text };
  return {
    ...message,
    content: own.text === '' ? null : own.text,
    tool_calls: calls.map((call, at) => ({
      ...call,
      function: { name: own.toolCalls[at]?.name ?? '', arguments: own.toolCalls[at]?.arguments ?? '' },
    })),
  };
}
