import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import {
  compareReports,
  comparisonFormats,
  type ConformanceReport,
  exitCodeOfComparison,
  parseReport,
  ReportError,
  writeComparison,
} from '@migrate-llm/compat-tests';
import type { Args } from '../args.ts';
import { CliError, describeSystemError } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';
import { openOutputs } from './outputs.ts';

/** Puts the reports that `--compare` and the words behind it name side by side. */
export function compareFiles(args: Args, terminal: Terminal): number {
  const files = [...(args.values.get('compare') ?? []), ...args.words];
  if (files.length < 2)
    throw new CliError(
      '--compare takes two reports or more, the one to start from first: --compare before.json after.json',
    );
  const outputs = openOutputs(
    args,
    terminal,
    comparisonFormats,
    (form, report: ReturnType<typeof compareReports>, color) => writeComparison(form, report, { color }),
  );
  const reports = files.map((file) => readReport(file, terminal));
  const comparison = compareReports(reports, nameReports(files, reports));
  outputs.write(comparison);
  return exitCodeOfComparison(comparison);
}

function readReport(file: string, { cwd }: Terminal): ConformanceReport {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${describeSystemError(error)}`);
  }
  try {
    return parseReport(text, file);
  } catch (error) {
    if (error instanceof ReportError) throw new CliError(error.message);
    throw error;
  }
}

/** Reports of one endpoint are told apart by their files. */
function nameReports(files: readonly string[], reports: readonly ConformanceReport[]): readonly string[] | undefined {
  const names = new Set(reports.map(({ endpoint }) => `${endpoint.name} ${endpoint.via}`));
  return names.size === reports.length ? undefined : files.map((file) => basename(file, '.json'));
}
