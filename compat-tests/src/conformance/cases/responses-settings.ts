import type { Case, Expectation, FollowUp, JsonValue } from '../case.ts';
import { isObject, parseJson, quoteText, readObjects } from '../../json.ts';
import { findProblems } from '../../request-schema.ts';
import { everyAt, readPath, show } from '../expectations/body.ts';
import { atEveryStep, atStep, expecting, strictly } from '../expectations/expectation.ts';
import {
  describeAnswer,
  hasErrorMessage,
  hasStatus,
  isRejected,
  isServed,
  isServedOrRefused,
} from '../expectations/http.ts';
import { equals, isPositive, isWhole } from '../expectations/predicate.ts';
import { hasOutput, itemsOf, outputTextOf, replies, responseOf } from '../expectations/responses.ts';
import { redImage } from '../images.ts';
import { isAsked, isWholeResponse } from '../recorded.ts';
import { askResponse, item, responsesCase } from '../responses-request.ts';

const reference = 'https://platform.openai.com/docs/api-reference/responses';
const path = '/responses';
const city = {
  type: 'object',
  properties: { name: { type: 'string' }, country: { type: 'string' } },
  required: ['name', 'country'],
  additionalProperties: false,
};
const asJson = (schema: JsonValue): JsonValue => ({
  format: { type: 'json_schema', name: 'city', strict: true, schema },
});

const fitsTextFormat: Expectation = expecting('the text is JSON that fits the schema of the request', (seen) => {
  const [schema] = readPath(seen.body, 'text.format.schema');
  if (!isObject(schema) || responseOf(seen)['status'] !== 'completed') return undefined;
  // A call stands in the place of the text, and so does a refusal.
  const text = outputTextOf(seen);
  if (text === '') return undefined;
  const value = parseJson(text);
  if (value === undefined) return `no JSON: ${quoteText(text)}`;
  const [problem] = findProblems(schema, value) ?? [];
  return problem === undefined ? undefined : `${problem}: ${quoteText(text)}`;
});

const hasUsageDetails = expecting(
  'usage has input_tokens_details.cached_tokens and output_tokens_details.reasoning_tokens',
  (seen) => {
    const found = ['input_tokens_details.cached_tokens', 'output_tokens_details.reasoning_tokens'].map(
      (one) => readPath(responseOf(seen)['usage'], one)[0],
    );
    return found.every((count) => isWhole.holds(count)) ? undefined : found.map(show).join(', ');
  },
);

/** A tool that the endpoint does not have is refused; answered as if nobody had asked is the worst. */
const refusesOrUses = (type: string): Expectation => ({
  says: `${type} is refused with 4xx, or is in the response's tools`,
  judge: (seen) => {
    if (seen.status >= 400 && seen.status < 500) return 'held';
    if (seen.status !== 200) return { broken: describeAnswer(seen) };
    const kept = readObjects(responseOf(seen)['tools']).some((tool) => String(tool['type']).startsWith(type));
    return kept ? 'held' : { broken: `answered without it: tools ${show(responseOf(seen)['tools'])}` };
  },
});

const replay: FollowUp = (seen) => {
  const first = seen.at(-1);
  if (first === undefined || first.status !== 200) return undefined;
  return askResponse([
    item('user', 'My code word is ORCHID. Say hello.'),
    ...(itemsOf(first) as JsonValue[]),
    item('user', 'What is my code word?'),
  ]);
};

