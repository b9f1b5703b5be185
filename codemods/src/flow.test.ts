import { describe, expect, test } from 'vitest';
import { planMigration } from './index.ts';

const lib = `import OpenAI from 'openai';\n`;
const ask = `chat.completions.create({ model: 'm', messages: [] });\n`;

/** How a client reaches its call: each shape by its files; the call lies in `use` (default `app.ts`). */
const traced: ReadonlyArray<{ name: string; files: Record<string, string>; use?: string }> = [
  { name: 'a variable', files: { 'app.ts': `${lib}const ai = new OpenAI();\nai.${ask}` } },
  { name: 'the call on the construction', files: { 'app.ts': `${lib}await new OpenAI().${ask}` } },
  {
    name: 'a namespace',
    files: { 'app.ts': `import * as sdk from 'openai';\nconst ai = new sdk.OpenAI();\nai.${ask}` },
  },
  {
    name: 'import =',
    files: { 'app.ts': `import OpenAI = require('openai');\nconst ai = new OpenAI.OpenAI();\nai.${ask}` },
  },
  {
    name: 'require as class',
    files: { 'app.js': `const OpenAI = require('openai');\nconst ai = new OpenAI();\nai.${ask}` },
    use: 'app.js',
  },
  {
    name: 'require with default',
    files: {
      'app.js': `const OpenAI = require('openai').default || require('openai');\nconst ai = new OpenAI();\nai.${ask}`,
    },
    use: 'app.js',
  },
  {
    name: 'require renamed to the name of SDK 3',
    files: { 'app.js': `const { OpenAI: OpenAIApi } = require('openai');\nconst ai = new OpenAIApi();\nai.${ask}` },
    use: 'app.js',
  },
  {
    name: 'dynamic import with then',
    files: {
      'app.ts': `import('openai').then(({ OpenAI }) => new OpenAI()).then((ai) => ai.${ask.trim().slice(0, -1)});\n`,
    },
  },
  {
    name: 'dynamic import into an outer let',
    files: {
      'app.ts': `let OpenAI: any;\ntry { OpenAI = (await import('openai')).OpenAI; } catch {}\nconst ai = new OpenAI();\nai.${ask}`,
    },
  },
  {
    name: 'destructured resource',
    files: { 'app.ts': `${lib}const { chat } = new OpenAI();\nchat.completions.create({} as never);\n` },
  },
  {
    name: 'destructured method',
    files: { 'app.ts': `${lib}const { create } = new OpenAI().chat.completions;\ncreate({} as never);\n` },
  },
  {
    name: 'a field set in the constructor',
    files: {
      'app.ts': `${lib}class A { private ai; constructor() { this.ai = new OpenAI(); } run() { return this.ai.${ask.trim()} } }\n`,
    },
  },
  {
    name: 'a parameter property by type',
    files: {
      'app.ts': `import type { OpenAI } from 'openai';\nclass A { constructor(private readonly ai: OpenAI) {} run() { return this.ai.${ask.trim()} } }\n`,
    },
  },
  {
    name: 'a private name',
    files: { 'app.ts': `${lib}class A { #ai = new OpenAI(); run() { return this.#ai.${ask.trim()} } }\n` },
  },
  {
    name: 'a getter',
    files: {
      'app.ts': `${lib}class A { _ai?: OpenAI; get ai() { return (this._ai ??= new OpenAI()); } run() { return this.ai.${ask.trim()} } }\n`,
    },
  },
  {
    name: 'an inherited field from another file',
    files: {
      'base.ts': `${lib}export class Base { protected ai = new OpenAI(); }\n`,
      'app.ts': `import { Base } from './base';\nclass A extends Base { run() { return this.ai.${ask.trim()} } }\n`,
    },
  },
  {
    name: 'a mixin',
    files: {
      'app.ts': `${lib}class Base { ai = new OpenAI(); }\nclass A extends mix([Base, Object]) { run() { return this.ai.${ask.trim()} } }\ndeclare function mix(list: unknown[]): any;\n`,
    },
  },
  { name: 'a subclass of the client', files: { 'app.ts': `${lib}class Mine extends OpenAI {}\nnew Mine().${ask}` } },
  { name: 'a factory', files: { 'app.ts': `${lib}const make = () => new OpenAI();\nmake().${ask}` } },
  {
    name: 'an async factory',
    files: {
      'app.ts': `async function make() { const { default: OpenAI } = await import('openai'); return new OpenAI(); }\nconst ai = await make();\nai.${ask}`,
    },
  },
  {
    name: 'a lazy singleton',
    files: {
      'app.ts': `${lib}let ai: OpenAI | undefined;\nfunction get() { if (!ai) ai = new OpenAI(); return ai; }\nget().${ask}`,
    },
  },
  { name: 'a lazy proxy', files: { 'app.ts': `${lib}export const ai = new Proxy({} as OpenAI, {});\nai.${ask}` } },
  {
    name: 'a wrapper around it',
    files: {
      'app.ts': `${lib}import { wrapOpenAI } from 'langsmith/wrappers';\nconst ai = wrapOpenAI(new OpenAI());\nai.${ask}`,
    },
  },
  { name: 'withOptions', files: { 'app.ts': `${lib}const ai = new OpenAI().withOptions({ timeout: 1 });\nai.${ask}` } },
  {
    name: 'an exported client through an index file',
    files: {
      'lib/ai.ts': `${lib}export const ai = new OpenAI();\n`,
      'lib/index.ts': `export * from './ai';\n`,
      'app.ts': `import { ai } from './lib';\nai.${ask}`,
    },
  },
  {
    name: 'an exported client through tsconfig paths',
    files: {
      'tsconfig.json': '{ // paths\n "compilerOptions": { "paths": { "~lib/*": ["./src/lib/*"] }, } }',
      'src/lib/ai.ts': `${lib}export default new OpenAI();\n`,
      'app.ts': `import ai from '~lib/ai';\nai.${ask}`,
    },
  },
  {
    name: 'the @/ habit',
    files: {
      'src/lib/ai.ts': `${lib}export const ai = new OpenAI();\n`,
      'src/app.ts': `import { ai } from '@/lib/ai';\nai.${ask}`,
    },
    use: 'src/app.ts',
  },
  {
    name: 'a workspace package',
    files: {
      'package.json': '{"workspaces":["pkg"]}',
      'pkg/package.json': '{"name":"@acme/ai","main":"dist/index.js","dependencies":{"openai":"^6.0.0"}}',
      'pkg/src/index.ts': `${lib}export const ai = new OpenAI();\n`,
      'app.ts': `import { ai } from '@acme/ai';\nai.${ask}`,
    },
  },
  {
    name: 'CommonJS exports',
    files: {
      'ai.js': `const OpenAI = require('openai');\nexports.ai = new OpenAI();\n`,
      'app.js': `const ai = require('./ai').ai;\nai.${ask}`,
    },
    use: 'app.js',
  },
  {
    name: 'module.exports of an object',
    files: {
      'ai.js': `const { OpenAI } = require('openai');\nconst ai = new OpenAI();\nmodule.exports = { ai };\n`,
      'app.js': `const { ai } = require('./ai');\nai.${ask}`,
    },
    use: 'app.js',
  },
  {
    name: 'a renamed re-export',
    files: {
      'sdk.ts': `export { OpenAI as Sdk } from 'openai';\n`,
      'app.ts': `import { Sdk } from './sdk';\nnew Sdk().${ask}`,
    },
  },
  {
    name: 'a context object by interface',
    files: {
      'ctx.ts': `import type OpenAI from 'openai';\nexport interface Ctx { ai: OpenAI }\n`,
      'app.ts': `import type { Ctx } from './ctx';\nexport const run = (ctx: Ctx) => ctx.ai.${ask}`,
    },
  },
  {
    name: 'an untyped parameter by its callers',
    files: {
      'app.js': `import OpenAI from 'openai';\nfunction run(ai) { return ai.${ask.trim()} }\nrun(new OpenAI());\n`,
    },
    use: 'app.js',
  },
  {
    name: 'a destructured parameter by its callers',
    files: { 'app.js': `import OpenAI from 'openai';\nconst run = ({ ai }) => ai.${ask}run({ ai: new OpenAI() });\n` },
    use: 'app.js',
  },
  {
    name: 'ReturnType of a factory',
    files: {
      'app.ts': `${lib}const make = () => new OpenAI();\nexport const run = (ai: ReturnType<typeof make>) => ai.${ask}`,
    },
  },
  { name: 'an import type', files: { 'app.ts': `export const run = (ai: import('openai').OpenAI) => ai.${ask}` } },
  {
    name: 'optional chains',
    files: {
      'app.ts': `${lib}const ai = process.env.OPENAI_API_KEY ? new OpenAI() : null;\nai?.chat?.completions?.create({} as never);\n`,
    },
  },
  {
    name: 'a resource by its type from a deep entry',
    files: {
      'app.ts': `import { type Chat } from 'openai/resources/index';\nexport const run = (chat: Chat) => chat.completions.create({} as never);\n`,
    },
  },
  {
    name: 'the completions of the chat by their type',
    files: {
      'app.ts': `import type { Completions } from 'openai/resources/chat/completions';\nexport const run = (one: Completions) => one.create({} as never);\n`,
    },
  },
  {
    name: 'a resource by the namespace',
    files: {
      'app.ts': `import type OpenAI from 'openai';\nexport const run = (one: OpenAI.Chat.Completions) => one.create({} as never);\n`,
    },
  },
  {
    name: 'a method that a subclass brings of its own',
    files: {
      'mine.ts': `${lib}class Chat { completions = { create: (body: object) => body }; }\nexport class Mine extends OpenAI { override chat = new Chat() as never; }\n`,
      'app.ts': `import { Mine } from './mine';\nconst ai = new Mine();\nai.${ask}`,
    },
  },
  {
    name: 'a method whose name says nothing',
    files: { 'app.ts': `${lib}const ai = new OpenAI();\nai.webhooks.verifySignature('', {});\n` },
  },
  {
    name: 'a Vue script block',
    files: {
      'App.vue': `<template><p>it's</p></template>\n<script setup lang="ts">\n${lib}const ai = new OpenAI();\nai.${ask}</script>\n`,
    },
    use: 'App.vue',
  },
];

