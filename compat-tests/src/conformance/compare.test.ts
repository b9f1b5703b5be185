import { describe, expect, test } from 'vitest';
import { type Change, compareReports, exitCodeOfComparison } from './compare.ts';
import { makeReport, makeResult } from './reports/report.test-material.ts';
import type { CaseResult, CaseVerdict } from './result.ts';

const compareOne = (from: CaseVerdict | null, to: CaseVerdict | null, more: Partial<CaseResult> = {}) =>
  compareReports(
    [from, to].map((verdict) =>
      makeReport([
        makeResult('TOOL-02', 'PASS', more),
        ...(verdict === null ? [] : [makeResult('TOOL-01', verdict, more)]),
      ]),
    ),
  );
const changeOf = (...args: Parameters<typeof compareOne>): Change | undefined =>
  compareOne(...args).cases.find(({ id }) => id === 'TOOL-01')?.change;

describe('what became of a case', () => {
  test.each<[CaseVerdict | null, CaseVerdict | null, Change]>([
    ['PASS', 'FAIL', 'broken'],
    ['PASS', 'TIMEOUT', 'broken'],
    ['PASS', 'UNSUPPORTED', 'broken'],
    ['PASS', 'WARN', 'broken'],
    ['PASS', 'FLAKY', 'broken'],
    ['FLAKY', 'FAIL', 'broken'],
    ['UNSUPPORTED', 'FAIL', 'broken'],
    ['FAIL', 'PASS', 'healed'],
    ['FLAKY', 'PASS', 'healed'],
    ['UNSUPPORTED', 'PASS', 'healed'],
    ['FAIL', 'FLAKY', 'flaky'],
    ['FLAKY', 'FLAKY', 'flaky'],
    ['FAIL', 'FAIL', 'still failing'],
    ['FAIL', 'TIMEOUT', 'still failing'],
    ['PASS', 'PASS', 'same'],
    ['WARN', 'WARN', 'same'],
    ['UNTESTED', 'UNTESTED', 'same'],
    ['PASS', 'UNTESTED', 'undecided'],
    ['INCONCLUSIVE', 'FAIL', 'undecided'],
    ['PASS', null, 'undecided'],
    [null, 'PASS', 'undecided'],
  ])('%s, then %s: %s', (from, to, change) => expect(changeOf(from, to)).toBe(change));

  test('a model case that holds less often may be chance', () => {
    expect(changeOf('PASS', 'FLAKY', { kind: 'model' })).toBe('flaky');
    expect(changeOf('PASS', 'FAIL', { kind: 'model' })).toBe('broken');
  });
});

describe('the exit code', () => {
  test.each<[CaseVerdict | null, CaseVerdict | null, Partial<CaseResult>, 0 | 1 | 3]>([
    ['PASS', 'FAIL', {}, 1],
    ['PASS', 'UNSUPPORTED', {}, 1],
    // A warning does not count against an endpoint.
    ['PASS', 'WARN', {}, 0],
    ['PASS', 'FAIL', { level: 'should' }, 0],
    ['FAIL', 'FAIL', {}, 0],
    ['FAIL', 'PASS', {}, 0],
    ['PASS', 'INCONCLUSIVE', {}, 3],
    ['PASS', null, {}, 3],
    ['PASS', 'INCONCLUSIVE', { level: 'should' }, 0],
  ])('%s, then %s %j: %i', (from, to, more, code) =>
    expect(exitCodeOfComparison(compareOne(from, to, more))).toBe(code),
  );

  test('an endpoint that could not be tested decides nothing', () => {
    const report = makeReport([makeResult('TOOL-01', 'PASS')]);
    const comparison = compareReports([report, { ...report, obstacle: 'unreachable' }]);
    expect(exitCodeOfComparison(comparison)).toBe(3);
    expect(comparison.cautions).toEqual(['llama-server, smol (2) could not be tested: unreachable']);
  });
});

test('of several reports the first and the last are held against each other, and each step is told', () => {
  const reports = (['PASS', 'FAIL', 'PASS'] as const).map((verdict) => makeReport([makeResult('TOOL-01', verdict)]));
  const { cases, worse, reports: heads } = compareReports(reports, ['OpenAI', 'raw', 'raw']);
  expect(cases[0]).toMatchObject({ change: 'same', steps: ['broken', 'healed'] });
  expect(worse).toEqual([]);
  expect(heads.map(({ label }) => label)).toEqual(['OpenAI', 'raw (2)', 'raw (3)']);
});

test('reports of two profiles are compared with a caution', () => {
  const report = makeReport([makeResult('TOOL-01', 'PASS')]);
  const { cautions } = compareReports([report, { ...report, profile: 'openai-spec-strict' }]);
  expect(cautions).toEqual([
    'the profiles differ (openai-observed, openai-spec-strict), so that a failure in one may be a warning in another',
  ]);
});
