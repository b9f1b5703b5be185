import { expect, test } from 'vitest';
import { planMigration } from './index.ts';

const marked = { marks: true } as const;

function run(files: Record<string, string>, options = {}): Record<string, string> {
  const plan = planMigration({ files: Object.entries(files).map(([file, text]) => ({ file, text })), options });
  return { ...files, ...Object.fromEntries(plan.changes.map((one) => [one.file, one.after])) };
}

/** The lines of a text, marks cut behind their id. */
function outline(text: string | undefined): string[] {
  return (text ?? '').split(/\r\n|\n/).map((line) => line.replace(/(@migrate-llm [a-z-]+) [\da-f-]+: .*/, '$1'));
}

const threads = (call: string): string =>
  `import OpenAI from '@migrate-llm/shim';\nconst ai = new OpenAI();\nexport async function go(id: string) {\n${call}\n}\n`;
const manifest = { 'package.json': '{ "dependencies": { "@migrate-llm/shim": "^0.1.0", "openai": "^6.0.0" } }\n' };

test('a mark goes above the statement, and above comments that speak of its first line', () => {
  const call =
    '  // eslint-disable-next-line no-x\n  // @ts-ignore\n  const t = await ai\n    .beta.threads.create();\n  return t;';
  const after = run({ ...manifest, 'a.ts': threads(call) }, marked);
  expect(outline(after['a.ts']).slice(3, 7)).toEqual([
    '  // @migrate-llm call-site',
    '  // eslint-disable-next-line no-x',
    '  // @ts-ignore',
    '  const t = await ai',
  ]);
  expect(run(after, marked)).toEqual(after);
});

test('it stays out of templates, markup and expressions, and keeps line ends and indentation', () => {
  const call =
    '\tconst text = `\n${await ai.beta.threads.retrieve(id)}\n`;\n\treturn <p>\n\t\t{await ai.beta.threads.retrieve(text)}\n\t</p>;';
  const text = threads(call).replaceAll('\n', '\r\n');
  const after = run({ ...manifest, 'a.tsx': `\uFEFF${text}` }, marked);
  expect(outline(after['a.tsx']).slice(3, 9)).toEqual([
    '\t// @migrate-llm call-site',
    '\tconst text = `',
    '${await ai.beta.threads.retrieve(id)}',
    '`;',
    '\t// @migrate-llm call-site',
    '\treturn <p>',
  ]);
  expect(after['a.tsx']?.replace(/\t\/\/ @migrate-llm .*\r\n/g, '')).toBe(`\uFEFF${text}`);
  expect(after['a.tsx']).not.toMatch(/[^\r]\n/);
});

test('a licence at the head of a file stays the head', () => {
  const head = '/** Licence */\n';
  const after = run(
    { 'a.ts': `${head}import OpenAI from 'openai';\nnew OpenAI({ baseURL: process.env.URL });\n` },
    marked,
  );
  expect(outline(after['a.ts']).slice(0, 2)).toEqual(['/** Licence */', '// @migrate-llm import-swap']);
});

test('a mark goes when its place is done, on any run that looks for it, and the others stay', () => {
  const both = '  await ai.beta.threads.retrieve(id);\n  await ai.beta.threads.create();';
  const after = run({ ...manifest, 'a.ts': threads(both) }, marked);
  const lines = after['a.ts']?.split('\n') ?? [];
  const done = lines.filter((line) => !line.includes('await ai.beta.threads.create')).join('\n');
  expect(done.match(/@migrate-llm call-site/g)).toHaveLength(2);
  expect(run({ ...manifest, 'a.ts': done }, { rules: { skip: ['call-site'] } })['a.ts']).toBe(done);
  const rest = run({ ...manifest, 'a.ts': done });
  expect(rest['a.ts']).toBe(lines.filter((line) => !line.includes('threads.create')).join('\n'));
  expect(run(rest)).toEqual(rest);
});

test('marks come together with the edits of other rules, and in components', () => {
  const vue = `<script setup>\nimport OpenAI from 'openai';\nconst ai = new OpenAI();\nawait ai.beta.threads.create();\n</script>\n<template>// no</template>\n`;
  const after = run({ 'package.json': '{ "dependencies": { "openai": "^6.0.0" } }\n', 'A.vue': vue }, marked);
  expect(outline(after['A.vue'])).toEqual([
    '<script setup>',
    "import OpenAI from '@migrate-llm/shim';",
    'const ai = new OpenAI();',
    '// @migrate-llm call-site',
    'await ai.beta.threads.create();',
    '</script>',
    '<template>// no</template>',
    '',
  ]);
  expect(run(after, marked)).toEqual(after);
});

test('what a mark says is no import', () => {
  const text = `export const ask = (body: string, fetch: (url: string) => void) => fetch('https://api.openai.com/v1/files' + body);\n`;
  const after = run({ 'package.json': '{ "dependencies": { "zod": "^4.0.0" } }\n', 'a.ts': text }, marked);
  expect(after['a.ts']).toContain('from @migrate-llm/shim/fetch');
  expect(run(after, marked)).toEqual(after);
});
