import { expect, test } from 'vitest';
import { placeOf } from './place.ts';

test.for([
  ['abc', 1, 1, 2],
  ['a\nbc', 2, 2, 1],
  ['a\r\nbc', 4, 2, 2],
  ['a\rbc', 2, 2, 1],
  ['\uFEFFabc', 1, 1, 1],
  ['', 0, 1, 1],
] as const)('%j at %i is line %i, column %i', ([text, offset, line, column]) => {
  expect(placeOf(text, offset)).toEqual({ line, column });
});
