import type { ts } from 'ts-morph';
import type { Code } from './code.ts';
import type { References } from './references.ts';

/** What happens to the result of a call at one place. */
export type ResultUse =
  /** `result.name`. */
  | { readonly kind: 'member'; readonly node: ts.PropertyAccessExpression; readonly name: string }
  /** `{ name: … } = result`, one element of the pattern. */
  | { readonly kind: 'element'; readonly node: ts.BindingElement; readonly name: string }
  /** It is printed or tested as a whole. */
  | { readonly kind: 'shown' | 'tested'; readonly node: ts.Node }
  /** It goes where it cannot be followed. */
  | { readonly kind: 'lost'; readonly node: ts.Node; readonly how: string };

/** What following a result needs to know of the folder. */
export interface ResultScene extends Code {
  readonly references: References;
  /** Whether an expression assigned to the same variable is a result of the same kind. */
  readonly isAlike: (node: ts.Expression) => boolean;
}

/** Every use of what a call gives, through `await`, variables, `.then` and the functions that return it. */
export function followResult(scene: ResultScene, call: ts.Expression): ResultUse[] {
  return followFrom(scene, call);
}

/** Every use of what a pattern or a variable holds. */
export function followBinding(scene: ResultScene, name: ts.BindingName): ResultUse[] {
  return followFrom(scene, name);
}

function followFrom(scene: ResultScene, call: ts.Expression | ts.BindingName): ResultUse[] {
  const { ts } = scene.project;
  const uses: ResultUse[] = [];
  const seen = new Set<ts.Node>();

  const lose = (node: ts.Node, how: string): void => {
    uses.push({ kind: 'lost', node, how });
  };

  function follow(node: ts.Expression): void {
    if (seen.has(node)) return;
    seen.add(node);
    const { parent } = node;
    if (
      ts.isParenthesizedExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      ts.isAwaitExpression(parent) ||
      ((ts.isAsExpression(parent) || ts.isSatisfiesExpression(parent)) && parent.type.kind === ts.SyntaxKind.AnyKeyword)
    )
      follow(parent);
    else if (ts.isPropertyAccessExpression(parent) && parent.expression === node) followMember(parent);
    else if (ts.isVariableDeclaration(parent) && parent.initializer === node) followVariable(parent);
    else if (ts.isBinaryExpression(parent) && parent.right === node) followAssignment(parent);
    else if (ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node)) followReturn(parent);
    else if (ts.isExpressionStatement(parent) || ts.isVoidExpression(parent)) return;
    else if (ts.isCallExpression(parent) && parent.expression !== node && isPrinting(parent.expression))
      uses.push({ kind: 'shown', node });
    else if (isTest(node, parent)) uses.push({ kind: 'tested', node });
    else lose(node, 'it is passed on');
  }

  function followMember(node: ts.PropertyAccessExpression): void {
    const outer = node.parent;
    const isCalled = ts.isCallExpression(outer) && outer.expression === node;
    if (isCalled && /^(?:then|catch|finally)$/.test(node.name.text)) {
      if (node.name.text !== 'then') return follow(outer);
      return followCallback(outer.arguments[0]);
    }
    uses.push({ kind: 'member', node, name: node.name.text });
  }

  function followCallback(callback: ts.Expression | undefined): void {
    if (callback === undefined || !(ts.isArrowFunction(callback) || ts.isFunctionExpression(callback)))
      return lose(callback ?? call, 'it goes to a function that is not written here');
    const [parameter] = callback.parameters;
    if (parameter === undefined) return;
    if (parameter.type !== undefined && parameter.type.kind !== ts.SyntaxKind.AnyKeyword)
      return lose(parameter, 'its type is written out');
    followName(parameter.name, parameter);
  }

  function followVariable(node: ts.VariableDeclaration): void {
    if (node.type !== undefined && node.type.kind !== ts.SyntaxKind.AnyKeyword)
      return lose(node.type, 'its type is written out');
    followName(node.name, node);
  }

  function followName(name: ts.BindingName, holder: ts.Node): void {
    if (ts.isIdentifier(name)) return followSymbol(scene.references.symbolOf(name), name);
    if (ts.isArrayBindingPattern(name)) return lose(name, 'it is taken apart as a list');
    for (const element of name.elements) {
      const key = element.propertyName ?? element.name;
      if (element.dotDotDotToken !== undefined || !ts.isIdentifier(key) || element.initializer !== undefined)
        lose(holder, 'it is taken apart in a way that is not followed');
      else uses.push({ kind: 'element', node: element, name: key.text });
    }
  }

  function followAssignment(node: ts.BinaryExpression): void {
    const isPlain = node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    if (!isPlain || !ts.isIdentifier(node.left))
      return lose(node, 'it is assigned to something that is not a variable');
    followSymbol(scene.references.symbolOf(node.left), node.left);
  }

  function followSymbol(symbol: ts.Symbol | undefined, name: ts.Identifier): void {
    if (symbol === undefined) return lose(name, 'its variable is not known');
    if (!(scene.index.assigned.get(symbol) ?? []).every((one) => scene.isAlike(one.expression)))
      return lose(name, `${name.text} holds other things too`);
    for (const reference of scene.references.of(symbol, name.getSourceFile())) {
      const { parent } = reference;
      const isDeclaring =
        (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) &&
        parent.name === reference;
      const isWritten = ts.isBinaryExpression(parent) && parent.left === reference;
      if (isDeclaring || isWritten) continue;
      if (ts.isExportSpecifier(parent)) lose(reference, 'it is exported');
      else follow(reference);
    }
  }

  function followReturn(node: ts.Node): void {
    const owner = ts.isArrowFunction(node) ? node : ts.findAncestor(node, ts.isFunctionLike);
    if (owner === undefined || !('body' in owner)) return lose(node, 'it is returned');
    const callers = callersOf(scene, owner);
    if (callers === undefined) return lose(node, 'it is returned to callers that are not all in view');
    for (const caller of callers) follow(caller);
  }

  if (ts.isObjectBindingPattern(call) || ts.isArrayBindingPattern(call) || ts.isBindingElement(call.parent))
    followName(call as ts.BindingName, call);
  else follow(call);
  return uses;

  function isPrinting(callee: ts.Expression): boolean {
    return (
      ts.isPropertyAccessExpression(callee) &&
      ts.isIdentifier(callee.expression) &&
      callee.expression.text === 'console'
    );
  }

  function isTest(node: ts.Expression, parent: ts.Node): boolean {
    if (ts.isIfStatement(parent)) return parent.expression === node;
    if (ts.isConditionalExpression(parent)) return parent.condition === node;
    return ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken;
  }
}