/** Calls that look like a client's and are not, or cannot be known. */
const other: ReadonlyArray<{ name: string; text: string; finds: readonly string[] }> = [
  {
    name: 'a shadowing parameter',
    text: `${lib}const ai = new OpenAI();\nfunction run(ai: { chat: any }) { ai.${ask.trim()} }\n`,
    finds: ['unsure'],
  },
  {
    name: 'a class of one’s own',
    text: `class OpenAI { chat = { completions: { create: (x: unknown) => x } }; }\nnew OpenAI().${ask}`,
    finds: ['unsure'],
  },
  { name: 'another SDK', text: `import Groq from 'groq-sdk';\nconst openai = new Groq();\nopenai.${ask}`, finds: [] },
  {
    name: 'a fake in a test',
    text: `const openai = { chat: { completions: { create: () => 1 } } };\nopenai.chat.completions.create();\n`,
    finds: ['unsure'],
  },
  {
    name: 'a service of one’s own with a method named as in SDK 3',
    text: `class OpenAiService { createImage(text: string) { return text; } }\nclass A { constructor(private openAiService: OpenAiService) {} run() { return this.openAiService.createImage(''); } }\n`,
    finds: [],
  },
  {
    name: 'a client that the name alone tells',
    text: `declare function load(): any;\nconst openai = load();\nopenai.completions.create({});\nopenai.createCompletion({});\nother.completions.create({});\ndeclare const other: any;\n`,
    finds: ['unsure', 'unsure'],
  },
  {
    name: 'a resource of a class of one’s own',
    text: `// openai\nclass Chat { completions = { list: () => [] }; files: string[] = []; }\nexport const run = (chat: Chat) => chat.completions.list().concat(chat.files.map((one) => one));\n`,
    finds: [],
  },
  {
    name: 'a spread of itself',
    text: `// openai\nlet options = { other: 1 };\noptions = { ...options };\noptions.ai.${ask}`,
    finds: ['unsure'],
  },
];

