import type { Exchange } from '@migrate-llm/shim/exchange';
import { readRecordedAnswer } from './answer.ts';
import { compareLeaves } from './comparisons/leaves.ts';
import { readAnswerSchema } from './comparisons/values.ts';
import { isObject, parseJson } from './json.ts';

/** Whether a recorded answer holds text that no comparison of structure can judge: prose, or prose inside JSON or the arguments of a call. */
export function holdsFreeText(exchange: Exchange): boolean {
  const { choices, status } = readRecordedAnswer(exchange);
  const { body } = exchange.request;
  const isRead = isObject(body) && readAnswerSchema(body) !== undefined;
  if (status >= 400) return false;
  return choices.some(({ text, toolCalls }) => {
    if (toolCalls.length > 0) return toolCalls.some((call) => hasFreeLeaves(parseJson(call.arguments)));
    const value = isRead ? parseJson(text) : undefined;
    return text !== '' && (value === undefined || hasFreeLeaves(value));
  });
}

const hasFreeLeaves = (value: unknown): boolean => compareLeaves(value, value).free > 0;
