import { parse, parseTree, type Node, type ParseError } from 'jsonc-parser';

const tolerant = { allowTrailingComma: true, disallowComments: false, allowEmptyContent: false } as const;

/** A JSON text's value, comments and trailing commas allowed; undefined when it does not parse. */
export function readJson(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ' '), errors, tolerant);
  return errors.length === 0 ? value : undefined;
}

/** The syntax tree of a JSON text with offsets of the text as read, a BOM included; undefined when it does not parse. */
export function readJsonTree(text: string): Node | undefined {
  const errors: ParseError[] = [];
  // A blank stands in for the BOM, so that the offsets stay those of the text.
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, tolerant);
  return errors.length === 0 ? tree : undefined;
}

/** A record when the value is one, otherwise an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
