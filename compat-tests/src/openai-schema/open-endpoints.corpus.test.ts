import { createFetch } from '@migrate-llm/shim/fetch';
import { expect, test } from 'vitest';
import { readTraffic, replayRow, type TrafficRow } from '../traffic.test-rows.ts';
import { findSchemaProblems, type WireSchema } from './validate.ts';

// What the shim makes of every chat answer recorded with an open endpoint, held against OpenAI's own published schemas.

const rows = readTraffic('open-endpoints').filter(({ endpoint }) => endpoint === 'chat.completions');

/** Where an answer still leaves the schema, with the reason: the endpoint did not say it, and the shim makes nothing up. */
const exceptions: Readonly<Record<string, string>> = {
  'CreateChatCompletionResponse /system_fingerprint must be string': 'null, as on OpenAI models without a fingerprint',
  'CreateChatCompletionStreamResponse /system_fingerprint must be string':
    'null, as on OpenAI models without a fingerprint',
};

test('every answer of the shim conforms', async () => {
  const problems = new Map<string, string[]>();
  const looked = new Map<string, number>();
  const hold = (row: TrafficRow, schema: WireSchema, value: unknown): void => {
    looked.set(schema, (looked.get(schema) ?? 0) + 1);
    for (const problem of findSchemaProblems(schema, value)) {
      const key = `${schema} ${problem.replaceAll(/\/\d+/g, '/N')}`;
      problems.set(key, [...(problems.get(key) ?? []), `${row.provider} ${row.id}`]);
    }
  };
  for (const row of rows) {
    const { sse, chunks } = row.response;
    const send = createFetch({
      target: { dialect: 'openai-compatible', baseURL: 'http://recorded.test/v1' },
      policy: 'silent',
      fetch: async () => replayRow(row),
    });
    const stream = row.request?.body?.['stream'] === true || (sse ?? chunks) !== undefined;
    const response = await send('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'hi' }],
        ...row.request?.body,
        stream,
        ...(stream ? { stream_options: { include_usage: true } } : {}),
      }),
    });
    const answer = await response.text();
    if (response.status >= 400) hold(row, 'ErrorResponse', JSON.parse(answer));
    else if (!stream) hold(row, 'CreateChatCompletionResponse', JSON.parse(answer));
    else {
      const events = answer.split('\n\n').filter((event) => event.startsWith('data: {'));
      for (const event of events) {
        const value = JSON.parse(event.slice('data: '.length)) as Record<string, unknown>;
        hold(row, 'error' in value ? 'ErrorResponse' : 'CreateChatCompletionStreamResponse', value);
      }
      // A stream ends in [DONE] or in an error, never in neither.
      expect([row.id, /data: (\[DONE\]|\{"error".*\})\n\n$/.test(answer)]).toEqual([row.id, true]);
    }
  }
  console.log('answers behind each schema:', Object.fromEntries(looked));
  const unexplained = [...problems].filter(([key]) => exceptions[key] === undefined);
  expect(unexplained.map(([key, ids]) => `${key}: ${ids.length} (${ids.slice(0, 3).join(', ')})`)).toEqual([]);
  expect(Object.keys(exceptions).filter((key) => !problems.has(key))).toEqual([]);
  expect(rows.length).toBeGreaterThan(1000);
});