/** The calls of a function when every use of its name is a call that is in view; undefined when some may not be. */
function callersOf(scene: ResultScene, owner: ts.SignatureDeclaration): readonly ts.CallExpression[] | undefined {
  const { ts } = scene.project;
  const outer = owner.parent;
  const name =
    owner.name !== undefined && ts.isIdentifier(owner.name)
      ? owner.name
      : ts.isVariableDeclaration(outer) && ts.isIdentifier(outer.name)
        ? outer.name
        : undefined;
  if (name === undefined) return undefined;
  const isOwner = (node: ts.Expression): boolean =>
    scene.flow.valuesOf(node).some((value) => value.kind === 'function' && value.node === owner);
  const stray = [...scene.project.files.values()]
    .filter((file) => file.text.includes(name.text))
    .flatMap((file) => scene.references.identifiers(file.source))
    .filter((one) => one !== name && one.text === name.text && !isCallee(ts, one) && !isNaming(ts, one))
    .some((one) => isOwner(ts.isPropertyAccessExpression(one.parent) && one.parent.name === one ? one.parent : one));
  if (stray) return undefined;
  const calls = (scene.index.callsByName.get(name.text) ?? []).filter(
    (one): one is ts.CallExpression => ts.isCallExpression(one) && isOwner(one.expression),
  );
  return calls.length === 0 ? undefined : calls;
}

function isCallee(api: typeof ts, node: ts.Identifier): boolean {
  const target = api.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
  return api.isCallExpression(target.parent) && target.parent.expression === target;
}

/** Whether an identifier only names the function: in its declaration, an import or an export. */
function isNaming(api: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  if (api.isImportSpecifier(parent) || api.isImportClause(parent) || api.isExportSpecifier(parent)) return true;
  if (api.isExportAssignment(parent)) return true;
  if (
    api.isBindingElement(parent) ||
    ((api.isFunctionLike(parent) || api.isVariableDeclaration(parent)) && parent.name === node)
  )
    return true;
  if (api.isPropertyAssignment(parent) && parent.name === node) return true;
  const holder = api.isShorthandPropertyAssignment(parent) ? parent.parent : node;
  return api.isBinaryExpression(holder.parent) && /^(?:module\.)?exports\b/.test(holder.parent.left.getText());
}
