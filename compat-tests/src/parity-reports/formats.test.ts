import { expect, test } from 'vitest';
import { chatAnswer, chatRequest, makeExchange } from '../exchanges.test-material.ts';
import { compare } from '../parity.ts';
import { writeParity } from './formats.ts';

const evil = '</script><img src=x onerror=alert(1)>';
const makeReport = async () => {
  const own = {
    ...makeExchange({ id: 'a', request: chatRequest(), answer: chatAnswer({ content: evil }), provenance: 'recorded' }),
    callSite: 'draft <b>',
  };
  const again = { ...own, id: 'a-1', repeat: 1, of: 'a' };
  const bad = {
    ...makeExchange({ id: 'b', request: chatRequest(), answer: chatAnswer({ content: 'Hello' }) }),
    callSite: 'other',
  };
  const answers = [chatAnswer({ content: evil }), chatAnswer({ content: '' })];
  return compare({
    recordings: [own, again, bad],
    candidate: { name: 'my endpoint', fetch: async () => Response.json(answers.shift()) },
  });
};

test('the page holds the verdict, the figures, both answers, and nothing of them as markup', async () => {
  const page = writeParity('html', await makeReport());
  for (const part of [
    'NOT SAFE',
    'my endpoint',
    'draft &lt;b&gt;',
    'class="interval',
    '1/1',
    'data-verdict="FAIL"',
    'Cost',
  ])
    expect(page).toContain(part);
  expect(page).not.toContain(evil);
  expect(page).not.toMatch(/https?:\/\/(?!www\.npmjs)/);
  const island = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  expect(JSON.parse(island)).toMatchObject([
    { id: 'a', said: { old: evil, candidate: evil } },
    { id: 'b', said: { candidate: '' } },
  ]);
});

test('Markdown and JUnit name the call sites and what fails', async () => {
  const report = await makeReport();
  const markdown = writeParity('markdown', report);
  expect(markdown).toContain('| `draft <b>` | WIRE-SAFE | 1 / 1 | `content` | 1/1 | 1/1 |');
  expect(markdown).toContain('- `b` at `other`, `content`');
  const junit = writeParity('junit', report);
  expect(junit).toContain('name="other"');
  expect(junit).toMatch(/<failure[^>]*content/);
});

test('the text has the figures of both sides, and says that a price is unknown', async () => {
  const text = writeParity('text', await makeReport());
  expect(text).toContain('content: 1 of 1, the old model 1 of 1; 0.0 points');
  expect(text).toContain('no price for my endpoint/gpt-4o-mini-2024-07-18');
});
