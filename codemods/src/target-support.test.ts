import { supportOf } from '@migrate-llm/shim/manifest';
import { expect, test } from 'vitest';
import { planMigration } from './plan.ts';
import { joinTarget } from './target-support.ts';

const text = `import OpenAI from 'openai';
const client = new OpenAI();
await client.chat.completions.create({ model: 'gpt-4o', messages: [], stream: true, audio: { voice: 'x' } });
await client.chat.completions.create({ model: 'gpt-4o', messages: [], stream: true, user: 'u' });
await client.embeddings.create({ model: 'text-embedding-3-small', input: 'x', dimensions: 256 });
`;
const { findings } = planMigration({ files: [{ file: 'a.ts', text }] });

test('each feature is told once, with its calls and the row of the dialect, the worst first', () => {
  const rows = joinTarget(findings, 'llama.cpp');
  const told = rows.map(({ feature, support, findings: calls }) => [support, feature, calls.map(({ line }) => line)]);
  expect(told).toEqual([
    ['refused', 'audio', [3]],
    ['refused', 'embeddings.dimensions', [5]],
    ['dropped', 'user', [4]],
    ['unknown', 'stream', [3, 4]],
  ]);
  for (const { feature, because, source } of rows) {
    const fact = supportOf('llama.cpp', feature);
    expect([because, source]).toEqual([fact.because, fact.source]);
  }
});

test('a dialect nobody has described knows little', () =>
  expect(joinTarget(findings, 'openai-compatible').find(({ feature }) => feature === 'user')?.support).toBe('unknown'));
