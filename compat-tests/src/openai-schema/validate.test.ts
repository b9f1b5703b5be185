import { describe, expect, test } from 'vitest';
import { findSchemaProblems } from './validate.ts';

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_750_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};
const [choice] = completion.choices;
const chunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_750_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
};

describe("OpenAI's published schemas", () => {
  test('accept what OpenAI documents', () => {
    expect(findSchemaProblems('CreateChatCompletionResponse', completion)).toEqual([]);
    expect(findSchemaProblems('CreateChatCompletionStreamResponse', chunk)).toEqual([]);
    expect(findSchemaProblems('CreateChatCompletionStreamResponse', { ...chunk, choices: [], usage: null })).toEqual(
      [],
    );
    const embedding = { object: 'list', model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 } };
    expect(
      findSchemaProblems('CreateEmbeddingResponse', {
        ...embedding,
        data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
      }),
    ).toEqual([]);
    expect(
      findSchemaProblems('CreateEmbeddingResponse', {
        ...embedding,
        data: [{ object: 'embedding', index: 0, embedding: 'AAAAPw==' }],
      }),
    ).toEqual([]);
    expect(
      findSchemaProblems('ErrorResponse', { error: { message: 'm', type: 't', param: null, code: null } }),
    ).toEqual([]);
  });

  test.each([
    [
      'a numeric error code',
      'ErrorResponse',
      { error: { message: 'm', type: 't', param: null, code: 400 } },
      '/error/code',
    ],
    ['no param', 'ErrorResponse', { error: { message: 'm', type: 't', code: null } }, '/error'],
    [
      'an unknown finish reason',
      'CreateChatCompletionResponse',
      { ...completion, choices: [{ ...choice, finish_reason: 'eos' }] },
      '/choices/0/finish_reason',
    ],
    [
      'no logprobs',
      'CreateChatCompletionResponse',
      { ...completion, choices: [{ ...choice, logprobs: undefined }] },
      '/choices/0',
    ],
    ['fractional created', 'CreateChatCompletionStreamResponse', { ...chunk, created: 1.5 }, '/created'],
    ['no choices', 'CreateChatCompletionStreamResponse', { ...chunk, choices: undefined }, '/'],
  ] as const)('refuse %s', (_, schema, value, at) => {
    const problems = findSchemaProblems(schema, JSON.parse(JSON.stringify(value)));
    expect(problems.map((problem) => problem.split(' ')[0])).toContain(at);
  });
});
