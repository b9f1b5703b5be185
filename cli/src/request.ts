import { extname } from 'node:path';
import { valueOf, type Args } from './args.ts';
import { CliError } from './cli-error.ts';
import { formats, isFormat, type Format } from './reports/formats.ts';
import { dialectIds, type DialectId } from '@migrate-llm/shim/manifest';
import { findNearest } from './word.ts';

/** How `--split` groups the changed files. */
export type Split = 'package' | 'codeowners';

/** What one call of the command without a name is to do. */
export interface Request {
  readonly write: boolean;
  readonly check: boolean;
  readonly interactive: boolean;
  readonly format: Format;
  /** File for the report, or folder for the patches of `--split`; as typed. */
  readonly out: string | undefined;
  readonly split: Split | undefined;
  /** The dialect whose rows the calls' features are held against. */
  readonly target: DialectId | undefined;
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
  readonly allowDirty: boolean;
  readonly allowUnparsed: boolean;
  readonly typeCheck: boolean;
}

const extensions: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.sarif': 'sarif',
  '.md': 'markdown',
  '.html': 'html',
  '.patch': 'patch',
  '.diff': 'patch',
};

/** Reads the words. Throws `CliError` for words that contradict each other. */
export function readRequest(args: Args): Request {
  const has = (name: string): boolean => args.switches.has(name);
  const baseline = valueOf(args, 'baseline');
  const request: Request = {
    write: has('write') || has('yes'),
    check: has('check') || (baseline !== undefined && !has('update-baseline')),
    interactive: has('interactive'),
    format: readFormat(args),
    out: valueOf(args, 'out'),
    split: readSplit(valueOf(args, 'split')),
    target: readTarget(valueOf(args, 'target')),
    baseline,
    updateBaseline: has('update-baseline'),
    allowDirty: has('allow-dirty'),
    allowUnparsed: has('allow-unparsed'),
    typeCheck: !has('no-type-check'),
  };
  const writes = request.interactive ? '--interactive' : request.write ? '--write' : undefined;
  const reads = [
    ['--check', has('check')],
    ['--baseline', baseline !== undefined],
    ['--update-baseline', request.updateBaseline],
    ['--split', request.split !== undefined],
    ['--finding', args.values.has('finding')],
  ] as const;
  const clash = reads.find(([, given]) => given)?.[0];
  if (writes !== undefined && clash !== undefined)
    throw new CliError(`${clash} writes nothing, so it excludes ${writes}; leave one of them out`);
  if (request.interactive && request.format !== 'text')
    throw new CliError(`--interactive asks on the terminal, so it excludes --format ${request.format}`);
  if (request.updateBaseline && baseline === undefined)
    throw new CliError('--update-baseline needs the file: --baseline <file>');
  if (request.split !== undefined && request.out === undefined)
    throw new CliError('--split needs a folder for the patches: --out <folder>');
  return request;
}

function readFormat(args: Args): Format {
  const named = valueOf(args, 'format');
  const out = valueOf(args, 'out');
  if (args.switches.has('json')) {
    if (named !== undefined && named !== 'json') throw new CliError(`--json and --format ${named} exclude each other`);
    return 'json';
  }
  if (named === undefined) return (out === undefined ? undefined : extensions[extname(out).toLowerCase()]) ?? 'text';
  if (isFormat(named)) return named;
  const near = findNearest(named, formats);
  throw new CliError(
    `there is no format "${named}"; ${near === undefined ? '' : `did you mean ${near}? `}The formats: ${formats.join(', ')}`,
  );
}

function readTarget(word: string | undefined): DialectId | undefined {
  const found = dialectIds.find((id) => id === word);
  if (word === undefined || found !== undefined) return found;
  const near = findNearest(word, dialectIds);
  throw new CliError(
    `there is no dialect "${word}"; ${near === undefined ? '' : `did you mean ${near}? `}The dialects: ${dialectIds.join(', ')}`,
  );
}

function readSplit(word: string | undefined): Split | undefined {
  if (word === undefined || word === 'package' || word === 'codeowners') return word;
  throw new CliError(`--split is "${word}"; give package or codeowners`);
}
