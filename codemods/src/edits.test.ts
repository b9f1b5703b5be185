import { MagicString } from 'magic-string';
import { describe, expect, test } from 'vitest';
import { applyEdits } from './edits.ts';
import type { Edit } from './finding.ts';

/** A seeded source of numbers in [0, 1), so that a failure can be repeated. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function makeEdits(random: () => number, length: number): Edit[] {
  const edits: Edit[] = [];
  let at = Math.floor(random() * 4);
  while (at < length) {
    const end = Math.min(length, at + Math.floor(random() * 5));
    edits.push({ start: at, end, text: 'é\n€x'.slice(0, Math.floor(random() * 5)) });
    at = end + 1 + Math.floor(random() * 9);
  }
  return edits;
}

describe('applyEdits', () => {
  test('keeps every character outside the edits, and agrees with magic-string', () => {
    const random = createRandom(7);
    for (let round = 0; round < 300; round += 1) {
      const text = Array.from(
        { length: Math.floor(random() * 200) },
        () => '\uFEFF\r\n\t \'"aé€𝒳'[Math.floor(random() * 12)] ?? 'z',
      ).join('');
      const edits = makeEdits(random, text.length);
      const oracle = new MagicString(text);
      for (const { start, end, text: to } of edits) {
        if (start === end) oracle.appendLeft(start, to);
        else oracle.update(start, end, to);
      }
      expect(applyEdits(text, edits.toReversed())).toBe(oracle.toString());
    }
  });
  test('refuses overlapping edits, two at one place, and edits outside the text', () => {
    expect(() =>
      applyEdits('abcdef', [
        { start: 0, end: 3, text: '' },
        { start: 2, end: 4, text: '' },
      ]),
    ).toThrow(RangeError);
    expect(() =>
      applyEdits('abcdef', [
        { start: 2, end: 2, text: 'x' },
        { start: 2, end: 2, text: 'y' },
      ]),
    ).toThrow(RangeError);
    expect(() => applyEdits('abcdef', [{ start: 4, end: 7, text: '' }])).toThrow(RangeError);
    expect(
      applyEdits('abcdef', [
        { start: 0, end: 3, text: 'x' },
        { start: 3, end: 4, text: 'y' },
      ]),
    ).toBe('xyef');
  });
});
