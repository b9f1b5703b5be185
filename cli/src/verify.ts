import type { FileChange } from '@migrate-llm/codemods';
import type { Unread } from './files.ts';
import type { Proof } from './proof/protocol.ts';
import type { Broken } from './run.ts';
import { count } from './word.ts';

/** What a folder looks like after writing: what a second run would change, and what it cannot read. */
export interface After {
  readonly changes: readonly FileChange[];
  readonly skipped: readonly Unread[];
}

/**
 * Names the written files that must be put back: those that cannot be read any more, and those that a second run would change again.
 * @param whole the plan was written whole; of a plan that somebody chose from, the rest is still to come.
 */
export function findBroken(done: readonly FileChange[], { changes, skipped }: After, whole: boolean): Broken[] {
  const again = new Set(whole ? changes.map(({ file }) => file) : []);
  const unread = new Map(skipped.map(({ file, why }) => [file, why]));
  return done.flatMap(({ file }): Broken[] => {
    const why = unread.get(file);
    if (why !== undefined) return [{ file, why: `after writing it ${why}` }];
    return again.has(file) ? [{ file, why: 'after writing, a second run would change it again' }] : [];
  });
}

/** The files to put back for their new type errors; all of them when the error shows in a file that was not changed. */
export function findWorse({ worse }: Proof, changes: readonly FileChange[]): Broken[] {
  const changed = new Set(changes.map(({ file }) => file));
  const elsewhere = worse.find(({ file }) => !changed.has(file));
  const say = ({ file, line, message }: Proof['worse'][number]) =>
    `a type error that was not there: ${file}:${line} ${message}`;
  return changes.flatMap(({ file }): Broken[] => {
    const error = worse.find((one) => one.file === file) ?? elsewhere;
    return error === undefined ? [] : [{ file, why: say(error) }];
  });
}

/** What the type-check says about the written files. */
export function describeProof(proof: Proof | undefined): string {
  if (proof === undefined) return 'Types: not checked (--no-type-check).';
  const reasons =
    proof.unchecked.length === 0
      ? ''
      : `${proof.checked > 0 ? '; the rest not' : 'not'} type-checked: ${proof.unchecked.join('; ')}`;
  const checked =
    proof.checked === 0 ? '' : `no new error in ${count(proof.checked, 'file')}, checked before and after`;
  return checked + reasons === '' ? '' : `Types: ${checked}${reasons}.`;
}
