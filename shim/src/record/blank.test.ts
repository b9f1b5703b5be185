import { expect, test } from 'vitest';
import { blankPersonal } from './blank.ts';
import { planted } from './planted.test-secrets.ts';
import { createPseudonyms } from './pseudonym.ts';
import { redactTree } from './redact-exchange.ts';

const patterns = { employee: 'EMP-\\d{6}' };
const record = (value: unknown) =>
  redactTree(
    value,
    {
      pseudonyms: createPseudonyms(new Uint8Array(32).fill(7)),
      keep: [],
      secrets: [],
      patterns: [['employee', /EMP-\d{6}/gu]],
    },
    {},
  );

// A configured key has no form, so nothing tells it in a request.
test.each(planted.filter(({ kind }) => kind !== 'configured').map(({ kind, value }) => [kind, value] as const))(
  'what was recorded of %s is equal to what the app sends',
  (_, value) => {
    const sent = { messages: [{ role: 'user', content: `It is ${value} for you.` }], phone: '030 1234567' };
    expect(record(sent)).not.toEqual(sent);
    expect(blankPersonal(record(sent), patterns)).toEqual(blankPersonal(sent, patterns));
  },
);

test('what differs elsewhere stays different, and what is no personal value stays as it is', () => {
  const ask = (content: string) => blankPersonal({ content });
  expect(ask('mail jane@example.com now')).toEqual(ask('mail joe@example.com now'));
  expect(ask('mail jane@example.com now')).not.toEqual(ask('mail jane@example.com later'));
  expect(ask('the 4 winds of 1999')).toEqual({ content: 'the 4 winds of 1999' });
});
