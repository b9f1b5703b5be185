import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOwners } from './codeowners.ts';
import { main } from './main.ts';
import { app, commitAll, git, hashTree, makeFolder, openStage } from './sandbox.test-folder.ts';

const client = app['src/client.ts'] ?? '';
const manifest = app['package.json'] ?? '';
const files: Readonly<Record<string, string>> = {
  'package.json': manifest,
  'root.ts': client,
  'packages/a/package.json': manifest,
  'packages/a/crlf.ts': client.replaceAll('\n', '\r\n').trimEnd(),
  'packages/a/odd "name"\tand \\ cödé.ts': client,
  'packages/b/package.json': manifest,
  'packages/b/deep/with space.ts': client,
};

async function run(folder: string, ...words: string[]) {
  const stage = openStage(folder);
  const code = await main(words, stage);
  return { code, text: stage.text(), errors: stage.errors() };
}

test.each(['package', 'codeowners'])('the patches by %s, applied in any order, make the migration', async (by) => {
  const folder = makeFolder({ ...files, '.github/CODEOWNERS': '* @all\n/packages/a/ @team/a\n*.json @deps\n' });
  commitAll(folder);
  const before = hashTree(folder);
  const out = join(makeFolder(), 'patches');
  const { code, text } = await run(folder, '--split', by, '--out', out);
  expect([code, hashTree(folder)]).toEqual([0, before]);
  const names = readdirSync(out).sort();
  expect(names).toHaveLength(3);
  for (const name of names) expect(text).toContain(name);
  for (const name of names.toReversed()) git(folder, 'apply', join(out, name));
  const patched = hashTree(folder);
  git(folder, 'checkout', '-q', '.');
  expect((await run(folder, '--write')).code).toBe(0);
  for (const file of Object.keys(files))
    expect(readFileSync(join(folder, file), 'utf8')).toContain('@migrate-llm/shim');
  rmSync(join(folder, '.migrate-llm'), { recursive: true });
  expect(hashTree(folder)).toBe(patched);
});

test('a patch says which other one brings its dependency', async () => {
  const folder = makeFolder({ ...files, CODEOWNERS: '* @all\n*.json @deps\n' });
  const { text } = await run(folder, '--split', 'codeowners', '--out', join(makeFolder(), 'p'));
  expect(text).toMatch(/all\.patch {2}@all: 4 files, after \d{3}-deps\.patch \(its package\.json\)/);
  expect(text).toMatch(/deps\.patch {2}@deps: 3 files\n/);
});

test('a folder below the repository: the patches apply there, and owners go by the root', async () => {
  const folder = makeFolder({ ...files, CODEOWNERS: '/packages/a/ @a\n' });
  commitAll(folder);
  const out = join(makeFolder(), 'p');
  const { code, text } = await run(join(folder, 'packages'), '--split', 'codeowners', '--out', out);
  expect(code).toBe(0);
  expect(text).toContain('001-a.patch  @a: 3 files');
  for (const name of readdirSync(out)) git(join(folder, 'packages'), 'apply', join(out, name));
  expect(git(folder, 'status', '--short').trimEnd().split('\n')).toHaveLength(5);
});

test('nothing is written over', async () => {
  const folder = makeFolder(files);
  const out = makeFolder({ 'old.patch': 'mine' });
  const { code, errors } = await run(folder, '--split', 'package', '--out', out);
  expect([code, errors]).toEqual([2, expect.stringContaining('is not empty; give --out a new folder')]);
  expect(readdirSync(out)).toEqual(['old.patch']);
  expect(existsSync(join(folder, '.migrate-llm'))).toBe(false);
});

test('no CODEOWNERS is one clear line', async () => {
  const { code, errors } = await run(makeFolder(files), '--split', 'codeowners', '--out', 'p');
  expect([code, errors]).toEqual([2, expect.stringContaining('needs a CODEOWNERS file')]);
});

test('owners: the last line that matches decides', () => {
  const root = makeFolder();
  writeFileSync(
    join(root, 'CODEOWNERS'),
    `# everything\n*       @all @second # trailing\n*.ts    @ts\n/docs/* docs@example.com\napps/   @apps\n/build/logs/ @doctocat\n/apps/free\nwith\\ space.md @space\n[Section] @gitlab\n`,
  );
  const owners = readOwners(root);
  expect(owners?.file).toBe('CODEOWNERS');
  expect(
    [
      'a.md',
      'x/y/a.ts',
      'docs/a.md',
      'docs/deep/a.md',
      'apps/a.ts',
      'src/apps/a.ts',
      'build/logs/x',
      'src/build/logs/x',
      'apps/free/a.ts',
      'with space.md',
    ].map((file) => owners?.ownerOf(file)),
  ).toEqual([
    '@all @second',
    '@ts',
    'docs@example.com',
    '@all @second',
    '@apps',
    '@apps',
    '@doctocat',
    '@all @second',
    undefined,
    '@space',
  ]);
});
