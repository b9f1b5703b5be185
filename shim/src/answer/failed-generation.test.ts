import { describe, expect, test } from 'vitest';
import { chunk, sse } from '../upstream.test-server.ts';
import { ask, events, json } from './ask.test-endpoint.ts';

const target = { target: { dialect: 'openai-compatible' as const, baseURL: 'http://groq.test/v1' } };
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const failed = (generation: string) => ({
  error: {
    message: 'Failed to call a function. Please adjust your prompt.',
    type: 'invalid_request_error',
    code: 'tool_use_failed',
    failed_generation: generation,
  },
});

describe('a call the endpoint could not read', () => {
  test.each([
    ['a function tag', '<function=weather>{"city":"Rome"}</function>'],
    ['a function tag without its bracket', '<function=weather{"city":"Rome"}</function>'],
    ['JSON', '{"name":"weather","arguments":{"city":"Rome"}}'],
    ['words before it', 'Let me look. {"name":"weather","parameters":{"city":"Rome"}}'],
  ])('as %s is a call after all', async (_, generation) => {
    const { status, text, notes } = await ask({ tools: [weather] }, [json(failed(generation), 400)], target);
    const { choices } = JSON.parse(text);
    expect(status).toBe(200);
    expect(choices).toMatchObject([
      {
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: expect.stringMatching(/^call_/),
              type: 'function',
              function: { name: 'weather', arguments: '{"city":"Rome"}' },
            },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ]);
    expect(notes.map(({ code }) => code)).toContain('failed-generation-recovered');
  });

  test.each([
    ['no call', 'maybe'],
    ['another function', '{"name":"time","arguments":{}}'],
    ['arguments that do not fit', '{"name":"weather","arguments":{"town":"Rome"}}'],
  ])('with %s stays the endpoint’s error', async (_, generation) => {
    const { status, text } = await ask({ tools: [weather] }, [json(failed(generation), 400)], target);
    expect([status, JSON.parse(text).error.code]).toEqual([400, 'tool_use_failed']);
  });

  const read = (text: string) =>
    text
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)));

  test('in a stream goes on as a call, with one id and one role', async () => {
    const { text } = await ask(
      { tools: [weather], stream: true },
      [
        events(
          `${sse([chunk({ role: 'assistant', content: null }), chunk({ reasoning_content: 'Look it up' })], false)}event: error\ndata: ${JSON.stringify(failed('<function=weather>{"city":"Rome"}</function>'))}\n\n`,
        ),
      ],
      target,
    );
    const chunks = read(text);
    expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set(['chatcmpl-1']));
    expect(chunks.filter(({ choices }) => choices[0]?.delta.role !== undefined)).toHaveLength(1);
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toMatchObject([
      { index: 0, function: { name: 'weather', arguments: '{"city":"Rome"}' } },
    ]);
    expect(chunks.at(-1)?.choices[0]).toMatchObject({ finish_reason: 'tool_calls' });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('in a stream that is refused before it begins is a stream', async () => {
    const { text } = await ask(
      { tools: [weather], stream: true },
      [json(failed('{"name":"weather","parameters":{"city":"Rome"}}'), 400)],
      target,
    );
    expect(read(text).at(-1)?.choices[0]).toMatchObject({ finish_reason: 'tool_calls' });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('in a stream that cannot be read stays an error', async () => {
    const { text } = await ask(
      { tools: [weather], stream: true },
      [events(`event: error\ndata: ${JSON.stringify(failed('maybe'))}\n\n`)],
      target,
    );
    expect(read(text).at(-1)).toMatchObject({ error: { code: 'tool_use_failed' } });
  });
});
