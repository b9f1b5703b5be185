import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { app, cleanEnv, commitAll, git, hashTree, makeFolder, nodeWords, runBin } from './sandbox.test-folder.ts';

const swapped = (text: string) => text.replace("'openai'", "'@migrate-llm/shim'");

describe('plan, write, undo', () => {
  test('the plan is printed and nothing is written without --write', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    const before = hashTree(folder);
    const { code, stdout, stderr } = await runBin(folder, []);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain("src/client.ts:1  import of default from 'openai'");
    expect(stdout).toContain("-import OpenAI from 'openai';\n+import OpenAI from '@migrate-llm/shim';");
    expect(stdout).toContain('Nothing written; run with --write.');
    expect(stdout).not.toContain('\x1b[');
    expect(hashTree(folder)).toBe(before);
  });

  test('--check says what is pending by its exit code, before and after', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    expect((await runBin(folder, ['--check'])).code).toBe(1);
    expect((await runBin(folder, ['--write'])).code).toBe(0);
    const after = await runBin(folder, ['--check']);
    expect(after.code).toBe(0);
    expect(after.stdout).toContain('Nothing to do');
  });

  test('writes, does nothing the second time, and undo restores every byte and mode', async () => {
    const folder = makeFolder(app);
    chmodSync(join(folder, 'src/client.ts'), 0o751);
    commitAll(folder);
    const before = hashTree(folder);
    const written = await runBin(folder, ['--write']);
    expect([written.code, written.stderr]).toEqual([0, '']);
    expect(written.stdout).toContain('Written: 3 files');
    expect(readFileSync(join(folder, 'src/client.ts'), 'utf8')).toBe(swapped(app['src/client.ts'] ?? ''));
    expect(statSync(join(folder, 'src/client.ts')).mode & 0o777).toBe(0o751);
    // The journal hides itself from git.
    expect(git(folder, 'status', '--short')).toBe(' M .env.example\n M package.json\n M src/client.ts\n');

    const old = new Date('2020-01-01T00:00:00Z');
    for (const file of Object.keys(app)) utimesSync(join(folder, file), old, old);
    const again = await runBin(folder, ['--write']);
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('Nothing to do');
    for (const file of Object.keys(app)) expect(statSync(join(folder, file)).mtimeMs).toBe(old.getTime());

    const undone = await runBin(folder, ['undo']);
    expect([undone.code, undone.stderr]).toEqual([0, '']);
    expect(undone.stdout).toContain('Restored: 3 files, every byte.');
    expect(hashTree(folder)).toBe(before);
    expect(existsSync(join(folder, '.migrate-llm'))).toBe(false);
    const nothing = await runBin(folder, ['undo']);
    expect([nothing.code, nothing.stderr]).toEqual([0, '']);
    expect(nothing.stdout).toContain('Nothing to undo');
  });

  test('--json is one JSON text, and the written run is in it', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    const plan = JSON.parse((await runBin(folder, ['--json'])).stdout);
    expect(plan).toMatchObject({ version: 1, root: folder, written: [], run: null, filesScanned: 4 });
    expect(plan.changes.map(({ file }: { file: string }) => file)).toEqual([
      '.env.example',
      'package.json',
      'src/client.ts',
    ]);
    const done = JSON.parse((await runBin(folder, ['--write', '--json'])).stdout);
    expect(done).toMatchObject({ written: ['.env.example', 'package.json', 'src/client.ts'], run: '0001', broken: [] });
    const undone = JSON.parse((await runBin(folder, ['undo', '--json'])).stdout);
    expect(undone.restored).toHaveLength(3);
  });

  test('the printed diff is one that git applies', async () => {
    const folder = makeFolder({
      ...app,
      'src/crlf.ts': `import OpenAI from 'openai';\r\nexport const two = new OpenAI();`,
    });
    commitAll(folder);
    const { changes } = JSON.parse((await runBin(folder, ['--json'])).stdout) as { changes: Array<{ diff: string }> };
    const patch = join(makeFolder(), 'all.patch');
    writeFileSync(patch, changes.map(({ diff }) => diff).join(''));
    git(folder, 'apply', patch);
    const byPatch = hashTree(folder);
    git(folder, 'checkout', '-q', '.');
    await runBin(folder, ['--write']);
    rmSync(join(folder, '.migrate-llm'), { recursive: true });
    expect(hashTree(folder)).toBe(byPatch);
  });

  test('--only and --skip choose rules', async () => {
    const folder = makeFolder(app);
    const only = await runBin(folder, ['--json', '--only', 'import-swap']);
    expect(JSON.parse(only.stdout).changes.map(({ file }: { file: string }) => file)).toEqual(['src/client.ts']);
    const skip = await runBin(folder, ['--json', '--skip', 'package-json, env-example']);
    expect(JSON.parse(skip.stdout).changes.map(({ file }: { file: string }) => file)).toEqual(['src/client.ts']);
  });

  test('undo takes runs back one by one, or all', async () => {
    const folder = makeFolder(app);
    const before = hashTree(folder);
    for (let round = 0; round < 2; round += 1) {
      expect((await runBin(folder, ['--write', '--only', 'import-swap'])).code).toBe(0);
      const middle = hashTree(join(folder, 'src'));
      expect((await runBin(folder, ['--write', '--only', 'env-example,package-json'])).code).toBe(0);
      if (round === 0) {
        const first = await runBin(folder, ['undo']);
        expect(first.stdout).toContain('1 earlier run can still be taken back');
        expect(hashTree(join(folder, 'src'))).toBe(middle);
        expect((await runBin(folder, ['undo'])).code).toBe(0);
      } else {
        expect((await runBin(folder, ['undo', '--all'])).code).toBe(0);
      }
      expect(hashTree(folder)).toBe(before);
    }
  });

  test('undo refuses files that changed since, names them and touches nothing', async () => {
    const folder = makeFolder(app);
    await runBin(folder, ['--write']);
    writeFileSync(join(folder, 'src/client.ts'), '// mine\n', { flag: 'a' });
    rmSync(join(folder, '.env.example'));
    const before = hashTree(folder);
    const { code, stdout, stderr } = await runBin(folder, ['undo']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('2 files changed since the run');
    expect(stderr).toContain('\n  .env.example (missing)\n  src/client.ts\n');
    expect(hashTree(folder)).toBe(before);
  });
});

