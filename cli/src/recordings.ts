import { resolve } from 'node:path';
import { readRecording, RecordingError } from '@migrate-llm/compat-tests';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { valueOf, type Args } from './args.ts';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** Reads the recording that `--recordings` names. Throws `CliError`. */
export async function readRecordings(args: Args, { cwd }: Pick<Terminal, 'cwd'>): Promise<Exchange[]> {
  const file = valueOf(args, 'recordings');
  if (file === undefined)
    throw new CliError('name the recorded traffic: --recordings <file.jsonl>, one exchange a line');
  try {
    return await readRecording(resolve(cwd, file));
  } catch (error) {
    if (error instanceof RecordingError) throw new CliError(error.message);
    throw error;
  }
}
