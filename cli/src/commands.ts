import type { Args, Syntax } from './args.ts';
import type { Terminal } from './terminal.ts';

/** What a command's module exports: runs it and gives the exit code. */
export interface CommandModule {
  readonly run: (args: Args, terminal: Terminal) => Promise<number>;
}

/** A command: what it takes, and where its code is. Code is loaded when the command runs, so that start-up stays fast. */
export interface Command extends Syntax {
  readonly load?: () => Promise<CommandModule>;
  /** A word of the contract whose command does not exist yet. */
  readonly later?: true;
}

const json = { help: 'print the result as JSON' };

/** The command without a name: plan, and write when asked. */
export const migrate: Command = {
  name: '',
  summary: 'finds every OpenAI touchpoint of a folder, prints the plan and the diff',
  words: ['path'],
  options: {
    write: { help: 'write the changes (undo takes them back)' },
    check: { help: 'write nothing; exit 1 when changes are pending' },
    yes: { help: 'with --write or on a terminal: do not ask' },
    'allow-dirty': { help: 'write although the folder has uncommitted changes' },
    only: { value: 'rule', many: true, help: 'apply only this rule (repeat it, or separate with commas)' },
    skip: { value: 'rule', many: true, help: 'leave this rule out' },
    json,
    version: { help: 'print the version' },
  },
  load: () => import('./commands/migrate.ts'),
};

/** The commands with a name, in the order of `--help`. A first word found here is a command; `./undo` is a folder. */
export const commands: readonly Command[] = [
  {
    name: 'undo',
    summary: 'restores every byte of the last run',
    words: ['path'],
    options: { all: { help: 'take back all runs, the newest first' }, json },
    load: () => import('./commands/undo.ts'),
  },
  {
    name: 'explain',
    summary: 'says what a rule does, with examples; without a rule: lists them',
    words: ['rule'],
    options: { json },
    load: () => import('./commands/explain.ts'),
  },
];

/** Finds a named command. */
export function findCommand(name: string | undefined): Command | undefined {
  return commands.find((command) => command.name === name);
}
