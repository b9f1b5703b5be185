import type { Capability, Expectation } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { textOf } from '../expectations/body.ts';
import { atStep, expecting, strictly } from '../expectations/expectation.ts';
import { hasStatus, isServedOrRefused } from '../expectations/http.ts';
import { promptTokensOf } from '../expectations/usage.ts';

const source = 'https://platform.openai.com/docs/guides/error-codes; recorded traffic';
/** About 160,000 tokens: more than the 131,072 that most open models have at most. */
const overlong = 'The heron waits by the river. '.repeat(23_000);
const maxTokens = 165_000;

/** Refused, or, where the window is larger than the prompt, wholly read. */
const isRefusedOrRead: Expectation = expecting('it is refused with 400, or all of it is read', (seen) => {
  if ([400, 413, 422].includes(seen.status)) return undefined;
  const counted = promptTokensOf(seen);
  return seen.status === 200 && counted >= 120_000 ? undefined : `${seen.status} with ${counted} prompt_tokens`;
});
const refusesInJson = expecting('a refusal is JSON with an error.message', ({ status, headers, answer }) =>
  status === 200 ||
  (/^application\/json\b/i.test(headers['content-type'] ?? '') && typeof answer.error?.['message'] === 'string')
    ? undefined
    : `${headers['content-type'] ?? 'no type'} ${JSON.stringify(answer.json ?? null).slice(0, 160)}`,
);

const saysOverflow = expecting('error.code is context_length_exceeded', ({ status, answer }) =>
  status === 200 || answer.error?.['code'] === 'context_length_exceeded'
    ? undefined
    : JSON.stringify(answer.error ?? null),
);

/** Context overflow. */
export const context: Capability = {
  name: 'Context overflow',
  cases: [
    {
      id: 'CTX-01',
      level: 'must',
      kind: 'wire',
      title: 'a prompt beyond the window is refused with 400',
      source,
      steps: [{ ...askChat(overlong, { max_tokens: 8 }), maxTokens }],
      expect: [isRefusedOrRead, refusesInJson, strictly(saysOverflow)],
      alone: true,
    },
    {
      id: 'CTX-02',
      level: 'must',
      kind: 'wire',
      title: 'so is a stream, with 400 and JSON',
      source: 'SGLang streaming length tests',
      steps: [{ ...streamChat(overlong, { max_tokens: 8 }), maxTokens }],
      expect: [isRefusedOrRead, refusesInJson],
      alone: true,
    },
    {
      id: 'CTX-03',
      level: 'should',
      kind: 'wire',
      title: 'prompt and limit together beyond the window are refused with 400, or cut with "length"',
      source: 'vLLM; SGLang',
      steps: [{ ...askChat('Reply with exactly: OK', { max_tokens: 10_000_000 }), maxTokens: 2048 }],
      expect: [isServedOrRefused],
    },
    {
      id: 'CTX-04',
      level: 'should',
      kind: 'wire',
      title: 'an overlong prompt is not cut in silence: what stands at its start is known, or it is refused',
      source: 'https://docs.ollama.com/context-length; llama.cpp ctx_shift tests',
      steps: [
        {
          ...askChat(`The code word is heron.\n${'The river is calm today. '.repeat(3500)}\nWhat is the code word?`, {
            max_tokens: 24,
          }),
          maxTokens: 30_000,
        },
      ],
      expect: [
        {
          says: 'it is refused, or all of the prompt is counted',
          judge: (seen) => {
            if (seen.status >= 400 && seen.status < 500) return 'held';
            if (seen.status !== 200) return { broken: `${seen.status}` };
            if (/heron/i.test(textOf(seen))) return 'held';
            // 3500 sentences are no fewer than 14,000 tokens in any tokenizer.
            const counted = promptTokensOf(seen);
            return counted >= 14_000
              ? { choseOtherwise: textOf(seen).slice(0, 160) }
              : { broken: `200 with ${counted} prompt_tokens, and the start is not known` };
          },
        },
      ],
      alone: true,
    },
    {
      id: 'CTX-05',
      level: 'should',
      kind: 'wire',
      title: 'a prompt of a few thousand tokens is answered, and counted',
      source: 'llama.cpp long input tests',
      steps: [
        askChat('Reply with exactly: OK'),
        { ...askChat(`${'The river is calm today. '.repeat(300)}\nReply with exactly: OK`), maxTokens: 3000 },
      ],
      expect: [
        atStep(0, hasStatus(200)),
        isServedOrRefused,
        {
          says: 'prompt_tokens grows by what was added',
          judge: (second, [first]) => {
            if (second.status !== 200 || first === undefined) return 'held';
            const more = promptTokensOf(second) - promptTokensOf(first);
            return more >= 1200 ? 'held' : { broken: `${more} more tokens for 1500 words` };
          },
        },
      ],
    },
  ],
};
