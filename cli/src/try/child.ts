import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CliError, codeOf } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';

/** How a command is started. */
export interface ChildOptions {
  readonly cwd: string;
  readonly env: Terminal['env'];
  /** Its output goes to our stderr, because stdout belongs to a report. */
  readonly outputToStderr: boolean;
  /** A terminal hands Ctrl-C to the command itself. */
  readonly interactive: boolean;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a command to its end, with our input and output. A signal to us goes on to it; a second one kills it.
 * @returns its exit code; 128 and the signal's number when a signal ended it. Throws `CliError` when it cannot be started.
 */
export function runChild([command = '', ...words]: readonly string[], options: ChildOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['inherit', options.outputToStderr ? 2 : 'inherit', 'inherit'],
      // npm and its like are batch files there, which only the shell starts.
      shell: process.platform === 'win32',
    });
    let told = false;
    const forward = (signal: NodeJS.Signals): void => {
      if (told) child.kill('SIGKILL');
      else if (signal !== 'SIGINT' || !options.interactive) child.kill(signal);
      told = true;
    };
    for (const signal of signals) process.on(signal, forward);
    const leave = (): void => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once('error', (error) => {
      leave();
      const why = codeOf(error) === 'ENOENT' ? 'there is no such program' : error.message;
      reject(new CliError(`${command} cannot be started: ${why}`));
    });
    child.once('close', (code, signal) => {
      leave();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** The environment in which any OpenAI client calls an address: under the names that SDKs read, with a key in place of the real one. */
export function pointAt(
  env: Terminal['env'],
  url: string,
  key: string | undefined,
): Record<string, string | undefined> {
  const proxied = Object.keys(env).some((name) => /^(https?|all)_proxy$/i.test(name));
  const direct = [env['NO_PROXY'] ?? env['no_proxy'], '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return {
    ...env,
    OPENAI_BASE_URL: url,
    OPENAI_API_BASE: url,
    OPENAI_API_KEY: key,
    ...(proxied ? { NO_PROXY: direct, no_proxy: direct } : {}),
  };
}
