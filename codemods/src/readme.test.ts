import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rules } from './rules/index.ts';

test('the README lists the rules as they are', () => {
  const rows = rules.map(({ id, summary }) => `| \`${id}\` | ${summary} |`);
  const table = ['| rule | what it does |', '| --- | --- |', ...rows, ''].join('\n');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme.slice(readme.indexOf('<!-- rules -->'))).toBe(`<!-- rules -->\n${table}`);
});
