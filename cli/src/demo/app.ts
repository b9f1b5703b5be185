import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How a program of the app ended. */
export interface Outcome {
  /** Exit code; 128 and more when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Runs the app's own tests. */
export function runTests(app: string, env: Env, signal: AbortSignal): Promise<Outcome> {
  const vitest = join(dirname(createRequire(join(app, 'package.json')).resolve('vitest/package.json')), 'vitest.mjs');
  return run(app, [vitest, 'run', '--reporter=dot'], env, signal);
}

/** Starts the app on a ticket, as its `npm start` does. */
export function runApp(app: string, ticket: string, env: Env, signal: AbortSignal): Promise<Outcome> {
  const tsx = pathToFileURL(createRequire(join(app, 'package.json')).resolve('tsx')).href;
  return run(app, ['--import', tsx, 'src/main.ts', ticket], env, signal);
}

function run(cwd: string, words: readonly string[], env: Env, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, {
      cwd,
      env: { ...withoutOpenAI(process.env), NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      timeout: 120_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 128, stdout, stderr }));
  });
}

/** The demo shows an app that has left OpenAI: it gets no key of it, and no setting of the caller's. */
function withoutOpenAI(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(OPENAI|AZURE_OPENAI|MIGRATE_LLM)_/.test(name)));
}
