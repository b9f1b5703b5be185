import { describe, expect, test } from 'vitest';
import { maskFlow } from './flow-syntax.ts';
import { planMigration } from './index.ts';

const manifest = '{"dependencies":{"openai":"^6.0.0"}}';
const swap = (text: string): string => text.replaceAll(/(from |import\()'openai'/g, "$1'@migrate-llm/shim'");

/** What becomes of a file; also that a second run changes nothing and that every finding shows the line it is about. */
function migrate(file: string, text: string) {
  const plan = planMigration({
    files: [
      { file: 'package.json', text: manifest },
      { file, text },
    ],
  });
  expect(plan.skipped).toEqual([]);
  const after = plan.changes.find((one) => one.file === file)?.after ?? text;
  const again = planMigration({
    files: [
      { file: 'package.json', text: manifest },
      { file, text: after },
    ],
  });
  expect(again.changes.filter((one) => one.file === file)).toEqual([]);
  const calls = plan.findings.filter(({ rule }) => rule === 'call-site');
  for (const { line } of calls) expect(text.split(/\r?\n/)[line - 1]).toContain('.create(');
  return { after, calls: calls.map(({ line, why }) => [line, why]) };
}

const runs = 'It runs through the shim.';

describe('components', () => {
  test('Vue: both script blocks, and neither the template nor the style', () => {
    const text = `<template><p v-if="a < b">{{ "import OpenAI from 'openai'" }}</p></template>\r\n<script>\r\nexport default {}\r\n</script>\r\n<script setup lang="ts">\r\nimport OpenAI from 'openai'\r\nconst client = new OpenAI()\r\nconst ask = async (): Promise<void> => { await client.chat.completions.create({ model: 'm', messages: [] }) }\r\n</script>\r\n<style>.a { color: red }</style>\r\n`;
    const { after, calls } = migrate('src/App.vue', text);
    expect(after).toBe(text.replace("OpenAI from 'openai'\r", "OpenAI from '@migrate-llm/shim'\r"));
    expect(calls).toEqual([[8, runs]]);
  });

  test('Vue with JSX, and a script from a file of its own', () => {
    const text = `<script src="./other.ts"></script>\n<script lang="jsx">\nimport OpenAI from 'openai'\nexport default { render: () => <p>{new OpenAI().chat.completions.create({})}</p> }\n</script>\n`;
    const { after, calls } = migrate('A.vue', text);
    expect(after).toBe(swap(text));
    expect(calls).toEqual([[4, runs]]);
  });

  test('Svelte: a client of the module block is called in the other', () => {
    const text = `<script context="module" lang="ts">\n  import OpenAI from 'openai';\n  export const client = new OpenAI();\n</script>\n<script lang="ts">\n  let q = '';\n  $: doubled = q + q;\n  const go = () => client.chat.completions.create({ model: q, messages: [] });\n</script>\n{#if q}<p on:click={go}>import OpenAI from 'openai'</p>{/if}\n`;
    const { after, calls } = migrate('Page.svelte', text);
    expect(after).toBe(text.replace("OpenAI from 'openai';", "OpenAI from '@migrate-llm/shim';"));
    expect(calls).toEqual([[8, runs]]);
  });

  test('Astro: the front matter and the scripts of the page, which are modules of their own', () => {
    const text = `---\nimport OpenAI from 'openai';\nconst client = new OpenAI();\nconst r = await client.chat.completions.create({ model: 'm', messages: [] });\nif (!r) return Astro.redirect('/x');\n---\n<p>{r.id} import OpenAI from 'openai'</p>\n<script>\n  import OpenAI from 'openai';\n  const other = new OpenAI();\n  other.chat.completions.create({});\n</script>\n<script is:inline>console.log("import OpenAI from 'openai'");</script>\n`;
    const { after, calls } = migrate('src/index.astro', text);
    expect(after).toBe(text.replaceAll("OpenAI from 'openai';", "OpenAI from '@migrate-llm/shim';"));
    expect(calls.map(([line]) => line)).toEqual([4, 11]);
  });

  test('Astro without front matter', () => {
    const text = `<p>hi</p>\n<script>\n  import OpenAI from 'openai';\n  new OpenAI();\n</script>\n`;
    expect(migrate('a.astro', text).after).toBe(swap(text));
  });

  test('JSX: text that looks like code stays', () => {
    const text = `import OpenAI from 'openai';\nconst client = new OpenAI();\nexport const View = () => <p onClick={() => client.chat.completions.create({})}>import OpenAI from &apos;openai&apos;</p>;\n`;
    const { after, calls } = migrate('view.jsx', text);
    expect(after).toBe(swap(text));
    expect(calls).toEqual([[3, runs]]);
  });
});

describe('Flow', () => {
  const text = `#!/usr/bin/env node\n/**\n * @flow strict\n */\nimport OpenAI from 'openai';\nimport type { Foo } from './foo';\nimport typeof Bar from './bar';\nimport { typeof Baz, qux } from './baz';\nexport type Props = {| +name: ?string |} | { open: ?number, ... };\nopaque type Id: string = string;\ndeclare var __DEV__: boolean;\nconst client: OpenAI = new OpenAI();\nclass Box<+T> extends qux<T> { +value: ?T; }\nexport const ask = (p: Props, x?: ?number, ...rest: Array<mixed>): Promise<mixed> =>\n  client.chat.completions.create({ model: 'm', messages: [], stream: (true: boolean) });\nfunction is(x: mixed): boolean %checks { return typeof x === 'string'; }\n`;

  test('types are no obstacle, and no byte of them changes', () => {
    const { after, calls } = migrate('app.js', text);
    expect(after).toBe(swap(text));
    expect(calls).toEqual([[15, runs]]);
  });

  test('offsets and lines stay, and so does what is no type', () => {
    const masked = maskFlow('app.js', text);
    expect(masked).toHaveLength(text.length);
    expect(masked.split('\n').map((line) => line.length)).toEqual(text.split('\n').map((line) => line.length));
    expect(masked).toContain('stream: (true         )');
    expect(masked).not.toMatch(/mixed|opaque|typeof Bar|\+value/);
  });

  test.each([
    ['app.js', `const a = { b: ?c };\n`],
    ['app.ts', `// @flow\ntype A = string;\n`],
    ['app.js', `// @flow\nconst = ;\n`],
  ])('%s of %j stays as it is', (file, code) => expect(maskFlow(file, code)).toBe(code));
});
