/** The date at the end of a model's name with the dash before it: `-2024-07-18`, `-0613`; `undefined` when there is none. */
export function dateIn(name: string): string | undefined {
  return /-(?:20\d\d-\d\d-\d\d|\d{4})$/.exec(name)?.[0];
}

/** Takes a prefix off a text that has it. */
export function strip(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
