import { RecordingError, ShimConfigError } from '@migrate-llm/shim/record';
import type { Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { readRecordConfig } from '../record/config.ts';
import { recordTraffic } from '../record/traffic.ts';
import type { Terminal } from '../terminal.ts';

/** Records the OpenAI traffic of a command, or of whoever calls, into a file. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  try {
    return await recordTraffic(args, readRecordConfig(args), terminal);
  } catch (error) {
    if (error instanceof RecordingError || error instanceof ShimConfigError) throw new CliError(error.message);
    throw error;
  }
}
