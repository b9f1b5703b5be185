import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './boundaries.ts';

// What a user gets from the registry: the packed tarballs, installed into an empty folder beside a small app.

const rooms = ['shim', 'codemods', 'compat-tests', 'cli'] as const;
const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-packages-'));
const app = join(folder, 'app');
const tarballs = new Map<string, string>();

const run = (command: string, args: readonly string[], cwd = app) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
};

const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(app, name, '..'), { recursive: true });
    writeFileSync(join(app, name), text);
  }
};

beforeAll(() => {
  for (const room of rooms) {
    const [packed] = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], join(root, room)),
    ) as [{ filename: string }];
    tarballs.set(room, join(folder, packed.filename));
  }
  const version = (name: string) =>
    (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  const openai = (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: { openai: string } }
  ).devDependencies.openai;
  write({
    'package.json': JSON.stringify(
      {
        name: 'small-app',
        private: true,
        type: 'module',
        dependencies: { openai },
        devDependencies: { typescript: version('typescript'), '@types/node': version('@types/node') },
      },
      null,
      2,
    ),
    'src/chat.ts': [
      "import OpenAI, { APIError } from 'openai';",
      'const client = new OpenAI();',
      'export async function ask(content: string): Promise<string | null> {',
      '  try {',
      "    const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });",
      '    return answer.choices[0]?.message.content ?? null;',
      '  } catch (error) {',
      '    if (error instanceof APIError || error instanceof OpenAI.RateLimitError) return null;',
      '    throw error;',
      '  }',
      '}',
      '',
    ].join('\n'),
    'src/legacy.cts': [
      "import { OpenAI } from 'openai';",
      "const client: OpenAI = new OpenAI({ apiKey: 'unused' });",
      'export const list = () => client.models.list();',
      '',
    ].join('\n'),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ['node'],
      },
      include: ['src'],
    }),
  });
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error', ...tarballs.values()]);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(rooms)('the %s tarball', (room) => {
  test('publint finds nothing to mend', async () => {
    const data = readFileSync(tarballs.get(room)!);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(data).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('types resolve as the code does', async () => {
    const analysis = await checkPackage(
      createPackageFromTarballData(new Uint8Array(readFileSync(tarballs.get(room)!))),
    );
    if (!analysis.types) return expect(room).toBe('cli');
    const isMeant = ({ kind, ...problem }: (typeof analysis.problems)[number]) =>
      // node10 cannot read export maps.
      ('resolutionKind' in problem && problem.resolutionKind === 'node10') ||
      // These rooms are ESM only.
      (room !== 'shim' && kind === 'CJSResolvesToESM') ||
      // require() gives a constructor that the types do not call one: so it is in openai, whose types these are.
      (room === 'shim' && kind === 'MissingExportEquals');
    const problems = analysis.problems.filter((problem) => !isMeant(problem));
    expect(problems).toEqual([]);
  });

  test('holds neither tests nor sources of the repository', () => {
    const names = run('tar', ['tzf', tarballs.get(room)!])
      .trim()
      .split('\n');
    expect(names.filter((name) => /\.test\.|\/src\//.test(name))).toEqual([]);
    expect(names).toContain('package/package.json');
    expect(names).toContain('package/LICENSE');
    expect(names).toContain('package/README.md');
  });
});

describe('a small app beside the installed packages', () => {
  test('brings no embedded engine unasked, and says how to get it', () => {
    expect(() => run('node', ['-e', "require.resolve('@fugood/llama.node')"])).toThrow(/Cannot find module/);
    expect(() => run('npx', ['migrate-llm', 'serve', '--embedded'])).toThrow(
      /ended with 2:\nmigrate-llm: .*npm install --save-dev @fugood\/llama\.node/,
    );
    expect(() => run('npx', ['migrate-llm', 'demo'])).toThrow(/ended with 2:\nmigrate-llm: .*clone the repository/);
  });

  // Installs nothing, but starts the type-checker five times.
  test('migrates, type-checks and runs, ESM and CommonJS', { timeout: 240_000 }, () => {
    const before = join(folder, 'before');
    cpSync(join(app, 'src'), before, { recursive: true });
    run('npx', ['tsc', '-p', '.']);

    expect(run('npx', ['migrate-llm', '.', '--write'])).toContain(
      'Types: no new error in 2 files, checked before and after.',
    );
    expect(readFileSync(join(app, 'src/chat.ts'), 'utf8')).toContain("from '@migrate-llm/shim'");
    expect(readFileSync(join(app, 'src/legacy.cts'), 'utf8')).toContain("from '@migrate-llm/shim'");
    run('npx', ['tsc', '-p', '.']);

    const probe = (header: string) =>
      `${header}
       const client = new OpenAI({ apiKey: 'unused', migrate: { target: 'local', targets: { local: { dialect: 'llama.cpp', baseURL: 'http://127.0.0.1:9/v1' } } }, maxRetries: 0 });
       client.models.list().then(() => process.exit(1), (error) => console.log(error instanceof OpenAI.APIConnectionError, client instanceof OpenAI));`;
    write({
      'probe.mjs': probe("import OpenAI from '@migrate-llm/shim';"),
      'probe.cjs': probe("const OpenAI = require('@migrate-llm/shim');"),
    });
    expect(run('node', ['probe.mjs']).trim()).toBe('true true');
    expect(run('node', ['probe.cjs']).trim()).toBe('true true');

    run('npx', ['migrate-llm', 'undo', '.']);
    for (const name of ['chat.ts', 'legacy.cts']) {
      expect(readFileSync(join(app, 'src', name))).toEqual(readFileSync(join(before, name)));
    }
  });
});
