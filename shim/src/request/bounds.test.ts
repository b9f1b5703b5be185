import { describe, expect, test } from 'vitest';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import { ask, events, json } from '../answer/ask.test-endpoint.ts';

const schema = (held: object | undefined) => ({ response_format: { type: 'json_schema', json_schema: held } });
const city = { name: 'city', schema: { type: 'object', properties: { type: { type: ['string', 'null'] } } } };

describe('what OpenAI refuses is refused before it is sent', () => {
  test.each<[string, object, string, string]>([
    ['no model', { model: undefined }, 'model', 'missing_required_parameter'],
    ['no messages', { messages: undefined }, 'messages', 'missing_required_parameter'],
    ['messages that are a text', { messages: 'Hi' }, 'messages', 'invalid_value'],
    ['messages of which there are none', { messages: [] }, 'messages', 'invalid_value'],
    ['no role', { messages: [{ content: 'Hi' }] }, 'messages[0].role', 'missing_required_parameter'],
    ['a role there is not', { messages: [{ role: 'robot', content: 'Hi' }] }, 'messages[0].role', 'invalid_value'],
    ['a temperature above 2', { temperature: 2.1 }, 'temperature', 'invalid_value'],
    ['a temperature below 0', { temperature: -0.1 }, 'temperature', 'invalid_value'],
    ['a temperature as a text', { temperature: '1' }, 'temperature', 'invalid_value'],
    ['a top_p above 1', { top_p: 1.1 }, 'top_p', 'invalid_value'],
    ['a penalty beyond 2', { presence_penalty: -2.5 }, 'presence_penalty', 'invalid_value'],
    ['n of 0', { n: 0 }, 'n', 'invalid_value'],
    ['n of a half', { n: 1.5 }, 'n', 'invalid_value'],
    ['n as a text', { n: '2' }, 'n', 'invalid_value'],
    ['more alternatives than 20', { logprobs: true, top_logprobs: 21 }, 'top_logprobs', 'invalid_value'],
    ['a seed beyond 64 bits', { seed: 1e20 }, 'seed', 'invalid_value'],
    ['five stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'invalid_value'],
    ['stream_options without a stream', { stream_options: { include_usage: true } }, 'stream_options', 'invalid_value'],
    ['a format there is not', { response_format: { type: 'yaml' } }, 'response_format.type', 'invalid_value'],
    ['a format without its schema', schema(undefined), 'response_format.json_schema', 'missing_required_parameter'],
    [
      'a format without a name',
      schema({ schema: {} }),
      'response_format.json_schema.name',
      'missing_required_parameter',
    ],
    [
      'a format of no schema',
      schema({ name: 'a' }),
      'response_format.json_schema.schema',
      'missing_required_parameter',
    ],
    ['a name with a blank', schema({ ...city, name: 'a b' }), 'response_format.json_schema.name', 'invalid_value'],
    [
      'a schema that is a text',
      schema({ name: 'a', schema: 'x' }),
      'response_format.json_schema.schema',
      'invalid_value',
    ],
    [
      'a type there is not',
      schema({ name: 'a', schema: { type: 'object', properties: { a: { anyOf: [{ type: 'wat' }] } } } }),
      'response_format.json_schema.schema.properties.a.anyOf.type',
      'invalid_value',
    ],
  ])('%s', async (_, request, param, code) => {
    const { status, text, sent } = await ask(request, [json(completion({ content: 'a' }))]);
    expect([status, JSON.parse(text).error]).toEqual([
      400,
      { message: expect.stringContaining(`'${param}'`), type: 'invalid_request_error', param, code },
    ]);
    expect(sent).toEqual([]);
  });
});

test.each<[string, object]>([
  ['the ends of every range', { temperature: 2, top_p: 0, frequency_penalty: -2, presence_penalty: 2, seed: -1 }],
  ['nulls', { temperature: null, top_p: null, n: null, seed: null, stop: null, stream_options: null }],
  ['four stop sequences', { stop: ['a', 'b', 'c', 'd'] }],
  ['a property that is called type', { ...schema(city), messages: [{ role: 'developer', content: 'Hi' }] }],
])('%s are sent', async (_, request) => {
  const { status, sent } = await ask(request, [json(completion({ content: '{}' }))]);
  expect([status, sent.length]).toEqual([200, 1]);
});

test('a stream may ask for its usage', async () => {
  const request = { stream: true, stream_options: { include_usage: true } };
  const { status } = await ask(request, [events(sse([chunk({ content: 'a' }), chunk({}, 'stop')]))]);
  expect(status).toBe(200);
});
