import { extname, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import { valueOf, type Args } from '../args.ts';
import { checkOutput, writeReport } from '../output.ts';
import type { Terminal } from '../terminal.ts';

/** A report in one of its forms. */
export type Writer<Form extends string, Report> = (form: Form, report: Report, color: boolean) => string;

/** Where a report goes. */
export interface Outputs<Report> {
  readonly write: (report: Report) => void;
}

const endings: Readonly<Record<string, string>> = {
  '.json': 'json',
  '.xml': 'junit',
  '.md': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.txt': 'text',
};

/**
 * Settles where a report goes before the work for it begins: `--format` for stdout, each `--out` by its name, `--json` for a file or stdout.
 * Throws `CliError` for forms that are none and folders that are not there.
 */
export function openOutputs<Form extends string, Report>(
  args: Args,
  terminal: Terminal,
  forms: readonly Form[],
  write: Writer<Form, Report>,
): Outputs<Report> {
  const asForm = (word: string, option: string): Form => {
    const found = forms.find((form) => form === word);
    if (found === undefined) throw new CliError(`${option} ${word} is none; the forms are ${forms.join(', ')}`);
    return found;
  };
  const json = valueOf(args, 'json');
  const printed = json === '-' ? asForm('json', '--json') : asForm(valueOf(args, 'format') ?? 'text', '--format');
  const files = [
    ...(json === undefined || json === '-' ? [] : [{ shown: json, form: asForm('json', '--json') }]),
    ...(args.values.get('out') ?? []).map((shown) => {
      const form = endings[extname(shown).toLowerCase()];
      if (form === undefined)
        throw new CliError(
          `--out ${shown}: the form is told by the name; end it in ${Object.keys(endings).join(', ')}`,
        );
      return { shown, form: asForm(form, `--out ${shown}:`) };
    }),
  ].map((file) => ({ ...file, path: checkOutput(resolve(terminal.cwd, file.shown), file.shown) }));
  return {
    write: (report) => {
      terminal.out(write(printed, report, terminal.colors.isColorSupported));
      for (const { path, shown, form } of files) writeReport(path, shown, write(form, report, false));
    },
  };
}
