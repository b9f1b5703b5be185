import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { prove } from './child.ts';

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
const stage = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-llm-proof-')));
afterAll(() => rmSync(stage, { recursive: true, force: true }));

const sdk = 'export default class OpenAI { readonly chat: string }\nexport class APIError extends Error {}\n';
const manifest = (name: string) =>
  JSON.stringify({ name, version: '1.0.0', types: './index.d.ts', exports: { '.': { types: './index.d.ts' } } });
let folders = 0;

/** Makes a repository with an installed openai, and a shim beside the tool whose types are `shim`. */
function makeRepo({
  files = {},
  openai = true,
  ts = true,
  shim = "export * from 'openai';\nexport { default } from 'openai';\n",
}) {
  const root = join(stage, String(folders++));
  const repo = join(root, 'repo');
  const tool = join(root, 'tool', 'node_modules', '@migrate-llm', 'shim');
  const all: Record<string, string> = {
    [join(repo, 'package.json')]: '{}',
    [join(repo, 'tsconfig.json')]:
      `// comments are fine\n{ "compilerOptions": { "module": "nodenext", "strict": true, "types": [] }, "include": ["src"] }`,
    [join(tool, 'package.json')]: manifest('@migrate-llm/shim'),
    [join(tool, 'index.d.ts')]: shim,
    ...(openai
      ? {
          [join(repo, 'node_modules/openai/package.json')]: manifest('openai'),
          [join(repo, 'node_modules/openai/index.d.ts')]: sdk,
        }
      : {}),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [join(repo, name), text as string])),
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, text);
  }
  mkdirSync(join(repo, 'node_modules'), { recursive: true });
  if (ts) symlinkSync(typescript, join(repo, 'node_modules', 'typescript'), 'junction');
  return { repo, tool };
}

const before = `import OpenAI, { APIError } from 'openai';\nexport const chat: string = new OpenAI().chat;\nexport { APIError };\nexport const old: number = 'wrong before already';\n`;
const after = before.replace("'openai'", "'@migrate-llm/shim'");
const change = (file = 'src/a.ts') => [{ file, before, after }];

test('a swap to equal types makes nothing worse, though the shim is not installed and errors were there before', () => {
  const { repo, tool } = makeRepo({ files: { 'src/a.ts': after } });
  expect(prove({ folder: repo, shim: tool, files: change() })).toEqual({ checked: 1, unchecked: [], worse: [] });
});

test('an export that goes missing is an error that was not there', () => {
  const { repo, tool } = makeRepo({ files: { 'src/a.ts': after }, shim: "export { default } from 'openai';\n" });
  const { worse } = prove({ folder: repo, shim: tool, files: change() });
  expect(worse).toMatchObject([{ file: 'src/a.ts', line: 1 }]);
  expect(worse[0]?.message).toContain('APIError');
});

test('an error that shows in a file nobody changed is found too', () => {
  const user = `import { APIError } from './a.js';\nexport const error: Error = new APIError();\n`;
  const { repo, tool } = makeRepo({
    files: { 'src/a.ts': after, 'src/user.ts': user },
    shim: "export { default } from 'openai';\nexport class APIError { private readonly own: 1 }\n",
  });
  expect(prove({ folder: repo, shim: tool, files: change() }).worse).toMatchObject([{ file: 'src/user.ts', line: 2 }]);
});

test.each([
  ['no TypeScript', { ts: false }, /no TypeScript installed/],
  ['no openai', { openai: false }, /dependencies are not installed/],
] as const)('%s: nothing is claimed', (_, options, reason) => {
  const { repo, tool } = makeRepo({ files: { 'src/a.ts': after }, ...options });
  const { checked, unchecked, worse } = prove({ folder: repo, shim: tool, files: change() });
  expect([checked, worse]).toEqual([0, []]);
  expect(unchecked.join()).toMatch(reason);
});

test('a file whose other dependencies are not there is not type-checked, said so, and still put back when it gets worse', () => {
  const lacking = `import { x } from 'not-there';\nexport { x };\n`;
  const texts = { before: before + lacking, after: after + lacking };
  const { repo, tool } = makeRepo({ files: { 'src/a.ts': texts.after, 'src/b.ts': after } });
  const both = [
    { file: 'src/a.ts', ...texts },
    { file: 'src/b.ts', before, after },
  ];
  expect(prove({ folder: repo, shim: tool, files: both })).toEqual({
    checked: 1,
    unchecked: ['src/a.ts imports not-there, which cannot be resolved'],
    worse: [],
  });
  const worse = makeRepo({ files: { 'src/a.ts': texts.after }, shim: "export { default } from 'openai';\n" });
  expect(prove({ folder: worse.repo, shim: worse.tool, files: [{ file: 'src/a.ts', ...texts }] }).worse).toMatchObject([
    { file: 'src/a.ts' },
  ]);
});

test('a file outside every tsconfig is said', () => {
  const { repo, tool } = makeRepo({ files: { 'scripts/a.ts': after } });
  expect(prove({ folder: repo, shim: tool, files: change('scripts/a.ts') }).unchecked).toEqual([
    'no tsconfig.json includes scripts/a.ts',
  ]);
});

test('a project behind references is found', () => {
  const { repo, tool } = makeRepo({
    files: {
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }',
      'tsconfig.app.json':
        '{ "compilerOptions": { "module": "nodenext", "composite": true, "types": [] }, "include": ["src"] }',
      'src/a.ts': after,
    },
  });
  expect(prove({ folder: repo, shim: tool, files: change() })).toEqual({ checked: 1, unchecked: [], worse: [] });
});

test('a TypeScript before 5.0, which asks for modules by name only, finds the shim too', () => {
  const { repo, tool } = makeRepo({ files: { 'src/a.ts': after }, ts: false });
  const folder = join(repo, 'node_modules/typescript');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "typescript", "main": "old.cjs" }');
  const old = `const ts = require(${JSON.stringify(typescript)});\nmodule.exports = { ...ts, createProgram: (given) => {\n  delete given.host.resolveModuleNameLiterals;\n  return ts.createProgram(given);\n} };\n`;
  writeFileSync(join(folder, 'old.cjs'), old);
  expect(prove({ folder: repo, shim: tool, files: change() })).toEqual({ checked: 1, unchecked: [], worse: [] });
});
