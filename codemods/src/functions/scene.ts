import type { ts } from 'ts-morph';
import type { ResultScene } from '../result-uses.ts';
import type { RewriteDraft } from '../rewrite.ts';

/** Calls that use `functions`, and the rewrite of their package. */
export interface FunctionScene extends ResultScene {
  readonly draft: RewriteDraft;
  /** Mentions of the old names that are rewritten, or known to be none. */
  readonly handled: Set<ts.Node>;
  /** Expressions that are proven to be the message of an answer. */
  readonly messages: ts.Expression[];
}

/** Whether a file is checked by TypeScript. */
export function isTyped(node: ts.Node): boolean {
  return /\.[cm]?tsx?$/.test(node.getSourceFile().fileName);
}
