import type { FileChange } from '@migrate-llm/codemods';
import { writeDiff } from '../diff.ts';
import { plainColors } from '../terminal.ts';

/** The changes as one patch that `git apply` and `patch -p1` take in the migrated folder. */
export function writePatch(changes: readonly FileChange[]): string {
  return changes.map((change) => writeDiff(change, { colors: plainColors, visible: false })).join('');
}
