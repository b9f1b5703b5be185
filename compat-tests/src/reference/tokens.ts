/** Characters beyond which a text is counted by its length alone. */
const longText = 20_000;

/** Splits a text into the scripted model's tokens; joined again they are the text. */
export function splitTokens(text: string): string[] {
  return text.match(/ ?\p{L}{1,6}|\d{1,3}|\s+|[^\s\p{L}\d]/gu) ?? [];
}

/** How many tokens a text is, about four characters each. */
export function countTokens(text: string): number {
  return text.length > longText ? Math.ceil(text.length / 4) : splitTokens(text).length;
}
