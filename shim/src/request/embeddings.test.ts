import { expect, test } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { Refusal } from '../refusal.ts';
import { createReport } from '../report.ts';
import type { WireObject } from '../wire.ts';
import { findBatchLimit } from './batch-limit.ts';
import { splitInputs, translateEmbeddings } from './embeddings.ts';

const fact = { because: 'measured', source: 'https://example.test', checked: '2026-11-25' };
const base = dialects['openai-compatible'];

function translate(input: WireObject, embeddings: Partial<(typeof base)['embeddings']> = {}) {
  const report = createReport('silent', undefined);
  const dialect = { ...base, embeddings: { ...base.embeddings, ...embeddings } };
  const { body, inputs, plan } = translateEmbeddings(
    { model: 'm', ...input },
    { requestedModel: 'm', model: 'm', dialect, settings: {}, report },
  );
  const requests = splitInputs(inputs, findBatchLimit(dialect, 'http://x.test', 'm'), report);
  return {
    bodies: requests.map(({ input: part }) => ({ ...body, input: part })),
    plan,
    codes: report.notes.map(({ code }) => code),
  };
}

test('more inputs than the endpoint takes are several requests, in order', () => {
  const { bodies, plan, codes } = translate({ input: ['a', 'b', 'c', 'd', 'e'] }, { maxInputs: { count: 2, ...fact } });
  expect(bodies.map(({ input }) => input)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect([plan.count, codes]).toEqual([5, ['embeddings-split']]);
  expect(translate({ input: ['a', 'b'] }, { maxInputs: { count: 2, ...fact } }).codes).toEqual([]);
});

test('token ids go where the dialect takes them, with a note that they are another tokenizer’s', () => {
  const tokens = { tokenInput: fact };
  expect(translate({ input: [1, 2, 3] }, tokens)).toMatchObject({
    bodies: [{ input: [1, 2, 3] }],
    plan: { count: 1 },
    codes: ['token-input'],
  });
  expect(translate({ input: [[1], [2, 3]] }, tokens).plan.count).toBe(2);
  expect(() => translate({ input: [1, 2, 3] })).toThrow(Refusal);
});

test('an endpoint that does not know encoding_format gets none', () => {
  const params = { encoding_format: { kind: 'drop', severity: 'info', ...fact } } as const;
  expect(translate({ input: 'x', encoding_format: 'base64' }, { params }).bodies).toEqual([{ model: 'm', input: 'x' }]);
});
