const brand = Symbol.for('migrate-llm.ShimConfigError');

/**
 * Thrown at construction when the shim does not know where to send requests or cannot read its settings; never during a request.
 * `instanceof` holds across the package's doors and formats. From the openai door it is an `OpenAIError` too.
 */
export class ShimConfigError extends Error {
  override name = 'ShimConfigError';
  readonly [brand] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** Makes the class that reports settings errors as the SDK's own kind: the message is kept, `instanceof` holds for both. */
export function blessConfigError(error: ShimConfigError, OpenAIError: new (message: string) => Error): Error {
  const blessed = new OpenAIError(error.message);
  Object.defineProperty(blessed, 'name', { value: 'ShimConfigError', configurable: true, writable: true });
  Object.defineProperty(blessed, brand, { value: true });
  return blessed;
}

/** Finds the known word nearest to a misspelt one, as ` (did you mean "x"?)`; '' when none is near. */
export function suggestWord(word: string, known: Iterable<string>): string {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = countEdits(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? '' : ` (did you mean "${best}"?)`;
}

function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
