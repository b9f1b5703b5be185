import {
  type CaseResult,
  type CaseVerdict,
  caseVerdicts,
  type ConformanceReport,
  type SeenExchange,
} from '../result.ts';

/** A text that breaks pages, terminals and tables that do not expect it. */
export const hostile = '</script><img src=x onerror=alert(1)> | `a` \u202e \u001b[31m @me';
/** A key that an endpoint says back. */
export const key = `sk-test-${'a1B2'.repeat(6)}`;

/** An exchange as the runner shows it. */
export const seen = (text = '{"choices":[]}', failure: string | null = null): SeenExchange => ({
  request: {
    method: 'POST',
    path: '/chat/completions',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: { model: 'm', messages: [{ role: 'user', content: hostile }] },
  },
  response:
    failure === null ? { status: 200, headers: { 'content-type': 'application/json' }, text, chunkMs: [3, 9] } : null,
  failure,
  durationMs: 12,
});

/** A result; what is not given is a must-level wire case that holds. */
export function makeResult(id: string, verdict: CaseVerdict, more: Partial<CaseResult> = {}): CaseResult {
  const held = verdict === 'PASS';
  return {
    id,
    capability: more.capability ?? 'Tools',
    level: 'must',
    kind: 'wire',
    title: `claim of ${id}`,
    source: 'https://example.com/spec',
    verdict,
    reason: held ? '' : `why ${id} is ${verdict}`,
    fix: held ? '' : `what to do about ${id}`,
    hurts: held ? [] : ['openai-6'],
    gap: null,
    calibrated: 3,
    attempts:
      verdict === 'UNTESTED'
        ? []
        : [
            {
              verdict,
              expectations: [
                { says: 'the status is 200', outcome: held ? 'held' : 'broken', got: held ? '' : `500 ${hostile}` },
              ],
              exchanges: [seen()],
            },
          ],
    durationMs: 12,
    ...more,
  };
}

/** A report over these results. */
export function makeReport(
  results: readonly CaseResult[],
  endpoint: Partial<ConformanceReport['endpoint']> = {},
  more: Partial<ConformanceReport> = {},
): ConformanceReport {
  return {
    v: 1,
    kind: 'conformance',
    startedAt: '2026-11-25T10:00:00.000Z',
    durationMs: 4_200,
    endpoint: {
      name: 'llama-server',
      via: 'direct',
      baseURL: 'http://127.0.0.1:8080/v1',
      model: 'smol',
      software: null,
      ...endpoint,
    },
    profile: 'openai-observed',
    obstacle: null,
    counts: Object.fromEntries(
      caseVerdicts.map((verdict) => [verdict, results.filter((one) => one.verdict === verdict).length]),
    ) as ConformanceReport['counts'],
    ceilings: { requests: 40, tokens: 9_000 },
    spent: { requests: 12, tokens: 2_100 },
    results,
    ...more,
  };
}

/** A report in which every verdict occurs once, with hostile texts. */
export const everyVerdict = (): ConformanceReport =>
  makeReport([
    ...caseVerdicts.map((verdict, at) =>
      makeResult(`TOOL-${String(at + 1).padStart(2, '0')}`, verdict, {
        capability: at % 2 === 0 ? 'Tools' : 'Streaming framing',
      }),
    ),
    makeResult('ERR-01', 'FAIL', {
      capability: 'Errors',
      title: hostile,
      reason: `the endpoint says: wrong key ${key}`,
      gap: { dialect: 'ollama', case: 'ERR-01', reason: 'known', source: 'https://example.com/gap' },
    }),
  ]);
