import type { Capability } from './case.ts';

/** Thrown for settings of a run that cannot be used; the message says which and what to do. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
}

/** Picks cases by id (`STR-11`), by the start of ids (`STR`) or by capability; all of them without words. Throws {@link VerifyError}. */
export function selectCases(all: readonly Capability[], words: readonly string[]): readonly Capability[] {
  if (words.length === 0) return all;
  const fits = (word: string, capability: string, id: string) =>
    id.toUpperCase() === word.toUpperCase() ||
    id.split('-')[0] === word.toUpperCase() ||
    capability.toUpperCase() === word.toUpperCase();
  for (const word of words)
    if (!all.some(({ name, cases }) => cases.some(({ id }) => fits(word, name, id)))) {
      const known = [...new Set(all.flatMap(({ cases }) => cases.map(({ id }) => id.split('-')[0])))];
      throw new VerifyError(
        `no case is called "${word}"; give an id such as STR-11, a capability, or one of ${known.join(', ')}`,
      );
    }
  return all
    .map(({ name, cases }) => ({ name, cases: cases.filter(({ id }) => words.some((word) => fits(word, name, id))) }))
    .filter(({ cases }) => cases.length > 0);
}
