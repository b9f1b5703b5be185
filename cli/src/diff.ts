import { structuredPatch } from 'diff';
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
export function writeDiff({ file, before, after }: FileChange, { colors, visible }: DiffStyle): string {
  const patch = structuredPatch(file, file, before, after, '', '', { context: 3 });
  const name = showName(file);
  const show = (line: string) => (visible ? showLine(line) : line);
  const lines = patch.hunks.flatMap((hunk) => [
    colors.cyan(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`),
    ...hunk.lines.map((line) =>
      line.startsWith('+') ? colors.green(show(line)) : line.startsWith('-') ? colors.red(show(line)) : show(line),
    ),
  ]);
  return [colors.bold(`--- a/${name}`), colors.bold(`+++ b/${name}`), ...lines, ''].join('\n');
}

/** Shows a line as a reader should see it: no control characters, and no more of a minified line than helps. */
function showLine(line: string): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  const cut = bare.length > 400 ? `${bare.slice(0, 400)} … (${bare.length - 400} more characters)` : bare;
  return [...cut].map((sign) => (isControl(sign) ? JSON.stringify(sign).slice(1, -1) : sign)).join('');
}
