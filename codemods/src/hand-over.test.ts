import { expect, test } from 'vitest';
import { handOver, isLeft, packageOf, planMigration } from './index.ts';

const client = `import OpenAI from 'openai';\nexport const groq = new OpenAI({ baseURL: process.env.LLM_URL });\n`;
const url = `export const a = () => fetch('https://api.openai.com/v1/files');\n`;
const pack = (name: string, script?: string) =>
  JSON.stringify({
    name,
    dependencies: { openai: '^6.0.0' },
    ...(script === undefined ? {} : { scripts: { test: script } }),
  });

function planOf(files: Readonly<Record<string, string>>) {
  return planMigration({ files: Object.entries(files).map(([file, text]) => ({ file, text })) });
}

test('a left touchpoint has its code, reason, recipe and the commands that accept it', () => {
  const plan = planOf({
    'package.json': pack('root'),
    'packages/a/package.json': pack('@x/a', 'vitest run'),
    'packages/a/pnpm-lock.yaml': '',
    'packages/a/src/client.ts': client,
  });
  const left = plan.findings.filter(isLeft).map((finding) => handOver(finding, plan));
  expect(left).toMatchObject([
    {
      rule: 'import-swap',
      file: 'packages/a/src/client.ts',
      line: 1,
      package: '@x/a',
      confidence: 'unsure',
      why: expect.stringContaining('LLM_URL'),
      recipe: expect.stringContaining('swap the import'),
      code: { line: 1, lines: client.trimEnd().split('\n') },
      accept: [
        { folder: '', command: expect.stringContaining('--check --finding ') },
        { folder: 'packages/a', command: 'pnpm test' },
      ],
    },
  ]);
  expect(plan.packages.map(({ folder }) => folder)).toEqual(['packages/a']);
});

test('an id stays when lines move and code is edited, and equal touchpoints are numbered', () => {
  const before = planOf({ 'a.ts': url + url }).findings;
  const after = planOf({ 'a.ts': `// new\n\n${url.replace('a =', 'b =')}// between\n${url}` }).findings;
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(after.map(({ line }) => line)).not.toEqual(before.map(({ line }) => line));
  expect(before[1]?.id).toBe(`${before[0]?.id}-2`);
  expect(planOf({ 'b.ts': url }).findings[0]?.id).not.toBe(before[0]?.id);
});

test('an id does not depend on counts and features', () => {
  const call = (body: string) => `import OpenAI from 'openai';\nnew OpenAI().chat.completions.create(${body});\n`;
  const idOf = (text: string, rule: string) => planOf({ 'a.ts': text }).findings.find((one) => one.rule === rule)?.id;
  expect(idOf(call(`{ model: 'gpt-4o' }`), 'call-site')).toBe(idOf(call(`{ model: 'gpt-4o', n: 2 }`), 'call-site'));
  const names = `export const a = ['gpt-4o'];\n`;
  expect(idOf(names, 'model-name')).toBe(idOf(`${names}export const b = 'gpt-4o';\n`, 'model-name'));
});

test('an excerpt carries no key and no endless line', () => {
  const secret = `sk-proj-${'a1'.repeat(20)}`;
  const long = 'x'.repeat(2_000);
  const { findings } = planOf({ 'a.ts': `// ${secret}\n${url.trimEnd()} // ${long}\n` });
  const lines = findings[0]?.code.lines ?? [];
  expect(lines[0]).toBe('// sk-[redacted]');
  expect(lines[1]?.length).toBeLessThan(300);
});

test('a call is shown to its end', () => {
  const text = `import OpenAI from 'openai';\nnew OpenAI().chat.completions.create({\n  model: 'm',\n  messages: [],\n\n  n: 2,\n});\n`;
  const call = planOf({ 'a.ts': text }).findings.find(({ rule }) => rule === 'call-site');
  expect(call?.code).toEqual({ line: 1, lines: text.trimEnd().split('\n') });
});

test('what OpenAI turns off has its day', () => {
  const { findings } = planOf({
    'a.ts': `import OpenAI from 'openai';\nnew OpenAI().beta.threads.create();\nexport const model = 'gpt-4o';\n`,
  });
  expect(findings.flatMap(({ deadline }) => (deadline === undefined ? [] : [[deadline.of, deadline.date]]))).toEqual([
    ['Assistants API', '2026-08-26'],
    ['gpt-4o', '2027-01-14'],
  ]);
});

test('the nearest package wins', () => {
  const packages = [
    { folder: '', name: 'root' },
    { folder: 'a', name: 'a' },
    { folder: 'a/b', name: 'b' },
  ];
  expect(['x.ts', 'a/x.ts', 'a/b/x.ts', 'ab/x.ts'].map((file) => packageOf(packages, file)?.name)).toEqual([
    'root',
    'a',
    'b',
    'root',
  ]);
});
