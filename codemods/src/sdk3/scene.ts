import type { ts } from 'ts-morph';
import type { Code } from '../code.ts';
import type { References } from '../references.ts';
import type { RewriteDraft } from '../rewrite.ts';
import type { Site } from '../sites.ts';
import type { EndpointUse } from '../touchpoints.ts';

/** One package that runs on openai 3, and the rewrite that is being made of it. */
export interface Sdk3Scene extends Code {
  readonly references: References;
  /** Where the package's files name `openai`. */
  readonly sites: readonly Site[];
  /** The endpoint calls in the package's files. */
  readonly uses: readonly EndpointUse[];
  /** Files of the package. */
  readonly isOwn: (file: string) => boolean;
  readonly draft: RewriteDraft;
}

/** The quote that a literal is written with. */
export function quoteOf(literal: ts.Node): string {
  return literal.getText().charAt(0);
}

/** The expression around a node through parentheses, `!` and casts to `any`. */
export function unwrapUp(api: typeof ts, node: ts.Node): ts.Node {
  const { parent } = node;
  const isWrap =
    api.isParenthesizedExpression(parent) ||
    api.isNonNullExpression(parent) ||
    (api.isAsExpression(parent) && parent.type.kind === api.SyntaxKind.AnyKeyword);
  return isWrap ? unwrapUp(api, parent) : node;
}
