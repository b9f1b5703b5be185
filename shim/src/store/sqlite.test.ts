import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from './sqlite.ts';
import { testStore } from './store.test-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(folder, `${(files += 1)}.db`);

const writer = fileURLToPath(new URL('sqlite.test-writer.ts', import.meta.url));
/** Starts a process that writes; resolves with the last number it acknowledged, once it has ended. `killAfter` is such a number. */
const write = (path: string, name: string, count: number, killAfter?: number) =>
  new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), writer, path, name, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let last = -1;
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = Number(line);
      if (last === killAfter) child.kill('SIGKILL');
    });
    child.on('error', reject);
    // The pipe is read to its end before: what was acknowledged has been heard.
    child.on('close', (code) =>
      code === 0 || killAfter !== undefined ? resolve(last) : reject(new Error(`exit ${code}`)),
    );
  });

describe('sqlite', () => {
  testStore((now) => openSqliteStore(newFile(), now));

  test('a writer killed at any point loses nothing it acknowledged, and leaves no half', async () => {
    const path = newFile();
    for (const killAfter of [1, 7, 30]) {
      const name = `k${killAfter}`;
      const last = await write(path, name, 100_000, killAfter);
      expect(last).toBeGreaterThanOrEqual(killAfter);
      const store = await openSqliteStore(path);
      const list = async (prefix: string) =>
        (await store.list('t', `${prefix}/${name}/`, { limit: 200_000, descending: false })).map(({ value }) => value);
      const [first, second] = [await list('a'), await list('b')];
      expect(first).toEqual(second);
      expect(first.length).toBeGreaterThan(last);
      await store.put('t', [{ key: 'after', value: 'yes', expiresAt: null }]);
      await store.close();
    }
  });

  test('two processes write into one file', async () => {
    const path = newFile();
    await Promise.all([write(path, 'p', 60), write(path, 'q', 60)]);
    const store = await openSqliteStore(path);
    for (const name of ['p', 'q'])
      expect(await store.list('t', `a/${name}/`, { limit: 1000, descending: false })).toHaveLength(60);
    await store.close();
  });

  test('a path that cannot be opened is an error', async () => {
    await expect(openSqliteStore(join(folder, 'no', 'such', 'folder', 'x.db'))).rejects.toThrow();
  });
});
