import { compareReports, type Comparison } from '../compare.ts';
import type { ConformanceReport } from '../result.ts';
import { writeComparisonMarkdown, writeComparisonTerminal } from './comparison-text.ts';
import { writeConformanceHtml } from './html.ts';
import { writeConformanceJunit } from './junit.ts';
import { writeConformanceMarkdown } from './markdown.ts';
import { hideKeys } from './redact.ts';
import { writeTerminal } from './terminal.ts';

/** The forms a report of the conformance suite can have. */
export const conformanceFormats = ['text', 'json', 'junit', 'markdown', 'html'] as const;

/** Name of a form. */
export type ConformanceFormat = (typeof conformanceFormats)[number];

/** The forms a comparison can have; JUnit knows no before and after. */
export const comparisonFormats = ['text', 'json', 'markdown', 'html'] as const;

/** Name of a comparison's form. */
export type ComparisonFormat = (typeof comparisonFormats)[number];

/** How to write a report. */
export interface WriteOptions {
  /** Colours for a terminal; off when left out. */
  readonly color?: boolean;
}

/** Writes a report of the conformance suite in a form. Keys do not travel in it, whatever the form. */
export function writeConformance(
  format: ConformanceFormat,
  report: ConformanceReport,
  { color = false }: WriteOptions = {},
): string {
  const safe = hideKeys(report);
  if (format === 'json') return `${JSON.stringify(safe, null, 2)}\n`;
  if (format === 'junit') return writeConformanceJunit(safe);
  if (format === 'markdown') return writeConformanceMarkdown(safe);
  return format === 'html' ? writeConformanceHtml(compareReports([safe])) : writeTerminal(safe, color);
}

/** Writes several reports side by side in a form; see `compareReports`. Keys do not travel in it. */
export function writeComparison(
  format: ComparisonFormat,
  comparison: Comparison,
  { color = false }: WriteOptions = {},
): string {
  const safe = hideKeys(comparison);
  if (format === 'json') return `${JSON.stringify(safe, null, 2)}\n`;
  if (format === 'markdown') return writeComparisonMarkdown(safe);
  return format === 'html' ? writeConformanceHtml(safe) : writeComparisonTerminal(safe, color);
}
