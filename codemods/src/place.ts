/** Line and column of an offset, both 1-based; `\r\n`, `\n` and `\r` each end a line, a leading BOM has no width. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const end = Math.min(offset, text.length);
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    const endsLine = code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10);
    if (endsLine) {
      line += 1;
      lineStart = index + 1;
    }
  }
  return { line, column: Math.max(1, offset - lineStart + 1) };
}
