import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real engine on loopback. */
export interface LiveEngine {
  /** With its version path. */
  readonly baseURL: string;
  readonly stop: () => void;
}

const shared = new URL('../../../../shared/', import.meta.url).pathname;
const dir = process.env['ENGINES_DIR'] ?? join(tmpdir(), 'engines');

function run(...args: string[]): ChildProcess {
  const env = { ...process.env, ENGINES_DIR: dir, ENGINE_SECONDS: '600' };
  return spawn(join(shared, 'engines/engine.sh'), args, { env, stdio: 'ignore', detached: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Installs an engine where it is missing and starts it with the scripted model; it is ready once `ready` answers for the model. Throws when it does not start. */
export async function startEngine(name: 'llama-server' | 'ollama', model: string): Promise<LiveEngine> {
  const code = await new Promise((resolve) => run('install', name).on('exit', resolve));
  if (code !== 0) throw new Error(`${name} could not be installed (${String(code)})`);
  const port = await freePort();
  const child = run('start', name, join(shared, 'models/tiny-llama-scripted.gguf'), String(port));
  const stop = (): void => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid);
  };
  const baseURL = `http://127.0.0.1:${port}/v1`;
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const list = await fetch(`${baseURL}/models`).then(
      (response) => (response.ok ? response.text() : ''),
      () => '',
    );
    if (list.includes(model)) return { baseURL, stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  stop();
  throw new Error(`${name} did not start`);
}
