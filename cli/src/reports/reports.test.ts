import { createHash } from 'node:crypto';
import { isLeft } from '@migrate-llm/codemods';
import { describe, expect, test } from 'vitest';
import { isControl } from '../word.ts';
import { describeDays, listDeadlines } from './deadlines.ts';
import { formats, writeReport } from './formats.ts';
import { files, makeReport } from './plan.test-report.ts';

const report = makeReport();

describe('every form', () => {
  test.each(formats)('%s says the same when it is written twice, and sends no control character', (format) => {
    const text = writeReport(format, report);
    expect(writeReport(format, makeReport())).toBe(text);
    // Programs read the others as they are.
    if (/text|markdown|html/.test(format))
      expect([...text].filter((sign) => sign !== '\n' && isControl(sign))).toEqual([]);
  });
});

describe('html', () => {
  const page = writeReport('html', report);
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
  const body = page.replace(/<script>[\s\S]*?<\/script>/, '').replace(/<style>[\s\S]*?<\/style>/, '');

  test('no name and no code becomes markup', () => {
    const tags = [...body.matchAll(/<\/?([a-z!][^\s/>]*)/gi)].map(([, name]) => name);
    const known =
      '!doctype html head meta title body a div nav main details summary span ul li header h1 h2 h4 p b section table thead tbody tr th td code article i s mark input label select option fieldset output kbd button';
    expect(tags.filter((tag) => !known.split(' ').includes(tag ?? ''))).toEqual([]);
    expect(body.replace(/="[^"]*"/g, '=""')).not.toMatch(/<[^>]*\son\w+\s*=/i);
    expect(body).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;');
  });

  test('attributes stay in their quotes', () => {
    for (const [tag] of body.matchAll(/<[a-z][^>]*>/g))
      expect(tag.replace(/\s[\w-]+(?:="[^"<>]*")?/g, '')).toMatch(/^<[a-z][\w]*>$/);
  });

  test('only the own script may run, and nothing may be loaded', () => {
    const hash = createHash('sha256').update(script).digest('base64');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain(
      `default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-${hash}&#39;`,
    );
    expect(page).not.toMatch(/\s(?:src|srcset|action)="|@import|url\(|fetch\(['"]|XMLHttpRequest|<link/);
    for (const [, address] of body.matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^(?:#|https:\/\/)/);
  });

  test('every link inside leads to something', () => {
    const ids = new Set([...body.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
    const links = [...body.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
    expect([...body.matchAll(/\sid="([^"]*)"/g)]).toHaveLength(ids.size);
  });

  test('all findings, diffs, deadlines and what could not be read are in it', () => {
    for (const { id } of report.plan.findings) expect(body).toContain(`id="f-${id}"`);
    expect(body.match(/class="code diff"/g)).toHaveLength(report.plan.changes.length);
    expect(body).toContain(
      '<td>2026-08-26</td><td><span class="tag past">91 days ago</span></td><td><code>Assistants API</code>',
    );
    expect(body).toContain('broken.ts');
    expect(body).toContain('<mark>@migrate-llm/shim</mark>');
  });

  test('keys stay at home', () => {
    const key = `sk-proj-${'a1B2'.repeat(10)}`;
    const leaky = { 'a.ts': `import OpenAI from 'openai';\nexport const c = new OpenAI({ apiKey: '${key}' });\n` };
    for (const format of ['html', 'markdown', 'json', 'sarif'] as const) {
      const text = writeReport(format, makeReport({ ...leaky, 'package.json': files['package.json'] ?? '' }));
      // A diff that git is to apply must say what stands there.
      if (format !== 'json') expect(text).not.toContain(key);
      expect(text).toContain('a.ts');
    }
  });
});

describe('markdown', () => {
  const text = writeReport('markdown', report);
  test('each open task has its code, reason, recipe and acceptance', () => {
    for (const finding of report.plan.findings.filter(isLeft)) {
      expect(text).toContain(`npx migrate-llm --check --finding ${finding.id}`);
      expect(text).toContain(`finding \`${finding.id}\``);
    }
    expect(text).toContain('`npm test` in `packages/<b>`');
    expect(text).toMatch(/^- Why: /m);
    expect(text).toMatch(/^- Do: /m);
    expect(text).toContain('| 2027-01-14 | in 50 days | `gpt-4o` | 1 |');
  });
  test('names and code stay text', () => {
    const outside = text.replace(/\\.|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, (found) =>
      found.startsWith('\\') ? found : '',
    );
    expect(outside).not.toContain('<img');
    expect(outside).not.toContain('</script>');
    expect(outside).not.toMatch(/(?<!\\)\[a\]\(b\)/);
    expect(outside).not.toMatch(/@me\b/);
  });
});

describe('sarif', () => {
  const log = JSON.parse(writeReport('sarif', report));
  const [run] = log.runs;
  test('has the shape of 2.1.0', () => {
    expect(Object.keys(log).sort()).toEqual(['$schema', 'runs', 'version']);
    expect(log.version).toBe('2.1.0');
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.originalUriBaseIds.ROOT.uri).toBe('file:///repo/%3Cname%3E/');
    const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(run.results).toHaveLength(report.plan.findings.length);
    for (const result of run.results) {
      expect(ids[result.ruleIndex]).toBe(result.ruleId);
      expect(['warning', 'note']).toContain(result.level);
      expect(result.message.text.length).toBeGreaterThan(10);
      expect(result.partialFingerprints['migrateLlmFinding/v1']).toMatch(/^[0-9a-f]{10}(?:-\d+)?$/);
      const [{ physicalLocation: place }] = result.locations;
      expect(place.region.startLine).toBeGreaterThan(0);
      expect(place.region.startColumn).toBeGreaterThan(0);
      expect(place.contextRegion.endLine).toBeGreaterThanOrEqual(place.contextRegion.startLine);
      expect(decodeURIComponent(place.artifactLocation.uri) in files).toBe(true);
      expect(new URL(place.artifactLocation.uri, 'file:///repo/').pathname).not.toContain('<');
    }
  });
  test('what could not be looked into is a notification', () => {
    expect(run.invocations[0].toolExecutionNotifications).toMatchObject([
      { level: 'warning', message: { text: expect.stringContaining('does not parse') } },
    ]);
  });
});

describe('json', () => {
  const json = JSON.parse(writeReport('json', report));
  test('left touchpoints come with all it takes', () => {
    expect(json.left).toHaveLength(report.plan.findings.filter(isLeft).length);
    for (const task of json.left) {
      expect(task.code.lines.length).toBeGreaterThan(0);
      expect(task.recipe).not.toBe('');
      expect(task.accept[0].command).toBe(`npx migrate-llm --check --finding ${task.id}`);
    }
    expect(json.packages).toMatchObject([
      { folder: '', name: 'root', files: 2 },
      { folder: 'packages/<b>', name: '<i>b</i>', test: 'npm test', manual: 1 },
    ]);
    expect(json.deadlines[0]).toMatchObject({ of: 'Assistants API', days: -91, when: '91 days ago' });
  });
});

test('deadlines are sorted and counted from today', () => {
  expect(listDeadlines(report.plan.findings, '2027-01-13').map(({ of, days }) => [of, days])).toEqual([
    ['Assistants API', -140],
    ['gpt-4o', 1],
  ]);
  expect([0, 1, -1, 40].map(describeDays)).toEqual(['today', 'in 1 day', '1 day ago', 'in 40 days']);
});

describe('the calls held against a target', () => {
  const held = { ...makeReport(), target: 'groq' as const };

  test.each(['text', 'json', 'markdown', 'html'] as const)('are told as %s', (format) => {
    const text = writeReport(format, held);
    expect(text).toContain(format === 'json' ? '"target": "groq"' : 'What the calls use, at groq');
    expect(text).toMatch(/stream/);
  });

  test('are not told without a target', () =>
    expect(writeReport('markdown', makeReport())).not.toContain('What the calls use'));
});
