import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';
import { findNearest } from './word.ts';

/** An option of a command, as `--help` shows it. */
export interface Option {
  readonly help: string;
  /** Name of the value, such as `file`; absent for a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
}

/** What a command takes. */
export interface Syntax {
  /** Its name as typed, or '' for the command that needs no name. */
  readonly name: string;
  readonly summary: string;
  /** Names of the positional arguments, all optional, for example `path`. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Name of the words behind `--`, which are not this program's; absent where none are taken. */
  readonly rest?: string;
}

/** The words of one call of a command. */
export interface Args {
  readonly words: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The words behind `--`, where the command takes some. */
  readonly rest: readonly string[];
}

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, Option>> = {
  help: { help: 'show this help' },
  'no-color': { help: 'plain text; so do NO_COLOR and a pipe' },
};

/** Reads a command's words. Throws `CliError` for anything the command does not take. */
export function readArgs(syntax: Syntax, argv: readonly string[]): Args {
  const options = { ...syntax.options, ...commonOptions };
  const end = syntax.rest === undefined ? -1 : argv.indexOf('--');
  const rest = end === -1 ? [] : argv.slice(end + 1);
  const { tokens } = parseArgs({
    args: end === -1 ? [...argv] : argv.slice(0, end),
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option === undefined) throw new CliError(describeUnknown(syntax, token.rawName, Object.keys(options)));
    if (option.value === undefined) {
      if (token.value !== undefined) throw new CliError(`${token.rawName} takes no value; leave out "=${token.value}"`);
      switches.add(token.name);
      continue;
    }
    if (token.value === undefined || token.value === '' || (!token.inlineValue && /^-./.test(token.value)))
      throw new CliError(`${token.rawName} needs a value: ${token.rawName} <${option.value}>`);
    const known = values.get(token.name) ?? [];
    if (known.length > 0 && option.many !== true) throw new CliError(`${token.rawName} is given twice; give it once`);
    values.set(token.name, [...known, token.value]);
  }
  const surplus = words[syntax.words.length];
  if (surplus !== undefined && !switches.has('help')) throw new CliError(describeSurplus(syntax, surplus));
  return { words, switches, values, rest };
}

/** The one value of an option, or undefined when it is not given. */
export function valueOf(args: Args, name: string): string | undefined {
  return args.values.get(name)?.at(-1);
}

/** Reads an option as a whole number. Throws `CliError` when it is none or out of range. */
export function readNumber(args: Args, name: string, least: number, most: number): number | undefined {
  const text = valueOf(args, name);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new CliError(`--${name} is "${text}"; give a whole number from ${least} to ${most}`);
  return number;
}

function describeUnknown({ name }: Syntax, option: string, known: readonly string[]): string {
  const near = findNearest(option.replace(/^-+/, ''), known);
  const hint = near === undefined ? '' : `; did you mean --${near}?`;
  return `unknown option ${option}${hint} ${helpHint(name)}`;
}

function describeSurplus({ name, words }: Syntax, surplus: string): string {
  const takes = words.length === 0 ? 'nothing' : `one ${words.join(' and one ')}`;
  return `"${surplus}" is one word too many: ${name === '' ? 'migrate-llm' : name} takes ${takes} ${helpHint(name)}`;
}

function helpHint(name: string): string {
  return `(see migrate-llm ${name === '' ? '' : `${name} `}--help)`;
}
