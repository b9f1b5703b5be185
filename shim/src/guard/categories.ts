/** OpenAI's moderation categories, in its order. Source: openai@7.57.0 resources/moderations; checked 2026-11-23. */
export const categories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const;

/** One of OpenAI's moderation categories. */
export type Category = (typeof categories)[number];

/** Categories that OpenAI's model finds in images too. Source: openai@7.57.0 `Moderation.CategoryAppliedInputTypes`; checked 2026-11-23. */
const seen: readonly Category[] = [
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'violence',
  'violence/graphic',
];

/** Tells which of the given kinds of input a category is judged by. */
export function appliedTypes(category: Category, given: readonly ('text' | 'image')[]): readonly ('text' | 'image')[] {
  return given.filter((kind) => kind === 'text' || seen.includes(category));
}
