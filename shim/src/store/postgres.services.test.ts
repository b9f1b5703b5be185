import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';
import { testStore } from './store.test-table.ts';

// A real server from Debian's packages (`apt-get install postgresql`), on loopback, in a folder of its own.

const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-postgres-'));
let server: ChildProcess | undefined;
let port = 0;

const findBin = (): string => {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort() : [];
  const bin = join(root, versions.at(-1) ?? '', 'bin');
  if (!existsSync(join(bin, 'postgres')))
    throw new Error('Postgres is not installed: run `apt-get install postgresql` for npm run test:services');
  return bin;
};
// Postgres does not run as root: there it becomes the user its package made.
const asRoot = process.getuid?.() === 0;
const run = (program: string, args: readonly string[]): readonly [string, readonly string[]] =>
  asRoot ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]] : [program, args];

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });

const urlOf = (database: string) => `postgres://tester@127.0.0.1:${port}/${database}`;
const query = async (sql: string) => {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

beforeAll(async () => {
  const bin = findBin();
  if (asRoot) execFileSync('chown', ['postgres', folder]);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const [init, initArgs] = run(join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'tester',
    '--auth=trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ]);
  execFileSync(init, [...initArgs], { stdio: 'ignore' });
  port = await freePort();
  const [program, args] = run(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder]);
  server = spawn(program, [...args], { stdio: 'ignore' });
  for (let attempt = 0; ; attempt += 1)
    try {
      await query('SELECT 1');
      return;
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
});
afterAll(async () => {
  const ended = new Promise((resolve) => server?.once('exit', resolve));
  server?.kill('SIGINT');
  if (server !== undefined) await ended;
  rmSync(folder, { recursive: true, force: true });
});

describe('postgres', () => {
  testStore(async (now) => {
    await query('CREATE DATABASE stores');
    return openPostgresStore(urlOf('stores'), now);
  });

  test('processes that open it at once share it', async () => {
    await query('CREATE DATABASE shared');
    const stores: Store[] = await Promise.all(Array.from({ length: 4 }, () => openPostgresStore(urlOf('shared'))));
    const keys = Array.from({ length: 40 }, (_, index) => `k/${String(index).padStart(2, '0')}`);
    await Promise.all(
      keys.map((key, index) =>
        (stores[index % 4] as Store).put('t', [
          { key, value: key, expiresAt: null },
          { key: 'same', value: key, expiresAt: null },
        ]),
      ),
    );
    expect((await stores[0]?.list('t', 'k/', { limit: 100, descending: false }))?.map(({ key }) => key)).toEqual(keys);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a server that is not there is an error', async () => {
    await expect(openPostgresStore(`postgres://tester@127.0.0.1:1/none`)).rejects.toThrow();
  });
});
