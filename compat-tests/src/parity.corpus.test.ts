import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { expect, test } from 'vitest';
import { makeExchange } from './exchanges.test-material.ts';
import { compare } from './parity.ts';

// A comparison may only fail a candidate for what OpenAI itself does not do: here the candidate is OpenAI's own recorded answer.

interface Row {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly request: { readonly body: unknown };
  readonly response: { readonly status: number; readonly body?: unknown; readonly sse?: string };
  readonly provenance: { readonly raw: boolean };
}

function readExchanges(): Exchange[] {
  const file = join(import.meta.dirname, '../../../shared/traffic/openai.jsonl.gz');
  const rows = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return rows
    .map((line) => JSON.parse(line) as Row)
    .filter(({ provider, endpoint, provenance, response }) => {
      const compared = endpoint === 'chat.completions' || endpoint === 'embeddings';
      // Some tests answer with OpenRouter's bytes under OpenAI's address; its ids give them away.
      if (response.sse?.startsWith('data: {"id":"gen-') === true) return false;
      return provider === 'openai' && compared && provenance.raw && (response.sse ?? response.body) !== undefined;
    })
    .map(({ id, endpoint, request, response }) => {
      const path = endpoint === 'embeddings' ? '/embeddings' : '/chat/completions';
      const exchange = makeExchange({
        id,
        path,
        request: request.body,
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
