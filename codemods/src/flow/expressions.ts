import type { ts } from 'ts-morph';
import { clientClasses, mergeValues, type Callable, type Value } from '../values.ts';
import type { FlowCore } from './core.ts';

/** Names of functions that hand back the client they are given, or what their callback returns. */
const passThrough =
  /^(?:wrap|observe|instrument|trace|patch|with|monitor)\w*$|^(?:freeze|resolve|seal|useMemo|useRef|useState|ref|shallowRef|markRaw|readonly|cache|memo|memoize|memoizee|once|lazy|singleton|instructor|Instructor)$/i;
/** Values of expressions: names, calls, constructions, branches, and what functions return. */
export function followExpressions(
  core: FlowCore,
): Pick<FlowCore, 'valuesOf' | 'valuesOfSymbol' | 'returnsOf' | 'returnsOfAll'> {
  const { ts, checker, index } = core;
  const valuesOf: FlowCore['valuesOf'] = (node) => core.remember(node, () => evaluate(node));

  function evaluate(node: ts.Expression): readonly Value[] {
    if (ts.isIdentifier(node)) return node.text === 'undefined' ? [{ kind: 'nothing' }] : valuesOfName(node);
    if (node.kind === ts.SyntaxKind.NullKeyword || ts.isVoidExpression(node)) return [{ kind: 'nothing' }];
    if (ts.isStringLiteralLike(node))
      return node.text === '' ? [{ kind: 'nothing' }] : [{ kind: 'text', text: node.text }];
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isAwaitExpression(node)
    )
      return valuesOf(node.expression);
    if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) {
      const inner = valuesOf(node.expression);
      return inner.some((value) => value.kind === 'client') ? inner : mergeValues(inner, core.valuesOfType(node.type));
    }
    if (ts.isPropertyAccessExpression(node)) return memberAccess(node.expression, node.name.text);
    if (ts.isElementAccessExpression(node))
      return ts.isStringLiteralLike(node.argumentExpression)
        ? memberAccess(node.expression, node.argumentExpression.text)
        : [];
    if (ts.isConditionalExpression(node)) return mergeValues(valuesOf(node.whenTrue), valuesOf(node.whenFalse));
    if (ts.isBinaryExpression(node)) {
      const kind = node.operatorToken.kind;
      if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken)
        return mergeValues(valuesOf(node.left), valuesOf(node.right));
      if (
        kind === ts.SyntaxKind.CommaToken ||
        kind === ts.SyntaxKind.AmpersandAmpersandToken ||
        kind === ts.SyntaxKind.EqualsToken
      )
        return valuesOf(node.right);
      if (kind === ts.SyntaxKind.QuestionQuestionEqualsToken || kind === ts.SyntaxKind.BarBarEqualsToken)
        return mergeValues(valuesOf(node.left), valuesOf(node.right));
      return [];
    }
    if (ts.isObjectLiteralExpression(node)) return [{ kind: 'object', node }];
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return [{ kind: 'function', node }];
    if (ts.isClassExpression(node)) return [{ kind: 'class', node }];
    if (node.kind === ts.SyntaxKind.ThisKeyword) {
      const holder = ts.findAncestor(node, ts.isClassLike);
      return holder === undefined ? [] : [{ kind: 'instance', node: holder }];
    }
    if (ts.isNewExpression(node)) return valuesOfNew(node);
    if (ts.isCallExpression(node)) return valuesOfCall(node);
    if (ts.isMetaProperty(node)) return [{ kind: 'env-object' }];
    return [];
  }

  function memberAccess(owner: ts.Expression, name: string): readonly Value[] {
    const byOwner = core.all(valuesOf(owner), (value) => core.memberOf(value, name));
    if (!ts.isIdentifier(owner)) return byOwner;
    const symbol = checker.getSymbolAtLocation(owner);
    const written = symbol === undefined ? undefined : index.properties.get(symbol)?.get(name);
    if (written === undefined && symbol === undefined && name === 'env' && /^(?:process|Deno|Bun)$/.test(owner.text))
      return [{ kind: 'env-object' }];
    return mergeValues(byOwner, core.all(written, valuesOf));
  }

  function valuesOfName(node: ts.Identifier): readonly Value[] {
    const parent = node.parent;
    const symbol =
      ts.isShorthandPropertyAssignment(parent) && parent.name === node
        ? checker.getShorthandAssignmentValueSymbol(parent)
        : checker.getSymbolAtLocation(node);
    return symbol === undefined ? [] : valuesOfSymbol(symbol);
  }

  function valuesOfSymbol(symbol: ts.Symbol): readonly Value[] {
    const declared = core.all(symbol.declarations, (one) => core.remember(one, () => core.valuesOfDeclaration(one)));
    const written = core.all(index.assigned.get(symbol), (one) =>
      one.key === undefined
        ? valuesOf(one.expression)
        : core.all(valuesOf(one.expression), (value) => core.memberOf(value, one.key ?? '')),
    );
    return mergeValues(declared, written);
  }

  function valuesOfNew(node: ts.NewExpression): readonly Value[] {
    if (
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'Proxy' &&
      checker.getSymbolAtLocation(node.expression) === undefined
    ) {
      return node.arguments?.[0] === undefined ? [] : valuesOf(node.arguments[0]);
    }
    return core.all(valuesOf(node.expression), (value): readonly Value[] => {
      if (value.kind === 'sdk' && value.name === 'Configuration') {
        // SDK 3 keeps its options in a class of their own.
        const options = node.arguments?.[0];
        return options === undefined ? [{ kind: 'nothing' }] : valuesOf(options);
      }
      if (value.kind === 'sdk')
        return clientClasses.has(value.name)
          ? [{ kind: 'client', name: value.name, site: value.site, made: node, path: [] }]
          : [];
      if (value.kind === 'sdk-module')
        return [{ kind: 'client', name: 'OpenAI', site: value.site, made: node, path: [] }];
      if (value.kind === 'class') return [{ kind: 'instance', node: value.node }];
      if (value.kind === 'module')
        return core.all(core.exported(value.file, 'export='), (one) =>
          one.kind === 'class' ? [{ kind: 'instance', node: one.node }] : [],
        );
      return value.kind === 'foreign' ? [value] : [];
    });
  }

  function valuesOfCall(node: ts.CallExpression): readonly Value[] {
    const first = node.arguments[0];
    if (first !== undefined && isModuleCall(core, node) && ts.isStringLiteralLike(first))
      return core.fromModule(first, undefined);
    const callee = node.expression;
    const name = ts.isIdentifier(callee) ? callee.text : ts.isPropertyAccessExpression(callee) ? callee.name.text : '';
    const values = valuesOf(callee);
    const returned = core.all(values, (value): readonly Value[] => {
      if (value.kind === 'function') return returnsOf(value.node);
      if (value.kind === 'client')
        return value.path.length === 1 && value.path[0] === 'withOptions' ? [{ ...value, path: [] }] : [];
      if (value.kind === 'module')
        return core.all(core.exported(value.file, 'export='), (one) =>
          one.kind === 'function' ? returnsOf(one.node) : [],
        );
      return [];
    });
    if (returned.length > 0) return returned;
    if (name === 'then' && ts.isPropertyAccessExpression(callee) && first !== undefined)
      return returnsOfAll(valuesOf(first));
    if (
      name === 'get' &&
      ts.isPropertyAccessExpression(callee) &&
      first !== undefined &&
      ts.isStringLiteralLike(first)
    ) {
      if (valuesOf(callee.expression).some((value) => value.kind === 'env-object'))
        return [{ kind: 'env', name: first.text }];
    }
    if (passThrough.test(name) && first !== undefined) {
      const given = valuesOf(first);
      return mergeValues(given, returnsOfAll(given));
    }
    return values.filter((value) => value.kind === 'foreign');
  }

  function returnsOfAll(values: readonly Value[]): readonly Value[] {
    return core.all(values, (value) => (value.kind === 'function' ? returnsOf(value.node) : []));
  }

  function returnsOf(node: Callable): readonly Value[] {
    const typed = node.type === undefined ? [] : core.valuesOfType(node.type);
    const body = node.body;
    if (body === undefined) return typed;
    const found = ts.isBlock(body) ? core.remember(body, () => core.all(returnedBy(body), valuesOf)) : valuesOf(body);
    return found.some((value) => value.kind === 'client') ? found : mergeValues(found, typed);
  }

  function returnedBy(body: ts.Block): ts.Expression[] {
    const found: ts.Expression[] = [];
    // Returns are statements: expressions need no visit, however deep they are.
    const visit = (node: ts.Node): void => {
      if (ts.isExpression(node) || ts.isFunctionLike(node) || ts.isClassLike(node)) return;
      if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
      else ts.forEachChild(node, visit);
    };
    ts.forEachChild(body, visit);
    return found;
  }

  return { valuesOf, valuesOfSymbol, returnsOf, returnsOfAll };
}

/** Whether a call is `require("…")` or `import("…")`. */
export function isModuleCall({ ts: api, checker }: Pick<FlowCore, 'ts' | 'checker'>, node: ts.CallExpression): boolean {
  if (node.expression.kind === api.SyntaxKind.ImportKeyword) return true;
  if (api.isIdentifier(node.expression)) {
    if (node.expression.text === '__non_webpack_require__') return true;
    return node.expression.text === 'require' && !isOwnRequire(api, checker.getSymbolAtLocation(node.expression));
  }
  return (
    api.isPropertyAccessExpression(node.expression) &&
    /^(?:requireActual|importActual|requireMock|importMock)$/.test(node.expression.name.text)
  );
}

/** A parameter of that name is somebody's own function, but for that of `define(function (require) {…})`. */
function isOwnRequire(api: typeof ts, symbol: ts.Symbol | undefined): boolean {
  const declaration = symbol?.declarations?.[0];
  if (declaration === undefined || !api.isParameter(declaration)) return false;
  const { parent: call } = declaration.parent;
  return !(api.isCallExpression(call) && /^define\b/.test(call.expression.getText()));
}
