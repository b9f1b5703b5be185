import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';
import { CliError } from './cli-error.ts';

/** Colour functions; they return the text as it is when colours are off. */
export type Colors = ReturnType<typeof pc.createColors>;

/** No colours: for files and for programs. */
export const plainColors: Colors = pc.createColors(false);

/** Everything a command sees of the world outside the repository. */
export interface Terminal {
  /** Prints to stdout, as it is. */
  readonly out: (text: string) => void;
  /** Prints to stderr, as it is. */
  readonly err: (text: string) => void;
  readonly colors: Colors;
  /** A person can be asked: stdin and stdout are terminals. */
  readonly interactive: boolean;
  /** Stdout is a terminal, so control characters would be obeyed. */
  readonly screen: boolean;
  /** Where a person is asked. */
  readonly input: Readable;
  readonly output: Writable;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The terminal of this process. */
export function openTerminal(argv: readonly string[]): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    out: writerTo(stdout),
    err: writerTo(stderr),
    colors: pc.createColors(wantsColor(argv, env, stdout.isTTY)),
    interactive: stdin.isTTY && stdout.isTTY,
    screen: stdout.isTTY,
    input: stdin,
    output: stdout,
    get cwd() {
      return readCwd();
    },
    env,
  };
}

/** What to say when the working directory was removed under the program. */
export const lostFolder = 'the working directory does not exist any more; change to one that does';

function readCwd(): string {
  try {
    return process.cwd();
  } catch {
    throw new CliError(lostFolder);
  }
}

/** Decides about colours: `--no-color`, then `NO_COLOR`, then `FORCE_COLOR`, then whether there is a terminal to show them. */
export function wantsColor(argv: readonly string[], env: Terminal['env'], isTTY: boolean | undefined): boolean {
  const end = argv.indexOf('--');
  if ((end === -1 ? argv : argv.slice(0, end)).includes('--no-color')) return false;
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return isTTY === true && env['TERM'] !== 'dumb';
}

/** A reader that stops early (`| head`) must not stop a command that is writing files: what follows is dropped instead. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    closed = true;
  });
  return (text) => {
    if (!closed) stream.write(text);
  };
}
