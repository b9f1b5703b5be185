import type { Loss, RecordTotals } from '@migrate-llm/shim/record';
import type { Colors } from '../terminal.ts';
import { count, showName } from '../word.ts';

const losses: Readonly<Record<Loss, string>> = {
  'queue-full': 'came faster than they could be written (record.maxQueueBytes)',
  'write-failed': 'could not be written',
  encoded: 'came compressed although they were asked for as they are',
  'too-large': 'were over record.maxExchangeBytes',
  broken: 'broke off',
  left: 'were left by the app before their end',
};

/** Writes what was recorded, what was left out and why, and what was taken out. */
export function writeTotals({ recorded, lost, scrubbed }: RecordTotals, path: string, colors: Colors): string[] {
  const taken = Object.entries(scrubbed).sort(([, a], [, b]) => b - a);
  return [
    `  ${colors.bold(count(recorded, 'exchange'))} recorded into ${showName(path)}`,
    ...Object.entries(lost).map(([why, number]) =>
      colors.yellow(`  ${count(number, 'exchange')} left out: ${losses[why as Loss]}`),
    ),
    taken.length === 0
      ? '  Nothing had to be taken out of them.'
      : `  Taken out: ${taken.map(([kind, number]) => `${number} × ${showName(kind)}`).join(', ')}`,
    colors.dim(`  ${showName(path)}.key makes the pseudonyms; look through the recording before you pass it on.`),
  ];
}
