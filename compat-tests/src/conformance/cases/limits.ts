import type { Capability, Expectation, RecordedRequest } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { endsByLimit, endsByStop } from '../expectations/finish.ts';
import { atEveryStep, expecting, own } from '../expectations/expectation.ts';
import { hasStatus, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { finishesLast } from '../expectations/stream.ts';
import { hasValidArguments } from '../expectations/tools.ts';
import { keepsLimit } from '../expectations/usage.ts';
import { isChat } from '../recorded.ts';
import { weather } from '../tools.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/create';
const count = 'Count from 1 to 100';
const has = (field: string) => (body: RecordedRequest['body']) => typeof body[field] === 'number';

/** The parameter was sent: the run leaves out what the model refused of its first question. */
const isTaken = (field: string): Expectation => ({
  says: `${field} is taken`,
  judge: ({ body }) => (body[field] === undefined ? { refused: `the model takes no ${field}` } : 'held'),
});

/** Max tokens and finish_reason. */
export const limits: Capability = {
  name: 'Max tokens and finish_reason',
  cases: [
    {
      id: 'LEN-01',
      level: 'must',
      kind: 'wire',
      title: 'max_tokens cuts a long answer, and finish_reason says "length"',
      source: reference,
      steps: [askChat(count, { max_tokens: 8 })],
      expect: [hasStatus(200), own(isTaken('max_tokens')), keepsLimit, own(endsByLimit)],
      applies: isChat({ stream: false, status: 200, where: has('max_tokens') }),
    },
    {
      id: 'LEN-02',
      level: 'must',
      kind: 'wire',
      title: 'max_completion_tokens cuts in the same way',
      source: reference,
      steps: [askChat(count, { max_tokens: undefined, max_completion_tokens: 8 })],
      expect: [hasStatus(200), keepsLimit, own(endsByLimit)],
      applies: isChat({ stream: false, status: 200, where: has('max_completion_tokens') }),
    },
    {
      id: 'LEN-03',
      level: 'should',
      kind: 'wire',
      title: 'both limits at once are refused with 400, or one of them holds',
      source: `${reference} (max_tokens is deprecated)`,
      steps: [askChat(count, { max_tokens: 8, max_completion_tokens: 8 })],
      expect: [
        isServedOrRefused,
        expecting('an answer of 200 keeps the limit', (seen) => {
          const judged = seen.status === 200 ? keepsLimit.judge(seen, [seen]) : 'held';
          return judged === 'held' ? undefined : JSON.stringify(seen.answer.usage ?? null);
        }),
      ],
    },
    {
      id: 'LEN-04',
      level: 'should',
      kind: 'wire',
      title: 'a limit of 0 or below is refused with 400',
      source: `${reference}; llama-stack tests of limits below the minimum`,
      steps: [[askChat(count, { max_tokens: 0 }), askChat(count, { max_tokens: -5 })]],
      expect: [atEveryStep(isRejected(400, 422))],
      applies: isChat({ where: ({ max_tokens: limit }) => typeof limit === 'number' && limit <= 0 }),
    },
    {
      id: 'LEN-05',
      level: 'should',
      kind: 'wire',
      title: 'a limit above the window is refused with 400 or lowered, never a 500',
      source: 'SGLang test_max_tokens_validation',
      steps: [{ ...askChat('Reply with exactly: OK', { max_tokens: 50_000_000 }), maxTokens: 2048 }],
      expect: [isServedOrRefused],
    },
    {
      id: 'LEN-06',
      level: 'should',
      kind: 'model',
      title: 'an answer that ends by itself has finish_reason "stop"',
      source: `${reference}; recorded traffic`,
      steps: [askChat('Reply with exactly: OK', { max_tokens: 256 })],
      expect: [hasStatus(200), own(endsByStop)],
    },
    {
      id: 'LEN-07',
      level: 'should',
      kind: 'model',
      title: 'a limit used up by reasoning gives finish_reason "length" or a 400, not a broken answer',
      source: 'recorded traffic (OpenAI answers 400); MiniMax-Provider-Verifier error-only-reasoning',
      needs: 'reasoning',
      steps: [
        askChat('How many primes are below 1000?', {
          model: '$model:reasoning',
          temperature: undefined,
          max_tokens: undefined,
          max_completion_tokens: 16,
        }),
      ],
      expect: [
        hasStatus(200, 400),
        expecting('an answer of 200 says "length"', ({ status, answer }) =>
          status !== 200 || answer.choices[0]?.finishReason === 'length'
            ? undefined
            : String(answer.choices[0]?.finishReason),
        ),
      ],
    },
    {
      id: 'LEN-08',
      level: 'should',
      kind: 'wire',
      title: 'a limit of 1 with a required tool ends by "length" or a refusal, and gives no half call as whole',
      source: 'vLLM test_max_tokens_with_tool_choice_required',
      needs: 'tools',
      steps: [
        askChat('What is the weather in Paris?', { max_tokens: 1, tools: [weather], tool_choice: 'required' }),
        askChat('Reply with exactly: OK'),
      ],
      expect: [
        atEveryStep(isServedOrRefused),
        {
          says: 'a call that is given as whole is whole',
          judge: (_seen, [first]) =>
            first === undefined || first.status !== 200 ? 'held' : hasValidArguments.judge(first, [first]),
        },
        hasStatus(200),
      ],
    },
    {
      id: 'LEN-09',
      level: 'must',
      kind: 'wire',
      title: 'in a stream finish_reason is null until the last piece of each choice',
      source: `${reference.replace('/create', '-streaming')}; recorded traffic`,
      steps: [streamChat('Count from 1 to 20')],
      expect: [
        isServed,
        finishesLast,
        expecting('finish_reason is null before the end', ({ chunks }) => {
          const wrong = chunks
            .flatMap((chunk) => (Array.isArray(chunk['choices']) ? (chunk['choices'] as unknown[]) : []))
            .map((piece) => (piece as Readonly<Record<string, unknown>> | null)?.['finish_reason'])
            .find((reason) => reason !== null && reason !== undefined && (typeof reason !== 'string' || reason === ''));
          return wrong === undefined ? undefined : JSON.stringify(wrong);
        }),
      ],
      applies: isChat({ stream: true, status: 200 }),
    },
  ],
};
