import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from './main.ts';
import { cleanEnv, commitAll, hashTree, makeFolder, nodeWords, openStage } from './sandbox.test-folder.ts';

const far = Array.from({ length: 12 }, (_, index) => `export const line${index} = ${index};\n`).join('');
const one = `import OpenAI from 'openai';\nexport const a = new OpenAI();\n${far}const { OpenAI: Again } = await import('openai');\nexport const b = new Again();\n`;
const files: Readonly<Record<string, string>> = {
  'one.ts': one.replaceAll('\n', '\r\n'),
  'package.json': '{\n  "dependencies": {\n    "openai": "^6.0.0"\n  }\n}\n',
  'two.ts': `import OpenAI from 'openai';\nexport const c = new OpenAI();`,
};
const swapAt = (text: string, ...places: number[]): string => {
  let nth = 0;
  return text.replaceAll("'openai'", (found) => (places.includes((nth += 1)) ? "'@migrate-llm/shim'" : found));
};

async function answer(keys: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = makeFolder(files);
  commitAll(folder);
  const before = hashTree(folder);
  const stage = { ...openStage(folder, true), env };
  for (const key of keys) stage.input.write(`${key}\n`);
  const code = await main(['--interactive'], stage);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { code, stage, folder, read, unchanged: hashTree(folder) === before };
}

describe('hunk by hunk', () => {
  test('y and n, and what was left out is still to come', async () => {
    // The hunks: one.ts twice, package.json, two.ts.
    const { code, stage, read, folder } = await answer(['n', 'y', 'y', 'n']);
    expect(code).toBe(0);
    expect(stage.errors()).not.toContain('migrate-llm:');
    expect(read('one.ts')).toBe(swapAt(files['one.ts'] ?? '', 2));
    expect(read('two.ts')).toBe(files['two.ts']);
    expect(read('package.json')).toContain('@migrate-llm/shim');
    expect(stage.text()).toContain('Written: 2 files; read again and parsed; what you left out is still to come.');
    const undo = openStage(folder);
    expect(await main(['undo'], undo)).toBe(0);
    expect(Object.keys(files).map(read)).toEqual(Object.values(files));
  });

  test('all yes is the plan, byte for byte', async () => {
    const { stage, read } = await answer(['y', 'y', 'y', 'y']);
    expect(read('one.ts')).toBe(swapAt(files['one.ts'] ?? '', 1, 2));
    expect(read('two.ts')).toBe(swapAt(files['two.ts'] ?? '', 1));
    expect(stage.text()).toContain('a second run would change nothing');
  });

  test('a takes the rest of the file, d leaves it, q leaves everything that follows', async () => {
    const taken = await answer(['a', 'd', 'y']);
    expect(taken.read('one.ts')).toBe(swapAt(files['one.ts'] ?? '', 1, 2));
    expect(taken.read('package.json')).toBe(files['package.json']);
    expect(taken.read('two.ts')).toBe(swapAt(files['two.ts'] ?? '', 1));
    const quit = await answer(['y', 'q']);
    expect(quit.code).toBe(0);
    expect(quit.read('one.ts')).toBe(swapAt(files['one.ts'] ?? '', 1));
    expect(quit.read('two.ts')).toBe(files['two.ts']);
  });

  test('? explains, another key asks again, and no to all writes nothing', async () => {
    const { code, stage, unchanged } = await answer(['?', 'x', '', 'n', 'n', 'n', 'n']);
    expect([code, unchanged]).toEqual([0, true]);
    expect(stage.text().match(/a - write it and all later ones/g)).toHaveLength(3);
    expect(stage.text().match(/\(1\/2\) Write this change/g)).toHaveLength(4);
    expect(stage.text()).toContain('Nothing written: every change was left out.');
  });

  test('the end of the input writes nothing', async () => {
    const folder = makeFolder(files);
    const stage = openStage(folder, true);
    stage.input.end('y\n');
    expect(await main(['--interactive'], stage)).toBe(130);
    expect(stage.errors()).toContain('stopped; nothing was written');
    expect(readFileSync(join(folder, 'one.ts'), 'utf8')).toBe(files['one.ts']);
  });
});

