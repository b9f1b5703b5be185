import { RecordingError, ShimConfigError } from '@migrate-llm/shim/record';
import { valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { readRecordConfig } from '../record/config.ts';
import { importFiles } from '../record/import.ts';
import { purgeSubjects } from '../record/purge.ts';
import { recordTraffic } from '../record/traffic.ts';
import type { Terminal } from '../terminal.ts';

/** Records the OpenAI traffic of a command, or of whoever calls; brings in what other tools recorded; takes a subject out again. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const [files = [], subjects = []] = ['import', 'purge'].map((name) => args.values.get(name));
  const jobs = [files.length > 0, subjects.length > 0, args.rest.length > 0].filter(Boolean);
  if (jobs.length > 1) throw new CliError('--import, --purge and a command are three things; give one of them');
  const format = valueOf(args, 'format');
  if (format !== undefined && files.length === 0) throw new CliError('--format says what --import reads; give both');
  try {
    const record = readRecordConfig(args);
    if (files.length > 0) return await importFiles(files, format, record, terminal);
    if (subjects.length > 0) return await purgeSubjects(subjects, record, terminal);
    return await recordTraffic(args, record, terminal);
  } catch (error) {
    if (error instanceof RecordingError || error instanceof ShimConfigError) throw new CliError(error.message);
    throw error;
  }
}
