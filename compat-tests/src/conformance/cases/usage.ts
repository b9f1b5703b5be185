import type { Capability } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { atEveryStep, atStep } from '../expectations/expectation.ts';
import { hasStatus, isServed } from '../expectations/http.ts';
import { addsUp, completionTokensOf, hasUsage, isPartOf, promptTokensOf } from '../expectations/usage.ts';
import { isChat, wantsUsage } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/object';
const applies = isChat({ stream: false, status: 200 });
const ok = askChat('Reply with exactly: OK');

/** Usage. */
export const usage: Capability = {
  name: 'Usage',
  cases: [
    {
      id: 'USG-01',
      level: 'must',
      kind: 'wire',
      title: 'usage has prompt_tokens, completion_tokens and total_tokens',
      source: reference,
      steps: [ok],
      expect: [hasStatus(200), hasUsage],
      applies,
    },
    {
      id: 'USG-02',
      level: 'must',
      kind: 'wire',
      title: 'total_tokens is the sum of the other two',
      source: `${reference}; recorded traffic (Cerebras: 2 of 46 are not)`,
      steps: [ok],
      expect: [hasStatus(200), addsUp],
      applies,
    },
    {
      id: 'USG-09',
      level: 'must',
      kind: 'wire',
      title: 'total_tokens is the sum of the other two in a stream too',
      source: `${reference}; recorded traffic`,
      steps: [streamChat('Reply with exactly: OK')],
      expect: [hasStatus(200), addsUp],
      applies: isChat({ stream: true, status: 200, where: wantsUsage }),
    },
    {
      id: 'USG-03',
      level: 'should',
      kind: 'wire',
      title: 'cached_tokens are a part of prompt_tokens',
      source: 'https://platform.openai.com/docs/guides/prompt-caching',
      steps: [ok],
      expect: [hasStatus(200), isPartOf('prompt_tokens_details', 'cached_tokens', 'prompt_tokens')],
      applies,
    },
    {
      id: 'USG-04',
      level: 'should',
      kind: 'wire',
      title: 'reasoning_tokens are a part of completion_tokens',
      source: 'https://platform.openai.com/docs/guides/reasoning',
      steps: [ok],
      expect: [hasStatus(200), isPartOf('completion_tokens_details', 'reasoning_tokens', 'completion_tokens')],
      applies,
    },
    {
      id: 'USG-05',
      level: 'should',
      kind: 'wire',
      title: 'the same request has the same prompt_tokens',
      source: 'Kimi-Vendor-Verifier tests/prompt_tokens',
      steps: [ok, ok],
      expect: [
        atEveryStep(hasUsage),
        {
          says: 'both have the same prompt_tokens',
          judge: (second, [first]) =>
            first !== undefined && promptTokensOf(first) === promptTokensOf(second)
              ? 'held'
              : { broken: `${first && promptTokensOf(first)}, then ${promptTokensOf(second)}` },
        },
      ],
    },
    {
      id: 'USG-06',
      level: 'should',
      kind: 'wire',
      title: 'a stream counts the prompt as the answer without a stream does',
      source: 'ruby_llm, consistent token counts',
      steps: [ok, streamChat('Reply with exactly: OK')],
      expect: [
        atStep(0, hasUsage),
        atStep(1, isServed),
        {
          says: 'both have the same prompt_tokens',
          judge: (second, [first]) =>
            first !== undefined && promptTokensOf(first) === promptTokensOf(second)
              ? 'held'
              : { broken: `${first && promptTokensOf(first)} without, ${promptTokensOf(second)} in the stream` },
        },
      ],
    },
    {
      id: 'USG-07',
      level: 'should',
      kind: 'wire',
      title: 'completion_tokens is near what the tokenizer of the model counts',
      source: 'SGLang num_prompt_tokens equality',
      steps: [],
      expect: [],
      untested: "takes the model's own tokenizer, which an endpoint does not hand out",
    },
    {
      id: 'USG-08',
      level: 'info',
      kind: 'wire',
      title: 'with n above 1 completion_tokens counts every choice',
      source: reference,
      steps: [askChat('Count from 1 to 10', { n: 1 }), askChat('Count from 1 to 10', { n: 2 })],
      expect: [
        atStep(0, isServed),
        atStep(1, isServed),
        {
          says: 'two choices take more completion_tokens than one',
          judge: (second, [first]) =>
            first !== undefined && completionTokensOf(second) > completionTokensOf(first)
              ? 'held'
              : { broken: `${first && completionTokensOf(first)} for one, ${completionTokensOf(second)} for two` },
        },
      ],
    },
  ],
};
