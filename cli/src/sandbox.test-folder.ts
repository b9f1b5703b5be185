import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { onTestFinished } from 'vitest';
import type { Terminal } from './terminal.ts';

/** What one run of the program left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A small app with everything the rules change. */
export const app: Readonly<Record<string, string>> = {
  'package.json': '{\n  "name": "app",\n  "dependencies": {\n    "openai": "^6.0.0"\n  }\n}\n',
  '.env.example': 'OPENAI_API_KEY=\n',
  'src/client.ts': `import OpenAI from 'openai';\n\nexport const client = new OpenAI();\n`,
  'src/ask.ts': `import { client } from './client';\n\nexport const ask = () => client.chat.completions.create({ model: 'gpt-4o', messages: [] });\n`,
};

const bin = fileURLToPath(new URL('../bin/migrate-llm.js', import.meta.url));

/** Words before the program's: the rooms are read as TypeScript, so that no build can be stale. */
export const nodeWords: readonly string[] = [
  '--conditions=@migrate-llm/source',
  '--import',
  import.meta.resolve('tsx'),
  bin,
];

/** Makes a folder with files; it goes when the test ends. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-llm-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Makes an app that runs on openai 7; it goes when the test ends. */
export function makeApp(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder({ 'package.json': '{"type":"module","dependencies":{"openai":"^7.0.0"}}', ...files });
  symlinkSync(modules, join(folder, 'node_modules'));
  return folder;
}

/** Answers on loopback until the test ends. @returns the host with its port. */
export async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Makes a git repository of a folder, with everything committed. */
export function commitAll(folder: string): void {
  git(folder, 'init', '-q');
  git(folder, 'add', '-A');
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '--allow-empty', '-m', 'start');
}

/** Runs git in a folder and gives what it prints. */
export function git(folder: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout;
}

/** Runs the real program without a terminal. */
export function runBin(
  folder: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [...nodeWords, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnv(), ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** This process's environment without what would change the program's ways. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const drop = /^(?:MIGRATE_LLM_|OPENAI_|NO_COLOR$|FORCE_COLOR$|CI$|VITEST|NODE_OPTIONS$|GIT_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !drop.test(name)));
}

/** One hash over all names, permission bits, link targets and bytes below a folder, git's own files excepted. */
export function hashTree(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/^\.git(?:[\\/]|$)/.test(name)) continue;
    const stat = lstatSync(join(folder, name));
    hash.update(`${name}\0${stat.mode}\0`);
    if (stat.isFile()) hash.update(readFileSync(join(folder, name)));
    if (stat.isSymbolicLink()) hash.update(readlinkSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** A terminal that keeps what is printed, and on which a test can type. */
export interface Stage extends Terminal {
  readonly input: PassThrough;
  readonly text: () => string;
  readonly errors: () => string;
}

/** Opens a stage for `main` in this process. */
export function openStage(cwd: string, interactive = false): Stage {
  let [out, err] = ['', ''];
  const output = new PassThrough();
  output.on('data', (bytes: Buffer) => (out += bytes.toString()));
  return {
    out: (text) => (out += text),
    err: (text) => (err += text),
    colors: pc.createColors(false),
    interactive,
    screen: interactive,
    input: new PassThrough(),
    output,
    cwd,
    env: {},
    text: () => out,
    errors: () => err,
  };
}
