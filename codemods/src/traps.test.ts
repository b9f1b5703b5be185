import { describe, expect, test } from 'vitest';
import { planMigration, type MigrationPlan } from './index.ts';
import { clientTraps } from './traps/clients.test-table.ts';
import { folderTraps } from './traps/folders.test-table.ts';
import { surroundingTraps } from './traps/surroundings.test-table.ts';
import { app, manifestOf, type Trap } from './traps/trap.test-form.ts';

const swapped = app.replace("'openai'", "'@migrate-llm/shim'");

const traps: readonly Trap[] = [
  {
    name: 'the class comes from LangChain',
    files: { 'a.ts': `import { OpenAI } from '@langchain/openai';\nnew OpenAI();\n` },
    changes: [],
  },
  {
    name: 'a local host is not OpenAI',
    files: { 'a.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'http://localhost:11434/v1' })") },
    changes: [],
    finding: ['import-swap', 'a.ts', 'leave', 'localhost'],
  },
  {
    name: 'the other provider is a constant elsewhere',
    files: {
      'url.ts': `export const GROQ = 'https://api.groq.com/openai/v1';\n`,
      'a.ts': `import OpenAI from 'openai';\nimport { GROQ } from './url';\nnew OpenAI({ baseURL: GROQ });\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'leave', 'groq.com'],
  },
  {
    name: 'the other provider comes through super',
    files: {
      'a.ts': `import OpenAI from 'openai';\nclass D extends OpenAI { constructor() { super({ baseURL: 'https://api.deepseek.com' }); } }\nnew D();\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'leave', 'deepseek'],
  },
  {
    name: 'the other provider comes where a subclass is built',
    files: {
      'a.ts': `import OpenAI from 'openai';\nexport class D extends OpenAI {}\n`,
      'b.ts': `import { D } from './a';\nexport const d = new D({ baseURL: 'https://api.deepseek.com' });\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'leave', 'deepseek'],
  },
  {
    name: 'a subclass that is built without options',
    files: {
      'a.ts': `import OpenAI from 'openai';\nexport class D extends OpenAI {}\nclass E extends D {}\nexport const e = new E();\n`,
    },
    changes: ['a.ts'],
    finding: ['client', 'a.ts', 'leave', 'sets no baseURL'],
  },
  {
    name: 'a published package whose test subclasses the client',
    files: {
      'package.json': '{"name":"lib","main":"index.js","dependencies":{"openai":"^6.0.0"}}\n',
      'a.test.ts': `import OpenAI from 'openai';\nclass Fake extends OpenAI {}\nnew Fake();\n`,
    },
    changes: ['a.test.ts', 'package.json'],
  },
  {
    name: 'a published package that exports a subclass',
    files: {
      'package.json': '{"name":"lib","main":"index.js","dependencies":{"openai":"^6.0.0"}}\n',
      'a.ts': `import OpenAI from 'openai';\nclass Mine extends OpenAI {}\nexport { Mine };\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'published'],
  },
  {
    name: 'OpenAI’s own address',
    files: { 'a.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'https://api.openai.com/v1' })") },
    changes: ['a.ts'],
  },
  {
    name: 'a base URL from an OpenAI variable',
    files: {
      'a.ts': app.replace(
        'OpenAI()',
        "OpenAI({ baseURL: process.env.OPENAI_BASE_URL || 'https://api.openai.com/v1' })",
      ),
    },
    changes: ['a.ts'],
    finding: ['import-swap', 'a.ts', 'rewrite', 'OPENAI_BASE_URL'],
  },
  {
    name: 'a base URL from another variable',
    files: { 'a.ts': app.replace('OpenAI()', 'OpenAI({ baseURL: process.env.LLM_URL })') },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'LLM_URL'],
  },
  {
    name: 'a base URL that may be unseen',
    files: {
      'a.ts': `import OpenAI from 'openai';\nexport const make = (baseURL?: string) => new OpenAI({ baseURL: baseURL ?? 'https://api.openai.com/v1' });\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'not known'],
  },
  {
    name: 'options that are not visible',
    files: { 'a.ts': `import OpenAI from 'openai';\nexport const make = (options: object) => new OpenAI(options);\n` },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'not visible'],
  },
  {
    name: 'a proxy in front of OpenAI',
    files: { 'a.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'https://oai.helicone.ai/v1' })") },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'proxy'],
  },
  {
    name: 'two providers behind one import',
    files: { 'a.ts': `${app}export const groq = new OpenAI({ baseURL: 'https://api.groq.com/openai/v1' });\n` },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'groq.com'],
  },
  {
    name: 'Azure through the OpenAI class',
    files: {
      'a.ts': `${app}export const azure = (host: string) => new OpenAI({ baseURL: \`\${host}/openai/deployments/x\`, defaultQuery: { 'api-version': '1' } });\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'Azure'],
  },
  {
    name: 'AzureOpenAI beside OpenAI',
    files: { 'a.ts': `import { OpenAI, AzureOpenAI } from 'openai';\nnew OpenAI();\nnew AzureOpenAI();\n` },
    changes: ['a.ts'],
  },
  {
    name: 'AzureOpenAI alone',
    files: { 'a.ts': `import { AzureOpenAI } from 'openai';\nnew AzureOpenAI();\n` },
    changes: ['a.ts'],
    finding: ['import-swap', 'a.ts', 'rewrite', 'name of the deployment'],
  },
  {
    name: 'SDK 3',
    files: {
      'package.json': manifestOf('^3.2.1'),
      'a.js': `const { Configuration, OpenAIApi } = require('openai');\nnew OpenAIApi(new Configuration({}));\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.js', 'manual', 'openai 3'],
  },
  {
    name: 'SDK 4 locked before the shim’s range',
    files: {
      'package.json': manifestOf('^4.20.0'),
      'package-lock.json': '{"packages":{"node_modules/openai":{ "version": "4.49.1" }}}',
      'a.ts': app,
    },
    changes: ['a.ts', 'package.json'],
    finding: ['package-json', 'package.json', 'rewrite', '"^4.104.0" instead of "^4.20.0", 4.49 by the lock file'],
  },
  {
    name: 'SDK 4 whose range admits 4.104',
    files: { 'package.json': manifestOf('^4.20.0'), 'a.ts': app },
    changes: ['a.ts', 'package.json'],
  },
  {
    name: 'SDK 4 pinned before the shim’s range',
    files: { 'package.json': manifestOf('4.78.1'), 'a.ts': app },
    changes: ['a.ts', 'package.json'],
    finding: ['package-json', 'package.json', 'rewrite', '"4.104.0" instead of "4.78.1"'],
  },
  {
    name: 'SDK 4 before the shim’s range, taken from a catalog',
    files: {
      'package.json': manifestOf('catalog:'),
      'pnpm-workspace.yaml': `catalog:\n  openai: ~4.20.0\n`,
      'a.ts': app,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', '~4.20.0'],
  },
  {
    name: 'two packages on two majors',
    files: {
      'old/package.json': manifestOf('^3.0.0'),
      'old/a.ts': app,
      'new/package.json': manifestOf('^6.0.0'),
      'new/a.ts': app,
    },
    changes: ['new/a.ts', 'new/package.json'],
  },
  {
    name: 'a library with openai as a peer',
    files: {
      'package.json':
        '{"name":"x","main":"a.js","peerDependencies":{"openai":">=4.58.0"},"devDependencies":{"openai":"6.0.0"}}',
      'a.ts': app,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'peer'],
  },
  {
    name: 'a published package that hands the class on',
    files: {
      'package.json': '{"name":"x","main":"a.js","dependencies":{"openai":"^6.0.0"}}',
      'a.ts': `export { OpenAI } from 'openai';\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'published'],
  },
  {
    name: 'a patched prototype',
    files: { 'a.ts': `${app}OpenAI.prototype.toString = () => 'patched';\n` },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'patches'],
  },
  {
    name: 'a side-effect import beside a default one',
    files: { 'a.ts': `import 'openai';\n${app}` },
    changes: ['a.ts'],
    finding: ['import-swap', 'a.ts', 'leave', 'loads'],
  },
  {
    name: 'errors are swapped with the clients of their package',
    files: {
      'a.ts': app,
      'errors.ts': `import { APIError } from 'openai';\nexport const is = (e: unknown) => e instanceof APIError;\n`,
    },
    changes: ['a.ts', 'errors.ts'],
  },
  {
    name: 'errors stay where all clients stay',
    files: {
      'a.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'https://api.groq.com/openai/v1' })"),
      'errors.ts': `import { APIError } from 'openai';\nexport const is = (e: unknown) => e instanceof APIError;\n`,
    },
    changes: [],
    finding: ['import-swap', 'errors.ts', 'leave', 'groq.com'],
  },
  {
    name: 'Deno specifiers',
    files: {
      'a.ts': `import OpenAI from 'npm:openai@6';\nnew OpenAI();\n`,
      'b.ts': `import OpenAI from 'https://esm.sh/openai@4';\nnew OpenAI();\n`,
    },
    changes: [],
    finding: ['import-swap', 'b.ts', 'manual', 'Deno'],
  },
  {
    name: 'local files named openai',
    files: {
      'openai.ts': app,
      'a.ts': `import { client } from './openai';\nimport icon from '/openai.svg';\nclient;\nicon;\n`,
    },
    changes: ['openai.ts'],
  },
  {
    name: 'code in templates and markdown',
    files: { 'a.ts': 'export const code = `import OpenAI from "openai"`;\n', 'README.md': app },
    changes: [],
  },
  {
    name: 'a mock that serves both kinds of code',
    files: {
      'a.ts': app,
      'b.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'https://api.groq.com/openai/v1' })"),
      'a.test.ts': `import './a';\nimport './b';\nvi.mock('openai');\n`,
    },
    changes: ['a.ts'],
    finding: ['mock-swap', 'a.test.ts', 'manual', 'both'],
  },
  {
    name: 'a mock by import expression of code that stays',
    files: {
      'a.ts': app,
      'b.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'https://api.groq.com/openai/v1' })"),
      'b.test.ts': `import './b';\nvi.mock(import('openai'));\n`,
    },
    changes: ['a.ts'],
    finding: ['mock-swap', 'b.test.ts', 'leave', 'b.ts'],
  },
  {
    name: 'a mock by import expression of code that stays',
    files: {
      'a.ts': app,
      'b.ts': app.replace('OpenAI()', "OpenAI({ baseURL: 'https://api.groq.com/openai/v1' })"),
      'b.test.ts': `import './b';\nvi.mock(import('openai'));\n`,
    },
    changes: ['a.ts'],
    finding: ['mock-swap', 'b.test.ts', 'leave', 'b.ts'],
  },
  {
    name: 'a manual mock of Jest',
    files: { 'a.ts': app, '__mocks__/openai.js': 'module.exports = {};\n' },
    changes: ['a.ts'],
    finding: ['mock-swap', '__mocks__/openai.js', 'manual', '__mocks__/@migrate-llm/shim.js'],
  },
  {
    name: 'a catalog',
    files: {
      'package.json': manifestOf('catalog:'),
      'pnpm-workspace.yaml': 'catalog:\n  openai: ^5.5.1\n',
      'a.ts': app,
    },
    changes: ['a.ts'],
    finding: ['package-json', 'package.json', 'manual', 'pnpm'],
  },
  {
    name: 'a file that does not parse',
    files: { 'a.ts': `${app}export const x = (;\n` },
    changes: [],
    skipped: ['a.ts'],
  },
  {
    name: 'a file in which no client is followed and that does not parse',
    files: { 'a.ts': app, 'b.ts': `import { ChatOpenAI } from '@langchain/openai';\nexport const x = (;\n` },
    changes: ['a.ts'],
    skipped: ['b.ts'],
  },
  {
    name: 'generated, minified and vendored files',
    files: {
      'gen.ts': `// @generated\n${app}`,
      'min.js': `${app}${'x;'.repeat(3_000)}\n`,
      'vendor/a.ts': app,
      'dist/a.js': app,
    },
    changes: [],
    skipped: ['dist/a.js', 'gen.ts', 'min.js', 'vendor/a.ts'],
  },
  { name: 'installed packages are not looked at', files: { 'node_modules/x/a.js': app }, changes: [] },
  {
    name: 'duplicate declarations',
    files: { 'a.ts': `${app}const client2 = 1;\nconst client2 = 2;\n` },
    changes: ['a.ts'],
  },
  {
    name: 'a shebang, a directive and a comment above',
    files: { 'a.ts': `#!/usr/bin/env node\n'use client';\n// @ts-ignore\n${app}` },
    changes: ['a.ts'],
  },
  {
    name: 'Vue, Svelte and Astro',
    files: {
      'A.vue': `<script>\n${app}</script>\n<template>it's</template>\n`,
      'B.svelte': `<p>{"'"}</p>\n<script lang="ts">\n${app}</script>\n`,
      'C.astro': `---\n${app}---\n<p>it's</p>\n`,
    },
    changes: ['A.vue', 'B.svelte', 'C.astro'],
  },
];

function planOf(files: Readonly<Record<string, string>>, options = {}): MigrationPlan {
  return planMigration({ files: Object.entries(files).map(([file, text]) => ({ file, text })), options });
}

const catalogue = [...clientTraps, ...surroundingTraps, ...folderTraps];
const named = [
  ...traps.map((trap) => [trap.name, trap] as const),
  ...catalogue.map((trap) => [`${trap.id}, ${trap.side}: ${trap.name}`, trap] as const),
];

describe('traps', () => {
  test.for(named)('%s', ([, trap]) => {
    const plan = planOf(trap.files, trap.asked);
    expect(plan.changes.map((change) => change.file)).toEqual([...trap.changes].sort());
    expect(plan.skipped.map((one) => one.file)).toEqual(trap.skipped ?? []);
    if (trap.finding !== undefined) {
      const [rule, file, action, word] = trap.finding;
      const told = plan.findings.filter((one) => one.rule === rule && one.file === file && one.action === action);
      expect(told.map((one) => `${one.what} ${one.why} ${one.fix}`).join('\n')).toContain(word);
    }
    for (const [rule, file] of trap.silent ?? [])
      expect(plan.findings.filter((one) => one.rule === rule && one.file === file)).toEqual([]);
    const after = Object.fromEntries(plan.changes.map((change) => [change.file, change.after]));
    for (const [file, texts] of Object.entries(trap.after ?? {}))
      for (const text of texts) expect(after[file]).toContain(text);
    expect(planOf({ ...trap.files, ...after }, trap.asked).changes).toEqual([]);
  });

  test('each of the 32 of the catalogue is here, with what looks like it or is left', () => {
    const sides = new Map<string, Set<string>>();
    for (const { id, side } of catalogue) sides.set(id, new Set([...(sides.get(id) ?? []), side]));
    expect([...sides.keys()].sort()).toEqual(Array.from({ length: 32 }, (_, index) => `T${index + 1}`).sort());
    // Two majors and a peer range have no innocent twin: each combination is a trap of its own.
    const single = [...sides].filter(([, found]) => !found.has('trap') || found.size === 1).map(([id]) => id);
    expect(single).toEqual(['T31']);
  });
});

test('line ends, BOM, quotes and indentation stay, whatever they are', () => {
  for (const eol of ['\n', '\r\n', '\r']) {
    for (const bom of ['', '\uFEFF']) {
      for (const quote of ["'", '"']) {
        for (const indent of ['  ', '\t', '']) {
          const give = (name: string): string =>
            bom +
            [
              '// first',
              `import OpenAI from ${quote}${name}${quote}`,
              'export function make() {',
              `${indent}return new OpenAI()`,
              '}',
              '',
            ].join(eol);
          const json = (entries: string): string =>
            bom + `{${eol}${indent}"dependencies": {${eol}${indent}${indent}${entries}${eol}${indent}}${eol}}`;
          const files = { 'a.ts': give('openai'), 'package.json': json('"openai": "^6.0.0"') };
          const after = Object.fromEntries(planOf(files).changes.map((change) => [change.file, change.after]));
          expect(after).toEqual({
            'a.ts': give('@migrate-llm/shim'),
            'package.json': json(`"@migrate-llm/shim": "^0.1.0",${eol}${indent}${indent}"openai": "^6.0.0"`),
          });
        }
      }
    }
  }
});

test('findings name line and column of the text as a person sees it', () => {
  const finding = planOf({ 'a.ts': `\uFEFF${app}` }).findings.find((one) => one.rule === 'import-swap');
  expect(finding).toMatchObject({ line: 1, column: 20 });
  expect(planOf({ 'a.ts': app }).changes[0]?.after).toBe(swapped);
});

test('rules can be chosen, and a wrong name is refused', () => {
  const files = [
    { file: 'a.ts', text: app },
    { file: 'package.json', text: manifestOf('^6.0.0') },
  ];
  const plan = planMigration({ files, options: { rules: { only: ['import-swap'] } } });
  expect(plan.changes.map((change) => change.file)).toEqual(['a.ts']);
  const without = planMigration({ files, options: { rules: { skip: ['import-swap'] } } });
  expect(without.changes).toEqual([]);
  expect(() => planMigration({ files, options: { rules: { skip: ['no-such-rule'] } } })).toThrow(RangeError);
});
