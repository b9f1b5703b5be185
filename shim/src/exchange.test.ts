import { describe, expect, test } from 'vitest';
import {
  encodeExchange,
  type Exchange,
  ExchangeError,
  keyRequest,
  parseExchange,
  parseExchanges,
  readResponseText,
} from './exchange.ts';

const exchange: Exchange = {
  v: 1,
  id: 'a',
  recordedAt: '2026-11-23T00:00:00.000Z',
  provenance: 'synthetic',
  target: 'openai',
  model: 'gpt-4o',
  callSite: null,
  sdk: 'openai@7.57.0',
  request: { method: 'POST', path: '/chat/completions', headers: {}, body: { b: 1, a: [{ d: 1, c: 2 }] } },
  response: {
    status: 200,
    headers: {},
    chunks: [
      [1, btoa('data: \u00c3')],
      [2, btoa('\u00a9\n\n')],
    ],
  },
};

test('a line is read as it was written', () =>
  expect(parseExchange(encodeExchange(exchange), 'f:1')).toEqual(exchange));
test('a repeat and what a source lacks are read back', () => {
  const repeated = { ...exchange, repeat: 2, of: 'x0', lacks: ['timing', 'bytes'] as const };
  expect(parseExchanges(encodeExchange(repeated), 'f')).toEqual([repeated]);
});
test('a character cut between chunks is whole', () => expect(readResponseText(exchange.response)).toBe('data: é\n\n'));
test('a file may have empty lines and CRLF', () =>
  expect(parseExchanges(`\uFEFF${encodeExchange(exchange)}\r\n\r\n${encodeExchange(exchange)}\n`, 'f')).toHaveLength(
    2,
  ));
test('the key does not depend on the order of keys', () => {
  const other = { method: 'post', path: '/chat/completions', body: { a: [{ c: 2, d: 1 }], b: 1 } };
  expect(keyRequest(other)).toBe(keyRequest(exchange.request));
  expect(keyRequest({ ...other, body: { a: [{ c: 2, d: 2 }], b: 1 } })).not.toBe(keyRequest(exchange.request));
});

describe('what is wrong is said with its place', () => {
  test.each<[string, unknown, RegExp]>([
    ['no JSON', undefined, /f:2: not a JSON object/],
    ['another version', { ...exchange, v: 2 }, /f:2: v is 2/],
    ['no id', { ...exchange, id: '' }, /id must be a text/],
    [
      'a provenance nobody knows',
      { ...exchange, provenance: 'real' },
      /provenance must be recorded, documented, synthetic/,
    ],
    ['no request', { ...exchange, request: null }, /request is missing/],
    ['no body', { ...exchange, request: { method: 'POST', path: '/', headers: {} } }, /request\.body is missing/],
    ['a status that is none', { ...exchange, response: { ...exchange.response, status: 99 } }, /response\.status/],
    [
      'a chunk that is not base64',
      { ...exchange, response: { ...exchange.response, chunks: [[0, '%%%%']] } },
      /response\.chunks/,
    ],
    ['a repeat of nothing', { ...exchange, repeat: 1 }, /of is missing beside repeat/],
    ['a repeat that is none', { ...exchange, repeat: 0, of: 'x' }, /repeat must be a whole number from 1/],
    ['a lack nobody knows', { ...exchange, lacks: ['taste'] }, /lacks must be a list of timing, bytes/],
    ['a date that is none', { ...exchange, recordedAt: 'yesterday' }, /recordedAt must be an ISO date/],
  ])('%s', (_, value, message) => {
    const act = () => parseExchanges(`\n${value === undefined ? '{oops' : JSON.stringify(value)}`, 'f');
    expect(act).toThrow(ExchangeError);
    expect(act).toThrow(message);
  });
});
