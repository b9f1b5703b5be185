import { expect, test } from 'vitest';
import { createStopFilter, cutAtStop } from './stop-filter.ts';

const CASES: ReadonlyArray<readonly [text: string, stops: readonly string[], expected: string]> = [
  ['Hello! I am a tiny model', [' tiny'], 'Hello! I am a'],
  ['no stop here', ['stop!', 'x'], 'no stop here'],
  ['abab', ['aba'], ''],
  ['aab', ['ab'], 'a'],
  ['first second', ['second', 'first s'], ''],
  ['ends with a prefix: ab', ['abc'], 'ends with a prefix: ab'],
  ['', ['a'], ''],
  ['grüße 🙂 end', ['🙂'], 'grüße '],
];

test.each(CASES)('%j without %j is the same at every split', (text, stops, expected) => {
  expect(cutAtStop(text, stops)).toBe(expected);
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      const filter = createStopFilter(stops);
      const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
      expect(pieces.map((piece) => filter.push(piece)).join('') + filter.flush()).toBe(expected);
    }
  }
});

test('a piece that cannot begin a stop string is passed on at once', () => {
  const filter = createStopFilter([' tiny']);
  expect(filter.push('Hello')).toBe('Hello');
  expect(filter.push(' t')).toBe('');
  expect(filter.push('oday')).toBe(' today');
});
