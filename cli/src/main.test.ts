import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandNames } from './command-names.ts';
import { main } from './main.ts';
import { wantsColor, type Terminal } from './terminal.ts';
import { app, commitAll, git, hashTree, makeFolder, openStage } from './sandbox.test-folder.ts';

describe('help', () => {
  test('lists every command of the contract', async () => {
    const stage = openStage('/');
    expect(await main(['--help'], stage)).toBe(0);
    for (const name of commandNames) expect(stage.text()).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  test('help and version load neither ts-morph nor the rooms, the plan does', () => {
    const script = `
      import { createRequire } from 'node:module';
      const { main } = await import(${JSON.stringify(new URL('main.ts', import.meta.url).href)});
      await main(JSON.parse(process.env.WORDS));
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => /ts-morph|typescript|jsonc-parser/.test(file));
      console.error(loaded.length);`;
    const load = (...words: string[]) =>
      spawnSync(
        process.execPath,
        [
          '--conditions=@migrate-llm/source',
          '--import',
          import.meta.resolve('tsx'),
          '--input-type=module',
          '-e',
          script,
        ],
        {
          encoding: 'utf8',
          env: { ...process.env, WORDS: JSON.stringify(words) },
        },
      ).stderr.trim();
    expect(load('--help')).toBe('0');
    expect(load('undo', '--help')).toBe('0');
    expect(load('--version')).toBe('0');
    expect(Number(load(makeFolder(app)))).toBeGreaterThan(1);
  });
});

describe('words', () => {
  test('a folder named like a command is reached by ./', async () => {
    const folder = makeFolder({ 'verify/a.ts': 'export const a = 1;\n' });
    const stage = openStage(folder);
    expect(await main(['./verify'], stage)).toBe(0);
    expect(stage.text()).toContain('Nothing of OpenAI was found in 1 file.');
  });
  test.each([
    [['--json', 'undo'], 'put the command first: migrate-llm undo'],
    [['verfy'], 'and no such command; did you mean verify?'],
    [['nowhere/at/all'], 'there is no folder nowhere/at/all; give the path of the repo to migrate'],
    [['.\\src'], 'there is no folder .\\src; with the slashes of this system it is ./src'],
    [['src/a.ts'], 'src/a.ts is a file; migrate-llm reads whole folders'],
    [['src/a.ts/x'], 'there is no folder src/a.ts/x'],
    [['--write', '--check'], '--check writes nothing, so it excludes --write'],
    [['--only', 'import-swp'], 'there is no rule "import-swp"; did you mean import-swap?'],
    [['explain', 'nothing-like-it'], 'there is no rule "nothing-like-it"; The rules: import-swap'],
    [['serve', '--target', 'groq'], 'takes its key from GROQ_API_KEY'],
  ])('%j is one clear line and exit code 2', async (argv, message) => {
    const stage = openStage(makeFolder({ 'src/a.ts': '' }));
    expect(await main(argv, stage)).toBe(2);
    expect(stage.errors()).toContain(message);
    expect(stage.errors().trim().split('\n')).toHaveLength(1);
    expect(stage.text()).toBe('');
  });
  test('a bug shows its stack and says that it is one', async () => {
    const stage = openStage('/');
    const broken: Terminal = {
      ...stage,
      out: () => {
        throw new TypeError('oops');
      },
    };
    expect(await main(['--help'], broken)).toBe(2);
    expect(stage.errors()).toMatch(/TypeError: oops\n\s+at [^]*this is a bug in migrate-llm \d/);
  });
});

describe('explain', () => {
  test('lists the rules, and shows one with its examples', async () => {
    const list = openStage('/');
    expect(await main(['explain'], list)).toBe(0);
    expect(list.text()).toMatch(/^ {2}import-swap +Imports the client/m);
    const one = openStage('/');
    expect(await main(['explain', 'import-swap'], one)).toBe(0);
    expect(one.text()).toContain("-import OpenAI from 'openai';\n+import OpenAI from '@migrate-llm/shim';");
    expect(one.text()).toContain('look-alike: a local file named openai (stays as it is)');
  });
});

describe('on a terminal', () => {
  const answer = async (keys: string, words: string[] = []) => {
    const folder = makeFolder(app);
    commitAll(folder);
    const before = hashTree(folder);
    const stage = openStage(folder, true);
    const done = main(words, stage);
    const timer = setInterval(() => stage.text().includes('Write 3 files?') && stage.input.write(keys), 50);
    const code = await done.finally(() => clearInterval(timer));
    return { code, stage, folder, unchanged: hashTree(folder) === before };
  };
  test('yes writes', async () => {
    const { code, stage, folder } = await answer('y');
    expect(code).toBe(0);
    expect(stage.text()).toContain('Written: 3 files');
    expect(git(folder, 'status', '--short')).toBe(' M .env.example\n M package.json\n M src/client.ts\n');
  });
  test('no writes nothing', async () => {
    const { code, stage, unchanged } = await answer('n');
    expect([code, unchanged]).toEqual([0, true]);
    expect(stage.text()).toContain('Nothing written');
  });
  test('Ctrl-C writes nothing and says so', async () => {
    const { code, stage, unchanged } = await answer('\x03');
    expect([code, unchanged]).toEqual([130, true]);
    expect(stage.errors()).toContain('stopped; nothing was written');
  });
  test('uncommitted changes are said instead of asking', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    git(folder, 'rm', '-q', '--cached', 'src/ask.ts');
    const stage = openStage(folder, true);
    expect(await main([], stage)).toBe(0);
    expect(stage.text()).toContain('Nothing written: 1 uncommitted change in this folder (src/ask.ts)');
    expect(stage.text()).not.toContain('Write 3 files?');
  });
});

test.each([
  [[], {}, true, true],
  [[], {}, undefined, false],
  [[], { NO_COLOR: '1' }, true, false],
  [[], { NO_COLOR: '' }, true, true],
  [[], { FORCE_COLOR: '1' }, undefined, true],
  [[], { FORCE_COLOR: '0' }, true, false],
  [[], { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  [['--no-color'], { FORCE_COLOR: '1' }, true, false],
  [['--', '--no-color'], {}, true, true],
  [[], { TERM: 'dumb' }, true, false],
])('colours: %j %j on a terminal: %s -> %s', (argv, env, isTTY, wanted) => {
  expect(wantsColor(argv, env, isTTY)).toBe(wanted);
});
