import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFetch } from '../fetch.ts';
import { completion, startUpstream, type Upstream } from '../upstream.test-server.ts';

// The same talk, kept by the store or by the client, is the same chat history upstream.

let upstream: Upstream;
let turns = 0;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
  turns = 0;
  upstream.reply = ({ body }) => {
    turns += 1;
    const last = (body['messages'] as Array<{ role: string }>).at(-1);
    const call = (id: string, city: string) => ({
      id: `call_${turns}${id}`,
      type: 'function',
      function: { name: 'weather', arguments: JSON.stringify({ city }) },
    });
    return {
      body:
        last?.role === 'tool' || body['tools'] === undefined
          ? completion({ content: `Answer ${turns}.` })
          : completion({ content: 'Let me look.', tool_calls: [call('a', 'Rome'), call('b', 'Oslo')] }, 'tool_calls'),
    };
  };
});

const client = (tenant: string) =>
  new OpenAI({
    apiKey: 'sk-stays-here-0000',
    maxRetries: 0,
    fetch: createFetch({
      target: { dialect: 'openai-compatible', baseURL: upstream.baseURL },
      policy: 'silent',
      responses: { tenant },
    }),
  });
const tools = [
  {
    type: 'function' as const,
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    strict: false,
  },
];
type Input = OpenAI.Responses.ResponseInput;
const outputs = (response: OpenAI.Responses.Response): Input =>
  response.output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'mild' }]
      : [],
  );
const histories = () => upstream.received.map(({ body }) => body['messages']);

describe('a tool loop of several turns', () => {
  const questions = ['Weather?', 'And tomorrow?', 'Thanks.'];

  const byStore = async () => {
    const openai = client('store');
    let previous: string | null = null;
    for (const question of questions) {
      let input: Input = [{ role: 'user', content: question }];
      for (;;) {
        const response: OpenAI.Responses.Response = await openai.responses.create({
          model: 'm',
          input,
          tools,
          previous_response_id: previous,
        });
        previous = response.id;
        input = outputs(response);
        if (input.length === 0) break;
      }
    }
    return histories();
  };
  const byClient = async () => {
    const openai = client('client');
    const input: Input = [];
    for (const question of questions) {
      input.push({ role: 'user', content: question });
      for (;;) {
        const response = await openai.responses.create({ model: 'm', input, tools, store: false });
        input.push(...(response.output as Input), ...outputs(response));
        if (outputs(response).length === 0) break;
      }
    }
    return histories();
  };
  const byConversation = async () => {
    const openai = client('conversation');
    const { id: conversation } = await openai.conversations.create();
    for (const question of questions) {
      let input: Input = [{ role: 'user', content: question }];
      for (;;) {
        const response = await openai.responses.create({ model: 'm', input, tools, conversation });
        input = outputs(response);
        if (input.length === 0) break;
      }
    }
    return histories();
  };

  test('is the same history, whoever keeps it', async () => {
    const expected = await byStore();
    expect(expected).toHaveLength(6);
    expect(expected.at(-1)).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: 'Let me look.', tool_calls: [{ id: 'call_1a' }, { id: 'call_1b' }] },
      { role: 'tool', tool_call_id: 'call_1a', content: 'mild' },
      { role: 'tool', tool_call_id: 'call_1b', content: 'mild' },
      { role: 'assistant', content: 'Answer 2.' },
      { role: 'user' },
      { role: 'assistant' },
      { role: 'tool' },
      { role: 'tool' },
      { role: 'assistant' },
      { role: 'user', content: 'Thanks.' },
      { role: 'assistant' },
      { role: 'tool' },
      { role: 'tool' },
    ]);
    for (const keep of [byClient, byConversation]) {
      upstream.received.length = 0;
      turns = 0;
      expect(await keep()).toEqual(expected);
    }
  });
});

test('100 turns on one chain', async () => {
  const openai = client('long');
  let previous: string | null = null;
  for (let turn = 0; turn < 100; turn += 1) {
    const response: OpenAI.Responses.Response = await openai.responses.create({
      model: 'm',
      input: `Question ${turn}`,
      previous_response_id: previous,
    });
    previous = response.id;
  }
  const last = histories().at(-1) as Array<{ content: string }>;
  expect(last).toHaveLength(199);
  expect(last.filter((_, index) => index % 2 === 0).map(({ content }) => content)).toEqual(
    Array.from({ length: 100 }, (_, turn) => `Question ${turn}`),
  );
  expect(last[197]?.content).toBe('Answer 99.');
});

test('branches from one response do not see each other', async () => {
  const openai = client('branches');
  const root = await openai.responses.create({ model: 'm', input: 'Root' });
  const branches = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      openai.responses.create({ model: 'm', input: `Branch ${index}`, previous_response_id: root.id }),
    ),
  );
  await Promise.all(
    branches.map(({ id }, index) =>
      openai.responses.create({ model: 'm', input: `Leaf ${index}`, previous_response_id: id }),
    ),
  );
  const leaves = (histories() as Array<Array<{ role: string; content: string }>>).slice(-8);
  for (const leaf of leaves) {
    const said = leaf.filter(({ role }) => role === 'user').map(({ content }) => content);
    const index = said[2]?.slice('Leaf '.length);
    expect(said).toEqual(['Root', `Branch ${index}`, `Leaf ${index}`]);
  }
});

test('an item of an earlier response can be named by its id', async () => {
  const openai = client('references');
  const first = await openai.responses.create({ model: 'm', input: 'Hello' });
  const id = first.output[0]?.id as string;
  await openai.responses.create({
    model: 'm',
    input: [
      { type: 'item_reference', id },
      { role: 'user', content: 'Again' },
    ],
  });
  expect(histories().at(-1)).toEqual([
    { role: 'assistant', content: 'Answer 1.' },
    { role: 'user', content: 'Again' },
  ]);
  await expect(
    client('other').responses.create({ model: 'm', input: [{ type: 'item_reference', id }] }),
  ).rejects.toMatchObject({ status: 400, code: 'item_not_found' });
});
