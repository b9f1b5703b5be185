import type { Exchange } from '@migrate-llm/shim/exchange';
import { type Answer, readRecordedAnswer } from './answer.ts';
import type { Compared } from './ask.ts';
import { holdsFreeText } from './free-text.ts';
import { isObject, readObjects } from './json.ts';
import { measureRecorded } from './measures/measure.ts';
import { describeRequest, nameCallSite, namePrompt } from './prompt.ts';
import type { ExchangeResult } from './result.ts';

/** How much of a text a result keeps, in characters. */
const kept = 4000;

/** Writes down what became of an exchange. `original` is the app's own exchange where `exchange` is a repeat of it. */
export function writeResult(
  exchange: Exchange,
  original: Exchange,
  compared: Compared,
  durationMs: number,
): ExchangeResult {
  const recorded = readRecordedAnswer(original);
  const { answer, measure } = compared;
  return {
    id: exchange.id,
    repeat: exchange.repeat ?? null,
    callSite: nameCallSite(original),
    request: describeRequest(original),
    prompt: namePrompt(original),
    provenance: exchange.provenance,
    isError: original.response.status >= 400,
    isFreeText: holdsFreeText(original),
    checks: compared.checks,
    obstacle: compared.obstacle ?? null,
    notes: compared.notes ?? [],
    durationMs,
    measures: measure === undefined ? null : { old: measureRecorded(original, recorded), candidate: measure },
    // Repeats say their noise in their checks; their texts are in the recording.
    said:
      exchange.repeat === undefined
        ? {
            asked: describeLastTurn(original),
            old: describeSaid(recorded),
            candidate: answer === undefined ? '' : describeSaid(answer),
          }
        : null,
  };
}

function describeSaid({ status, choices, error, text }: Answer): string {
  if (error !== undefined || status >= 400) return `status ${status}: ${clip(String(error?.['message'] ?? text))}`;
  const said = choices.map(({ text: content, refusal, toolCalls }) =>
    [content, refusal, ...toolCalls.map((call) => `${call.name}(${call.arguments})`)].filter(Boolean).join('\n'),
  );
  return clip(said.join('\n---\n'));
}

/** The last turn of the request: what was asked. */
function describeLastTurn({ request: { body } }: Exchange): string {
  if (!isObject(body)) return '';
  const turns = readObjects(body['messages'] ?? body['input']);
  const content = turns.at(-1)?.['content'] ?? body['input'] ?? '';
  return clip(typeof content === 'string' ? content : JSON.stringify(content));
}

const clip = (text: string): string =>
  text.length > kept ? `${text.slice(0, kept)}… (${text.length} characters)` : text;
