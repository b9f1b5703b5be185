import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chatAnswer, chatRequest, makeExchange } from './exchanges.test-material.ts';
import { countEvidence, describeEvidence, parseRecording, readRecording } from './recording.ts';

const line = (id: string) => JSON.stringify(makeExchange({ id, request: chatRequest(), answer: chatAnswer({}) }));

test('reads a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recording-'));
  try {
    const file = join(folder, 'a.jsonl');
    await writeFile(file, `${line('a')}\n${line('b')}\n`);
    expect((await readRecording(file)).map(({ id }) => id)).toEqual(['a', 'b']);
    await expect(readRecording(folder)).rejects.toThrow(`${folder} is a folder`);
    await expect(readRecording(join(folder, 'b.jsonl'))).rejects.toThrow('b.jsonl does not exist');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['nothing in it', '\n', 'f.jsonl holds no exchange'],
  ['a line that is no JSON', `${line('a')}\n{oops\n`, 'f.jsonl:2: '],
  ['another version', line('a').replace('"v":1', '"v":2'), 'f.jsonl:1: v is 2'],
  ['a wrong provenance', line('a').replace('synthetic', 'guessed'), 'f.jsonl:1: provenance'],
  ['the same id twice', `${line('a')}\n${line('a')}`, 'two exchanges with the id a'],
])('%s is an error that says where', (_name, text, message) => {
  expect(() => parseRecording(text, 'f.jsonl')).toThrow(message);
});

test('says what it is worth as evidence', () => {
  const exchanges = ['recorded', 'synthetic', 'synthetic'].map((provenance) =>
    makeExchange({ provenance: provenance as 'recorded', request: null, answer: {} }),
  );
  expect(countEvidence(exchanges)).toEqual({ recorded: 1, documented: 0, synthetic: 2 });
  expect(describeEvidence(countEvidence(exchanges))).toBe(
    "1 recorded from real traffic, 2 synthetic (made up to a vendor's documented shapes)",
  );
});
