import type { Report } from '../report.ts';
import { categories, type Category } from './categories.ts';
import type { Reading } from './model.ts';
import type { GuardSettings } from './settings.ts';

/** What the guard says of one piece of content. */
export interface Verdict {
  readonly flagged: boolean;
  /** What the guard named, in its own words. */
  readonly codes: readonly string[];
  readonly found: readonly Category[];
  readonly scores: { readonly [C in Category]?: number };
}

/** Puts the answers to all questions together and says in notes what got lost on the way. Throws a `Refusal` under `strict`. */
export function joinReadings(readings: readonly Reading[], { flag, family }: GuardSettings, report: Report): Verdict {
  const bad = readings.filter(({ unsafe }) => unsafe);
  const codes = [...new Set(bad.flatMap((reading) => reading.codes))];
  const found = categories.filter((category) => bad.some((reading) => reading.found.includes(category)));
  const unknown = bad.flatMap((reading) => reading.unknown);
  if (unknown.length > 0)
    report.add({
      code: 'guard-code-unknown',
      severity: 'info',
      where: 'guard.codes',
      what: `${unknown.map((code) => code.slice(0, 40)).join(', ')}: flagged without a category`,
      why: `${family.id} has no such category`,
      fix: '',
    });
  const flagged = bad.some(({ outside }) => flag === 'any' || !outside);
  if (bad.length > 0 && !flagged)
    report.add({
      code: 'guard-category-outside',
      severity: 'lossy',
      where: 'guard.codes',
      what: `${codes.join(', ')}: not flagged`,
      why: 'OpenAI’s moderation has no category for it',
      fix: 'guard.flag: "any" flags whatever the guard calls unsafe',
    });
  if (readings.some(({ graded }) => !graded))
    report.add({
      code: 'moderation-scores-binary',
      severity: 'info',
      where: 'response.results[].category_scores',
      what: 'scores are 0 or 1',
      why: 'the guard’s answer has no log-probabilities of its verdict',
      fix: 'Do not compare them with thresholds of OpenAI’s model',
    });
  const scores: { [C in Category]?: number } = {};
  for (const reading of readings)
    for (const [category, score] of Object.entries(reading.scores) as ReadonlyArray<[Category, number]>)
      scores[category] = Math.max(scores[category] ?? 0, score);
  return { flagged, codes, found, scores };
}

/** The verdict on what could not be judged, where the settings flag it. */
export const unreadableVerdict: Verdict = { flagged: true, codes: [], found: [], scores: {} };
