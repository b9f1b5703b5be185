import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dialects } from './dialects/index.ts';
import { dialectIds, features, supportOf } from './manifest/index.ts';
import { writeMatrix, writeSupportTable } from './matrix.ts';
import { listSupport } from './support.ts';

const all = dialectIds.map((id) => dialects[id]);

/** `npm run matrix` writes both files; here they only must not be stale. */
describe('generated files are not stale', () => {
  test('MATRIX.md', () => expect(writeMatrix(all)).toMatchFileSnapshot('../MATRIX.md'));
  test('the manifest’s table', () => expect(writeSupportTable(all)).toMatchFileSnapshot('./manifest/support-table.ts'));
  test('the matrix names every dialect', () => {
    const text = readFileSync(new URL('../MATRIX.md', import.meta.url), 'utf8');
    for (const id of dialectIds) expect(text).toContain(`| \`${id}\` |`);
  });
});

describe('supportOf', () => {
  test('agrees with the rows of every dialect', () => {
    for (const dialect of all) {
      const support = listSupport(dialect);
      for (const feature of features) {
        const { support: said, because, source, checked } = supportOf(dialect.id, feature);
        const row = support.get(feature);
        expect([dialect.id, feature, said]).toEqual([dialect.id, feature, row?.support ?? 'unknown']);
        if (row?.fact !== undefined)
          expect({ because, source, checked }).toMatchObject({
            because: row.fact.because,
            source: row.fact.source,
            checked: row.fact.checked,
          });
      }
    }
  });
  test('says unknown where nobody has checked, never native', () => {
    expect(supportOf('openai-compatible', 'seed').support).toBe('unknown');
    expect(supportOf('huggingface', 'logprobs')).toEqual({ support: 'unknown', because: '', source: '', checked: '' });
  });
  test.each([
    ['ollama', 'max_completion_tokens', 'renamed'],
    ['ollama', 'n', 'emulated'],
    ['groq', 'logprobs', 'refused'],
    ['vllm', '/responses', 'emulated'],
    ['groq', 'message.name', 'dropped'],
    ['vllm', 'logprobs', 'native'],
    ['mistral', 'embeddings.encoding_format', 'emulated'],
  ] as const)('%s %s is %s', (id, feature, support) => expect(supportOf(id, feature).support).toBe(support));
});
