import { statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Exchange } from '@migrate-llm/shim/exchange';
import {
  compare,
  createCandidate,
  encodeReport,
  exitCodeOf,
  formatReport,
  type Candidate,
} from '@migrate-llm/compat-tests';
import { CandidateError, readRecording, RecordingError } from '@migrate-llm/compat-tests';
import { ShimConfigError } from '@migrate-llm/shim/fetch';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError, describeSystemError } from '../cli-error.ts';
import { refuseClosedEndpoint } from '../doctor/endpoint.ts';
import type { Terminal } from '../terminal.ts';
import { showName } from '../word.ts';

/** Asks recorded OpenAI traffic again at the configured endpoint, and says what would break. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const recordings = await readRecordings(args, terminal);
  const output = valueOf(args, 'json');
  const outputPath =
    output === undefined || output === '-' ? undefined : checkOutput(resolve(terminal.cwd, output), output);
  const timeout = readNumber(args, 'timeout', 1, 3_600);
  const target = valueOf(args, 'target');
  const candidate = openCandidate(target);
  await refuseClosedEndpoint(target);
  const report = await compare({
    recordings,
    candidate,
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1_000 }),
    onProgress: ({ done, total, result }) => {
      if (terminal.screen && done < total)
        terminal.err(`\r\x1b[K${terminal.colors.dim(`${done}/${total} ${showName(result.callSite)}`)}`);
      else if (terminal.screen) terminal.err('\r\x1b[K');
    },
  });
  terminal.out(
    output === '-' ? encodeReport(report) : formatReport(report, { color: terminal.colors.isColorSupported }),
  );
  if (outputPath !== undefined) {
    try {
      writeFileSync(outputPath, encodeReport(report));
    } catch (error) {
      throw new CliError(
        `the report cannot be written to ${output}: ${describeSystemError(error)}; it is printed above`,
      );
    }
  }
  return exitCodeOf(report.verdict);
}

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

function openCandidate(target: string | undefined): Candidate {
  try {
    return createCandidate({ policy: 'silent', ...(target === undefined ? {} : { target }) });
  } catch (error) {
    if (error instanceof CandidateError || error instanceof ShimConfigError) throw new CliError(error.message);
    throw error;
  }
}

/** A comparison may take long; a report that has nowhere to go is said before it. */
export function checkOutput(path: string, shown: string): string {
  const folder = statSync(dirname(path), { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true)
    throw new CliError(`--json ${shown}: the folder of that file does not exist; make it first`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new CliError(`--json ${shown} is a folder; name a file`);
  return path;
}
