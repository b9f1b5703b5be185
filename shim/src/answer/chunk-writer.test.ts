import { expect, test } from 'vitest';
import type { ChatChunk, ChunkChoice } from '../wire.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { encodeSse } from './sse.ts';

const say = (delta: object, more: Partial<ChunkChoice> = {}, envelope: object = {}): ChatChunk => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o',
  ...envelope,
  choices: [{ index: 0, delta: { ...delta }, finish_reason: null, logprobs: null, ...more }],
});
const usage: ChatChunk = { ...say({}), choices: [], usage: { prompt_tokens: 1 } };
const chunks: readonly ChatChunk[] = [
  say({ role: 'assistant', content: '' }),
  ...['a', 'b', '"\\\n', '\u0000text\u0000', '\u{1f600}', ''].map((content) => say({ content })),
  say({ content: 'c' }, {}, { system_fingerprint: 'fp' }),
  say({ content: 'd' }, {}, { system_fingerprint: 'fp' }),
  say({ content: 'e' }, {}, { system_fingerprint: 'other' }),
  say({ content: 'f' }),
  say({ content: 'g' }, { index: 1 }),
  say({ content: 'h' }, { index: 1, logprobs: { content: [] } }),
  say({ content: 'i', refusal: null }),
  say({ content: null }),
  say({}, { finish_reason: 'stop' }),
];

test('every event is what printing its chunk gives', () => {
  const write = createChunkWriter(false);
  const bySide = createChunkWriter(true);
  for (const chunk of chunks) {
    expect(write(chunk)).toBe(encodeSse(JSON.stringify(chunk)));
    expect(bySide(chunk)).toBe(encodeSse(JSON.stringify({ ...chunk, usage: null })));
  }
});

test('usage goes out where it was asked for', () => {
  expect(createChunkWriter(false)(usage)).toBe('');
  expect(createChunkWriter(true)(usage)).toBe(encodeSse(JSON.stringify(usage)));
});
