import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { main } from './main.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { app, cleanEnv, commitAll, hashTree, makeFolder, nodeWords } from './sandbox.test-folder.ts';

const files = { 'a.ts': 'a\n', 'src/b.ts': 'b\r\n' };
const quiet: Terminal = { ...openTerminal([]), out: () => {} };
/** How many programs run at a time. */
const width = 3;

/** Runs a write or an undo whose n-th call of the file system is its last: the process kills itself there, like a power cut. */
async function runKilled(folder: string, action: 'write' | 'undo', nth: number): Promise<boolean> {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    let calls = 0;
    let armed = false;
    const arm = (host, name) => {
      const real = host[name];
      host[name] = function (...words) {
        // Loading modules also reads files; only the folder's own count.
        if (armed && words.some((word) => String(word).includes(${JSON.stringify(folder)})) && ++calls === ${nth}) process.kill(process.pid, 'SIGKILL');
        return real.apply(this, words);
      };
    };
    for (const name of ['open', 'rename', 'rm']) arm(fs.promises, name);
    for (const name of ['mkdirSync', 'writeFileSync', 'rmSync', 'rmdirSync', 'unlinkSync', 'readFileSync']) arm(fs, name);
    syncBuiltinESMExports();
    const { openFolder } = await import(${module('folder.ts')});
    const { undoRuns, writeRun } = await import(${module('run.ts')});
    const { readVersion } = await import(${module('version.ts')});
    readVersion();
    const folder = openFolder(${JSON.stringify(folder)}, { cwd: '/' });
    const changes = Object.entries(${JSON.stringify(files)}).map(([file, before]) => ({ file, before, after: '// new\\n' + before, edits: [] }));
    armed = true;
    if (${JSON.stringify(action)} === 'write') await writeRun({ folder, changes, verify: () => [] });
    else await undoRuns(folder.path, ['0001']);`;
  const words = [...nodeWords.slice(0, -1), '--input-type=module', '-e', script];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'], env: cleanEnv() });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  );
  if (signal === null && code !== 0) throw new Error(`${action} failed`);
  return signal === 'SIGKILL';
}

function statesOf(folder: string): string[] {
  return Object.entries(files).map(([file, before]) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return text === before ? 'before' : text === `// new\n${before}` ? 'after' : 'BROKEN';
  });
}

/** Tries every call of the file system in turn, a few at a time, until an action outlives them all. */
async function killEverywhere(attempt: (nth: number) => Promise<boolean>): Promise<number> {
  for (let nth = 1; ; nth += width) {
    const killed = await Promise.all(Array.from({ length: width }, (_, index) => attempt(nth + index)));
    if (killed.includes(false)) return nth + killed.indexOf(false);
  }
}

test(
  'killed at any call of the file system, a write leaves each file before or after, and undo restores the tree',
  { timeout: 300_000 },
  async () => {
    const seen = new Set<string>();
    const calls = await killEverywhere(async (nth) => {
      const folder = makeFolder(files);
      const before = hashTree(folder);
      const killed = await runKilled(folder, 'write', nth);
      seen.add(statesOf(folder).join());
      expect(await restore(folder)).toEqual({ code: 0, stderr: '' });
      expect(hashTree(folder), `killed at call ${nth}`).toBe(before);
      return killed;
    });
    expect(calls).toBeGreaterThan(20);
    // The test is worth something only if it met the halves.
    expect([...seen].sort()).toEqual(['after,after', 'after,before', 'before,before']);
  },
);

test('killed at any call of the file system, an undo is finished by the next one', { timeout: 300_000 }, async () => {
  const seen = new Set<string>();
  const start = makeFolder(files);
  const before = hashTree(start);
  await runKilled(start, 'write', 0);
  const calls = await killEverywhere(async (nth) => {
    const folder = makeFolder();
    cpSync(start, folder, { recursive: true });
    const killed = await runKilled(folder, 'undo', nth);
    seen.add(statesOf(folder).join());
    expect(await restore(folder)).toEqual({ code: 0, stderr: '' });
    expect(hashTree(folder), `killed at call ${nth}`).toBe(before);
    return killed;
  });
  expect(calls).toBeGreaterThan(15);
  expect([...seen].sort()).toEqual(['after,after', 'before,after', 'before,before']);
});

/** What a user does after a crash; in this process, to save time. */
async function restore(folder: string): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  const code = await main(['undo', folder], { ...quiet, err: (text) => (stderr += text) });
  return { code, stderr };
}

test('the real program killed while it writes', { timeout: 300_000 }, async () => {
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `src/f${index}.ts`,
      `import OpenAI from 'openai';\nexport const c${index} = new OpenAI();\n`,
    ]),
  );
  const folder = makeFolder({ ...app, ...many });
  commitAll(folder);
  const before = hashTree(folder);
  let interrupted = 0;
  for (const delayMs of [0, 15, 30, 60, 90, 120]) {
    const child = spawn(process.execPath, [...nodeWords, '--write'], { cwd: folder, stdio: 'ignore', env: cleanEnv() });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
    while (!existsSync(join(folder, '.migrate-llm')) && child.exitCode === null) await sleep(1);
    await sleep(delayMs);
    child.kill('SIGKILL');
    if ((await ended) === 'SIGKILL') interrupted += 1;
    for (const [file, text] of Object.entries(many))
      expect([text, text.replace("'openai'", "'@migrate-llm/shim'")]).toContain(
        readFileSync(join(folder, file), 'utf8'),
      );
    const { code, stderr } = await restore(folder);
    expect([code, stderr]).toEqual([0, '']);
    expect(hashTree(folder)).toBe(before);
    expect(readdirSync(join(folder, 'src')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
  expect(interrupted).toBeGreaterThan(2);
});

test(
  'Ctrl-C while it writes: the files are as they were or the run is whole, never in between',
  { timeout: 300_000 },
  async () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `src/f${index}.ts`,
        `import OpenAI from 'openai';\nexport const c${index} = new OpenAI();\n`,
      ]),
    );
    const folder = makeFolder({ ...app, ...many });
    const before = hashTree(folder);
    let stopped = 0;
    for (const delayMs of [5, 40, 80]) {
      const child = spawn(process.execPath, [...nodeWords, '--write'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: cleanEnv(),
      });
      let stderr = '';
      child.stderr.on('data', (text) => (stderr += String(text)));
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      while (!existsSync(join(folder, '.migrate-llm')) && child.exitCode === null) await sleep(1);
      await sleep(delayMs);
      child.kill('SIGINT');
      const code = await ended;
      if (code === 130) {
        stopped += 1;
        expect(stderr).toBe('migrate-llm: stopped; every file is as it was.\n');
      } else {
        expect([code, stderr]).toEqual([0, '']);
        await restore(folder);
      }
      expect(hashTree(folder)).toBe(before);
    }
    expect(stopped).toBeGreaterThan(0);
  },
);
