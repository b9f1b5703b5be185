import { appliedTypes, categories } from './categories.ts';
import type { Verdict } from './verdict.ts';
import type { WireObject } from '../wire.ts';

/** Writes a verdict as a result of OpenAI's moderations; what the guard named beside OpenAI's categories stands in `x_guard`. */
export function writeResult(
  { flagged, codes, found, scores }: Verdict,
  given: readonly ('text' | 'image')[],
): WireObject {
  return {
    flagged,
    categories: Object.fromEntries(categories.map((category) => [category, found.includes(category)])),
    category_scores: Object.fromEntries(categories.map((category) => [category, scores[category] ?? 0])),
    category_applied_input_types: Object.fromEntries(
      categories.map((category) => [category, appliedTypes(category, given)]),
    ),
    ...(codes.length === 0 ? {} : { x_guard: { codes } }),
  };
}
