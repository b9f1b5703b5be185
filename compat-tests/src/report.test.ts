import { expect, test } from 'vitest';
import { chatAnswer, chatRequest, makeExchange } from './exchanges.test-material.ts';
import { compare } from './parity.ts';
import { encodeReport, formatReport } from './report.ts';
import { exitCodeOf } from './verdict/settle.ts';

const failing = async () =>
  compare({
    recordings: [
      makeExchange({ id: 'chat-7', request: chatRequest(), answer: chatAnswer({ content: 'Hello' }) }),
      makeExchange({ id: 'busy-1', request: chatRequest(), status: 429, answer: { error: {} } }),
    ],
    candidate: { name: 'my endpoint', fetch: async () => Response.json(chatAnswer({ content: 'Hel' }, 'length')) },
  });

test('a failure says which exchange, what was expected, what came, why it matters and what to do', async () => {
  const text = formatReport(await failing());
  for (const part of [
    'my endpoint',
    'finish-reason',
    'chat-7',
    'expected stop',
    'got      length',
    'why      ',
    'do       ',
  ])
    expect(text).toContain(part);
  expect(text).toContain('2 synthetic (made up');
  expect(text).toContain('RateLimitError (429) cannot be provoked at will');
  expect(text.trimEnd().split('\n').at(-1)).toBe('NOT SAFE  1 exchange of 2 would break the app.');
  expect(text).not.toContain('\u001B[');
});

test('colours are for terminals', async () => {
  expect(formatReport(await failing(), { color: true })).toContain('\u001B[31m');
});

test('the JSON report is versioned and complete', async () => {
  const report = await failing();
  expect(JSON.parse(encodeReport(report))).toEqual(report);
  expect(report).toMatchObject({ v: 1, kind: 'parity', verdict: 'NOT SAFE' });
});

test.each([
  ['SAFE', 0],
  ['WIRE-SAFE', 0],
  ['NOT SAFE', 1],
  ['INCONCLUSIVE', 3],
] as const)('%s ends with %i', (verdict, code) => expect(exitCodeOf(verdict)).toBe(code));