describe('git', () => {
  test('a dirty folder is refused, unless told', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const before = hashTree(folder);
    const { code, stderr, stdout } = await runBin(folder, ['--write']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('1 uncommitted change in this folder (notes.txt): commit or stash first');
    expect(hashTree(folder)).toBe(before);
    expect((await runBin(folder, ['--write', '--allow-dirty'])).code).toBe(0);
    expect((await runBin(folder, ['undo'])).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });

  test('in a monorepo only the named package counts, and the journal lies at the root', async () => {
    const inA = Object.fromEntries(Object.entries(app).map(([file, text]) => [`packages/a/${file}`, text]));
    const folder = makeFolder({ ...inA, 'packages/b/index.ts': `import OpenAI from 'openai';\nnew OpenAI();\n` });
    commitAll(folder);
    writeFileSync(join(folder, 'packages/b/dirty.txt'), '');
    const before = hashTree(folder);
    expect((await runBin(join(folder, 'packages'), ['a', '--write'])).code).toBe(0);
    expect(existsSync(join(folder, '.migrate-llm/runs/0001'))).toBe(true);
    expect(git(folder, 'status', '--short')).not.toContain('packages/b/index.ts');
    // From a sibling the run is not taken back by surprise.
    const elsewhere = await runBin(join(folder, 'packages/b'), ['undo']);
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain(`migrate-llm undo ${join(folder, 'packages/a')}`);
    expect((await runBin(folder, ['undo'])).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });

  test('a linked work tree is a work tree like any other', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    const tree = join(makeFolder(), 'tree');
    git(folder, 'worktree', 'add', '-q', '--detach', tree);
    expect((await runBin(tree, ['--write'])).code).toBe(0);
    expect(git(folder, 'status', '--short')).toBe('');
    expect((await runBin(tree, ['undo'])).code).toBe(0);
    expect(git(tree, 'status', '--short')).toBe('');
  });

  test('without git it writes, and says that undo exists', async () => {
    const folder = makeFolder(app);
    expect((await runBin(folder, [])).stdout).toContain('There is no git here; migrate-llm undo restores every byte.');
    expect((await runBin(folder, ['--write'])).code).toBe(0);
  });

  test('a repository that git cannot read counts as dirty', async () => {
    const folder = makeFolder({ ...app, '.git': 'gitdir: /nowhere\n' });
    const { code, stderr } = await runBin(folder, ['--write']);
    expect(code).toBe(2);
    expect(stderr).toContain('git cannot say whether this folder is clean: fatal: not a git repository');
  });

  test('a repository without git installed counts as dirty', async () => {
    const folder = makeFolder(app);
    commitAll(folder);
    const { code, stderr } = await runBin(folder, ['--write'], { PATH: makeFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain('git is not installed');
  });

  test('ignored files are not read, and an ignored folder named by itself is', async () => {
    const folder = makeFolder({
      '.gitignore': 'tmp/\n',
      'a.ts': '',
      ...Object.fromEntries(Object.entries(app).map(([file, text]) => [`tmp/${file}`, text])),
    });
    commitAll(folder);
    expect((await runBin(folder, [])).stdout).toContain('Nothing of OpenAI was found in 2 files.');
    expect((await runBin(folder, ['tmp', '--write'])).code).toBe(0);
    expect(existsSync(join(folder, 'tmp/.migrate-llm'))).toBe(true);
    expect(git(folder, 'status', '--short')).toBe('');
  });

  test('repositories inside the repository are said and left to themselves', async () => {
    const folder = makeFolder({ ...app, 'inner/client.ts': app['src/client.ts'] ?? '' });
    commitAll(join(folder, 'inner'));
    git(folder, 'init', '-q');
    git(folder, 'add', '.');
    const { stdout } = await runBin(folder, []);
    expect(stdout).toContain('inner  a git repository of its own: run migrate-llm in it');
    expect(stdout).toContain('3 to rewrite in 3 files');
  });

  test('a file that does not parse keeps the folder as it is, unless told', async () => {
    const folder = makeFolder({ ...app, 'src/broken.ts': `import OpenAI from 'openai';\nconst = ;\n` });
    commitAll(folder);
    const before = hashTree(folder);
    const refused = await runBin(folder, ['--write']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('nothing was written');
    expect(hashTree(folder)).toBe(before);
    const { code, stdout } = await runBin(folder, ['--write', '--allow-unparsed']);
    expect(code).toBe(0);
    expect(stdout).toContain('Written: 3 files');
  });

  test('a working directory that is gone', () => {
    const script = `
      const { main } = await import(${JSON.stringify(new URL('main.ts', import.meta.url).href)});
      (await import('node:fs')).rmdirSync(process.cwd());
      process.exitCode = await main([]);`;
    const words = [...nodeWords.slice(0, -1), '--input-type=module', '-e', script];
    const { status, stderr } = spawnSync(process.execPath, words, {
      cwd: makeFolder(),
      encoding: 'utf8',
      env: cleanEnv(),
    });
    expect(stderr).toBe('migrate-llm: the working directory does not exist any more; change to one that does\n');
    expect(status).toBe(2);
  });

  test('a repository without a commit or a file', async () => {
    const folder = makeFolder();
    git(folder, 'init', '-q');
    const { code, stdout } = await runBin(folder, ['--write']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing of OpenAI was found in 0 files.');
  });
});

describe('texts', () => {
  test('CRLF, BOM, missing last line end and odd names survive', async () => {
    const odd = 'src/Ünï cödé\n"$x\'.ts';
    const folder = makeFolder({
      'package.json': app['package.json'] ?? '',
      'src/crlf.ts': `import OpenAI from 'openai';\r\nexport const c = new OpenAI();\r\n`,
      'src/bom.ts': `\uFEFFimport OpenAI from 'openai';\nexport const c = new OpenAI();`,
      [odd]: `import OpenAI from 'openai';\nexport const c = new OpenAI();`,
    });
    commitAll(folder);
    const before = hashTree(folder);
    const { code, stdout } = await runBin(folder, ['--write']);
    expect(code).toBe(0);
    expect(stdout).toContain('Written: 4 files');
    expect(stdout).toContain('src/Ünï cödé\\n"$x\'.ts:1');
    expect(readFileSync(join(folder, 'src/crlf.ts'), 'utf8')).toBe(
      `import OpenAI from '@migrate-llm/shim';\r\nexport const c = new OpenAI();\r\n`,
    );
    expect(readFileSync(join(folder, 'src/bom.ts'), 'utf8')).toBe(
      `\uFEFFimport OpenAI from '@migrate-llm/shim';\nexport const c = new OpenAI();`,
    );
    expect((await runBin(folder, ['undo'])).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });

  test('what cannot be read is named with its reason, and the rest is planned', async () => {
    const line = `import OpenAI from 'openai';\n`;
    const folder = makeFolder({
      ...app,
      'src/broken.ts': `${line}const = ;\n`,
      'src/latin1.ts': Buffer.from(`${line}// caf\u00e9\n`, 'latin1'),
      'src/utf16.ts': Buffer.from(`\uFEFF${line}`, 'utf16le'),
      'src/minified.js': `${line}${'x=1;'.repeat(500_000)}\n`,
      'src/data.ts': `${line}${'// data\n'.repeat(700_000)}`,
      'src/photo.ts': Buffer.from([0, 1, 2, 0xff]),
    });
    commitAll(folder);
    const { code, stdout, stderr } = await runBin(folder, []);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^migrate-llm: src\/broken\.ts does not parse: line 2.*Mend it, or pass --allow-unparsed/);
    expect(stdout).toMatch(/src\/broken\.ts {2}does not parse: line 2/);
    expect(stdout).toContain('src/latin1.ts  it is not UTF-8');
    expect(stdout).toContain('src/utf16.ts  it is not UTF-8');
    expect(stdout).toMatch(/src\/minified\.js {2}(?:minified|too large)/);
    expect(stdout).toContain('src/data.ts  it has 6 MB');
    expect(stdout).not.toContain('photo');
    expect(stdout).toContain('3 to rewrite in 3 files');
  });

  test('symbolic links: the own file is changed once, what lies outside is said and left', async () => {
    const outside = makeFolder({
      'lib.ts': `import OpenAI from 'openai';\nexport const c = new OpenAI();\n`,
      'more/x.ts': '',
    });
    const folder = makeFolder(app);
    symlinkSync('src/client.ts', join(folder, 'link.ts'));
    symlinkSync(join(outside, 'lib.ts'), join(folder, 'outside.ts'));
    symlinkSync(join(outside, 'more'), join(folder, 'more'));
    symlinkSync('nowhere', join(folder, 'dangling.ts'));
    symlinkSync('.', join(folder, 'loop'));
    const [before, beforeOutside] = [hashTree(folder), hashTree(outside)];
    const { code, stdout } = await runBin(folder, ['--write']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /outside\.ts {2}a symbolic link to .*lib\.ts, outside the folder: it is neither read nor written/,
    );
    expect(stdout).toMatch(/more {2}a symbolic link to/);
    expect(stdout).toContain('Written: 3 files');
    expect(hashTree(outside)).toBe(beforeOutside);
    expect((await runBin(folder, ['undo'])).code).toBe(0);
    expect(hashTree(folder)).toBe(before);
  });

  test('nothing of OpenAI is said honestly', async () => {
    const folder = makeFolder({ 'a.ts': 'export const a = 1;\n', 'b.md': 'text\n' });
    const { code, stdout } = await runBin(folder, ['--write']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing of OpenAI was found in 2 files.');
    expect(existsSync(join(folder, '.migrate-llm'))).toBe(false);
  });

  test('a file name cannot talk to the terminal', async () => {
    const folder = makeFolder({ ...app, 'src/\x1b]0;owned\x07.ts': app['src/client.ts'] ?? '' });
    const { stdout } = await runBin(folder, [], { FORCE_COLOR: '1' });
    expect(stdout).toContain('\x1b[');
    expect(stdout).not.toContain('\x1b]0;owned');
    expect(stdout).toContain('\\u001b]0;owned\\u0007.ts');
  });
});
