import type { Capability, RecordedRequest } from '../case.ts';
import { askChat } from '../chat-request.ts';
import { textOf } from '../expectations/body.ts';
import { atEveryStep, atStep, expecting, strictly } from '../expectations/expectation.ts';
import { hasStatus, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { isChat } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/create';
const within =
  (field: string, least: number, most: number) =>
  (body: RecordedRequest['body']): boolean =>
    typeof body[field] === 'number' && body[field] >= least && body[field] <= most;
const word = (fields: Parameters<typeof askChat>[1]) => askChat('Reply with exactly: OK', fields);
const open = (temperature: number) =>
  askChat('Write a sentence about an unusual animal.', { temperature, max_tokens: 24 });

/** Sampling parameters. */
export const sampling: Capability = {
  name: 'Sampling parameters',
  cases: [
    {
      id: 'SAMP-01',
      level: 'must',
      kind: 'wire',
      title: 'temperature from 0 to 2 is taken',
      source: reference,
      steps: [[word({ temperature: 0 }), word({ temperature: 1 }), word({ temperature: 2 })]],
      expect: [atEveryStep(isServed)],
      applies: isChat({ fine: true, where: within('temperature', 0, 2) }),
    },
    {
      id: 'SAMP-02',
      level: 'should',
      kind: 'wire',
      title: 'temperature below 0 or above 2 is refused with 400',
      source: `${reference}; recorded traffic`,
      steps: [[word({ temperature: -0.1 }), word({ temperature: 2.1 })]],
      expect: [
        atEveryStep(isRejected(400, 422)),
        strictly(
          atEveryStep(
            expecting('error.param is temperature', ({ answer }) =>
              answer.error?.['param'] === 'temperature' ? undefined : JSON.stringify(answer.error ?? null),
            ),
          ),
        ),
      ],
      applies: isChat({
        where: ({ temperature }) => typeof temperature === 'number' && (temperature < 0 || temperature > 2),
      }),
    },
    {
      id: 'SAMP-03',
      level: 'should',
      kind: 'model',
      title: 'temperature has an effect: answers at 1.2 differ more than answers at 0',
      source: 'webai-at-home openai_test, repeated answers',
      steps: [
        [open(0), open(0), open(0)],
        [open(1.2), open(1.2), open(1.2)],
      ],
      expect: [
        atEveryStep(isServed),
        {
          says: 'three answers at 1.2 have more different texts than three at 0, or all differ',
          judge: (_seen, all) => {
            const [cold, hot] = [all.slice(0, 3), all.slice(3)].map((some) => new Set(some.map(textOf)).size);
            const warm = hot === 3 || Number(hot) > Number(cold);
            return warm ? 'held' : { choseOtherwise: `${hot} different texts at 1.2, ${cold} at 0` };
          },
        },
      ],
    },
    {
      id: 'SAMP-04',
      level: 'must',
      kind: 'wire',
      title: 'top_p above 0 up to 1 is taken',
      source: `${reference}; llama-stack test_openai_response_with_top_p`,
      steps: [[word({ top_p: 0.1 }), word({ top_p: 1 })]],
      expect: [atEveryStep(isServed)],
      applies: isChat({ fine: true, where: within('top_p', 0.000_001, 1) }),
    },
    {
      id: 'SAMP-14',
      level: 'should',
      kind: 'wire',
      title: 'top_p above 1 is refused with 400',
      source: `${reference}; Kimi-Vendor-Verifier tests/params`,
      steps: [word({ top_p: 1.1 })],
      expect: [isRejected(400, 422)],
      applies: isChat({ where: ({ top_p: value }) => typeof value === 'number' && value > 1 }),
    },
    {
      id: 'SAMP-05',
      level: 'should',
      kind: 'wire',
      title: 'frequency_penalty and presence_penalty from -2 to 2 are taken',
      source: reference,
      steps: [
        [
          word({ frequency_penalty: -2, presence_penalty: -2 }),
          word({ frequency_penalty: 2, presence_penalty: 2 }),
          word({ frequency_penalty: 0.5 }),
        ],
      ],
      expect: [atEveryStep(isServed)],
      applies: isChat({
        fine: true,
        where: (body) => within('frequency_penalty', -2, 2)(body) || within('presence_penalty', -2, 2)(body),
      }),
    },
    {
      id: 'SAMP-06',
      level: 'should',
      kind: 'model',
      title: 'a penalty changes how much a text repeats itself',
      source: 'SGLang test_penalty (checks types only)',
      steps: [],
      expect: [],
      untested:
        'one prompt cannot tell the effect of a penalty from the spread of sampling; that takes hundreds of paid answers',
    },
    {
      id: 'SAMP-07',
      level: 'should',
      kind: 'wire',
      title: 'logit_bias with token ids is taken',
      source: `${reference}; llama.cpp test_logit_bias`,
      steps: [word({ logit_bias: { '100': -100 } })],
      expect: [isServed],
      applies: isChat({ fine: true, where: ({ logit_bias: bias }) => typeof bias === 'object' && bias !== null }),
    },
    {
      id: 'SAMP-08',
      level: 'should',
      kind: 'wire',
      title: 'logit_bias with an id no vocabulary has is refused, and breaks nothing',
      source: 'vLLM test_chat_logit_bias_validation',
      steps: [word({ logit_bias: { '99999999': 5 } }), word({})],
      expect: [atStep(0, isServedOrRefused), strictly(atStep(0, isRejected(400))), hasStatus(200)],
    },
    {
      id: 'SAMP-09',
      level: 'should',
      kind: 'wire',
      title: 'null for an optional parameter is the same as leaving it out',
      source: `${reference} (nullable parameters); vLLM test_tool_choice_null`,
      steps: [
        word({
          frequency_penalty: null,
          logit_bias: null,
          logprobs: null,
          max_completion_tokens: null,
          n: null,
          presence_penalty: null,
          seed: null,
          stop: null,
          stream: null,
          stream_options: null,
          top_logprobs: null,
          top_p: null,
        }),
      ],
      expect: [hasStatus(200)],
    },
    {
      id: 'SAMP-10',
      level: 'should',
      kind: 'wire',
      title: 'parameters that a model fixes are refused with 400 and not ignored',
      source: 'Kimi-Vendor-Verifier tests/params',
      steps: [],
      expect: [],
      untested: 'from outside a fixed parameter that is ignored looks like one that is honoured',
    },
    {
      id: 'SAMP-11',
      level: 'should',
      kind: 'wire',
      title: 'reasoning_effort is taken, or refused with 400',
      source: 'vLLM test_reasoning_effort; litellm reasoning_effort grid',
      steps: [word({ reasoning_effort: 'low', max_tokens: 256 })],
      expect: [isServed],
    },
    {
      id: 'SAMP-12',
      level: 'should',
      kind: 'wire',
      title: 'the extras of open engines are taken: top_k, min_p, repetition_penalty',
      source: 'vLLM test_extra_sampling_params',
      steps: [word({ top_k: 20, min_p: 0.05, repetition_penalty: 1.05 })],
      expect: [isServed],
    },
    {
      id: 'SAMP-13',
      level: 'info',
      kind: 'wire',
      title: 'a control that cannot be honoured is refused by name',
      source: 'webai-at-home issue 182',
      steps: [],
      expect: [],
      untested: 'a rule for verdicts: a clear refusal is UNSUPPORTED in every case that asks for a feature',
    },
  ],
};