describe('e opens the editor', () => {
  const editor = (script: string): Readonly<Record<string, string>> => {
    const path = join(makeFolder({ 'my editor.sh': `#!/bin/sh\n${script}\n` }), 'my editor.sh');
    chmodSync(path, 0o755);
    return { EDITOR: `'${path}' --wait` };
  };

  test('an edited line is written', async () => {
    const { code, stage, read } = await answer(
      ['n', 'n', 'y', 'e'],
      editor(`sed -i "s/^+import OpenAI/+import OpenAI \\/* mine *\\//" "$2"`),
    );
    expect(code).toBe(0);
    expect(stage.errors()).not.toContain('migrate-llm:');
    expect(read('two.ts')).toBe(`import OpenAI /* mine */ from '@migrate-llm/shim';\nexport const c = new OpenAI();`);
  });

  test.each([
    ['true', undefined],
    ['sed -i "s/^-import/-importt/" "$2"', 'only lines that begin with "+" can be changed'],
    ['sed -i d "$2"', 'nothing was edited'],
    ['exit 3', 'failed; set EDITOR to one that works'],
  ])('an editor that does: %s', async (script, message) => {
    const { read, stage } = await answer(['n', 'n', 'n', 'e', 'n'], editor(script));
    expect(read('two.ts')).toBe(message === undefined ? swapAt(files['two.ts'] ?? '', 1) : files['two.ts']);
    if (message !== undefined) expect(stage.errors()).toContain(message);
  });
});

/** Runs the program on a terminal of its own, made by util-linux's or BSD's `script`. */
function runOnTerminal(
  folder: string,
  words: readonly string[],
  type: (seen: string, send: (keys: string) => void) => void,
) {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const program = [process.execPath, ...nodeWords, ...words];
  const wrapped =
    process.platform === 'linux'
      ? ['-qec', program.map(quote).join(' '), '/dev/null']
      : ['-q', '/dev/null', ...program];
  const child = spawn('script', wrapped, {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...cleanEnv(), TERM: 'xterm' },
  });
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    type(seen, (keys) => child.stdin.write(keys));
  });
  return new Promise<{ code: number | null; seen: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, seen }));
  });
}

describe('on a real terminal', () => {
  test('answers are typed, progress is shown and leaves nothing behind', async () => {
    const folder = makeFolder(files);
    commitAll(folder);
    const keys = ['n\r', 'y\r', 'y\r', 'n\r'];
    let asked = 0;
    const { code, seen } = await runOnTerminal(folder, ['--interactive'], (text, send) => {
      const questions = text.split('Write this change').length - 1;
      while (asked < questions) send(keys[asked++] ?? '');
    });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'one.ts'), 'utf8')).toBe(swapAt(files['one.ts'] ?? '', 2));
    expect(readFileSync(join(folder, 'two.ts'), 'utf8')).toBe(files['two.ts']);
    expect(seen).toContain('Reading');
    expect(seen).toContain('\r\x1b[K');
    expect(seen).toContain('\x1b[32m');
  });

  test('Ctrl-C at a question writes nothing', async () => {
    const folder = makeFolder(files);
    commitAll(folder);
    const before = hashTree(folder);
    let sent = 0;
    const { code, seen } = await runOnTerminal(folder, ['--interactive'], (text, send) => {
      const questions = text.split('Write this change').length - 1;
      if (questions > sent) send(['y\r', '\x03'][sent++] ?? '');
    });
    expect(code).toBe(130);
    expect(seen).toContain('stopped; nothing was written');
    expect(hashTree(folder)).toBe(before);
  });
});

test('an uncommitted change is said before anything is asked', async () => {
  const folder = makeFolder(files);
  commitAll(folder);
  writeFileSync(join(folder, 'new.txt'), '');
  const stage = openStage(folder, true);
  expect(await main(['--interactive'], stage)).toBe(2);
  expect(stage.errors()).toContain('1 uncommitted change');
});
