import type { Gap } from './result.ts';

/** What a dialect is known to do otherwise. It explains a failure and excuses nothing. */
const gaps: readonly Gap[] = [];

/** Finds the known deviation behind a case of a dialect. */
export function findGap(dialect: string | undefined, id: string): Gap | null {
  return gaps.find((gap) => gap.dialect === dialect && gap.case === id) ?? null;
}
