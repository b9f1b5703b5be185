import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from './boundaries.ts';

test('the corpus script counts, migrates and takes back a repo made for it', () => {
  const words = ['--conditions=@migrate-llm/source', '--import', 'tsx', 'bench/corpus/main.ts', '--self-check'];
  expect(execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' })).toMatch(/^self-check: /);
});
