import { readArgs } from './args.ts';
import { CliError } from './cli-error.ts';
import { commands, findCommand, migrate, type Command } from './commands.ts';
import { writeCommandHelp, writeHelp } from './help.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { readVersion } from './version.ts';
import { showName } from './word.ts';

/**
 * Runs the command that the words ask for.
 * @param argv words after the program's name.
 * @returns the exit code: 0 yes, 1 no, 2 usage or environment, 3 inconclusive, 130 stopped by Ctrl-C.
 */
export async function main(argv: readonly string[], terminal: Terminal = openTerminal(argv)): Promise<number> {
  const named = findCommand(argv[0]);
  try {
    return await runCommand(named ?? migrate, named === undefined ? argv : argv.slice(1), terminal);
  } catch (error) {
    if (error instanceof CliError) {
      terminal.err(`migrate-llm: ${error.message.split('\n').map(showName).join('\n')}\n`);
    } else {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      terminal.err(
        `${stack}\nmigrate-llm: this is a bug in migrate-llm ${readVersion()}; please report it with the lines above.\n`,
      );
    }
    return 2;
  }
}

async function runCommand(command: Command, argv: readonly string[], terminal: Terminal): Promise<number> {
  const args = readArgs(command, argv);
  if (args.switches.has('version')) {
    terminal.out(`${readVersion()}\n`);
    return 0;
  }
  if (args.switches.has('help')) {
    terminal.out(
      command === migrate ? writeHelp(migrate, commands, terminal.colors) : writeCommandHelp(command, terminal.colors),
    );
    return 0;
  }
  if (command === migrate) {
    const misplaced = args.words.find((word) => findCommand(word) !== undefined && word !== argv[0]);
    if (misplaced !== undefined)
      throw new CliError(`put the command first: migrate-llm ${misplaced} …; a folder of that name is ./${misplaced}`);
  }
  const { run } = await command.load();
  return run(args, terminal);
}
