import { purgeRecording, type RecordConfig } from '@migrate-llm/shim/record';
import type { Terminal } from '../terminal.ts';
import { count, showName } from '../word.ts';

/** Takes what mentions a subject out of a recording, and says what was done. */
export async function purgeSubjects(
  subjects: readonly string[],
  record: RecordConfig,
  { out, colors }: Terminal,
): Promise<number> {
  for (const subject of subjects) {
    const { files, pseudonyms, unreadable } = await purgeRecording(record, subject);
    const removed = files.reduce((sum, file) => sum + file.removed, 0);
    const lines = [
      colors.bold(`Removed: ${count(removed, 'exchange')}`),
      ...files.map((file) => `  ${showName(file.path)}: ${file.removed} removed, ${file.kept} kept`),
      pseudonyms.length === 0
        ? '  Nothing stands for it in this recording, so it was looked for as it is.'
        : `  Looked for as it is, and as ${pseudonyms.map(showName).join(', ')}.`,
      ...(unreadable === 0
        ? []
        : [
            colors.yellow(
              `  ${count(unreadable, 'line')} that cannot be read kept: it does not stand there in plain sight.`,
            ),
          ]),
      colors.dim('  Another way of writing it (a number without its country code, a nickname) is another search.'),
    ];
    out(`${lines.join('\n')}\n`);
  }
  return 0;
}
