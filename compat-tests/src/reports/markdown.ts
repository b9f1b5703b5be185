import { showControls } from './text.ts';

/** A column of a Markdown table. */
export interface Column {
  readonly head: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

/**
 * Writes a table for a pull request or an issue, as lines with an empty one behind; `[]` when it has no row.
 * @param rows cells already written by `code`, `cell` or `prose`; what stands in them besides is Markdown.
 */
export function writeTable(columns: readonly Column[], rows: ReadonlyArray<readonly string[]>): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.map(closeCell).join(' | ')} |`;
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(line),
    '',
  ];
}

/** A code span that holds any text. */
export function code(text: string): string {
  const shown = showControls(text);
  const ticks = '`'.repeat(longestRun(shown) + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

/** Text as text: nothing in it is markup, and no name in it notifies anybody. */
export function prose(text: string): string {
  return showControls(text)
    .split(/(@[\w-]+(?:\/[\w.-]+)*)/)
    .map((part, index) => (index % 2 === 1 ? code(part) : part.replace(/[\\`*_[\]<>|~#&!]/g, '\\$&')))
    .join('');
}

/** Lines of code in a fence longer than any run of backticks in them. */
export function fence(lines: readonly string[], language = ''): string[] {
  const shown = lines.map(showControls);
  const ticks = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1));
  return [`${ticks}${language}`, ...shown, ticks];
}

/** A bar ends a cell of GitHub's tables even in a code span, and so does a line end. */
function closeCell(text: string): string {
  return text.replace(/(?<!\\)\|/g, '\\|').replace(/[\r\n]+/g, ' ');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
