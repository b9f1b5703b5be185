import { type Answer, type Choice, readAnswer } from '../answer.ts';
import { isObject, type JsonObject, readObjects } from '../json.ts';

/** A request that reached the endpoint; `body` is `{}` when it was not a JSON object. */
export interface FaultRequest {
  readonly method: string;
  /** Path of the URL, base path included. */
  readonly path: string;
  readonly body: JsonObject;
}

/** An endpoint's answer as it goes over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** A way in which an endpoint is broken; the parity suite must find each. */
export interface Fault {
  readonly id: string;
  readonly summary: string;
  /** Breaks an answer; gives the same object back where the fault does not apply. */
  readonly apply: (request: FaultRequest, answer: RawAnswer) => RawAnswer;
}

/** Writes a choice anew; gives the same object back to leave it as it is. */
export type ChangeChoice = (choice: Choice) => Choice;

/** Rewrites the choices of a chat answer, streamed or not; any other answer, and one that stays as it is, comes back unchanged. */
export function rewriteChoices(answer: RawAnswer, change: ChangeChoice): RawAnswer {
  const read = readAnswer(answer.status, answer.contentType, answer.text);
  const changed = read.choices.map(change);
  if (answer.status !== 200 || changed.every((choice, at) => choice === read.choices[at])) return answer;
  return { ...answer, text: read.events === undefined ? writeBody(read, changed) : writeStream(read, changed) };
}

function writeBody({ json }: Answer, choices: readonly Choice[]): string {
  const body = isObject(json) ? json : {};
  const own = readObjects(body['choices']);
  return JSON.stringify({
    ...body,
    choices: choices.map((choice, at) => ({
      ...own[at],
      message: { role: 'assistant', content: choice.text || null, ...writeCalls(choice) },
      finish_reason: choice.finishReason,
    })),
  });
}

function writeStream({ events = [] }: Answer, choices: readonly Choice[]): string {
  const chunks = events.map(({ json }) => json).filter(isObject);
  const envelope = { ...chunks[0], usage: undefined };
  const pieces = choices.flatMap(({ index, ...choice }) => [
    { index, delta: { role: 'assistant', content: '' }, finish_reason: null },
    ...(choice.text === '' ? [] : [{ index, delta: { content: choice.text }, finish_reason: null }]),
    ...(choice.toolCalls.length === 0 ? [] : [{ index, delta: writeCalls({ index, ...choice }), finish_reason: null }]),
    { index, delta: {}, finish_reason: choice.finishReason },
  ]);
  const written = [
    ...pieces.map((piece) => JSON.stringify({ ...envelope, choices: [piece] })),
    ...chunks.filter((chunk) => readObjects(chunk['choices']).length === 0).map((chunk) => JSON.stringify(chunk)),
    '[DONE]',
  ];
  return written.map((data) => `data: ${data}\n\n`).join('');
}

function writeCalls({ toolCalls }: Choice): JsonObject {
  if (toolCalls.length === 0) return {};
  return {
    tool_calls: toolCalls.map(({ id, name, arguments: text }, index) => ({
      index,
      id,
      type: 'function',
      function: { name, arguments: text },
    })),
  };
}