function usesIn(files: Record<string, string>, file: string): string[] {
  const plan = planMigration({ files: Object.entries(files).map(([name, text]) => ({ file: name, text })) });
  return plan.findings.filter((one) => one.rule === 'call-site' && one.file === file).map((one) => one.confidence);
}

describe('a client is followed through', () => {
  test.for(traced.map((one) => [one.name, one] as const))('%s', ([, { files, use }]) => {
    const uses = usesIn(files, use ?? 'app.ts');
    expect(uses.length).toBe(1);
    expect(['certain', 'likely']).toContain(uses[0]);
  });
});

describe('it is not said to be a client', () => {
  test.for(other.map((one) => [one.name, one] as const))('%s', ([, { text, finds }]) => {
    expect(usesIn({ 'app.ts': text }, 'app.ts')).toEqual(finds);
  });
});

test('equal names in two scripts stay two bindings', () => {
  const files = {
    'a.ts': `const { OpenAI } = require('openai');\nconst ai = new OpenAI();\n`,
    'b.ts': `// not openai\nconst ai = { chat: { completions: { create: (x: unknown) => x } } };\nai.${ask}`,
  };
  expect(usesIn(files, 'b.ts')).toEqual(['unsure']);
});

test('files that export each other end', () => {
  const files = {
    'a.ts': `export * from './b';\nexport { openai } from './b';\n`,
    'b.ts': `export * from './a';\nexport { openai } from './a';\n`,
    'app.ts': `import { openai } from './a';\nopenai.${ask}`,
  };
  expect(usesIn(files, 'app.ts')).toEqual(['unsure']);
});

test('a sum of ten thousand terms and a deep chain do not break the stack', () => {
  const sum = Array.from({ length: 10_000 }, () => "'openai'").join(' + ');
  const plan = planMigration({
    files: [
      { file: 'app.ts', text: `${lib}export const text = () => {\n  return ${sum};\n};\n`.replaceAll(' + ', '\n+ ') },
    ],
  });
  expect(plan.changes.length).toBe(1);
});
