/** Finds where JSON text stops being JSON, as an offset; `text.length` when it ends too early, -1 when it is fine. JSON.parse's own message has no place on Node 20. */
export function locateJsonError(text: string): number {
  let at = 0;
  const token =
    /[ \t\r\n]*(?:([{}[\],:])|"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;
  const skip = (): void => {
    while (/[ \t\r\n]/.test(text[at] ?? '')) at += 1;
  };
  const read = (): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    skip();
    return found?.trim();
  };
  const take = (wanted: string): boolean => {
    if (read() !== wanted) return false;
    at = token.lastIndex;
    return true;
  };
  const value = (): boolean => {
    const start = read();
    if (start === undefined) return false;
    if (start === '{') return members('}', () => key() && take(':') && value());
    if (start === '[') return members(']', value);
    if (/^[}\],:]/.test(start)) return false;
    at = token.lastIndex;
    return true;
  };
  const key = (): boolean => {
    if (!read()?.startsWith('"')) return false;
    at = token.lastIndex;
    return true;
  };
  const members = (close: string, member: () => boolean): boolean => {
    at = token.lastIndex;
    if (take(close)) return true;
    for (;;) {
      if (!member()) return false;
      if (take(close)) return true;
      if (!take(',')) return false;
    }
  };
  const fine = value();
  skip();
  return fine && at === text.length ? -1 : at;
}

/** Says where an offset lies, counted from 1. */
export function lineOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
