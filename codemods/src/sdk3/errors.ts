import type { ts } from 'ts-morph';
import type { EndpointUse } from '../touchpoints.ts';
import { unwrapUp, type Sdk3Scene } from './scene.ts';

/** Rewrites what the handlers around a call read from the error: axios' `error.response` is gone. */
export function rewriteErrors(scene: Sdk3Scene, { call }: EndpointUse): void {
  if (call === undefined) return;
  for (const name of handlersOf(scene, call)) followError(scene, name, false);
}

/** The names that errors of a call are caught by: in `catch` around it and in `.catch(…)` behind it. */
function handlersOf(scene: Sdk3Scene, call: ts.CallExpression): ts.BindingName[] {
  const { ts } = scene.project;
  const found: ts.BindingName[] = [];
  let inner: ts.Node = call;
  for (let node: ts.Node = call.parent; !ts.isSourceFile(node); inner = node, node = node.parent) {
    if (ts.isFunctionLike(node) && !isCallback(scene, node)) break;
    if (ts.isTryStatement(node) && node.tryBlock === inner) {
      const name = node.catchClause?.variableDeclaration?.name;
      if (name !== undefined) found.push(name);
    }
    if (ts.isPropertyAccessExpression(node) && node.expression === inner && ts.isCallExpression(node.parent)) {
      const position = node.name.text === 'catch' ? 0 : node.name.text === 'then' ? 1 : undefined;
      const callback = position === undefined ? undefined : node.parent.arguments[position];
      const isWritten = callback !== undefined && (ts.isArrowFunction(callback) || ts.isFunctionExpression(callback));
      const name = isWritten ? callback.parameters[0]?.name : undefined;
      if (name !== undefined) found.push(name);
    }
  }
  return found;
}

/** A function that is called where it is written, so that what it throws reaches the handlers around. */
function isCallback(scene: Sdk3Scene, node: ts.Node): boolean {
  const { ts } = scene.project;
  return (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isCallExpression(node.parent);
}

function followError(scene: Sdk3Scene, name: ts.BindingName, isTyped: boolean): void {
  const { ts } = scene.project;
  if (!ts.isIdentifier(name)) return scene.draft.block(name, 'The error is taken apart where it is caught.');
  const symbol = scene.references.symbolOf(name);
  if (symbol === undefined) return;
  for (const use of scene.references.of(symbol, name.getSourceFile())) {
    if (use === name) continue;
    const outer = unwrapUp(ts, use);
    const { parent } = outer;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === outer) {
      if (parent.name.text === 'response') rewriteResponse(scene, parent, isTyped);
      else if (/^(?:isAxiosError|toJSON|config|request)$/.test(parent.name.text))
        scene.draft.block(parent, 'It belongs to the errors of axios.');
    } else if (ts.isAsExpression(parent) || ts.isVariableDeclaration(parent)) followAlias(scene, outer);
    else if (ts.isCallExpression(parent) && parent.expression.getText().endsWith('isAxiosError'))
      scene.draft.block(parent, 'Errors are no longer those of axios: test for `error instanceof OpenAI.APIError`.');
  }
}

function followAlias(scene: Sdk3Scene, node: ts.Node): void {
  const { ts } = scene.project;
  let outer = node;
  let isTyped = false;
  while (ts.isAsExpression(outer.parent) || ts.isParenthesizedExpression(outer.parent)) {
    outer = outer.parent;
    if (ts.isAsExpression(outer) && outer.type.kind !== ts.SyntaxKind.AnyKeyword) isTyped = true;
  }
  const { parent } = outer;
  if (ts.isPropertyAccessExpression(parent) && parent.name.text === 'response')
    return rewriteResponse(scene, parent, isTyped);
  if (!ts.isVariableDeclaration(parent) || parent.initializer !== outer) return;
  if (parent.type !== undefined && parent.type.kind !== ts.SyntaxKind.AnyKeyword) isTyped = true;
  if (ts.isObjectBindingPattern(parent.name)) {
    if (parent.name.elements.some((one) => /^response\b/.test(one.getText())))
      scene.draft.block(parent.name, 'The response of axios is taken from the error here.');
    return;
  }
  followError(scene, parent.name, isTyped);
}

const because = 'Errors of openai 4 and later have status, headers and error (the body’s `error`) on themselves';

/** `e.response.status` is `e.status`; `e.response.data` is `{ error: e.error }`. */
function rewriteResponse(scene: Sdk3Scene, node: ts.PropertyAccessExpression, isTyped: boolean): void {
  const { ts } = scene.project;
  if (isTyped) return scene.draft.block(node, `${because}; here the error has a written type.`);
  const { parent } = node;
  const dot = node.questionDotToken === undefined ? '.' : '?.';
  const from = node.expression.getEnd();
  if (isTest(scene, node)) return scene.draft.replace(node.name, 'status');
  if (ts.isCallExpression(parent) && parent.expression !== node && parent.expression.getText().startsWith('console.')) {
    scene.draft.note(node, 'It prints the error itself now.');
    return scene.draft.replaceSpan(node, from, node.getEnd(), '');
  }
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node)
    return scene.draft.block(node, `${because}.`);
  switch (parent.name.text) {
    case 'status':
      return scene.draft.replaceSpan(node, from, parent.getEnd(), `${dot}status`);
    case 'data':
      return rewriteBody(scene, node, parent, dot);
    case 'statusText':
      if (!ts.isTemplateSpan(parent.parent) && !ts.isCallExpression(parent.parent)) break;
      scene.draft.note(parent, 'The text of the status is gone: it shows the number now.');
      return scene.draft.replaceSpan(node, from, parent.getEnd(), `${dot}status`);
    default:
  }
  scene.draft.block(parent, `${because}.`);
}

function rewriteBody(
  scene: Sdk3Scene,
  response: ts.PropertyAccessExpression,
  data: ts.PropertyAccessExpression,
  dot: string,
): void {
  const { ts } = scene.project;
  const from = response.expression.getEnd();
  const outer = data.parent;
  if (ts.isPropertyAccessExpression(outer) && outer.expression === data) {
    if (outer.name.text !== 'error') return scene.draft.block(outer, `${because}.`);
    return scene.draft.replaceSpan(response, from, outer.getEnd(), `${dot}error`);
  }
  if (isTest(scene, data)) return scene.draft.replaceSpan(response, from, data.getEnd(), `${dot}error`);
  const isValue =
    (ts.isCallExpression(outer) && outer.expression !== data) ||
    ts.isReturnStatement(outer) ||
    ts.isVariableDeclaration(outer) ||
    ts.isPropertyAssignment(outer);
  if (!isValue) return scene.draft.block(data, `${because}.`);
  if (ts.isVariableDeclaration(outer) && !ts.isIdentifier(outer.name))
    return scene.draft.block(outer, 'The body of the error is taken apart here.');
  scene.draft.insert(data, data.getStart(), '{ error: ');
  scene.draft.replaceSpan(response, from, data.getEnd(), `${dot}error }`);
}

function isTest(scene: Sdk3Scene, node: ts.Expression): boolean {
  const { ts } = scene.project;
  const { parent } = node;
  if (ts.isIfStatement(parent)) return parent.expression === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken &&
    (parent.left === node || isTest(scene, parent))
  );
}
