import type { FetchOptions } from '@migrate-llm/shim/fetch';

/** Reads the word after `--target`: a base URL, an id of the settings, or a dialect. */
export function readTarget(word: string): NonNullable<FetchOptions['target']> {
  return /^https?:\/\//i.test(word) ? { baseURL: word } : word;
}
