import type { Edit } from './finding.ts';

/**
 * Applies span edits to the text they were made for; every other character is kept.
 * @throws {RangeError} when two edits overlap or start at the same place, or an edit lies outside the text: a bug in a rule.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = sortEdits(edits);
  const parts: string[] = [];
  let last = 0;
  let previous: Edit | undefined;
  for (const edit of sorted) {
    if (edit.start < 0 || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`edit ${edit.start}-${edit.end} lies outside a text of ${text.length} characters`);
    }
    if (previous !== undefined && (edit.start < previous.end || edit.start === previous.start)) {
      throw new RangeError(`edit ${edit.start}-${edit.end} overlaps edit ${previous.start}-${previous.end}`);
    }
    parts.push(text.slice(last, edit.start), edit.text);
    last = edit.end;
    previous = edit;
  }
  parts.push(text.slice(last));
  return parts.join('');
}

/** Edits in the order of the text; the input is left as it is. */
export function sortEdits(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Whether two edits cannot both be made: they overlap, or start at one place. */
export function touches(a: Edit, b: Edit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}
