import { app, ask, manifestOf, type CataloguedTrap } from './trap.test-form.ts';

const call = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const models = { rewriteModels: { 'gpt-4o': 'llama-3.3-70b' } } as const;
const other = app.replace('OpenAI()', "OpenAI({ baseURL: 'https://api.groq.com/openai/v1' })");

/** Traps about types, tests, data and settings. */
export const surroundingTraps: readonly CataloguedTrap[] = [
  {
    id: 'T14',
    side: 'trap',
    name: 'types in every form keep resolving',
    files: {
      'a.ts': `${app}import type { ChatCompletion } from 'openai/resources/chat/completions';\nimport type * as all from 'openai';\nexport type A = import('openai').OpenAI;\nexport type B = OpenAI.Chat.ChatCompletionMessageParam;\nexport type C = all.ClientOptions | ChatCompletion;\n`,
    },
    changes: ['a.ts'],
    after: {
      'a.ts': [
        `import type * as all from 'openai'`,
        `import('openai').OpenAI`,
        `import OpenAI from '@migrate-llm/shim'`,
      ],
    },
    finding: ['import-swap', 'a.ts', 'leave', "types are openai's own"],
  },
  {
    id: 'T14',
    side: 'look-alike',
    name: 'a file of types only',
    files: {
      'a.ts': app,
      'types.ts': `import type OpenAI from 'openai';\nexport type M = OpenAI.Chat.ChatCompletionMessageParam;\n`,
    },
    changes: ['a.ts'],
  },
  {
    id: 'T15',
    side: 'trap',
    name: 'deep imports of helpers and errors, with and without an extension',
    files: {
      'a.ts': `${app}import { zodResponseFormat } from 'openai/helpers/zod';\nimport { Stream } from 'openai/streaming.mjs';\nexport { Stream, zodResponseFormat };\n`,
    },
    changes: ['a.ts'],
    after: { 'a.ts': [`'openai/helpers/zod'`, `'openai/streaming.mjs'`] },
    finding: ['import-swap', 'a.ts', 'leave', 'helpers work on the clients of the shim'],
  },
  {
    id: 'T15',
    side: 'bail-out',
    name: 'the client class by a deep path',
    files: { 'a.ts': `import { OpenAI } from 'openai/index.mjs';\nexport const c = new OpenAI();\n` },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'reaches into the package'],
  },
  {
    id: 'T15',
    side: 'bail-out',
    name: 'a deep path that the installed SDK does not have',
    files: {
      'package.json': manifestOf('^6.0.0'),
      'a.ts': `${app}import { fileFromPath } from 'openai/src/uploads';\nexport { fileFromPath };\n`,
    },
    changes: ['a.ts', 'package.json'],
    finding: ['import-swap', 'a.ts', 'manual', 'openai/src/uploads'],
  },
  {
    id: 'T15',
    side: 'look-alike',
    name: 'a deep path of another package',
    files: { 'a.ts': `import { x } from 'openai-edge/streaming';\nimport { y } from './openai/streaming';\nx(y);\n` },
    changes: [],
    silent: [['import-swap', 'a.ts']],
  },
  {
    id: 'T16',
    side: 'trap',
    name: 'a published package that hands the class on',
    files: {
      'package.json': '{"name":"lib","main":"index.js","dependencies":{"openai":"^6.0.0"}}\n',
      'index.ts': `export { OpenAI as OpenAIClient, type ClientOptions, toFile } from 'openai';\n`,
    },
    changes: [],
    finding: ['import-swap', 'index.ts', 'manual', 'published package'],
  },
  {
    id: 'T16',
    side: 'look-alike',
    name: 'an app that hands the class on to itself',
    files: {
      'package.json': manifestOf('^6.0.0'),
      'sdk.ts': `export { OpenAI, toFile } from 'openai';\n`,
      'a.ts': `import { OpenAI } from './sdk';\nexport const c = new OpenAI();\nexport const go = () => c.${ask};\n`,
    },
    changes: ['package.json', 'sdk.ts'],
    finding: ['call-site', 'a.ts', 'leave', 'runs through the shim'],
  },
  {
    id: 'T17',
    side: 'trap',
    name: 'a library that patches the classes of the SDK',
    files: {
      'package.json': manifestOf('^6.0.0'),
      'a.ts': `import OpenAI from 'openai';\nOpenAI.Chat.Completions.prototype.create = function () { return null as never; };\nexport class WrappedCompletions extends OpenAI.Chat.Completions {}\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'patches'],
  },
  {
    id: 'T17',
    side: 'trap',
    name: 'a library whose users bring the client',
    files: {
      'package.json': '{"name":"instruct","main":"i.js","peerDependencies":{"openai":">=4.58.0"}}\n',
      'a.ts': `import OpenAI from 'openai';\nexport const is = (c: unknown) => c instanceof OpenAI;\n`,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', 'peer dependency'],
  },
  {
    id: 'T17',
    side: 'trap',
    name: 'a published package for users of OpenAI, known by its name',
    files: {
      'package.json': '{"name":"@x/openai-tracer","main":"i.js","types":"i.d.ts","dependencies":{"openai":"^6.0.0"}}\n',
      'a.ts': app,
    },
    changes: [],
    finding: ['import-swap', 'a.ts', 'manual', '@x/openai-tracer'],
  },
  {
    id: 'T17',
    side: 'look-alike',
    name: 'an example with the name and the main that npm init writes',
    files: {
      'package.json': '{"name":"openai-tools","main":"index.js","dependencies":{"openai":"^6.0.0"}}\n',
      'a.ts': app,
    },
    changes: ['a.ts', 'package.json'],
  },
  {
    id: 'T17',
    side: 'look-alike',
    name: 'a published package that uses OpenAI for itself',
    files: { 'package.json': '{"name":"changelog","main":"i.js","dependencies":{"openai":"^6.0.0"}}\n', 'a.ts': app },
    changes: ['a.ts', 'package.json'],
  },
  {
    id: 'T18',
    side: 'trap',
    name: 'mocks of Jest and Vitest, with the actual module, an automock and a structural fake',
    files: {
      'a.ts': app,
      'a.test.ts': `import { client } from './a';\nvi.mock('openai', async () => ({ ...(await vi.importActual('openai')), default: vi.fn() }));\nclient;\n`,
      'b.test.js': `require('./a');\njest.mock('openai');\n`,
      'c.test.ts': `import { client } from './a';\nconst fake = { chat: { completions: { create: vi.fn() } } };\nObject.assign(client, fake);\n`,
    },
    changes: ['a.test.ts', 'a.ts', 'b.test.js'],
    after: {
      'a.test.ts': [`vi.mock('@migrate-llm/shim'`, `vi.importActual('@migrate-llm/shim')`],
      'b.test.js': [`jest.mock('@migrate-llm/shim')`],
    },
  },
  {
    id: 'T18',
    side: 'look-alike',
    name: 'the mock of a local module called openai',
    files: {
      'lib/openai.ts': app,
      'a.test.ts': `import './lib/openai';\njest.mock('./lib/openai', () => ({ client: {} }));\n`,
    },
    changes: ['lib/openai.ts'],
    silent: [['mock-swap', 'a.test.ts']],
  },
  {
    id: 'T18',
    side: 'bail-out',
    name: 'a mock for code that moves and code that stays',
    files: { 'a.ts': app, 'b.ts': other, 'c.test.ts': `import './a';\nimport './b';\nvi.mock('openai');\n` },
    changes: ['a.ts'],
    finding: ['mock-swap', 'c.test.ts', 'manual', 'both'],
  },
  {
    id: 'T19',
    side: 'trap',
    name: 'code in comments, JSDoc, templates and MDX',
    files: {
      'a.ts': `// import OpenAI from 'openai';\n/** @example import OpenAI from 'openai'; new OpenAI() */\nexport const code = \`import OpenAI from 'openai';\\nnew OpenAI();\`;\n`,
      'docs/a.mdx': `\`\`\`ts\n${app}\`\`\`\n`,
    },
    changes: [],
    silent: [['import-swap', 'a.ts']],
  },
  {
    id: 'T19',
    side: 'look-alike',
    name: 'code behind a comment and inside the braces of a template',
    files: { 'a.ts': '/* the SDK */ import OpenAI from "openai";\nexport const text = `${new OpenAI().apiKey}`;\n' },
    changes: ['a.ts'],
    finding: ['client', 'a.ts', 'leave', 'new OpenAI'],
  },
  {
    id: 'T22',
    side: 'trap',
    name: 'models that no literal names at the call',
    asked: models,
    files: {
      'package.json': manifestOf('^6.0.0'),
      'a.ts': `${call}export const go = (model: string, rest: object, params: never) => [client.chat.completions.create({ model, messages: [] }), client.chat.completions.create({ ...rest, messages: [] } as never), client.chat.completions.create(params)];\n`,
    },
    changes: ['a.ts', 'package.json'],
    silent: [['rewrite-models', 'a.ts']],
  },
  {
    id: 'T22',
    side: 'look-alike',
    name: 'a literal at the call, asked for',
    asked: models,
    files: { 'package.json': manifestOf('^6.0.0'), 'a.ts': `${call}export const go = () => client.${ask};\n` },
    changes: ['a.ts', 'package.json'],
    after: { 'a.ts': [`model: 'llama-3.3-70b'`] },
  },
  {
    id: 'T23',
    side: 'trap',
    name: 'model names that are data: keys, menus, unions, tests, roles, packages',
    asked: models,
    files: {
      'package.json': manifestOf('^6.0.0'),
      'a.ts': `${call}export const prices = { 'gpt-4o': 1 };\nexport const menu = [{ id: 'gpt-4o', label: 'GPT-4o' }];\nexport type Model = 'gpt-4o' | 'gpt-4';\nexport const sees = (m: string) => m.startsWith('gpt-4') || m === 'gpt-4o';\nexport const role = { user: 'gpt' };\nexport const open = 'gpt-oss-120b';\nexport const go = (m: string) => client.chat.completions.create({ model: m, messages: [] });\n`,
    },
    changes: ['a.ts', 'package.json'],
    after: { 'a.ts': [`{ 'gpt-4o': 1 }`, `id: 'gpt-4o'`, `'gpt-4o' | 'gpt-4'`, `m === 'gpt-4o'`, `'gpt-oss-120b'`] },
    finding: ['rewrite-models', 'a.ts', 'manual', 'test for "gpt-4o"'],
  },
  {
    id: 'T23',
    side: 'bail-out',
    name: 'a name that reaches a call and a label',
    asked: models,
    files: {
      'package.json': manifestOf('^6.0.0'),
      'a.ts': `${call}const M = 'gpt-4o';\nexport const label = \`uses \${M}\`;\nexport const go = () => client.chat.completions.create({ model: M, messages: [] });\n`,
    },
    changes: ['a.ts', 'package.json'],
    after: { 'a.ts': [`const M = 'gpt-4o'`] },
    finding: ['rewrite-models', 'a.ts', 'manual', 'read elsewhere'],
  },
  {
    id: 'T23',
    side: 'trap',
    name: 'a default in SQL',
    files: { 'db/1.sql': `CREATE TABLE chats (\n  id int,\n  model TEXT DEFAULT 'gpt-4'\n);\n`, 'a.ts': app },
    changes: ['a.ts'],
    finding: ['stored-model', 'db/1.sql', 'manual', 'gpt-4'],
  },
  {
    id: 'T24',
    side: 'trap',
    name: 'names of the key, direct and indirect, stay',
    files: {
      'a.ts': `import OpenAI from 'openai';\nimport { OPENAI_API_KEY } from '$env/static/private';\nexport const one = new OpenAI({ apiKey: process.env.OPEN_AI_KEY });\nexport const two = new OpenAI({ apiKey: getEnv('OPENAI_KEY') ?? OPENAI_API_KEY });\ndeclare function getEnv(name: string): string | undefined;\n`,
    },
    changes: ['a.ts'],
    after: { 'a.ts': ['process.env.OPEN_AI_KEY', `getEnv('OPENAI_KEY') ?? OPENAI_API_KEY`] },
  },
  {
    id: 'T24',
    side: 'look-alike',
    name: 'an example of the environment gets hints and keeps its lines',
    files: { '.env.example': 'OPENAI_API_KEY=sk-xxx\nDB=1\n', 'a.ts': app },
    changes: ['.env.example', 'a.ts'],
    after: { '.env.example': ['OPENAI_API_KEY=sk-xxx\n', 'DB=1\n', '# MIGRATE_LLM_TARGET'] },
  },
];
