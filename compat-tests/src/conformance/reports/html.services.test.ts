import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, type BrowserPage, startBrowser } from '../../reports/browser.test-driver.ts';
import { compareReports } from '../compare.ts';
import { writeComparison, writeConformance } from './formats.ts';
import { everyVerdict, hostile, makeReport } from './report.test-material.ts';

// In the services' tests and not in `npm test`: Chromium is no npm package that every machine can install and start.

const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-html-'));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name)).href;
};
const report = everyVerdict();
const healed = makeReport(
  report.results.map((result) => ({ ...result, verdict: 'PASS' })),
  { via: 'shim' },
);
const one = write('one.html', writeConformance('html', report));
const two = write('two.html', writeComparison('html', compareReports([report, healed], ['raw', 'shim'])));

let browser: Browser;
let page: BrowserPage;
const visible = () =>
  page.evaluate(
    "[...document.querySelectorAll('details.case')].filter((one) => one.checkVisibility()).map((one) => one.id)",
  );
/** An opened case is filled in a task of its own. */
const settle = () => page.evaluate('new Promise((done) => setTimeout(done, 20))');
const textOf = (selector: string) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

describe.each(['light', 'dark'] as const)('a report in the %s theme', (scheme) => {
  beforeAll(async () => {
    page = await browser.open(one, { scheme });
  });

  test('filters by text from the keyboard, and Esc shows all again', async () => {
    await page.press('/', ...'why tool-03');
    expect(await visible()).toEqual(['TOOL-03']);
    expect(await textOf('#shown')).toBe('1 of 9 cases');
    await page.press('Escape');
    expect(await visible()).toHaveLength(9);
  });

  test('a cell of the matrix filters to its cases, and once more shows all again', async () => {
    const cell = 'button.cell[data-capability="Tools"][data-verdict="FLAKY"]';
    await page.click(cell);
    expect(await visible()).toEqual(['TOOL-03']);
    expect(await page.evaluate(`document.querySelector('${cell}').getAttribute('aria-pressed')`)).toBe('true');
    await page.click(cell);
    expect(await visible()).toHaveLength(9);
  });

  test('a verdict and a level can be left out', async () => {
    await page.click('input[value="PASS"]');
    expect(await visible()).not.toContain('TOOL-08');
    await page.click('input[value="PASS"]');
    await page.evaluate(
      "Object.assign(document.querySelector('#level'), { value: 'info' }).dispatchEvent(new Event('input'))",
    );
    expect(await visible()).toEqual([]);
    expect(await textOf('#nothing')).toBe('No case fits the filter.');
    await page.evaluate(
      "Object.assign(document.querySelector('#level'), { value: '' }).dispatchEvent(new Event('input'))",
    );
  });

  test('opens a case by keys, down to expectation, request and answer; hostile text stays text', async () => {
    await page.press('/', ...'err-01', 'Tab');
    await page.evaluate('document.activeElement.blur()');
    await page.press('j', 'Enter');
    await settle();
    const body = await textOf('#ERR-01 .body');
    for (const part of [
      'the status is 200',
      'POST /chat/completions',
      '"model": "m"',
      'Answer 200 in 12 ms',
      'Hurts: openai-6',
    ])
      expect(body).toContain(part);
    expect(await textOf('#ERR-01 .request')).toContain(hostile.slice(0, 40));
    expect(await textOf('#ERR-01 .request')).toContain(String.raw`\u202e`);
    expect(await page.evaluate("document.querySelectorAll('img').length")).toBe(0);
    await page.press('/', 'Escape');
  });

  test('the button changes the theme', async () => {
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await ground();
    expect(before).toBe(scheme === 'dark' ? 'rgb(15, 19, 24)' : 'rgb(246, 247, 249)');
    await page.click('#theme');
    expect(await ground()).not.toBe(before);
    await page.click('#theme');
    expect(await ground()).toBe(before);
  });

  test('loads nothing, and nothing goes wrong', () => expect(page.troubles).toEqual([]));
});

describe('two reports', () => {
  beforeAll(async () => {
    page = await browser.open(two);
  });

  test('stand side by side, and a change filters to its cases', async () => {
    const cell = 'button.cell[data-capability="Errors"][data-change="healed"]';
    await page.click(cell);
    expect(await visible()).toEqual(['ERR-01']);
    await page.click('#ERR-01 summary');
    await settle();
    expect(await textOf('#ERR-01 [data-column="0"]')).toContain('FAIL');
    expect(await textOf('#ERR-01 [data-column="1"]')).toContain('PASS');
    const lefts = await page.evaluate(
      "[...document.querySelectorAll('#ERR-01 .result')].map((one) => one.getBoundingClientRect().left)",
    );
    expect(new Set(lefts as number[]).size).toBe(2);
  });

  test('a link leads to its case, opened', async () => {
    page = await browser.open(`${two}#TOOL-04`);
    await settle();
    expect(await page.evaluate("document.querySelector('#TOOL-04').open")).toBe(true);
    expect(await textOf('#TOOL-04 .body')).toContain('POST /chat/completions');
  });

  test('fit on a phone', async () => {
    page = await browser.open(two, { width: 390 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
