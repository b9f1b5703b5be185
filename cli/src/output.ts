import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, describeSystemError } from './cli-error.ts';

/**
 * Checks that a file can be written, before the work for it begins: the work may take long.
 * @param shown the file as messages name it, such as `--json report.json`. Throws `CliError`.
 */
export function checkOutput(path: string, shown: string): string {
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`${shown}: the folder of that file does not exist; make it first`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new CliError(`${shown} is a folder; name a file`);
  return path;
}

/** Writes a report that is printed already. Throws `CliError`. */
export function writeReport(path: string, shown: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CliError(`the report cannot be written to ${shown}: ${describeSystemError(error)}; it is printed above`);
  }
}
