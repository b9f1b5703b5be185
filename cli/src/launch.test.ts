import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanEnv, makeFolder } from './sandbox.test-folder.ts';

const main = `export const main = async (argv) => (console.log('ran', ...argv), 3);\n`;
const build = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  console.log('the build talks');
  mkdirSync(new URL('cli/dist/', import.meta.url), { recursive: true });
  writeFileSync(new URL('cli/dist/main.js', import.meta.url), ${JSON.stringify(main)});`;

/** An installation of its own: the real bin, with a dist and a build made for the test. */
function install(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder({ 'cli/package.json': '{"type":"module"}', ...files });
  cpSync(fileURLToPath(new URL('../bin', import.meta.url)), join(folder, 'cli/bin'), { recursive: true });
  return folder;
}

function start(folder: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...words, join(folder, 'cli/bin/migrate-llm.js'), 'a', 'b'],
    {
      encoding: 'utf8',
      env: cleanEnv(),
    },
  );
  return { status, stdout, stderr };
}

describe('the bin', () => {
  test('runs what is built and passes the exit code on', () => {
    expect(start(install({ 'cli/dist/main.js': main }))).toEqual({ status: 3, stdout: 'ran a b\n', stderr: '' });
  });

  test('builds once where a checkout has no dist, and keeps stdout for the command', () => {
    const folder = install({ 'build.mjs': build });
    const first = start(folder);
    expect([first.status, first.stdout]).toEqual([3, 'ran a b\n']);
    expect(first.stderr).toBe('migrate-llm: building once, dist/ is not there yet …\nthe build talks\n');
    expect(start(folder).stderr).toBe('');
  });

  test('says what to do when the build fails, and when there is nothing to build from', () => {
    const folder = install({ 'build.mjs': 'process.exit(1)' });
    const failed = start(folder);
    expect([failed.status, failed.stdout]).toEqual([2, '']);
    expect(failed.stderr).toContain('the build failed; run "npm ci" and "npm run build" in the repository');
    rmSync(join(folder, 'build.mjs'));
    const missing = start(folder);
    expect([missing.status, missing.stdout]).toEqual([2, '']);
    expect(missing.stderr).toBe(
      'migrate-llm: dist/main.js is missing from this installation; install migrate-llm again.\n',
    );
  });

  test.each([
    ['18.20.0', 2],
    ['20.18.9', 2],
    ['20.19.0', 3],
    ['24.0.0', 3],
  ])('Node %s ends with %i', (version, status) => {
    const folder = install({ 'cli/dist/main.js': main });
    writeFileSync(
      join(folder, 'old.mjs'),
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    const run = start(folder, '--import', join(folder, 'old.mjs'));
    expect(run.status).toBe(status);
    if (status === 2)
      expect(run.stderr).toBe(`migrate-llm needs Node 20.19 or newer, and this is ${version}; install a newer Node.\n`);
  });
});