/** What a Responses request may set besides, and what becomes of it. */
export const responsesSettings: readonly Case[] = [
  responsesCase({
    id: 'RSP-11',
    level: 'should',
    title: 'max_output_tokens below 16 is refused with 400, or taken',
    source: 'llama-stack max_output_tokens_below_minimum',
    steps: [askResponse('Hello!', { max_output_tokens: 1 })],
    expect: [isServedOrRefused, strictly(isRejected(400))],
  }),
  responsesCase({
    id: 'RSP-12',
    level: 'must',
    kind: 'model',
    title: 'text.format json_schema: the text fits the schema',
    source: `${reference}/create; llama.cpp text_format`,
    steps: [askResponse('Name a city.', { text: asJson(city), max_output_tokens: 200 })],
    expect: [isServed, hasOutput, fitsTextFormat],
    applies: isWholeResponse(({ text }) => readPath(text, 'format.type')[0] === 'json_schema'),
  }),
  responsesCase({
    id: 'RSP-22',
    level: 'should',
    title: 'text.format json_schema without a schema is refused with 400',
    source: `${reference}/create; llama.cpp`,
    steps: [askResponse('Name a city.', { text: { format: { type: 'json_schema', name: 'city' } } })],
    expect: [isRejected(), hasErrorMessage],
  }),
  responsesCase({
    id: 'RSP-13',
    level: 'should',
    title: 'images and files in the input are read, or refused with 4xx',
    source: `${reference}/create; openresponses image-input`,
    steps: [
      [
        askResponse([
          item('user', [
            { type: 'input_text', text: 'Which colour is this?' },
            { type: 'input_image', image_url: redImage, detail: 'auto' },
          ]),
        ]),
        askResponse([
          item('user', [
            { type: 'input_text', text: 'What does it say?' },
            { type: 'input_file', filename: 'note.txt', file_data: 'data:text/plain;base64,T1JDSElE' },
          ]),
        ]),
      ],
    ],
    expect: [atEveryStep(isServedOrRefused)],
    applies: isAsked({
      path,
      stream: false,
      where: ({ input }) => /"input_(?:image|file)"/.test(JSON.stringify(input) ?? ''),
    }),
  }),
  responsesCase({
    id: 'RSP-14',
    level: 'should',
    title: 'include message.output_text.logprobs gives logprobs, or is refused with 400',
    source: `${reference}/create; llama-stack include_logprobs`,
    steps: [askResponse('Reply with exactly: OK', { include: ['message.output_text.logprobs'], top_logprobs: 2 })],
    expect: [
      isServed,
      expecting('each output_text has logprobs', (seen) => {
        const parts = itemsOf(seen, 'message')
          .flatMap(({ content }) => readObjects(content))
          .filter(({ type }) => type === 'output_text');
        const wrong = parts.find(({ logprobs }) => !Array.isArray(logprobs) || logprobs.length === 0);
        return wrong === undefined ? undefined : `logprobs ${show(wrong['logprobs'])}`;
      }),
    ],
    applies: isWholeResponse(
      ({ include }) => Array.isArray(include) && include.includes('message.output_text.logprobs'),
    ),
  }),
  responsesCase({
    id: 'RSP-15',
    level: 'should',
    title: 'usage has its details',
    source: 'schema ResponseUsage of openai-openapi; vLLM',
    steps: [askResponse('Reply with exactly: OK')],
    expect: [isServed, hasUsageDetails],
    applies: isWholeResponse(),
  }),
  responsesCase({
    id: 'RSP-16',
    level: 'should',
    title: 'items of an earlier output are taken as input, as they came',
    source: 'vLLM input_history; Ollama ReasoningMerge',
    steps: [askResponse('My code word is ORCHID. Say hello.'), replay],
    expect: [hasStatus(200), hasOutput, replies(/orchid/i)],
  }),
  responsesCase({
    id: 'RSP-17',
    level: 'should',
    title: 'POST /responses/input_tokens counts the input',
    source: `${reference}/input-tokens`,
    steps: [{ path: '/responses/input_tokens', body: { model: '$model', input: 'Hello, world!' } }],
    expect: [isServed, everyAt('object', equals('response.input_tokens')), everyAt('input_tokens', isPositive)],
    applies: isAsked({ path: '/responses/input_tokens', status: 200 }),
  }),
  responsesCase({
    id: 'RSP-18',
    level: 'should',
    title: "tools of OpenAI's own that are not there are refused with 4xx, not left out",
    source: 'openresponses optional tests; Ollama WebSearchIgnoresUnknownControls',
    steps: [
      [
        askResponse('What is new today?', { tools: [{ type: 'web_search' }] }),
        askResponse('What does the file say?', { tools: [{ type: 'file_search', vector_store_ids: ['vs_none'] }] }),
        askResponse('What is 2 + 2?', { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }),
      ],
    ],
    expect: [
      atStep(0, refusesOrUses('web_search')),
      atStep(1, refusesOrUses('file_search')),
      atStep(2, refusesOrUses('code_interpreter')),
    ],
  }),
  responsesCase({
    id: 'RSP-19',
    level: 'should',
    title: 'a previous_response_id that does not exist is refused with 400 or 404, beside a conversation too',
    source: 'llama-stack errors',
    steps: [
      [
        askResponse('Hello!', { previous_response_id: 'resp_0000000000000000000000000000000000000000000000000' }),
        askResponse('Hello!', {
          previous_response_id: 'resp_0000000000000000000000000000000000000000000000000',
          conversation: 'conv_none',
        }),
      ],
    ],
    expect: [atEveryStep(isRejected(400, 404, 422)), atEveryStep(hasErrorMessage)],
  }),
  responsesCase({
    id: 'RSP-20',
    level: 'should',
    title:
      'max_tool_calls, truncation, service_tier, prompt_cache_key and safety_identifier are taken or refused with 4xx',
    source: `${reference}/create; llama-stack`,
    steps: [
      askResponse('Reply with exactly: OK', {
        max_tool_calls: 3,
        truncation: 'disabled',
        service_tier: 'auto',
        prompt_cache_key: 'case',
        safety_identifier: 'case',
      }),
    ],
    expect: [isServedOrRefused],
    applies: isAsked({
      path,
      stream: false,
      where: (body) =>
        ['max_tool_calls', 'truncation', 'service_tier', 'prompt_cache_key', 'safety_identifier'].some(
          (key) => body[key] !== undefined,
        ),
    }),
  }),
  responsesCase({
    id: 'RSP-21',
    level: 'should',
    kind: 'model',
    title: 'a reasoning item has id and summary',
    source: `${reference}/object; gpt-oss compatibility-test`,
    steps: [
      askResponse('A farmer has 17 sheep, and all but 9 run away. How many are left?', { max_output_tokens: 2_000 }),
    ],
    expect: [
      isServed,
      expecting('each reasoning item has an id, and a summary that is a list', (seen) => {
        const wrong = itemsOf(seen, 'reasoning').find(
          ({ id, summary }) => typeof id !== 'string' || id === '' || !Array.isArray(summary),
        );
        return wrong === undefined ? undefined : show(wrong);
      }),
    ],
    applies: isWholeResponse(({ reasoning }) => isObject(reasoning)),
  }),
];
