import { describe, expect, test } from 'vitest';
import { chatAnswer, chatRequest, makeExchange, type Sketch, tool, toolCall } from '../exchanges.test-material.ts';
import { compare } from '../parity.ts';

async function judge(sketch: Sketch, message: object, finish = 'stop'): Promise<Record<string, string>> {
  const candidate = { name: 'stub', fetch: async () => Response.json(chatAnswer(message, finish)) };
  const { results } = await compare({ recordings: [makeExchange(sketch)], candidate });
  return Object.fromEntries((results[0]?.checks ?? []).map(({ check, verdict }) => [check, verdict]));
}

describe('arguments', () => {
  const calls = [toolCall('get_weather', '{"city":"Paris"}'), toolCall('get_time', '{"city":"Rome"}')];
  const tools = [tool('get_weather'), tool('get_time')];
  const sketch = { request: chatRequest({ tools }), answer: chatAnswer({ tool_calls: calls }, 'tool_calls') };
  test.each([
    ['the same in another order', [calls[1], calls[0]], 'PASS'],
    ['another value', [toolCall('get_weather', '{"city":"Lyon"}'), calls[1]], 'DIFFERENT'],
    [
      'values changed over',
      [toolCall('get_weather', '{"city":"Rome"}'), toolCall('get_time', '{"city":"Paris"}')],
      'DIFFERENT',
    ],
    ['another call', [calls[0]], undefined],
  ])('%s', async (_name, got, verdict) =>
    expect((await judge(sketch, { tool_calls: got }, 'tool_calls'))['argument-values']).toBe(verdict),
  );
});

describe('JSON', () => {
  const schema = {
    type: 'object',
    properties: { kind: { enum: ['a', 'b'] }, n: { type: 'number' } },
    required: ['kind'],
  };
  const format = { type: 'json_schema', json_schema: { name: 's', schema } };
  const sketch = {
    request: chatRequest({ response_format: format }),
    answer: chatAnswer({ content: '{"kind":"a","n":1}' }),
  };
  test.each([
    ['{"n":1.0,"kind":"a"}', 'PASS'],
    ['{"kind":"b","n":1}', 'DIFFERENT'],
    ['no JSON', undefined],
  ])('%s', async (content, verdict) => expect((await judge(sketch, { content }))['json-values']).toBe(verdict));
});

describe('text', () => {
  const said = 'The parcel is on its way and you will have it by Friday, with the invoice that you asked for.';
  const sketch = { request: chatRequest(), answer: chatAnswer({ content: said }) };
  test.each([
    [
      'other words',
      'Your parcel is under way; it will be with you on Friday and the invoice is in it.',
      'PASS',
      'PASS',
      'PASS',
    ],
    [
      'another language',
      'Das Paket ist auf dem Weg und wird am Freitag bei Ihnen sein, und die Rechnung ist auch dabei.',
      'PASS',
      'DIFFERENT',
      'PASS',
    ],
    ['a fraction of it', 'By Friday.', 'PASS', undefined, 'DIFFERENT'],
    ['nothing', '', 'FAIL', undefined, undefined],
    ['markup of a template', '<|python_tag|>{"name":"x"}', 'FAIL', undefined, undefined],
  ])('%s', async (_name, content, text, language, length) =>
    expect(await judge(sketch, { content })).toMatchObject({
      content: text,
      ...(language === undefined ? {} : { language }),
      ...(length === undefined ? {} : { length }),
    }),
  );
});
