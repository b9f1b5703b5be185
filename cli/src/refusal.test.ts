import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { app, cleanEnv, hashTree, makeFolder, nodeWords, runBin } from './sandbox.test-folder.ts';

describe('the system refuses', () => {
  test('a folder in the way of the journal', async () => {
    const folder = makeFolder({ ...app, '.migrate-llm': 'a file' });
    const before = hashTree(folder);
    const { code, stderr } = await runBin(folder, ['--write']);
    expect(code).toBe(2);
    expect(stderr).toContain('.migrate-llm is in the way: it is not a folder');
    expect(hashTree(folder)).toBe(before);
  });

  test('a folder in the way of a new version: everything is put back', async () => {
    const folder = makeFolder(app);
    // The second file's turn; the name is that of the run's own temporary file.
    mkdirSync(join(folder, '.migrate-llm-0001-1.tmp/x'), { recursive: true });
    const before = hashTree(folder);
    const { code, stderr } = await runBin(folder, ['--write']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^migrate-llm: package\.json cannot be written: .*; nothing was changed\. Mend that and run it again\n$/,
    );
    expect(hashTree(folder)).toBe(before);
  });

  test('missing rights, as a user who is not root', async () => {
    const folder = makeFolder(app);
    chmodSync(join(folder, 'src'), 0o555);
    chmodSync(join(folder, '.env.example'), 0o444);
    const before = hashTree(folder);
    const { code, stderr } = await runAsNobody(folder, ['--write']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be (?:written|kept).*permission denied \(EACCES\); nothing was changed/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(hashTree(folder)).toBe(before);
    chmodSync(join(folder, 'src'), 0o755);
  });

  test('another run is writing', async () => {
    const folder = makeFolder({ ...app, '.migrate-llm/lock': `${process.pid}\n` });
    const { code, stderr } = await runBin(folder, ['--write']);
    expect(code).toBe(2);
    expect(stderr).toContain(`another migrate-llm (process ${process.pid}) is writing here`);
    // A lock of a process that is gone is none.
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(folder, '.migrate-llm/lock'), `${gone}\n`);
    expect((await runBin(folder, ['--write'])).code).toBe(0);
  });

  test('a journal that reaches outside is refused', async () => {
    const folder = makeFolder(app);
    await runBin(folder, ['--write']);
    const path = join(folder, '.migrate-llm/runs/0001/journal.json');
    const text = readFileSync(path, 'utf8');
    for (const evil of ['../outside.ts', '/etc/hosts', '.git/hooks/pre-commit']) {
      writeFileSync(path, text.replace('src/client.ts', evil));
      const { code, stderr } = await runBin(folder, ['undo']);
      expect(code).toBe(2);
      expect(stderr).toContain(`names ${evil}, which is not a file of this repo`);
    }
    writeFileSync(path, '{');
    expect((await runBin(folder, ['undo'])).stderr).toContain('is not a journal this version can read');
  });

  test('a damaged copy is noticed before anything is restored', async () => {
    const folder = makeFolder(app);
    await runBin(folder, ['--write']);
    writeFileSync(join(folder, '.migrate-llm/runs/0001/before/2'), 'x');
    const before = hashTree(join(folder, 'src'));
    const { code, stderr } = await runBin(folder, ['undo']);
    expect(code).toBe(2);
    expect(stderr).toContain('the saved copy of src/client.ts, is missing or damaged; nothing was changed');
    expect(hashTree(join(folder, 'src'))).toBe(before);
  });

  test('a reader that stops early does not stop the writing', async () => {
    const folder = makeFolder(app);
    const child = spawn(process.execPath, [...nodeWords, '--write'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnv(),
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'src/client.ts'), 'utf8')).toContain('@migrate-llm/shim');
  });
});

/**
 * Runs the program without root's rights; where the tests do not run as root, as the same user.
 * Root's rights go only once everything is loaded, so that the checkout itself may lie where only root can read.
 */
function runAsNobody(folder: string, words: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const warmUp = makeFolder(app);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) spawnSync('chown', ['-R', '65534:65534', folder]);
  const script = `
    const { main } = await import(${JSON.stringify(new URL('main.ts', import.meta.url).href)});
    const { openTerminal } = await import(${JSON.stringify(new URL('terminal.ts', import.meta.url).href)});
    const terminal = openTerminal([]);
    await main([${JSON.stringify(warmUp)}, '--write'], { ...terminal, out: () => {} });
    if (${isRoot}) { process.setegid(65534); process.seteuid(65534); }
    process.exitCode = await main(${JSON.stringify(words)}, { ...terminal, out: () => {} });`;
  const child = spawn(process.execPath, [...nodeWords.slice(0, -1), '--input-type=module', '-e', script], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: cleanEnv(),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}
