import { rules } from '@migrate-llm/codemods';
import { CliError } from './cli-error.ts';
import { findNearest } from './word.ts';

/** Refuses a word that is no rule's id. Throws `CliError`. */
export function checkRule(id: string): string {
  const known = rules.map((rule) => rule.id);
  if (known.includes(id)) return id;
  const near = findNearest(id, known);
  const hint = near === undefined ? '' : `did you mean ${near}? `;
  throw new CliError(`there is no rule "${id}"; ${hint}The rules: ${known.join(', ')} (see migrate-llm explain)`);
}
