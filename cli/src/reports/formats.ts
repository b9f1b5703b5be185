import { plainColors } from '../terminal.ts';
import { writeHtml } from './html.ts';
import { writeJson } from './json.ts';
import { writeMarkdown } from './markdown.ts';
import { writePatch } from './patch.ts';
import type { Report } from './report.ts';
import { writeSarif } from './sarif.ts';
import { writePlan } from './text.ts';

/** The forms a report can have, in the order of `--help`. */
export const formats = ['text', 'json', 'sarif', 'markdown', 'html', 'patch'] as const;

/** Name of a form. */
export type Format = (typeof formats)[number];

const writers: Readonly<Record<Format, (report: Report) => string>> = {
  text: (report) => writePlan(report, '', { colors: plainColors, screen: true }),
  json: writeJson,
  sarif: writeSarif,
  markdown: writeMarkdown,
  html: writeHtml,
  patch: ({ plan }) => writePatch(plan.changes),
};

/** Whether a word names a form. */
export function isFormat(word: string): word is Format {
  return formats.some((format) => format === word);
}

/** Writes a report in a form, for a file or a program: no colours. */
export function writeReport(format: Format, report: Report): string {
  return writers[format](report);
}
