/** A stretch of a text and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly kind: string;
}

/** Applies edits, in order and without overlaps, to the text they were found in. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, text: made } of edits) {
    out += text.slice(at, start) + made;
    at = end;
  }
  return out + text.slice(at);
}

/** Of edits that overlap the one that starts first stays, of those the longest; what hangs over its end goes too. */
export function dropOverlaps(edits: readonly Edit[]): readonly Edit[] {
  if (edits.length < 2) return edits;
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Edit[] = [];
  for (const edit of sorted) {
    const last = out.at(-1);
    if (last === undefined || edit.start >= last.end) out.push(edit);
    else if (edit.end > last.end) out.push({ ...edit, start: last.end, text: '' });
  }
  return out;
}
