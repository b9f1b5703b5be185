import { expect, test } from 'vitest';
import { chatAnswer } from '../exchanges.test-material.ts';
import { verify } from './verify.ts';

const refuse = (param: string, message: string) =>
  Response.json(
    { error: { message, type: 'invalid_request_error', param, code: 'unsupported_parameter' } },
    { status: 400 },
  );

test('a model that refuses max_tokens and temperature is asked as it likes, and the cases about them say so', async () => {
  const sent: Array<Record<string, unknown>> = [];
  const report = await verify({
    endpoint: {
      baseURL: 'http://127.0.0.1:1/v1',
      fetch: async (_url, init) => {
        const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
        sent.push(body);
        if ('max_tokens' in body)
          return refuse('max_tokens', "Unsupported parameter: 'max_tokens' is not supported with this model.");
        if (body['temperature'] !== undefined && body['temperature'] !== 1)
          return refuse('temperature', "Unsupported value: 'temperature' does not support 0 with this model.");
        return Response.json({
          ...chatAnswer({ content: 'OK' }, 'length'),
          usage: { prompt_tokens: 5, completion_tokens: 8, total_tokens: 13 },
        });
      },
    },
    model: 'thinker',
    only: ['CHAT-01', 'LEN-01', 'LEN-02', 'SAMP-01'],
  });
  expect(report.obstacle).toBeNull();
  expect(report.results.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
    ['CHAT-01', 'PASS', ''],
    ['SAMP-01', 'UNSUPPORTED', expect.stringContaining("'temperature' does not support")],
    ['LEN-01', 'UNSUPPORTED', 'the endpoint refuses it: the model takes no max_tokens'],
    ['LEN-02', 'PASS', ''],
  ]);
  expect(sent.slice(3).some((body) => 'max_tokens' in body || body['temperature'] === 0)).toBe(false);
});

test('nothing is learnt from the refusal of a case', async () => {
  const report = await verify({
    endpoint: {
      baseURL: 'http://127.0.0.1:1/v1',
      fetch: async (_url, init) =>
        String(init?.body).includes('Count from')
          ? refuse('max_tokens', "Unsupported parameter: 'max_tokens'")
          : Response.json(chatAnswer({ content: 'OK' })),
    },
    model: 'tiny',
    only: ['LEN-01'],
  });
  expect(report.results[0]).toMatchObject({ verdict: 'FAIL', reason: expect.stringContaining('400') });
});
