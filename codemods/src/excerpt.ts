import type { Excerpt } from './finding.ts';
import { placeOf } from './place.ts';

/** Lines shown above the place. */
const above = 1;
/** Lines shown at most; a call's messages may be longer than a reader needs. */
const most = 16;
/** Lines shown below a place whose end is not known. */
const below = 3;
const longestLine = 240;

/** Keys of the shapes that OpenAI and its competitors give; a report is passed on, so none may travel in it. */
const key = /\b(?:sk|gsk|hf|xai|pplx|nvapi|AIza)[-_][A-Za-z0-9_-]{12,}|\bAIza[A-Za-z0-9_-]{30,}/g;

/** Takes known shapes of API keys out of a text that leaves the repository. */
export function redactKeys(text: string): string {
  return text.replace(key, (found) => `${found.slice(0, found.search(/[-_]/) + 1)}[redacted]`);
}

/**
 * The lines around a span of a text.
 * @param end end of the span; a few lines are shown where it is not known.
 */
export function excerptOf(text: string, offset: number, end: number | undefined): Excerpt {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const first = placeOf(text, offset).line;
  const last = end === undefined ? first + below : placeOf(text, Math.max(offset, end)).line;
  const from = Math.max(1, first - above);
  const to = Math.min(lines.length, Math.max(first, last), from + most - 1);
  const shown = lines.slice(from - 1, to).map((line) => {
    const safe = redactKeys(line);
    return safe.length > longestLine ? `${safe.slice(0, longestLine)} …` : safe;
  });
  while (shown.length > first - from + 1 && shown.at(-1)?.trim() === '') shown.pop();
  return { line: from, lines: shown };
}
