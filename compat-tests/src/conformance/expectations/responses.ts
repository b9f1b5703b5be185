import { isObject, type JsonObject, parseJson, quoteText, readObjects } from '../../json.ts';
import { findProblems } from '../../request-schema.ts';
import { readResponsesEvents } from '../../responses/read-events.ts';
import { checkResponsesStream, type StreamEvent, type StreamRule } from '../../responses/stream-rules.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { bodyOf, show } from './body.ts';
import { byChoice, expecting, own } from './expectation.ts';
import { describeAnswer } from './http.ts';

/** The events of a Responses stream with the names of their frames. */
export function eventsOf({ text }: Observation): readonly StreamEvent[] {
  return readResponsesEvents(text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
}

/** The response: the body, or what the last event of a stream holds. */
export function responseOf(seen: Observation): JsonObject {
  if (seen.answer.events === undefined) return bodyOf(seen);
  const held = eventsOf(seen).findLast(({ data }) => isObject(data['response']))?.data['response'];
  return isObject(held) ? held : {};
}

/** The output items of a type; all of them without one. */
export function itemsOf(seen: Observation, type?: string): JsonObject[] {
  return readObjects(responseOf(seen)['output']).filter((item) => type === undefined || item['type'] === type);
}

/** The text of the output messages. */
export function outputTextOf(seen: Observation): string {
  return itemsOf(seen, 'message')
    .flatMap(({ content }) => readObjects(content))
    .map((part) => (part['type'] === 'output_text' && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** A 200 whose response has something in its output. */
export const hasOutput: Expectation = expecting('it is answered 200 with a response that has output', (seen) => {
  if (seen.status !== 200) return describeAnswer(seen);
  const response = responseOf(seen);
  if (response['object'] !== 'response') return `object is ${show(response['object'])}`;
  // What was cut off while thinking, or runs in the background, has nothing yet.
  const mayBeEmpty = ['incomplete', 'queued', 'in_progress', 'failed', 'cancelled'].includes(
    String(response['status']),
  );
  return itemsOf(seen).length > 0 || mayBeEmpty ? undefined : `output ${show(response['output'])}`;
});

/** The response ended in this status. */
export function hasResponseStatus(...wanted: readonly string[]): Expectation {
  return expecting(`status is ${wanted.join(' or ')}`, (seen) => {
    const status = String(responseOf(seen)['status']);
    return wanted.includes(status) ? undefined : status;
  });
}

/** Each message item is whole. Source: schemas OutputMessage and OutputTextContent of openai-openapi */
export const hasSoundMessages: Expectation = expecting('each message has id, role, status and its content', (seen) => {
  for (const item of itemsOf(seen, 'message')) {
    const { id, role, status, content } = item;
    if (typeof id !== 'string' || id === '' || role !== 'assistant' || typeof status !== 'string') return show(item);
    if (!Array.isArray(content)) return `content ${show(content)}`;
    for (const part of readObjects(content)) {
      const isText = part['type'] === 'output_text' && typeof part['text'] === 'string';
      const isRefusal = part['type'] === 'refusal' && typeof part['refusal'] === 'string';
      if (!isText && !isRefusal) return show(part);
      if (isText && !Array.isArray(part['annotations'])) return `annotations ${show(part['annotations'])}`;
    }
  }
  return undefined;
});

/** Each function call is whole, and its arguments fit the schema of its tool. */
export const hasSoundFunctionCalls: Expectation = expecting(
  'each function_call has id, call_id, a known name and arguments that fit',
  (seen) => {
    const tools = new Map(readObjects(seen.body['tools']).map((tool) => [tool['name'], tool]));
    for (const item of itemsOf(seen, 'function_call')) {
      const { id, call_id: callId, name, arguments: args, status } = item;
      const isNamed = [id, callId].every((one) => typeof one === 'string' && one !== '') && tools.has(name);
      if (!isNamed || typeof args !== 'string' || typeof status !== 'string') return show(item);
      if (status === 'incomplete') continue;
      const value = parseJson(args);
      if (value === undefined) return `${String(name)}: no JSON: ${quoteText(args)}`;
      const [problem] = findProblems(tools.get(name)?.['parameters'] ?? true, value) ?? [];
      if (problem !== undefined) return `${String(name)}: ${problem}: ${quoteText(args)}`;
    }
    return undefined;
  },
);

/** This many function calls. */
export function callsFunctions(least: number, most = Infinity): Expectation {
  return expecting(
    least === most ? `${least} function calls` : `at least ${least} function call${least === 1 ? '' : 's'}`,
    (seen) => {
      const { length } = itemsOf(seen, 'function_call');
      return length >= least && length <= most
        ? undefined
        : `${length} calls, text ${quoteText(outputTextOf(seen), 80)}`;
    },
  );
}

/** What the request told the model to say; a model may fail to. */
export function replies(pattern: RegExp): Expectation {
  return own(
    byChoice(
      expecting(`the text fits ${String(pattern)}`, (seen) =>
        pattern.test(outputTextOf(seen)) ? undefined : quoteText(outputTextOf(seen)),
      ),
    ),
  );
}

/** What was added to the input is counted. */
export const countsMoreInput: Expectation = own({
  says: 'what was added to the input is counted in input_tokens',
  judge: (seen, all) => {
    const [less, more] = [all[0] as Observation, seen].map((one) => inputTokensOf(one));
    if (less === undefined || more === undefined || Number.isNaN(less + more)) return 'held';
    return more > less ? 'held' : { broken: `${more} tokens, and ${less} without it` };
  },
});

/** Tokens of the input as the answer counts them; NaN when it does not say. */
function inputTokensOf(seen: Observation): number {
  const usage = responseOf(seen)['usage'];
  return isObject(usage) ? Number(usage['input_tokens'] ?? Number.NaN) : Number.NaN;
}

/** A rule that holds for every Responses stream of OpenAI's. */
export function keepsRule(says: string, ...rules: readonly StreamRule[]): Expectation {
  return expecting(says, (seen) => {
    const events = eventsOf(seen);
    if (events.length === 0) return `no event: ${describeAnswer(seen)}`;
    const resumed = /starting_after=/.test(seen.request.path);
    const problem = checkResponsesStream(events, { resumed }).find(({ rule }) => rules.includes(rule));
    return problem === undefined ? undefined : `event ${problem.at + 1}: ${problem.what}`;
  });
}

/** Each event fits a look; what is wrong with it otherwise. */
export function everyEvent(
  says: string,
  findWrong: (event: StreamEvent, at: number) => string | undefined,
): Expectation {
  return expecting(says, (seen) => {
    for (const [at, event] of eventsOf(seen).entries()) {
      const wrong = findWrong(event, at);
      if (wrong !== undefined) return `event ${at + 1}: ${wrong}`;
    }
    return undefined;
  });
}
