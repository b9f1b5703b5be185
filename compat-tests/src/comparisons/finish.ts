import type { Choice } from '../answer.ts';
import { type Check, type Comparison, passCheck } from '../check.ts';
import type { JsonObject } from '../json.ts';

/** How each choice ended, once both sides called a tool or both did not. */
export const compareFinish: Comparison = ({ request, recorded, candidate }) =>
  recorded.choices.flatMap((before): Check[] => {
    const after = candidate.choices.find(({ index }) => index === before.index);
    if (after === undefined || before.toolCalls.length > 0 !== after.toolCalls.length > 0) return [];
    const [expected, got] = [nameFinish(before), nameFinish(after)];
    if (expected === got) return [passCheck('finish-reason', expected)];
    if (expected === 'length' && got === 'stop')
      return [
        {
          check: 'finish-reason',
          verdict: 'INFO',
          expected,
          got,
          why: 'OpenAI was cut off at the token limit; the candidate came to an end within it',
          fix: '',
        },
      ];
    return [
      {
        check: 'finish-reason',
        verdict: 'FAIL',
        expected,
        got: got === 'length' ? `length${describeLimit(request, candidate.usage)}` : got,
        why:
          got === 'length'
            ? 'the app takes the answer for cut off'
            : 'the app decides by finish_reason what to do next; it goes another way here',
        fix:
          got === 'length'
            ? 'raise max_tokens if the model is wordier; if usage is below the limit, the endpoint reports a wrong finish_reason: report or replace it'
            : "see the endpoint's own log for this call; a wrong finish_reason is a defect of the endpoint",
      },
    ];
  });

/** OpenAI itself ends a call forced by name with `stop` on older models, so a choice with tool calls counts by its calls. Source: recorded answers of gpt-4o and gpt-4o-mini (15 of 17), checked 2026-11-23 */
function nameFinish({ finishReason, toolCalls }: Choice): string {
  return toolCalls.length > 0 && finishReason === 'stop' ? 'tool_calls' : (finishReason ?? 'none');
}

function describeLimit(request: JsonObject, usage: JsonObject | undefined): string {
  const limit = request['max_completion_tokens'] ?? request['max_tokens'];
  const used = usage?.['completion_tokens'];
  return typeof used === 'number' && typeof limit === 'number' ? ` after ${used} of at most ${limit} tokens` : '';
}
