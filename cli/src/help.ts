import { commonOptions, type Option, type Syntax } from './args.ts';
import type { Colors } from './terminal.ts';

/** Lines `--help` adds for the commands as a whole. */
const exitCodes = `Exit codes: 0 yes, 1 no (changes pending under --check, NOT SAFE), 2 usage or environment, 3 INCONCLUSIVE.`;

/** Writes the help of the whole program from its table. */
export function writeHelp(first: Syntax, commands: readonly Syntax[], colors: Colors): string {
  const rows = commands.map((command): [string, string] => [
    [command.name, ...command.words.map((word) => `[${word}]`)].join(' '),
    command.summary,
  ]);
  return [
    `${colors.bold('migrate-llm')} moves the OpenAI calls of a JS/TS repo to open models, and proves that they hold.`,
    '',
    `${colors.bold('Usage')}  migrate-llm [path] [options]     ${first.summary}`,
    '       migrate-llm <command> [options]',
    '',
    colors.bold('Options'),
    ...table(optionRows(first.options)),
    '',
    colors.bold('Commands'),
    ...table(rows),
    '',
    `migrate-llm <command> --help says more. ${exitCodes}`,
    '',
  ].join('\n');
}

/** Writes the help of one command. */
export function writeCommandHelp(command: Syntax, colors: Colors): string {
  const usage = [
    'migrate-llm',
    command.name,
    ...command.words.map((word) => `[${word}]`),
    '[options]',
    ...(command.rest === undefined ? [] : [`-- <${command.rest}>`]),
  ];
  return [
    `${colors.bold('Usage')}  ${usage.join(' ')}`,
    '',
    command.summary,
    '',
    colors.bold('Options'),
    ...table(optionRows(command.options)),
    '',
  ].join('\n');
}

function optionRows(options: Readonly<Record<string, Option>>): Array<[string, string]> {
  return Object.entries({ ...options, ...commonOptions }).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} <${value}>`,
    help,
  ]);
}

function table(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
