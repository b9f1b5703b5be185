import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExchanges } from '@migrate-llm/shim/exchange';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { makeFolder, openStage } from '../sandbox.test-folder.ts';

const entry = (content: string, time = 5) => ({
  startedDateTime: '2026-02-03T04:05:06.700Z',
  time,
  request: {
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    headers: [],
    postData: { text: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }) },
  },
  response: { status: 200, headers: [], content: { text: '{}', mimeType: 'application/json' } },
});
const har = JSON.stringify({
  log: {
    entries: [
      entry('mail jane@example.com'),
      entry('nothing'),
      { ...entry('x'), request: { method: 'GET', url: 'https://example.com/', headers: [] } },
    ],
  },
});
const chats = '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}\n';

async function run(folder: string, ...words: string[]) {
  const stage = openStage(folder);
  const code = await main(['record', '--out', join(folder, 't.jsonl'), ...words], stage);
  return { code, text: stage.text(), errors: stage.errors() };
}
const read = (folder: string) => parseExchanges(readFileSync(join(folder, 't.jsonl'), 'utf8'), 't.jsonl');

describe('record --import', () => {
  test('adds files of any format, redacted, and says what each lacks and what was left out', async () => {
    const folder = makeFolder({ 'a.har': har, 'b.jsonl': chats });
    const { code, text } = await run(folder, '--import', 'a.har', '--import', 'b.jsonl');
    expect(code).toBe(0);
    expect(text).toContain('a.har (har): 2 exchanges\n  1 left out: no call of OpenAI’s API\n');
    expect(text).toContain('b.jsonl (openai-stored): 1 exchange\n');
    expect(text).toContain('1 lack the bytes of the answer, so its wire shape cannot be judged');
    expect(text).toMatch(/3 exchanges recorded into .*t\.jsonl\n {2}Taken out: 1 × email/);
    expect(read(folder).map(({ lacks }) => lacks)).toEqual([
      undefined,
      undefined,
      ['bytes', 'date', 'headers', 'status', 'timing'],
    ]);
    expect(readFileSync(join(folder, 't.jsonl'), 'utf8')).not.toContain('jane@');
  });

  test('a second time adds nothing', async () => {
    const folder = makeFolder({ 'a.har': har });
    await run(folder, '--import', 'a.har');
    const { code, text } = await run(folder, '--import', 'a.har');
    expect([code, read(folder).length]).toEqual([0, 2]);
    expect(text).toContain('  2 in the recording already');
  });

  test('a file with nothing in it is a no', async () => {
    const folder = makeFolder({ 'a.har': '{"log":{"entries":[]}}' });
    expect((await run(folder, '--import', 'a.har')).code).toBe(1);
  });
});

test('record --purge takes a subject out by its value, and says what it looked for', async () => {
  const folder = makeFolder({ 'a.har': har });
  await run(folder, '--import', 'a.har');
  const { code, text } = await run(folder, '--purge', 'jane@example.com');
  expect(code).toBe(0);
  expect(text).toMatch(/Removed: 1 exchange\n.*t\.jsonl: 1 removed, 1 kept\n.*and as p[0-9a-f]{12}@redacted\.example/);
  expect(read(folder)).toHaveLength(1);
});

test.each([
  [['--import', 'none.har'], 'none.har cannot be read: it does not exist (ENOENT)'],
  [['--import', 'notes.txt'], 'notes.txt is in none of the formats that can be imported (har, nock'],
  [['--import', 'a.har', '--format', 'cassette'], 'there is no format "cassette"; the formats: har'],
  [['--format', 'har'], '--format says what --import reads'],
  [['--import', 'a.har', '--purge', 'x'], 'are three things; give one of them'],
  [['--purge', 'jane@example.com'], 'does not exist; name the recording with --out'],
])('%j is one clear line', async (words, message) => {
  const folder = makeFolder({ 'a.har': har, 'notes.txt': 'my notes\n' });
  const { code, text, errors } = await run(folder, ...words);
  expect([code, text]).toEqual([2, '']);
  expect(errors).toContain(message);
  expect(errors.trim().split('\n')).toHaveLength(1);
});
