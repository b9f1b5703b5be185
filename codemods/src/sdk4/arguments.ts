import type { ts } from 'ts-morph';
import type { ResultScene } from '../result-uses.ts';
import type { RewriteDraft } from '../rewrite.ts';
import { requestOptionKeys, type Renamed } from './methods.ts';

/** `retrieve(thread, run)` becomes `retrieve(run, { thread_id: thread })`. */
export function rewritePositional(
  { project: { ts }, draft }: ResultScene & { readonly draft: RewriteDraft },
  call: ts.CallExpression,
  { keys, body }: Renamed,
): void {
  const [first] = call.arguments;
  const last = call.arguments[keys.length];
  if (first === undefined || last === undefined) {
    // One argument and an object is the new order already.
    if (call.arguments.length > 0)
      draft.block(call, `Before ${keys.join(', ')} and the last id were given in this order.`);
    return;
  }
  if (ts.isObjectLiteralExpression(last)) return;
  const leading = call.arguments.slice(0, keys.length);
  if (!leading.every((one) => isSimple(ts, one)))
    return draft.block(call, 'Its arguments are too long to be moved: put them into variables first.');
  const named = leading
    .map((one, at) => (one.getText() === keys[at] ? one.getText() : `${keys[at]}: ${one.getText()}`))
    .join(', ');
  draft.replaceSpan(call, first.getStart(), last.getStart(), '');
  const next = call.arguments[keys.length + 1];
  const isOptions =
    next !== undefined &&
    (body === 'none' ||
      (body === 'either' &&
        ts.isObjectLiteralExpression(next) &&
        next.properties.every((one) => requestOptionKeys.has(one.name?.getText() ?? ''))));
  if (next === undefined || isOptions) return draft.insert(call, last.getEnd(), `, { ${named} }`);
  if (!ts.isObjectLiteralExpression(next)) {
    draft.insert(next, next.getStart(), `{ ${named}, ...`);
    return draft.insert(next, next.getEnd(), ' }');
  }
  const isEmpty = next.properties.length === 0;
  draft.insert(next, next.getStart() + 1, isEmpty ? ` ${named} ` : ` ${named},`);
}

/** An expression that may be moved behind another: it calls nothing. */
function isSimple(api: typeof ts, node: ts.Expression): boolean {
  if (api.isIdentifier(node) || api.isStringLiteralLike(node) || node.kind === api.SyntaxKind.ThisKeyword) return true;
  return (api.isPropertyAccessExpression(node) || api.isNonNullExpression(node)) && isSimple(api, node.expression);
}
