import type { Capability, CaseRequest, JsonValue, RecordedRequest } from '../case.ts';
import type { Fields } from '../chat-request.ts';
import { whenServed } from '../expectations/answered.ts';
import { everyAt, fitsSchema } from '../expectations/body.ts';
import {
  equalsSingles,
  hasVectors,
  isNormalised,
  isTheSameVector,
  keepsDimensions,
  keepsEncoding,
  keepsOrder,
  tellsApart,
} from '../expectations/embeddings.ts';
import { atEveryStep, atStep, expecting, own } from '../expectations/expectation.ts';
import { hasErrorMessage, hasStatus, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { equals } from '../expectations/predicate.ts';
import { isAsked } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/embeddings';
const ask = (input: JsonValue, fields: Fields = {}): CaseRequest => ({
  path: '/embeddings',
  body: { model: '$model:embeddings', input, ...fields },
});
const path = '/embeddings';
const applies = isAsked({ path, status: 200 });
const [river, engine] = ['The river runs to the sea.', 'An engine burns fuel.'] as const;

/** Whether several texts are asked for at once. */
const isBatch = ({ input }: RecordedRequest['body']): boolean =>
  Array.isArray(input) && input.length > 1 && input.every((one) => typeof one === 'string');

const countsPrompt = expecting('usage.prompt_tokens is usage.total_tokens, and above 0', (seen) => {
  const { prompt_tokens: prompt, total_tokens: total } = seen.answer.usage ?? {};
  return Number(prompt) > 0 && prompt === total ? undefined : JSON.stringify(seen.answer.usage ?? null);
});

/** Embeddings. */
export const embeddings: Capability = {
  name: 'Embeddings',
  cases: [
    {
      id: 'EMB-01',
      level: 'must',
      kind: 'wire',
      title: 'an answer is a list of embeddings in the order of the inputs, with usage',
      source: `${reference}/object; schema CreateEmbeddingResponse`,
      needs: 'embeddings',
      steps: [ask([river, engine, 'Bread is baked.'])],
      expect: [
        hasStatus(200),
        fitsSchema('CreateEmbeddingResponse'),
        everyAt('object', equals('list')),
        everyAt('data[].object', equals('embedding')),
        hasVectors,
        keepsOrder,
        countsPrompt,
      ],
      applies,
    },
    {
      id: 'EMB-02',
      level: 'must',
      kind: 'wire',
      title: 'the input may be a text, texts, tokens or lists of tokens',
      source: `${reference}/create; Ollama's documentation (texts only)`,
      needs: 'embeddings',
      steps: [[river, [river, engine], [15, 25, 35], [[15, 25], [35]]].map((input) => ask(input as JsonValue))],
      expect: [
        own(atStep(0, hasStatus(200))),
        own(atStep(1, hasStatus(200))),
        own(atStep(2, isServed)),
        own(atStep(3, isServed)),
        atEveryStep(whenServed(hasVectors)),
      ],
      applies,
    },
    {
      id: 'EMB-03',
      level: 'must',
      kind: 'wire',
      title: 'encoding_format base64 is little-endian float32, the same numbers as floats',
      source: `${reference}/create; openai-node embeddings test`,
      needs: 'embeddings',
      steps: [[ask(river, { encoding_format: 'float' }), ask(river, { encoding_format: 'base64' })]],
      expect: [hasStatus(200), keepsEncoding, hasVectors, isTheSameVector],
      applies: isAsked({ path, status: 200, where: ({ encoding_format: format }) => format === 'base64' }),
    },
    {
      id: 'EMB-04',
      level: 'must',
      kind: 'wire',
      title: 'what the OpenAI SDK asks by default (base64) can be read as vectors',
      source: 'https://github.com/openai/openai-node/blob/master/src/resources/embeddings.ts',
      hurts: ['openai-4', 'openai-5', 'openai-6', 'openai-7'],
      needs: 'embeddings',
      steps: [ask([river, engine], { encoding_format: 'base64' })],
      expect: [hasStatus(200), hasVectors, keepsOrder],
      applies,
    },
    {
      id: 'EMB-15',
      level: 'must',
      kind: 'wire',
      title: 'encoding_format float, or none, gives lists of numbers',
      source: `${reference}/create`,
      needs: 'embeddings',
      steps: [[ask(river, { encoding_format: 'float' }), ask(river)]],
      expect: [hasStatus(200), keepsEncoding, hasVectors],
      applies: isAsked({ path, status: 200, where: ({ encoding_format: format }) => format !== 'base64' }),
    },
    {
      id: 'EMB-05',
      level: 'should',
      kind: 'wire',
      title: 'an encoding_format that does not exist is refused with 400',
      source: 'Ollama InvalidEncodingFormat test',
      needs: 'embeddings',
      steps: [ask(river, { encoding_format: 'roman' })],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'EMB-06',
      level: 'should',
      kind: 'wire',
      title: 'dimensions shortens the vectors, or is refused with 400',
      source: `${reference}/create; llama-stack with_dimensions`,
      needs: 'embeddings',
      steps: [ask(river, { dimensions: 128 })],
      expect: [isServed, hasVectors, keepsDimensions, isNormalised],
      applies: isAsked({ path, status: 200, where: ({ dimensions }) => typeof dimensions === 'number' }),
    },
    {
      id: 'EMB-07',
      level: 'must',
      kind: 'wire',
      title: 'an empty list is refused with 400, an empty text is refused or has a vector',
      source: 'llama.cpp invalid_input; llama-stack empty_list_error',
      needs: 'embeddings',
      steps: [[ask([]), ask('')]],
      expect: [atStep(0, isRejected()), atStep(0, hasErrorMessage), atStep(1, isServedOrRefused)],
    },
    {
      id: 'EMB-08',
      level: 'should',
      kind: 'wire',
      title: 'vectors have length 1',
      source: 'https://platform.openai.com/docs/guides/embeddings#faq; recorded traffic',
      needs: 'embeddings',
      steps: [ask([river, engine])],
      expect: [hasStatus(200), hasVectors, isNormalised],
      applies,
    },
    {
      id: 'EMB-09',
      level: 'must',
      kind: 'wire',
      title: 'a vector does not depend on the other inputs of its batch',
      source: 'llama.cpp same_prompt; llama-stack base64_batch',
      needs: 'embeddings',
      steps: [[ask(river), ask(engine), ask([river, engine])]],
      expect: [hasStatus(200), hasVectors, equalsSingles],
      applies: isAsked({ path, status: 200, where: isBatch }),
    },
    {
      id: 'EMB-10',
      level: 'should',
      kind: 'wire',
      title: 'different inputs have different vectors',
      source: 'llama-stack different_inputs',
      needs: 'embeddings',
      steps: [ask([river, engine])],
      expect: [hasStatus(200), tellsApart],
      applies: isAsked({ path, status: 200, where: isBatch }),
    },
    {
      id: 'EMB-11',
      level: 'should',
      kind: 'wire',
      title: 'an input over the length of the model is refused with 4xx',
      source: 'llama.cpp prompt_too_long; vLLM long_text',
      needs: 'embeddings',
      steps: [ask(Array.from({ length: 12_000 }, (_one, at) => `word${at}`).join(' '))],
      expect: [isRejected(400, 413, 422), hasErrorMessage],
    },
    {
      id: 'EMB-12',
      level: 'should',
      kind: 'wire',
      title: 'a model that does not exist is refused with 404',
      source: 'llama-stack invalid_model; recorded traffic',
      needs: 'embeddings',
      steps: [{ path: '/embeddings', body: { model: 'no-such-model', input: river } }],
      expect: [hasStatus(404), hasErrorMessage],
      applies: isAsked({
        path,
        where: ({ model }) => /no-such|non-existent|invalid|unknown|fake/i.test(String(model)),
      }),
    },
    {
      id: 'EMB-13',
      level: 'should',
      kind: 'wire',
      title: '2048 inputs are taken, or refused with 4xx',
      source: 'schema CreateEmbeddingRequest of openai-openapi (maxItems 2048)',
      needs: 'embeddings',
      steps: [{ ...ask(Array.from({ length: 2_048 }, (_one, at) => String(at))), maxBytes: 128 * 1024 * 1024 }],
      expect: [isServedOrRefused, whenServed(hasVectors)],
      alone: true,
    },
    {
      id: 'EMB-14',
      level: 'info',
      kind: 'model',
      title: 'width, length and order of similarity, beside those of the vectors that an index holds',
      source: 'what a migration needs; promptfoo similar',
      steps: [],
      expect: [],
      untested: 'it takes the old vectors: parity compares them (embedding-width), and the shim warns of an old index',
    },
  ],
};
