import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Disk } from './disk.ts';
import { realDisk } from './disk.ts';
import { readJournals } from './journal.ts';
import { main } from './main.ts';
import { undoFile } from './run.ts';
import { app, hashTree, makeFolder, openStage } from './sandbox.test-folder.ts';

async function run(folder: string, ...words: string[]) {
  const stage = openStage(folder);
  const code = await main(words, stage);
  return { code, text: stage.text(), errors: stage.errors() };
}

async function migrated() {
  const folder = makeFolder(app);
  chmodSync(join(folder, 'src/client.ts'), 0o640);
  const before = hashTree(folder);
  expect((await run(folder, '--write')).code).toBe(0);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { folder, before, read };
}

describe('undo of one file', () => {
  test('restores its bytes and its mode, leaves the others, and the rest can be taken back later', async () => {
    const { folder, before, read } = await migrated();
    const { code, text } = await run(folder, 'undo', 'src/client.ts');
    expect([code, text]).toEqual([
      0,
      'Restored: src/client.ts, every byte. 1 run can still be taken back: migrate-llm undo\n',
    ]);
    expect(read('src/client.ts')).toBe(app['src/client.ts']);
    expect(statSync(join(folder, 'src/client.ts')).mode & 0o777).toBe(0o640);
    expect(read('package.json')).toContain('@migrate-llm/shim');
    expect(readJournals(folder)[0]?.files.map(({ file }) => file)).toEqual(['.env.example', 'package.json']);
    expect((await run(folder, 'undo')).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });

  test('from another folder, by an absolute path, and the last file closes the run', async () => {
    const { folder, before } = await migrated();
    for (const file of ['.env.example', 'package.json', 'src/client.ts'])
      expect((await run(join(folder, 'src'), 'undo', join(folder, file), '--json')).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
    expect(existsSync(join(folder, '.migrate-llm'))).toBe(false);
  });

  test('the last run that changed the file counts', async () => {
    const folder = makeFolder(app);
    await run(folder, '--write', '--only', 'import-swap');
    await run(folder, '--write');
    expect((await run(folder, 'undo', 'src/client.ts')).code).toBe(0);
    expect(readJournals(folder).map(({ id }) => id)).toEqual(['0002']);
  });

  test.each<[string, (path: string) => void, string]>([
    ['changed', (path) => writeFileSync(path, '// mine\n'), '1 file changed since the run'],
    ['gone', (path) => rmSync(path), 'src/client.ts (missing)'],
  ])('refuses a file that is %s since', async (_, spoil, message) => {
    const { folder } = await migrated();
    spoil(join(folder, 'src/client.ts'));
    const now = hashTree(folder);
    const { code, errors } = await run(folder, 'undo', 'src/client.ts');
    expect([code, errors]).toEqual([2, expect.stringContaining(message)]);
    expect(hashTree(folder)).toBe(now);
  });

  test('a change of another file is no obstacle', async () => {
    const { folder, read } = await migrated();
    writeFileSync(join(folder, 'package.json'), 'mine');
    expect((await run(folder, 'undo', 'src/client.ts')).code).toBe(0);
    expect([read('package.json'), read('src/client.ts')]).toEqual(['mine', app['src/client.ts']]);
  });

  test('a link to the file, a file of no run, --all, and a name that is nothing', async () => {
    const { folder } = await migrated();
    symlinkSync('src', join(folder, 'link'));
    expect((await run(folder, 'undo', 'link/client.ts')).text).toContain('Restored: src/client.ts');
    expect(await run(folder, 'undo', 'src/ask.ts')).toMatchObject({
      code: 0,
      text: 'Nothing to undo: no run that is recorded changed src/ask.ts.\n',
    });
    expect((await run(folder, 'undo', 'package.json', '--all')).errors).toContain('--all takes back whole runs');
    expect((await run(folder, 'undo', 'nothing.ts')).errors).toContain('there is no folder nothing.ts');
  });

  test('killed between the file and the journal, nothing is lost and no temporary file stays', async () => {
    const { folder, before } = await migrated();
    const killed: Disk = {
      create: async (...words) => {
        await realDisk.create(...words);
        throw new Error('killed');
      },
      move: realDisk.move,
    };
    await expect(undoFile(folder, '0001', 'src/client.ts', killed)).rejects.toThrow('killed');
    // What a real kill leaves: the new version beside the file.
    writeFileSync(join(folder, 'src/.migrate-llm-0001-2.tmp'), 'rest');
    writeFileSync(join(folder, 'src/client.ts'), app['src/client.ts'] ?? '');
    expect((await run(folder, 'undo')).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });
});
