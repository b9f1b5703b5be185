import { expect, test } from 'vitest';
import { planMigration } from './index.ts';

const whyOf = (text: string, rule: string) =>
  planMigration({ files: [{ file: 'app.ts', text }] })
    .findings.filter((finding) => finding.rule === rule)
    .map(({ action, why, fix }) => ({ action, why, fix }));

test('a model name says when it ends, what OpenAI recommends, and open models to try', () => {
  const [found] = whyOf(`export const model = 'gpt-4o-mini';\n`, 'model-name');
  expect(found?.why).toContain("OpenAI's own ends on 2027-01-14; OpenAI recommends gpt-6-luna.");
  expect(found?.why).toContain('Open models to try: openai/gpt-oss-20b, google/gemma-4-E4B-it.');
});

test('a fine-tune ends with its base model', () => {
  const [found] = whyOf(`export const model = 'ft:gpt-4o-mini-2024-07-18:acme::abc';\n`, 'model-name');
  expect(found).toMatchObject({ action: 'manual' });
  expect(found?.why).toContain("OpenAI's gpt-4o-mini-2024-07-18 ends on 2027-01-14");
});

test('a model without a known end claims none', () => {
  const [found] = whyOf(`export const model = 'text-embedding-3-small';\n`, 'model-name');
  expect(found?.why).not.toContain('ends on');
  expect(found?.why).toContain('Qwen/Qwen3-Embedding-8B');
});

test('an API that is gone needs a decision, one that will end says when', () => {
  const call = (path: string) =>
    `import OpenAI from 'openai';\nconst ai = new OpenAI();\nawait ai.${path}({} as never);\n`;
  expect(whyOf(call('beta.threads.create'), 'call-site')).toEqual([
    {
      action: 'manual',
      why: 'OpenAI turned its Assistants API off on 2026-08-26.',
      fix: expect.stringContaining('`await ai.conversations.create({})`'),
    },
  ]);
  const [evals] = whyOf(
    `import type OpenAI from 'openai';\nexport const run = (ai: OpenAI) => ai.evals.create({} as never);\n`,
    'call-site',
  );
  expect(evals?.action).toBe('leave');
  expect(evals?.why).toContain('OpenAI turns its Evals API off on 2026-11-30');
});
