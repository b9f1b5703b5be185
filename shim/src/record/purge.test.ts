import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseExchanges } from '../exchange.ts';
import { purgeRecording } from './purge.ts';
import type { RawExchange } from './redact-exchange.ts';
import type { RecordConfig } from './settings.ts';
import { openRecording } from './writer.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-llm-purge-'));
  path = join(folder, 'traffic.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (id: string, content: unknown, answer = '{}', recordedAt = '2026-11-20T00:00:00.000Z'): RawExchange => ({
  v: 1,
  id,
  recordedAt,
  provenance: 'recorded',
  target: 'openai',
  model: 'gpt-4o',
  callSite: null,
  sdk: null,
  request: { method: 'POST', path: '/chat/completions', headers: {}, body: { messages: [{ role: 'user', content }] } },
  response: { status: 200, headers: { 'content-type': 'text/event-stream' }, chunks: [[1, Buffer.from(answer)]] },
});
const write = async (exchanges: readonly RawExchange[], config: Partial<RecordConfig> = {}) => {
  const writer = await openRecording({ path, ...config });
  for (const exchange of exchanges) await writer.write(exchange);
  return writer.close();
};
const ids = (file = path) => parseExchanges(readFileSync(file, 'utf8'), file).map(({ id }) => id);
const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a subject goes wherever it stands, by its value or by what stands for it', async () => {
  await write([
    make('mail', 'write to Jane@Example.com'),
    make('mail again', 'JANE@example.com wrote'),
    make('in a stream', 'hi', delta('ja') + delta('ne@exam') + delta('ple.com')),
    make('encoded', base64('the mail of jane@example.com is here')),
    make('other mail', 'write to joe@example.com'),
    make('other', 'nothing'),
  ]);
  expect(readFileSync(path, 'utf8')).not.toMatch(/jane@/i);
  const report = await purgeRecording({ path }, 'jane@example.com');
  expect(report.files).toEqual([{ path, kept: 2, removed: 4 }]);
  expect(report.pseudonyms).toEqual([expect.stringMatching(/^p[0-9a-f]{12}@redacted\.example$/)]);
  expect(ids()).toEqual(['other mail', 'other']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  ['a name, over a line end and in other letters', 'Jane  Doe', ['JANE\nDOE is here', 'the janedoe']],
  ['a phone number, written another way', '+49 30 901820-17', ['call +49 (30) 901820 17', 'call +49 30 901820-18']],
  ['a number under a name', '020 79460958', [{ phone: '020 79460958' }, { phone: '020 79460959' }]],
  ['what a pattern of the settings names', 'EMP-402817', ['EMP-402817', 'EMP-402818']],
  ['a value with signs of patterns', 'a.b*c(d', ['x a.b*c(d y', 'x aXb*c(d y']],
])('%s', async (_, subject, [one, other]) => {
  const config = { redact: { patterns: { employee: 'EMP-\\d{6}' } } };
  await write([make('one', one), make('other', other)], config);
  await purgeRecording({ path, ...config }, subject);
  expect(ids()).toEqual(['other']);
});

test('full files that were set aside are looked through too; one that loses all is gone', async () => {
  await write(['a', 'b', 'c'].map((id) => make(id, `${id} jane@example.com`)).concat(make('d', 'joe')), {
    maxBytes: 300,
  });
  expect(
    readdirSync(folder).filter((name) => name.endsWith('Z.jsonl') || /Z-[0-9a-f]{4}\.jsonl$/.test(name)),
  ).toHaveLength(3);
  const { files } = await purgeRecording({ path }, 'jane@example.com');
  expect(files.map(({ removed }) => removed)).toEqual([1, 1, 1, 0]);
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort(),
  ).toEqual(['traffic.jsonl', 'traffic.jsonl.counts.jsonl']);
});

test('a file that mentions nobody is not touched; a line that is no exchange is kept, and counted', async () => {
  await write([make('a', 'x')]);
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"v":1,"id":"torn"\n`);
  const before = statSync(path);
  const report = await purgeRecording({ path }, 'jane@example.com');
  expect([report.unreadable, report.files[0]?.removed]).toEqual([1, 0]);
  expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  expect((await purgeRecording({ path }, 'torn')).files[0]?.removed).toBe(1);
});

test('a recording that is not there, and a subject that says nothing, are refused', async () => {
  await expect(purgeRecording({ path }, 'jane@example.com')).rejects.toThrow('does not exist; name the recording');
  await expect(purgeRecording({ path }, ' a ')).rejects.toThrow('is too short to look for');
});

test('what is older than maxDays goes when the recording is opened', async () => {
  const now = new Date().toISOString();
  await write([make('old', 'x'), make('new', 'x', '{}', now)]);
  await write([make('newer', 'x', '{}', now)], { maxDays: 100_000 });
  expect(ids()).toEqual(['old', 'new', 'newer']);
  const days = (Date.now() - Date.parse('2026-11-20T00:00:00.000Z')) / 86_400_000;
  await write([make('kept', 'x', '{}', new Date().toISOString())], { maxDays: days / 2 });
  expect(ids()).toEqual(['new', 'newer', 'kept']);
});
