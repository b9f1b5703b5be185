import { describe, expect, test } from 'vitest';
import { ask, json } from '../answer/ask.test-endpoint.ts';
import { completion } from '../upstream.test-server.ts';

const count = async (request: object, reply: unknown) => {
  const { status, text, sent, notes } = await ask(
    { messages: undefined, ...request },
    [json(reply)],
    { target: { dialect: 'vllm', baseURL: 'http://up.test/v1' }, responses: { tenant: 'count' } },
    'responses/input_tokens',
  );
  return { status, body: JSON.parse(text) as Record<string, unknown>, sent, codes: notes.map(({ code }) => code) };
};
const counted = completion({ content: 'a' }, 'length', {
  usage: { prompt_tokens: 41, completion_tokens: 1, total_tokens: 42 },
});

describe('input_tokens', () => {
  test('is what the endpoint counts of the whole prompt, tools and instructions in it', async () => {
    const tools = [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }];
    const { status, body, sent, codes } = await count(
      { instructions: 'Be short.', input: 'Hi', tools, tool_choice: 'required', stream: true },
      counted,
    );
    expect([status, body]).toEqual([200, { object: 'response.input_tokens', input_tokens: 41 }]);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ max_completion_tokens: 1, messages: [{ role: 'system' }, { content: 'Hi' }] });
    expect(sent[0]?.['tools']).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty('tool_choice');
    expect(sent[0]).not.toHaveProperty('stream');
    expect(codes).toContain('input-tokens-measured');
  });
  test('an endpoint that counts nothing is an error, not 0', async () => {
    const { status, body } = await count({ input: 'Hi' }, completion({ content: 'a' }, 'length', { usage: undefined }));
    expect([status, body['error']]).toMatchObject([502, { code: 'usage_missing' }]);
  });
  test('an input that is none is refused', async () => {
    expect((await count({}, counted)).body['error']).toMatchObject({ param: 'input' });
  });
});
