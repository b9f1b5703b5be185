import { describe, expect, test } from 'vitest';
import type { ParamRule } from '../dialect.ts';
import { Refusal } from '../refusal.ts';
import { createReport } from '../report.ts';
import { applyParams } from './params.ts';

const fact = { because: 'the endpoint knows the old name', source: 'https://example.com/api', checked: '2026-11-25' };
const rules: Readonly<Record<string, ParamRule>> = {
  max_completion_tokens: { kind: 'rename', to: 'max_tokens', ...fact },
};
const apply = (body: Record<string, unknown>) => {
  const report = createReport('silent', undefined);
  return { body: applyParams(body, rules, report), codes: report.notes.map(({ code }) => code) };
};

describe('a renamed parameter', () => {
  test('goes out under the endpoint’s name, with a note', () =>
    expect(apply({ max_completion_tokens: 5 })).toEqual({ body: { max_tokens: 5 }, codes: ['param-renamed'] }));

  test.each([
    { max_completion_tokens: 5, max_tokens: 5 },
    { max_tokens: 5, max_completion_tokens: 5 },
  ])('beside its equal is sent once: %o', (body) => expect(apply(body).body).toEqual({ max_tokens: 5 }));

  test.each([
    { max_tokens: null, max_completion_tokens: 5 },
    { max_completion_tokens: 5, max_tokens: null },
  ])('an absent value is no rival: %o', (body) => expect(apply(body).body).toEqual({ max_tokens: 5 }));

  test.each([
    { max_completion_tokens: 5, max_tokens: 9 },
    { max_tokens: 9, max_completion_tokens: 5 },
  ])('beside another value is refused, not silently lost: %o', (body) => {
    const caught = (() => {
      try {
        return apply(body);
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(Refusal);
    expect((caught as Refusal).error).toMatchObject({ param: 'max_completion_tokens' });
  });
});
