import { describe, expect, test } from 'vitest';
import { isControl } from '../../reports/text.ts';
import { compareReports } from '../compare.ts';
import { parseReport } from '../read-report.ts';
import { caseVerdicts } from '../result.ts';
import { comparisonFormats, conformanceFormats, writeComparison, writeConformance } from './formats.ts';
import { everyVerdict, hostile, key, makeReport, makeResult, seen } from './report.test-material.ts';

const report = everyVerdict();

describe.each(conformanceFormats)('%s', (format) => {
  const text = writeConformance(format, report);

  test('has every case that is not fine, and sends no key and no control character', () => {
    for (const { id, verdict } of report.results) if (verdict !== 'PASS') expect(text).toContain(id);
    expect(text).not.toContain(key);
    expect(text).not.toContain('a1B2a1B2');
    // Programs read JSON as it is.
    if (format !== 'json') expect([...text].filter((sign) => sign !== '\n' && isControl(sign))).toEqual([]);
  });

  test('says of a failure why, whom it hurts, what to do and where it comes from', () => {
    for (const part of ['why TOOL-01 is FAIL', 'openai-6', 'what to do about TOOL-01'])
      expect(text.replaceAll('\\', '')).toContain(part);
  });
});

test('the terminal counts each capability, and names what was not tested with its reason', () => {
  const text = writeConformance('text', report);
  expect(text).toMatch(/ {2}Tools +1 {2}/);
  expect(text).toContain('UNTESTED 1 case');
  expect(text).toContain('TOOL-07  why TOOL-07 is UNTESTED');
  expect(text).toContain(
    'Of 8 cases in the profile openai-observed, 2 cases fail, 1 warn, 1 pass, 2 without an answer. 1 case untested.',
  );
  expect(writeConformance('text', report, { color: true })).toContain('\u001b[31m');
});

test('an endpoint that could not be tested looks like no success anywhere', () => {
  const none = makeReport(
    [makeResult('TOOL-01', 'INCONCLUSIVE')],
    {},
    { obstacle: 'nothing answers at http://127.0.0.1:1' },
  );
  for (const format of conformanceFormats)
    expect(writeConformance(format, none)).toContain('nothing answers at http://127');
  expect(writeConformance('junit', none)).toContain('errors="2"');
});

test('JUnit fails for what the exit code counts, and keeps a warning as output', () => {
  const xml = writeConformance('junit', report);
  expect(xml).toContain('tests="9" failures="2" errors="2" skipped="2"');
  expect(xml).toMatch(/<system-out>WARN: why TOOL-02 is WARN/);
});

describe('markdown', () => {
  const text = writeConformance('markdown', report);
  test('keeps hostile text as text, and folds what nobody has to act on', () => {
    expect(text).not.toMatch(/(?<!\\)<img/);
    expect(text).not.toMatch(/(?<!`)@me/);
    expect(text).toContain('<summary>UNTESTED (1)</summary>');
    expect(text).toMatch(/^### FAIL \(2\)$/m);
  });
});

describe('html', () => {
  test('holds no markup but its own', () => {
    const page = writeConformance('html', report);
    expect(page).not.toMatch(/<img|\s(?:src|srcset|action)="|<link/);
    expect(page.match(/<script/g)).toHaveLength(2);
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a long answer is cut in the page, which says so, and whole in the JSON', () => {
    const long = makeReport([
      makeResult('TOOL-01', 'FAIL', {
        attempts: [{ verdict: 'FAIL', expectations: [], exchanges: [seen('x'.repeat(50_000))] }],
      }),
    ]);
    const page = writeConformance('html', long);
    expect(page.length).toBeLessThan(60_000);
    expect(page).toContain('38000 characters more, in the JSON report');
    expect(writeConformance('json', long)).toContain('x'.repeat(50_000));
  });
});

describe('JSON', () => {
  test('is read again as it was written', () => {
    const read = parseReport(writeConformance('json', report), 'a.json');
    expect(read.results.map(({ id, verdict }) => [id, verdict])).toEqual(
      report.results.map(({ id, verdict }) => [id, verdict]),
    );
  });

  test.each([
    ['', 'is no JSON report'],
    ['[]', 'is no JSON report'],
    ['{"kind":"parity"}', 'is no conformance report (its kind is "parity")'],
    ['{"kind":"conformance","v":2}', 'is of version 2; this version reads 1'],
    ['{"kind":"conformance","v":1}', 'has no endpoint'],
    [JSON.stringify({ ...report, results: [{}] }), 'has a mistake at results[0]: it has no id'],
    [JSON.stringify({ ...report, results: [...report.results, report.results[0]] }), 'has two results of TOOL-01'],
    [JSON.stringify({ ...report, results: [{ ...report.results[0], verdict: 'GOOD' }] }), 'its verdict is "GOOD"'],
    [
      JSON.stringify({ ...report, results: [{ ...report.results[0], attempts: [{}] }] }),
      'an attempt has no expectations',
    ],
  ])('%.40s is refused in one line', (text, says) => {
    expect(() => parseReport(text, 'a.json')).toThrow(says);
    expect(() => parseReport(text, 'a.json')).toThrow(/^a\.json [^\n]*; write one with migrate-llm verify/);
  });
});

describe('a comparison', () => {
  const before = makeReport(caseVerdicts.map((verdict, at) => makeResult(`TOOL-0${at + 1}`, verdict)));
  const after = makeReport(
    caseVerdicts.map((_verdict, at) => makeResult(`TOOL-0${at + 1}`, at === 7 ? 'FAIL' : 'PASS')),
    { via: 'shim' },
  );

  test.each(comparisonFormats)('as %s has both columns, what changed, and no key', (format) => {
    const text = writeComparison(format, compareReports([before, after]));
    expect(text).toContain('through the shim');
    expect(text).toContain('healed');
    expect(text).toContain('broken');
    expect(text).toContain('why TOOL-08 is FAIL');
    expect(text).not.toContain(key);
    if (format === 'json') return;
    expect(text).not.toContain('<img');
    expect([...text].filter((sign) => sign !== '\n' && isControl(sign))).toEqual([]);
  });

  test('of three names each step and the whole way', () => {
    const text = writeComparison('text', compareReports([before, after, before], ['OpenAI', 'raw', 'shim']));
    expect(text).toContain('OpenAI → raw: 1 broken, 2 undecided, 5 healed');
    expect(text).toContain('raw → shim: ');
    expect(text).toContain('OpenAI → shim: ');
    expect(text).toContain('Compared  OpenAI → raw → shim');
  });

  test('hides a key that only one report knows as one', () => {
    const page = writeComparison(
      'html',
      compareReports([before, makeReport([makeResult('TOOL-01', 'FAIL', { reason: `${key} ${hostile}` })])]),
    );
    expect(page).not.toContain(key);
  });
});
