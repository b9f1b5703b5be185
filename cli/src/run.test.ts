import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileChange } from '@migrate-llm/codemods';
import { describe, expect, test } from 'vitest';
import { realDisk, StoppedError, type Disk } from './disk.ts';
import { openFolder } from './folder.ts';
import { readJournals } from './journal.ts';
import { undoRuns, writeRun } from './run.ts';
import { app, hashTree, makeFolder, runBin } from './sandbox.test-folder.ts';

const files = { 'a.ts': 'a\n', 'src/b.ts': 'b\r\n', 'src/deep/c.ts': 'c' };
const changes: readonly FileChange[] = Object.entries(files).map(([file, before]) => ({
  file,
  before,
  after: `// new\n${before}`,
  edits: [],
}));

function prepare() {
  const path = makeFolder(files);
  return { path, folder: openFolder(path, { cwd: '/' }), before: hashTree(path), changes, verify: () => [] };
}

/** A disk on which the n-th call of an operation fails, as the system would make it fail. */
function failAt(operation: keyof Disk, nth: number, code: string, again = false): Disk {
  let calls = 0;
  const fail = (name: keyof Disk) => {
    if (name !== operation) return;
    calls += 1;
    if (calls === nth || (again && calls > nth)) throw Object.assign(new Error(code), { code, syscall: name });
  };
  return {
    create: async (path, bytes, owner) => {
      fail('create');
      await realDisk.create(path, bytes, owner);
    },
    move: async (from, to) => {
      fail('move');
      await realDisk.move(from, to);
    },
  };
}

describe('a run is all or none', () => {
  const failures = (['create', 'move'] as const).flatMap((operation) =>
    [1, 2, 3].flatMap((nth) => ['ENOSPC', 'EROFS', 'EPERM'].map((code) => [operation, nth, code] as const)),
  );
  test.each(failures)('%s %i fails with %s: everything is as it was', async (operation, nth, code) => {
    const { path, before, ...input } = prepare();
    const error = await writeRun({ ...input, disk: failAt(operation, nth, code) }).catch((thrown: Error) => thrown);
    const name = Object.keys(files)[nth - 1];
    expect(error).toMatchObject({
      name: 'CliError',
      message: expect.stringMatching(new RegExp(`^${name} cannot be written: .*\\(${code}\\); nothing was changed`)),
    });
    expect(hashTree(path)).toBe(before);
  });

  test('where putting back fails too, it says so, and undo does it later', async () => {
    const { path, before, ...input } = prepare();
    const error = await writeRun({ ...input, disk: failAt('move', 3, 'EROFS', true) }).catch((thrown: Error) => thrown);
    expect((error as Error).message).toContain(
      'src/b.ts, a.ts could not be put back; make room or give rights, then run: migrate-llm undo',
    );
    expect(readFileSync(join(path, 'a.ts'), 'utf8')).toContain('// new');
    expect(await undoRuns(path, ['0001'])).toEqual({ restored: ['a.ts', 'src/b.ts'], already: ['src/deep/c.ts'] });
    expect(hashTree(path)).toBe(before);
  });

  test('a file that somebody changes at the last moment keeps the change, and the others are put back', async () => {
    const { path, ...input } = prepare();
    const disk: Disk = {
      create: realDisk.create,
      move: async (from, to) => {
        await realDisk.move(from, to);
        writeFileSync(join(path, 'src/b.ts'), 'mine');
      },
    };
    await expect(writeRun({ ...input, disk })).rejects.toThrow(
      'src/b.ts was changed by another program at this moment',
    );
    expect(readFileSync(join(path, 'src/b.ts'), 'utf8')).toBe('mine');
    writeFileSync(join(path, 'src/b.ts'), files['src/b.ts']);
    expect(hashTree(path)).toBe(input.before);
  });

  test('nothing is written over a run that was killed', async () => {
    const { path, ...input } = prepare();
    await expect(writeRun({ ...input, disk: failAt('move', 2, 'EIO', true) })).rejects.toThrow('could not be put back');
    const half = hashTree(path);
    const next = { ...input, changes: changes.slice(1) };
    await expect(writeRun(next)).rejects.toThrow('an earlier run was interrupted');
    expect(hashTree(path)).toBe(half);
  });

  test('an undo that fails halfway is finished by the next one', async () => {
    const { path, before, ...input } = prepare();
    await writeRun(input);
    await expect(undoRuns(path, ['0001'], undefined, failAt('move', 2, 'EROFS', true))).rejects.toThrow(
      'could not be put back',
    );
    await undoRuns(path, ['0001']);
    expect(hashTree(path)).toBe(before);
  });

  test.each([1, 2, 3, 4, 5, 6])('Ctrl-C at step %i puts everything back', async (step) => {
    const { path, before, ...input } = prepare();
    const controller = new AbortController();
    let steps = 0;
    const count = () => {
      steps += 1;
      if (steps === step) controller.abort();
    };
    const disk: Disk = {
      create: async (...words) => (count(), realDisk.create(...words)),
      move: async (...words) => (count(), realDisk.move(...words)),
    };
    await expect(writeRun({ ...input, disk, signal: controller.signal })).rejects.toThrow(StoppedError);
    expect(hashTree(path)).toBe(before);
  });

  test('Ctrl-C while the result is checked puts everything back too', async () => {
    const { path, before, ...input } = prepare();
    const controller = new AbortController();
    const verify = () => (controller.abort(), []);
    await expect(writeRun({ ...input, verify, signal: controller.signal })).rejects.toThrow(StoppedError);
    expect(hashTree(path)).toBe(before);
  });
});

