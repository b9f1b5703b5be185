import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from './main.ts';
import { app, commitAll, git, hashTree, makeFolder, openStage } from './sandbox.test-folder.ts';

const client = app['src/client.ts'] ?? '';
const workspace: Readonly<Record<string, string>> = {
  'package.json': '{\n  "name": "root",\n  "workspaces": ["packages/*"]\n}\n',
  ...Object.fromEntries(
    ['a', 'b'].flatMap((name) => [
      [`packages/${name}/package.json`, (app['package.json'] ?? '').replace('"app"', `"${name}"`)],
      [`packages/${name}/src/client.ts`, client],
      [`packages/${name}/src/odd, name.ts`, client],
    ]),
  ),
};

async function run(folder: string, ...words: string[]) {
  const stage = openStage(folder);
  const code = await main(words, stage);
  return { code, text: stage.text(), errors: stage.errors() };
}

async function changesOf(folder: string, ...words: string[]): Promise<string[]> {
  const { text } = await run(folder, '--json', ...words);
  return (JSON.parse(text) as { changes: Array<{ file: string }> }).changes.map(({ file }) => file);
}

const inA = ['packages/a/package.json', 'packages/a/src/client.ts', 'packages/a/src/odd, name.ts'];

describe('paths', () => {
  test.each<[string[], string[]]>([
    [['--only', 'packages/a'], inA],
    [['--only', './packages/a/'], inA],
    [['--only', 'packages/a/**'], inA],
    [['--skip', 'packages/b'], inA],
    [['--only', 'packages/a/src'], inA],
    [
      ['--only', 'packages/a/src/odd, name.ts'],
      [inA[0] ?? '', inA[2] ?? ''],
    ],
    [['--only', 'packages/*/src/client.ts', '--skip', 'packages/b'], inA.slice(0, 2)],
    [['--only', 'packages/a/src', '--skip', 'packages/a/package.json'], inA.slice(1)],
    [['--only', 'packages/a', '--only', 'import-swap'], inA.slice(1)],
    [['--only', 'import-swap,package-json', '--skip', '**/odd*', '--skip', 'packages/b'], inA.slice(0, 2)],
  ])('%j', async (words, files) => {
    expect(await changesOf(makeFolder(workspace), ...words)).toEqual(files);
  });

  test('a word that is neither rule nor path is one clear line', async () => {
    const { code, errors } = await run(makeFolder(workspace), '--only', 'import-swop');
    expect([code, errors]).toEqual([
      2,
      expect.stringContaining('there is no rule "import-swop"; did you mean import-swap?'),
    ]);
  });

  test('one package after the other: the second run leaves the first alone, undo goes back step by step', async () => {
    const folder = makeFolder(workspace);
    const before = hashTree(folder);
    expect((await run(folder, '--write', '--only', 'packages/a')).code).toBe(0);
    expect(readFileSync(join(folder, 'packages/b/src/client.ts'), 'utf8')).toBe(client);
    const half = hashTree(join(folder, 'packages/a'));
    expect(await changesOf(folder)).toEqual(inA.map((file) => file.replace('/a/', '/b/')));
    expect((await run(folder, '--write')).code).toBe(0);
    expect(hashTree(join(folder, 'packages/a'))).toBe(half);
    expect((await run(folder, 'undo')).code).toBe(0);
    expect(hashTree(join(folder, 'packages/a'))).toBe(half);
    expect((await run(folder, 'undo')).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });

  test('mocks of migrated code that are left out are said', async () => {
    const folder = makeFolder({
      ...app,
      'test/ask.test.ts': `import { vi } from 'vitest';\nimport { ask } from '../src/ask';\nvi.mock('openai', () => ({ default: class {} }));\nask();\n`,
    });
    const { errors } = await run(folder, '--only', 'src');
    expect(errors).toContain('1 file that mock openai for migrated code are left out: test/ask.test.ts');
    expect((await run(folder)).errors).toBe('');
  });
});

describe('--since', () => {
  test('only what changed since the branch left the ref, uncommitted and new files too', async () => {
    const folder = makeFolder({ ...workspace, 'packages/a/src/old.ts': client });
    commitAll(folder);
    git(folder, 'branch', 'start');
    writeFileSync(join(folder, 'packages/a/src/client.ts'), `// new\n${client}`);
    commitAll(folder);
    writeFileSync(join(folder, 'packages/a/src/fresh.ts'), client);
    const expected = ['packages/a/package.json', 'packages/a/src/client.ts', 'packages/a/src/fresh.ts'];
    expect(await changesOf(folder, '--since', 'start')).toEqual(expected);
    const inside = await run(join(folder, 'packages/a'), '--json', '--since', 'start');
    expect(JSON.parse(inside.text).changes.map(({ file }: { file: string }) => file)).toEqual(
      expected.map((file) => file.slice('packages/a/'.length)),
    );
  });

  test('a branch that went on elsewhere does not count', async () => {
    const folder = makeFolder(workspace);
    commitAll(folder);
    git(folder, 'checkout', '-q', '-b', 'other');
    writeFileSync(join(folder, 'packages/b/src/client.ts'), `// elsewhere\n${client}`);
    commitAll(folder);
    git(folder, 'checkout', '-q', '-');
    expect(await changesOf(folder, '--since', 'other')).toEqual([]);
  });

  test.each([
    ['nowhere', 'git knows no such commit, branch or tag'],
    ['--output=/tmp/x', 'needs a value'],
  ])('a ref of %s', async (ref, message) => {
    const folder = makeFolder(workspace);
    commitAll(folder);
    const { code, errors } = await run(folder, '--since', ref);
    expect([code, errors]).toEqual([2, expect.stringContaining(message)]);
  });

  test('without git', async () => {
    const { code, errors } = await run(makeFolder(workspace), '--since', 'main');
    expect([code, errors]).toEqual([2, expect.stringContaining('needs git')]);
  });
});

describe('--finding', () => {
  test('fails until the touchpoint is done, wherever it moves', async () => {
    const task = `export const models = 'https://api.openai.com/v1/models';\n`;
    const folder = makeFolder({ 'a.ts': task, 'package.json': '{}' });
    const [left] = JSON.parse((await run(folder, '--json')).text).left as Array<{
      id: string;
      accept: Array<{ command: string }>;
    }>;
    const words = (left?.accept[0]?.command ?? '').split(' ').slice(2);
    expect(words).toEqual(['--check', '--finding', left?.id]);
    expect(await run(folder, ...words)).toMatchObject({ code: 1, text: expect.stringContaining('a.ts:1') });
    writeFileSync(join(folder, 'a.ts'), `// moved\n\n${task.replace('models =', 'list =')}`);
    expect(await run(folder, ...words)).toMatchObject({ code: 1, text: expect.stringContaining('a.ts:3') });
    writeFileSync(join(folder, 'a.ts'), `export const models = 1;\n`);
    expect(await run(folder, ...words)).toMatchObject({ code: 0, text: 'Done: nothing of this is left.\n' });
  });

  test('a word that is no id', async () => {
    const { code, errors } = await run(makeFolder(app), '--check', '--finding', 'xyz');
    expect([code, errors]).toEqual([2, expect.stringContaining('"xyz" is not the id of a finding')]);
  });
});

describe('--baseline', () => {
  const raw = `export const models = 'https://api.openai.com/v1/models';\n`;
  const start = async (files: Readonly<Record<string, string>>) => {
    const folder = makeFolder(files);
    const made = await run(folder, '--baseline', 'openai.json', '--update-baseline');
    expect(made.code).toBe(0);
    return folder;
  };
  const check = (folder: string) => run(folder, '--baseline', 'openai.json');

  test('known use passes, also when it moves, is edited or its file is renamed', async () => {
    const folder = await start({ ...app, 'raw.ts': raw });
    expect(await check(folder)).toMatchObject({
      code: 0,
      errors: '',
      text: expect.stringContaining('No new use of OpenAI; 4 known ones.'),
    });
    writeFileSync(join(folder, 'raw.ts'), `// above\n\n${raw.replace('models =', 'list =')}`);
    expect((await check(folder)).code).toBe(0);
    rmSync(join(folder, 'raw.ts'));
    writeFileSync(join(folder, 'renamed.ts'), raw);
    expect((await check(folder)).code).toBe(0);
  });

  test('new use fails and is named: in a new file, and once more in a known one', async () => {
    const folder = await start({ ...app, 'raw.ts': raw });
    writeFileSync(join(folder, 'more.ts'), client);
    expect(await check(folder)).toMatchObject({
      code: 1,
      text: expect.stringMatching(/New use of OpenAI \(1\)\n {2}more\.ts:1/),
    });
    rmSync(join(folder, 'more.ts'));
    writeFileSync(join(folder, 'raw.ts'), raw + raw.replace('models', 'again'));
    const twice = await check(folder);
    expect(twice).toMatchObject({ code: 1, text: expect.stringContaining('raw.ts:2') });
    expect((await run(folder, '--baseline', 'openai.json', '--update-baseline')).code).toBe(0);
    expect((await check(folder)).code).toBe(0);
  });

  test('use that is gone is said, and does not pay for new use', async () => {
    const folder = await start({ ...app, 'raw.ts': raw });
    writeFileSync(join(folder, 'raw.ts'), 'export const nothing = 1;\n');
    expect(await check(folder)).toMatchObject({
      code: 0,
      text: expect.stringContaining('1 use of the baseline is gone'),
    });
    writeFileSync(join(folder, 'other.ts'), raw);
    expect((await check(folder)).code).toBe(1);
  });

  test('a migrated folder passes, and the file is the same whenever it is written', async () => {
    const folder = await start(app);
    const text = readFileSync(join(folder, 'openai.json'), 'utf8');
    expect((await run(folder, '--write')).code).toBe(0);
    expect((await check(folder)).code).toBe(0);
    await run(folder, 'undo');
    await run(folder, '--baseline', 'openai.json', '--update-baseline');
    expect(readFileSync(join(folder, 'openai.json'), 'utf8')).toBe(text);
    expect(text).toMatch(/^\{\n {2}"version": 1,\n {2}"uses": \[\n {4}\{"file":/);
  });

  test.each([
    ['openai.json', undefined, 'there is no baseline openai.json; make it with'],
    ['openai.json', '{"version":2}', 'openai.json is not a baseline this version can read'],
    ['openai.json', '{"version":1,"uses":[{}]}', 'openai.json is not a baseline this version can read'],
  ])('%s holding %s', async (file, text, message) => {
    const folder = makeFolder({ ...app, ...(text === undefined ? {} : { [file]: text }) });
    const { code, errors } = await check(folder);
    expect([code, errors]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('reports in files', () => {
  test.each([
    ['plan.html', '<!doctype html>'],
    ['plan.md', '# Migration off OpenAI'],
    ['plan.sarif', '{\n  "$schema"'],
    ['plan.json', '{\n  "version": 1'],
    ['plan.patch', '--- a/.env.example\n'],
    ['plan.txt', 'To rewrite (3)'],
  ])('%s', async (name, start) => {
    const folder = makeFolder(app);
    const out = makeFolder();
    const { code, text } = await run(folder, '--out', join(out, name));
    expect([code, text]).toEqual([0, expect.stringMatching(/^Report \(\w+\): .*\n3 to rewrite in 3 files/)]);
    expect(readFileSync(join(out, name), 'utf8').slice(0, start.length)).toBe(start);
  });

  test('the report of a run says what was written', async () => {
    const folder = makeFolder(app);
    const { code, text } = await run(folder, '--write', '--format', 'markdown');
    expect(code).toBe(0);
    expect(text).toMatch(/^# Migration off OpenAI\n\nDone by migrate-llm: 3 files changed/);
  });

  test.each<[string[], string]>([
    [['--format', 'pdf'], 'there is no format "pdf"; The formats: text, json, sarif, markdown, html, patch'],
    [['--format', 'markdwon'], 'did you mean markdown?'],
    [['--json', '--format', 'html'], '--json and --format html exclude each other'],
    [['--out', 'no/such/folder/plan.md'], 'no/such/folder/plan.md cannot be written: it does not exist (ENOENT)'],
    [['--update-baseline'], '--update-baseline needs the file'],
    [['--split', 'package'], '--split needs a folder for the patches'],
    [['--split', 'team', '--out', 'x'], '--split is "team"; give package or codeowners'],
    [['--interactive'], 'there is no terminal to ask on'],
    [['--interactive', '--check'], '--check writes nothing, so it excludes --interactive'],
    [['--write', '--baseline', 'x'], '--baseline writes nothing, so it excludes --write'],
  ])('%j is one clear line', async (words, message) => {
    const folder = makeFolder(app);
    const before = hashTree(folder);
    const { code, errors } = await run(folder, ...words);
    expect([code, errors.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(errors).toContain(message);
    expect(hashTree(folder)).toBe(before);
  });
});
