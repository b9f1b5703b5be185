import type { Excerpt, FileChange } from '@migrate-llm/codemods';
import { structuredPatch, type StructuredPatchHunk } from 'diff';
import { codeLine } from './html-text.ts';

interface Row {
  readonly kind: 'add' | 'cut' | 'same';
  readonly old: number | undefined;
  readonly now: number | undefined;
  readonly text: string;
}

/** Writes a file's change as rows with line numbers; the part of a line that differs is marked. */
export function writeHtmlDiff({ file, before, after }: FileChange): string {
  const { hunks } = structuredPatch(file, file, before, after, '', '', { context: 3 });
  const parts = hunks.map((hunk) => rowsOf(hunk).map(writeRow).join(''));
  return `<div class="code diff" role="group" aria-label="diff" tabindex="0">${parts.join('<div class="gap">⋯</div>')}</div>`;
}

/** Writes the lines around a finding, with their numbers. */
export function writeExcerpt({ line, lines }: Excerpt): string {
  const rows = lines.map((text, index) => `<div><i>${line + index}</i><s></s><b>${codeLine(text)}</b></div>`);
  return `<div class="code">${rows.join('')}</div>`;
}

function rowsOf({ oldStart, newStart, lines }: StructuredPatchHunk): Row[] {
  let [old, now] = [oldStart, newStart];
  return lines.flatMap((line): Row[] => {
    const text = line.slice(1);
    if (line.startsWith('+')) return [{ kind: 'add', old: undefined, now: now++, text }];
    if (line.startsWith('-')) return [{ kind: 'cut', old: old++, now: undefined, text }];
    // "\ No newline at end of file" is about the line before it.
    if (line.startsWith('\\')) return [];
    return [{ kind: 'same', old: old++, now: now++, text }];
  });
}

function writeRow(row: Row, index: number, rows: readonly Row[]): string {
  const { kind, old, now, text } = row;
  const partner = partnerOf(row, index, rows);
  const sign = kind === 'add' ? '+' : kind === 'cut' ? '−' : '';
  const name = kind === 'same' ? '' : ` class="${kind}"`;
  const shown = partner === undefined ? codeLine(text) : markDifference(text, partner);
  return `<div${name}><i>${old ?? ''}</i><i>${now ?? ''}</i><s>${sign}</s><b>${shown}</b></div>`;
}

/** The line that a changed line was or became: runs of cut and added lines of equal length belong together in order. */
function partnerOf(row: Row, index: number, rows: readonly Row[]): string | undefined {
  if (row.kind === 'same') return undefined;
  let start = index;
  while (
    start > 0 &&
    rows[start - 1]?.kind !== 'same' &&
    !(rows[start - 1]?.kind === 'add' && rows[start]?.kind === 'cut')
  )
    start -= 1;
  const run = rows.slice(start);
  const cuts = run.findIndex(({ kind }) => kind !== 'cut');
  const firstSame = run.findIndex(({ kind }, at) => kind === 'same' || (at >= cuts && kind === 'cut'));
  const adds = (firstSame === -1 ? run.length : firstSame) - cuts;
  if (cuts <= 0 || adds !== cuts) return undefined;
  const place = index - start;
  return run[row.kind === 'cut' ? place + cuts : place - cuts]?.text;
}

function markDifference(text: string, other: string): string {
  const shortest = Math.min(text.length, other.length);
  let head = 0;
  while (head < shortest && text[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && text.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const end = text.length - tail;
  // Most of the line differs, or it is longer than is shown: a mark would say nothing, or split what must be seen whole.
  if (head + tail < text.length / 4 || end <= head || text.length > 300) return codeLine(text);
  const safe = codeLine(text);
  const parts = [text.slice(0, head), text.slice(head, end), text.slice(end)].map(codeLine);
  // A key that the mark would cut in two must be seen, and taken out, whole.
  if (parts.join('') !== safe) return safe;
  return `${parts[0]}<mark>${parts[1]}</mark>${parts[2]}`;
}
