import { expect, test } from 'vitest';
import { makeExchange, tool } from '../exchanges.test-material.ts';
import { compare } from '../parity.ts';

const { parameters } = tool('get_weather').function;
const request = {
  model: 'gpt-4o-mini',
  input: 'What is the weather in Rome?',
  tools: [{ type: 'function', name: 'get_weather', parameters }],
};
const answer = (output: readonly object[], extra: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_764_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output,
  usage: { input_tokens: 40, output_tokens: 12, total_tokens: 52 },
  ...extra,
});
const call = (city: unknown) => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'get_weather',
  arguments: JSON.stringify({ city }),
  status: 'completed',
});
const say = (text: string) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});

test.each([
  [
    'the same call',
    answer([call('Rome')]),
    { 'tool-trigger': 'PASS', 'argument-values': 'PASS', 'wire-shape': 'PASS' },
  ],
  ['another city', answer([call('Lyon')]), { 'argument-values': 'DIFFERENT' }],
  ['arguments that do not fit', answer([call(7)]), { 'tool-arguments': 'FAIL' }],
  ['a lost call', answer([say('It is sunny.')]), { 'tool-trigger': 'FAIL' }],
  ['no list of output', { ...answer([]), output: null }, { 'wire-shape': 'FAIL', 'tool-trigger': 'FAIL' }],
])('Responses: %s', async (_name, body, expected) => {
  const candidate = { name: 'stub', fetch: async () => Response.json(body) };
  const recordings = [makeExchange({ path: '/responses', request, answer: answer([call('Rome')]) })];
  const { results } = await compare({ recordings, candidate });
  const [result] = results;
  expect(Object.fromEntries((result?.checks ?? []).map(({ check, verdict }) => [check, verdict]))).toMatchObject(
    expected,
  );
  expect(result?.measures?.old).toMatchObject({ promptTokens: 40, completionTokens: 12 });
});

test('an answer cut off by the limit is told from one that ended', async () => {
  const cut = answer([say('It is')], { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  const candidate = { name: 'stub', fetch: async () => Response.json(cut) };
  const recordings = [
    makeExchange({ path: '/responses', request: { ...request, tools: [] }, answer: answer([say('It is sunny.')]) }),
  ];
  const { results } = await compare({ recordings, candidate });
  expect(results[0]?.checks.find(({ check }) => check === 'finish-reason')).toMatchObject({
    expected: 'stop',
    got: 'length',
  });
});
