import type { Exchange } from '@migrate-llm/shim/exchange';
import { expect, test } from 'vitest';
import { makeExchange } from './exchanges.test-material.ts';
import { compare } from './parity.ts';
import { isOpenRouters, readTraffic } from './traffic.test-rows.ts';

// A comparison may only fail a candidate for what OpenAI itself does not do: here the candidate is OpenAI's own recorded answer.

function readExchanges(): Exchange[] {
  return readTraffic('openai')
    .filter((row) => {
      const { provider, endpoint, provenance, response } = row;
      const compared = endpoint === 'chat.completions' || endpoint === 'responses' || endpoint === 'embeddings';
      const said = (response.sse ?? response.body) !== undefined;
      return provider === 'openai' && compared && provenance.raw && said && !isOpenRouters(row);
    })
    .map(({ id, endpoint, request, response }) => {
      const path = `/${endpoint.replace('.', '/')}`;
      const exchange = makeExchange({
        id,
        path,
        request: request?.body,
        status: response.status,
        answer: response.body ?? '',
      });
      if (response.sse === undefined) return exchange;
      const chunks = [[0, Buffer.from(response.sse).toString('base64')] as const];
      return {
        ...exchange,
        response: { ...exchange.response, headers: { 'content-type': 'text/event-stream' }, chunks },
      };
    });
}

test('OpenAI compared with itself never fails', async () => {
  const recordings = readExchanges();
  let at = 0;
  const answer = async () => {
    const exchange = recordings[at] as Exchange;
    const { status, headers, chunks } = exchange.response;
    return new Response(Buffer.concat(chunks.map(([, base64]) => Buffer.from(base64, 'base64'))), { status, headers });
  };
  const report = await compare({
    recordings,
    candidate: { name: 'OpenAI itself', fetch: answer, wrongKeyFetch: answer },
    onProgress: ({ done }) => (at = done),
  });
  const failures = report.results.flatMap(({ id, checks }) =>
    checks
      .filter(({ verdict }) => verdict === 'FAIL' || verdict === 'WARN')
      .map(({ check, got }) => `${id} ${check}: ${got}`),
  );
  const counts: Record<string, number> = {};
  for (const { check, verdict } of report.results.flatMap(({ checks }) => checks))
    counts[`${check} ${verdict}`] = (counts[`${check} ${verdict}`] ?? 0) + 1;
  console.log('exchanges:', recordings.length, 'checks:', counts);
  expect(failures).toEqual([]);
  expect(recordings.length).toBeGreaterThan(500);
  expect(counts['tool-trigger PASS']).toBeGreaterThan(100);
  expect(counts['json-schema PASS']).toBeGreaterThan(10);
});
