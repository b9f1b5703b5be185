import { structuredPatch, type StructuredPatchHunk } from 'diff';
import type { FileChange } from '@migrate-llm/codemods';
import type { Colors } from './terminal.ts';
import { isControl, showName } from './word.ts';

/** How a diff is shown. */
export interface DiffStyle {
  readonly colors: Colors;
  /** Make control characters visible, which a terminal would obey; off where a program reads the diff. */
  readonly visible: boolean;
}

/** Writes one file's change as a unified diff that `git apply` and `patch -p1` take. */
export function writeDiff({ file, before, after }: FileChange, style: DiffStyle): string {
  const patch = structuredPatch(file, file, before, after, '', '', { context: 3 });
  return [writeNames(file, style), ...patch.hunks.map((hunk) => writeHunk(hunk, style)), ''].join('\n');
}

/** Writes the two lines that name the file. */
export function writeNames(file: string, { colors }: DiffStyle): string {
  return [colors.bold(`--- ${quoteGitName(`a/${file}`)}`), colors.bold(`+++ ${quoteGitName(`b/${file}`)}`)].join('\n');
}

/** Writes one hunk, its range line first. */
export function writeHunk(hunk: StructuredPatchHunk, { colors, visible }: DiffStyle): string {
  const show = (line: string) => (visible ? showLine(line) : line);
  const lines = hunk.lines.map((line) =>
    line.startsWith('+') ? colors.green(show(line)) : line.startsWith('-') ? colors.red(show(line)) : show(line),
  );
  return [colors.cyan(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`), ...lines].join(
    '\n',
  );
}

/**
 * Writes a file name as git reads it in a patch: in quotes where a character would end the line or the name.
 * Source: https://git-scm.com/docs/git-config (core.quotePath), checked 2026-11-25.
 */
function quoteGitName(name: string): string {
  const isPlain = [...name].every((sign) => !isControl(sign) && sign !== '"' && sign !== '\\' && sign !== '\t');
  // A tab behind the name keeps git and patch from reading a date out of a name with spaces.
  if (isPlain) return name.includes(' ') ? `${name}\t` : name;
  const quoted = [...Buffer.from(name)].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${quoted.join('')}"`;
}

/** Shows a line as a reader should see it: no control characters, and no more of a minified line than helps. */
function showLine(line: string): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  const cut = bare.length > 400 ? `${bare.slice(0, 400)} … (${bare.length - 400} more characters)` : bare;
  return showName(cut);
}
