import { expect, test } from 'vitest';
import { compareLeaves } from './leaves.ts';

const prose = 'The parcel left our depot on Monday and will reach you by Wednesday.';

test.each<[string, unknown, unknown, unknown?]>([
  ['key order and spelling of numbers', { a: 1, b: 2.5 }, { b: 2.5, a: 1.0 }],
  ['white space and case', { city: 'New  York' }, { city: ' new york' }],
  ['one moment in two spellings', { at: '2026-01-02T00:00:00Z' }, { at: '2026-01-02T01:00:00+01:00' }],
  ['null for an absent key', { a: 1, b: null }, { a: 1 }],
  ['a default of the schema', { unit: 'c' }, {}, { properties: { unit: { default: 'c' } } }],
  ['free text in other words', { note: prose }, { note: 'It left on Monday; expect it on Wednesday.' }],
])('no difference: %s', (_name, expected, got, schema = {}) =>
  expect(compareLeaves(expected, got, schema).differences).toEqual([]),
);

test.each<[string, unknown, unknown, RegExp, unknown?]>([
  ['another number', { a: 1 }, { a: 1.01 }, /^\/a is 1.01, not 1$/],
  ['another type', { a: 1 }, { a: '1' }, /^\/a/],
  ['another word', { city: 'Paris' }, { city: 'Rome' }, /^\/city is "Rome", not "Paris"$/],
  ['another case of a listed word', { unit: 'C' }, { unit: 'c' }, /^\/unit/, { properties: { unit: { enum: ['C'] } } }],
  ['a list cut short', { a: [1, 2, 3] }, { a: [1, 2] }, /^\/a has 2 items, not 3$/],
  ['another order', { a: ['x', 'y'] }, { a: ['y', 'x'] }, /^\/a\/0/],
  ['a missing value', { a: { b: true } }, { a: {} }, /^\/a\/b is null, not true$/],
  ['an extra value', { a: 1 }, { a: 1, b: 2 }, /^\/b is 2, not null$/],
  ['free text that is gone', { note: prose }, { note: '' }, /^\/note/],
  ['a day that looks the same in two countries', { at: '01/02/2026' }, { at: '02/01/2026' }, /^\/at/],
])('a difference: %s', (_name, expected, got, message, schema = {}) => {
  const { differences } = compareLeaves(expected, got, schema);
  expect(differences[0]).toMatch(message);
});

test('counts what it compared and what it could not', () =>
  expect(compareLeaves({ a: 1, b: [true], note: prose }, { a: 1, b: [true], note: prose })).toEqual({
    differences: [],
    compared: 2,
    free: 1,
  }));
