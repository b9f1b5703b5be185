import type { Capability, CaseRequest, JsonValue } from '../case.ts';
import type { Fields } from '../chat-request.ts';
import { isObject, quoteText, readObjects } from '../../json.ts';
import type { Observation } from '../observation.ts';
import { bodyOf, everyAt, everyChunk, fitsSchema, readPath, show } from '../expectations/body.ts';
import { atEveryStep, atStep, byChoice, expecting, own } from '../expectations/expectation.ts';
import { isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { equals } from '../expectations/predicate.ts';
import { endsWithDone, endsWithUsage, finishesOnce, isFramed } from '../expectations/stream.ts';
import { addsUp, hasUsage, keepsLimit } from '../expectations/usage.ts';
import { isAsked, wantsUsage } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/completions';
const path = '/completions';
const ask = (prompt: JsonValue, fields: Fields = {}): CaseRequest => ({
  path,
  body: { model: '$model:completions', prompt, max_tokens: 16, temperature: 0, ...fields },
});
const whole = (where?: (body: Readonly<Record<string, unknown>>) => boolean) =>
  isAsked({ path, stream: false, status: 200, ...(where === undefined ? {} : { where }) });
const streamed = isAsked({ path, stream: true, status: 200 });
const sea = 'The sea is';

/** The texts of an answer by choice, streamed or not. */
function textsOf(seen: Observation): string[] {
  const texts: string[] = [];
  for (const holder of seen.answer.events === undefined ? [bodyOf(seen)] : seen.chunks)
    for (const { index, text } of readObjects(holder['choices'])) {
      const at = typeof index === 'number' ? index : 0;
      texts[at] = (texts[at] ?? '') + (typeof text === 'string' ? text : '');
    }
  return texts;
}

const hasTexts = expecting('each choice has a text, an index in order and a reason to end', (seen) => {
  const choices = readObjects(bodyOf(seen)['choices']);
  if (choices.length === 0) return quoteText(seen.text);
  const at = choices.findIndex(
    ({ text, index, finish_reason: reason }, place) =>
      typeof text !== 'string' || index !== place || !['stop', 'length', 'content_filter'].includes(String(reason)),
  );
  return at === -1 ? undefined : show(choices[at]);
});

const answersEachPrompt = own(
  expecting('there is one choice a prompt', (seen) => {
    const { prompt } = seen.body;
    const isMany = Array.isArray(prompt) && prompt.every((one) => typeof one === 'string' || Array.isArray(one));
    const wanted = isMany ? prompt.length : 1;
    const got = readObjects(bodyOf(seen)['choices']).length;
    return seen.status !== 200 || got === wanted ? undefined : `${got} choices for ${wanted} prompts`;
  }),
);

const echoes = expecting('the text starts with the prompt', (seen) => {
  const { prompt } = seen.body;
  const [text = ''] = textsOf(seen);
  return typeof prompt !== 'string' || text.startsWith(prompt) ? undefined : quoteText(text);
});

/** Source: schema CreateCompletionResponse of openai-openapi */
const hasLogprobs = expecting(
  'logprobs has tokens, token_logprobs, top_logprobs and text_offset of one length',
  (seen) => {
    for (const held of readPath(seen.answer.json, 'choices[].logprobs')) {
      if (!isObject(held)) return show(held);
      const lists = ['tokens', 'token_logprobs', 'top_logprobs', 'text_offset'].map((key) => held[key]);
      if (!lists.every(Array.isArray))
        return `without ${['tokens', 'token_logprobs', 'top_logprobs', 'text_offset'].filter((_key, at) => !Array.isArray(lists[at])).join(', ')}`;
      const lengths = new Set((lists as readonly unknown[][]).map(({ length }) => length));
      if (lengths.size > 1) return `lengths ${[...lengths].join(', ')}`;
    }
    return undefined;
  },
);

const saysTheSame = own(
  byChoice({
    says: 'the stream put together is the text of the whole answer',
    judge: (seen, all) => {
      const [a, b] = [textsOf(all[0] as Observation)[0] ?? '', textsOf(seen)[0] ?? ''];
      return a === b ? 'held' : { broken: `${quoteText(a, 60)} and ${quoteText(b, 60)}` };
    },
  }),
);

/** Legacy completions. */
export const completions: Capability = {
  name: 'Legacy completions',
  cases: [
    {
      id: 'CMP-01',
      level: 'should',
      kind: 'wire',
      title: 'an answer is a text_completion with texts, indexes, reasons and usage',
      source: `${reference}/object; schema CreateCompletionResponse`,
      needs: 'completions',
      steps: [ask(sea)],
      expect: [
        isServed,
        everyAt('object', equals('text_completion')),
        fitsSchema('CreateCompletionResponse'),
        hasTexts,
        hasUsage,
        addsUp,
      ],
      applies: whole(),
    },
    {
      id: 'CMP-02',
      level: 'should',
      kind: 'wire',
      title: 'the prompt may be a text, texts or tokens, each with its choice in order',
      source: `${reference}/create; SGLang; Ollama's documentation (text only)`,
      needs: 'completions',
      steps: [[ask(sea), ask([sea, 'The sky is']), ask([15, 25, 35]), ask([[15, 25], [35]])]],
      expect: [
        atStep(0, isServed),
        atStep(1, isServed),
        atStep(2, isServed),
        atStep(3, isServed),
        atEveryStep(answersEachPrompt),
      ],
    },
    {
      id: 'CMP-03',
      level: 'should',
      kind: 'wire',
      title: 'echo: the text starts with the prompt',
      source: `${reference}/create; SGLang echo`,
      needs: 'completions',
      steps: [ask(sea, { echo: true })],
      expect: [isServed, echoes],
      applies: whole(({ echo }) => echo === true),
    },
    {
      id: 'CMP-04',
      level: 'should',
      kind: 'wire',
      title: 'logprobs gives the four lists; more than 5 are refused with 400',
      source: `${reference}/create (maximum 5); vLLM; SGLang`,
      needs: 'completions',
      steps: [[ask(sea, { logprobs: 6 }), ask(sea, { logprobs: 2 })]],
      expect: [isServed, hasLogprobs, own(atStep(0, isRejected()))],
      applies: whole(({ logprobs }) => typeof logprobs === 'number'),
    },
    {
      id: 'CMP-05',
      level: 'should',
      kind: 'wire',
      title: 'a stream ends once, with [DONE], and says what the whole answer says',
      source: `${reference}/create; vLLM completion_streaming`,
      needs: 'completions',
      steps: [[ask(sea), ask(sea, { stream: true })]],
      expect: [
        isServed,
        isFramed,
        everyChunk('object', equals('text_completion')),
        endsWithDone,
        finishesOnce,
        saysTheSame,
      ],
      applies: streamed,
    },
    {
      id: 'CMP-06',
      level: 'should',
      kind: 'wire',
      title: 'stop, suffix, best_of and n are taken or refused with 4xx, never 500',
      source: `${reference}/create; llama-stack stop and suffix`,
      needs: 'completions',
      steps: [
        [
          ask(sea, { stop: ['.'] }),
          ask(sea, { suffix: ' and deep.' }),
          ask(sea, { best_of: 2 }),
          ask(sea, { n: 2, temperature: 1 }),
        ],
      ],
      expect: [
        atEveryStep(isServedOrRefused),
        atStep(0, isServed),
        own(
          atStep(
            3,
            expecting('n = 2 gives two choices where it is taken', (seen) => {
              const got = readObjects(bodyOf(seen)['choices']).length;
              return seen.status !== 200 || got === 2 ? undefined : `${got} choices`;
            }),
          ),
        ),
        own(
          atStep(
            0,
            expecting('no text has the stop in it', (seen) => {
              const wrong = textsOf(seen).find((text) => text.includes('.'));
              return wrong === undefined ? undefined : quoteText(wrong);
            }),
          ),
        ),
      ],
    },
    {
      id: 'CMP-09',
      level: 'should',
      kind: 'wire',
      title: 'max_tokens holds',
      source: `${reference}/create`,
      needs: 'completions',
      steps: [ask('Count from 1 to 100', { max_tokens: 8 })],
      expect: [isServed, keepsLimit],
    },
    {
      id: 'CMP-07',
      level: 'should',
      kind: 'wire',
      title: 'include_usage gives one last chunk with usage',
      source: `${reference}/create; vLLM completion_stream_options`,
      needs: 'completions',
      steps: [ask(sea, { stream: true, stream_options: { include_usage: true } })],
      expect: [isServed, endsWithUsage],
      applies: isAsked({ path, stream: true, status: 200, where: wantsUsage }),
    },
    {
      id: 'CMP-08',
      level: 'info',
      kind: 'wire',
      title: 'an endpoint without completions says so with 4xx',
      source: 'llama-stack skip list',
      steps: [ask(sea)],
      expect: [isServedOrRefused],
    },
  ],
};
