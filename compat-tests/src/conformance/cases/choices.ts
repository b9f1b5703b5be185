import type { Capability } from '../case.ts';
import { askChat } from '../chat-request.ts';
import { readPath, show, textOf } from '../expectations/body.ts';
import { atEveryStep, expecting } from '../expectations/expectation.ts';
import { hasStatus, isRejected, isServed } from '../expectations/http.ts';
import { isChat } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/create';
const sentence = 'Write a sentence about an unusual animal.';
const seeded = (seed: number, temperature: number) => askChat(sentence, { seed, temperature, max_tokens: 24 });

const hasChoices = expecting('there are n choices with the indexes 0 to n-1', (seen) => {
  const n = Number(seen.body['n'] ?? 1);
  const indexes = readPath(seen.answer.json, 'choices[].index');
  return indexes.length === n && indexes.every((index, at) => index === at) ? undefined : `n is ${n}: ${show(indexes)}`;
});

/** n and seed. */
export const choices: Capability = {
  name: 'n, seed',
  cases: [
    {
      id: 'N-01',
      level: 'should',
      kind: 'wire',
      title: 'n 3 gives 3 choices with the indexes 0 to 2',
      source: `${reference}; vLLM n_parameter_non_streaming`,
      steps: [askChat('Reply with exactly: OK', { n: 3 })],
      expect: [isServed, hasChoices],
      applies: isChat({ stream: false, status: 200, where: ({ n }) => typeof n === 'number' }),
    },
    {
      id: 'N-02',
      level: 'should',
      kind: 'wire',
      title: 'an endpoint that cannot give n choices refuses, and does not give one in silence',
      source: 'https://docs.ollama.com/api/openai-compatibility (n is ignored); llama-stack skip_if_doesnt_support_n',
      steps: [askChat('Reply with exactly: OK', { n: 2 })],
      expect: [
        {
          says: 'it is refused with 4xx, or there are 2 choices',
          judge: (seen) => {
            if (seen.status >= 400 && seen.status < 500) return 'held';
            return seen.status === 200 && seen.answer.choices.length === 2
              ? 'held'
              : { broken: `${seen.status} with ${seen.answer.choices.length} choices` };
          },
        },
      ],
      applies: isChat({ stream: false, fine: true, where: ({ n }) => n === 2 }),
    },
    {
      id: 'N-03',
      level: 'should',
      kind: 'model',
      title: 'three choices at temperature 1.2 are not all the same',
      source: 'vLLM tests of n',
      steps: [askChat(sentence, { n: 3, temperature: 1.2, max_tokens: 24 })],
      expect: [
        isServed,
        {
          says: 'at least 2 texts differ',
          judge: ({ answer }) =>
            new Set(answer.choices.map(({ text }) => text)).size > 1
              ? 'held'
              : { choseOtherwise: JSON.stringify(answer.choices.map(({ text }) => text)) },
        },
      ],
    },
    {
      id: 'SEED-01',
      level: 'should',
      kind: 'model',
      title: 'the same seed at temperature 0 gives the same text three times',
      source: 'llama.cpp consistent_result_same_seed',
      steps: [seeded(42, 0), seeded(42, 0), seeded(42, 0)],
      expect: [
        atEveryStep(isServed),
        {
          says: 'the three texts are the same',
          judge: (_seen, all) => {
            const texts = new Set(all.map(textOf));
            return texts.size === 1 ? 'held' : { choseOtherwise: `${texts.size} different texts` };
          },
        },
      ],
    },
    {
      id: 'SEED-02',
      level: 'should',
      kind: 'model',
      title: 'different seeds at temperature 1.2 do not all give the same text',
      source: 'llama.cpp different_seed',
      steps: [[seeded(1, 1.2), seeded(2, 1.2), seeded(3, 1.2)]],
      expect: [
        atEveryStep(isServed),
        {
          says: 'at least 2 texts differ',
          judge: (_seen, all) => (new Set(all.map(textOf)).size > 1 ? 'held' : { choseOtherwise: 'all are the same' }),
        },
      ],
    },
    {
      id: 'SEED-03',
      level: 'should',
      kind: 'wire',
      title: 'a seed beyond 64 bits is refused with 400',
      source: `${reference} (int64); vLLM test_long_seed`,
      steps: [
        {
          path: '/chat/completions',
          // A JavaScript number cannot hold it, so the body is text; the model is asked for nothing.
          raw: '{"model":"none","messages":[{"role":"user","content":"Hi"}],"max_tokens":8,"seed":99999999999999999999999}',
        },
      ],
      expect: [isRejected(400, 404, 422)],
    },
    {
      id: 'SEED-04',
      level: 'info',
      kind: 'wire',
      title: 'system_fingerprint stays the same while the setup does',
      source: 'https://platform.openai.com/docs/advanced-usage#reproducible-outputs',
      steps: [askChat('Reply with exactly: OK', { seed: 1 }), askChat('Reply with exactly: OK', { seed: 1 })],
      expect: [
        atEveryStep(hasStatus(200)),
        {
          says: 'both have the same fingerprint',
          judge: (second, [first]) => {
            const [one, two] = [first, second].map((seen) =>
              show(readPath(seen?.answer.json, 'system_fingerprint')[0]),
            );
            return one === two ? 'held' : { broken: `${one}, then ${two}` };
          },
        },
      ],
    },
  ],
};
