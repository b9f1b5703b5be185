import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { writeJunit } from './junit.ts';
import { code, fence, prose, writeTable } from './markdown.ts';
import { writeIsland, writePage } from './page.ts';
import { html } from './text.ts';

const hostile = '</script><img src=x onerror=alert(1)> `|` \u2028 \u202e \u001b[31m @me "\'&';

describe('html', () => {
  test('no text becomes markup or reorders a line', () => {
    expect(html(hostile)).toBe(
      String.raw`&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; ` +
        '`|` ' +
        String.raw`\u2028 \u202e \u001b[31m @me &quot;&#39;&amp;`,
    );
  });

  test('a page runs its own script and nothing else, and loads nothing', () => {
    const page = writePage({
      title: hostile,
      body: '<main id="content"></main>',
      script: 'all("p");',
      data: { hostile },
    });
    const [script] = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
    expect(page).toContain(`sha256-${createHash('sha256').update(String(script)).digest('base64')}`);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).not.toMatch(/<img|\s(?:src|srcset|action)="|@import|url\(|<link/);
  });

  test('the island holds any text and gives it back', () => {
    const island = writeIsland({ hostile });
    expect(island).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(island)).toEqual({ hostile });
  });
});

describe('markdown', () => {
  test('a bar or a line end in a cell does not end it', () => {
    expect(
      writeTable(
        [{ head: 'a' }, { head: 'n', align: 'right' }],
        [
          [code('x | `y`'), '1'],
          [prose('a|b\nc'), '2'],
        ],
      ),
    ).toEqual(['| a | n |', '| --- | ---: |', '| `` x \\| `y` `` | 1 |', '| a\\|b\\\\nc | 2 |', '']);
  });

  test('a table without rows is not written', () => expect(writeTable([{ head: 'a' }], [])).toEqual([]));

  test('text is no markup and calls nobody; a fence is longer than what is in it', () => {
    expect(prose('[a](b) <i> @me/x')).toBe('\\[a\\](b) \\<i\\> `@me/x`');
    expect(fence(['a', '````'], 'ts')).toEqual(['`````ts', 'a', '````', '`````']);
  });
});

test('JUnit counts its tests, says why one failed, and holds no character that XML has no place for', () => {
  const xml = writeJunit({
    name: 'suite <1>',
    startedAt: '2026-11-25T10:00:00.123Z',
    suites: [
      {
        name: 'Tools',
        cases: [
          { classname: 'c', name: 'good', durationMs: 1_500, outcome: 'passed' },
          {
            classname: 'c',
            name: hostile,
            durationMs: 1,
            outcome: 'failed',
            message: 'line\ntwo',
            details: '\u0000\ud800 ]]>',
          },
          { classname: 'c', name: 'slow', durationMs: 0, outcome: 'error', message: 'timeout' },
          { classname: 'c', name: 'left out', durationMs: 0, outcome: 'skipped', message: 'no <vision>' },
        ],
      },
    ],
  });
  expect(xml).toContain(
    '<testsuite name="Tools" tests="4" failures="1" errors="1" skipped="1" time="1.501" timestamp="2026-11-25T10:00:00">',
  );
  expect(xml).toContain('<failure message="line&#10;two">\\u0000\\ud800 ]]&gt;</failure>');
  expect(xml).toContain('<skipped message="no &lt;vision&gt;"/>');
  expect(xml).toContain('<testcase classname="c" name="good" time="1.500"/>');
  expect(
    xml.replaceAll(/<\/?(?:testsuites?|testcase|failure|error|skipped)(?: \w+="[^"<>]*")*\/?>|<\?xml[^>]*\?>/g, ''),
  ).not.toMatch(/[<>]/);
});
