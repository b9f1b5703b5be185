import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Name of a real engine that `../shared/engines/engine.sh` can install and start. */
export type EngineName = 'llama-server' | 'ollama' | 'llama-stack';

/** Small real models of `../shared/models`. */
const models = { scripted: 'tiny-llama-scripted.gguf', smollm2: 'SmolLM2-135M-Instruct.Q4_1.gguf' } as const;

/** A model an engine is started with. */
export type ModelName = keyof typeof models;

/** Paths below an engine's address: its API, and what answers once it is up. */
const routes: Readonly<Record<EngineName, { readonly api: string; readonly ready: string }>> = {
  'llama-server': { api: '/v1', ready: '/health' },
  ollama: { api: '/v1', ready: '/api/version' },
  'llama-stack': { api: '/v1/openai/v1', ready: '/v1/health' },
};

const shared = new URL('../../../../shared/', import.meta.url).pathname;
const installed = process.env['ENGINES_DIR'] ?? join(tmpdir(), 'engines');
const seconds = '900';

/** Engines that run on loopback until they are stopped. */
export interface Engines {
  /** Installs an engine where it is not yet, starts it on a free port and gives its base URL. */
  start(name: EngineName, model: ModelName, ...more: string[]): Promise<string>;
  stop(): void;
}

/** Keeps the engines of one test file. */
export function openEngines(): Engines {
  const children: ChildProcess[] = [];
  const folders: string[] = [];
  const run = (dir: string, ...args: string[]): ChildProcess => {
    const child = spawn(join(shared, 'engines/engine.sh'), args, {
      env: { ...process.env, ENGINES_DIR: dir, ENGINE_SECONDS: seconds },
      stdio: 'ignore',
      detached: true,
    });
    children.push(child);
    return child;
  };
  return {
    async start(name, model, ...more) {
      // Ollama takes minutes to build, and its installer does not look whether it is there.
      const built = name === 'ollama' && existsSync(join(installed, 'ollama/ollama'));
      if (!built) {
        const code = await ended(run(installed, 'install', name));
        if (code !== 0) throw new Error(`${name} could not be installed (${String(code)})`);
      }
      // What an engine keeps of its models is this start's own: two of a kind do not see each other.
      const dir = mkdtempSync(join(tmpdir(), 'engine-'));
      folders.push(dir);
      for (const engine of [name, 'llama-server'])
        if (existsSync(join(installed, engine)) && !existsSync(join(dir, engine)))
          symlinkSync(join(installed, engine), join(dir, engine));
      const port = await freePort();
      const child = run(dir, 'start', name, join(shared, 'models', models[model]), String(port), ...more);
      await untilReady(`http://127.0.0.1:${port}`, name, child);
      if (name === 'ollama') await useOneThread(`http://127.0.0.1:${port}`);
      return `http://127.0.0.1:${port}${routes[name].api}`;
    },
    stop() {
      for (const child of children)
        if (child.exitCode === null && child.pid !== undefined)
          for (const pid of listFamily(child.pid)) endProcess(pid);
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lists a process and all below it: `timeout` gives what it runs a process group of its own. */
function listFamily(pid: number): readonly number[] {
  try {
    const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return [...below.flatMap((child) => listFamily(Number(child))), pid];
  } catch {
    return [];
  }
}

/** One that ended with its parent is no failure. */
function endProcess(pid: number): void {
  try {
    process.kill(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', resolve));
}

/** Finds a port that is free together with the next, where Llama Stack has its engine. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenOn(0);
    if (port !== undefined && (await listenOn(port + 1)) !== undefined) return port;
  }
}

function listenOn(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got));
    });
  });
}

async function untilReady(address: string, name: EngineName, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (await answers(`${address}${routes[name].ready}`)) {
      // Ollama is up before its models are made.
      if (name !== 'ollama' || (await answers(`${address}/v1/models/local-tools`))) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${name} did not start`);
}

/** Two threads of Ollama's wait for each other in a loop, which on a busy machine takes minutes for a word. */
async function useOneThread(address: string): Promise<void> {
  for (const model of ['local', 'local-tools']) {
    const body = JSON.stringify({ model, from: model, parameters: { num_thread: 1 }, stream: false });
    const response = await fetch(`${address}/api/create`, { method: 'POST', body });
    if (!response.ok) throw new Error(`Ollama does not take num_thread: ${await response.text()}`);
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