describe('what stands in the way is seen before the first write', () => {
  const outside = () => makeFolder({ 'b.ts': files['src/b.ts'], 'deep/c.ts': files['src/deep/c.ts'] });
  test.each<[string, (path: string) => void, string]>([
    [
      'a file changed since',
      (path) => writeFileSync(join(path, 'src/b.ts'), 'mine'),
      'src/b.ts was changed by another program since it was read',
    ],
    ['a file is gone', (path) => rmSync(join(path, 'src/b.ts')), 'src/b.ts cannot be read: it does not exist (ENOENT)'],
    [
      'a file became a folder',
      (path) => (rmSync(join(path, 'a.ts')), mkdirSync(join(path, 'a.ts'))),
      'a.ts is not a file any more',
    ],
    [
      'a file became a link to outside',
      (path) => (rmSync(join(path, 'src/b.ts')), symlinkSync(join(outside(), 'b.ts'), join(path, 'src/b.ts'))),
      'src/b.ts is reached through a symbolic link',
    ],
    [
      'a folder became a link to outside',
      (path) => (renameSync(join(path, 'src'), join(path, 'old')), symlinkSync(outside(), join(path, 'src'))),
      'src/b.ts is reached through a symbolic link',
    ],
  ])('%s', async (_, spoil, message) => {
    const { path, ...input } = prepare();
    spoil(path);
    const before = hashTree(path);
    await expect(writeRun(input)).rejects.toThrow(message);
    expect(hashTree(path)).toBe(before);
  });

  test('the journal folder is a link to elsewhere', async () => {
    const { path, ...input } = prepare();
    const elsewhere = makeFolder();
    symlinkSync(elsewhere, join(path, '.migrate-llm'));
    await expect(writeRun(input)).rejects.toThrow('.migrate-llm is in the way');
    expect(hashTree(elsewhere)).toBe(hashTree(makeFolder()));
  });
});

describe('after writing', () => {
  test('a file that got worse is put back, and the rest can be undone', async () => {
    const { path, before, ...input } = prepare();
    const seen: string[] = [];
    const verify = () => {
      seen.push(readFileSync(join(path, 'src/b.ts'), 'utf8'));
      return [{ file: 'src/b.ts', why: 'it does not parse' }];
    };
    const result = await writeRun({ ...input, verify });
    expect(seen).toEqual(['// new\nb\r\n']);
    expect(result).toEqual({
      id: '0001',
      written: ['a.ts', 'src/deep/c.ts'],
      broken: [{ file: 'src/b.ts', why: 'it does not parse' }],
    });
    expect(readFileSync(join(path, 'src/b.ts'), 'utf8')).toBe(files['src/b.ts']);
    expect(readJournals(path)).toMatchObject([{ state: 'done', files: [{ file: 'a.ts' }, { file: 'src/deep/c.ts' }] }]);
    await undoRuns(path, ['0001']);
    expect(hashTree(path)).toBe(before);
  });

  test('when every file got worse no run is left', async () => {
    const { path, before, ...input } = prepare();
    const result = await writeRun({ ...input, verify: () => changes.map(({ file }) => ({ file, why: 'bad' })) });
    expect([result.id, result.written]).toEqual([undefined, []]);
    expect(hashTree(path)).toBe(before);
  });

  test('when the check itself fails, everything is put back', async () => {
    const { path, before, ...input } = prepare();
    const verify = () => {
      throw new TypeError('oops');
    };
    const result = await writeRun({ ...input, verify });
    expect(result.broken).toContainEqual({ file: 'a.ts', why: 'the check after writing failed: oops' });
    expect(hashTree(path)).toBe(before);
  });

  test("somebody's own file in the journal's folder keeps the folder", async () => {
    const { path, ...input } = prepare();
    await writeRun(input);
    writeFileSync(join(path, '.migrate-llm/notes.txt'), 'mine');
    await undoRuns(path, ['0001']);
    expect(readFileSync(join(path, '.migrate-llm/notes.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(path, '.migrate-llm/runs'))).toBe(false);
  });
});

test('an interrupted run is said by the next plan, and writing waits for undo', async () => {
  const { path, before, ...input } = prepare();
  writeFileSync(join(path, 'app.ts'), app['src/client.ts'] ?? '');
  // What a killed process leaves: some files moved, the journal not closed.
  await expect(writeRun({ ...input, disk: failAt('move', 2, 'EIO', true) })).rejects.toThrow('could not be put back');
  const said =
    'an earlier run was interrupted and left 1 of 3 files in the migrated state; restore them first: migrate-llm undo';
  const plan = await runBin(path, []);
  expect(plan.code).toBe(0);
  expect(plan.stderr).toContain(said);
  expect(plan.stdout).toContain('app.ts:1');
  const write = await runBin(path, ['--write']);
  expect([write.code, write.stdout]).toEqual([2, '']);
  expect(write.stderr).toContain(said);
  expect((await runBin(path, ['undo'])).code).toBe(0);
  expect((await runBin(path, ['--write'])).code).toBe(0);
  expect((await runBin(path, ['undo'])).code).toBe(0);
  rmSync(join(path, 'app.ts'));
  expect(hashTree(path)).toBe(before);
});
