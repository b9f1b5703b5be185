import type { ts } from 'ts-morph';
import { unwrapUp, type Sdk3Scene } from './scene.ts';

/** Options of openai 3 that keep their name. */
const kept = new Set(['apiKey', 'organization']);

/** `new Configuration({…})` becomes `{…}`, which the constructor of openai 4 and later takes. */
export function rewriteConfiguration(scene: Sdk3Scene, node: ts.NewExpression): void {
  const { ts } = scene.project;
  const [argument, ...rest] = node.arguments ?? [];
  if (rest.length > 0) return scene.draft.block(node, 'It has more than one argument.');
  if (ts.isExpressionStatement(node.parent)) return scene.draft.block(node, 'It is made and thrown away.');
  followHolder(scene, node);
  const isBody = ts.isArrowFunction(node.parent);
  if (argument === undefined) return scene.draft.replace(node, isBody ? '({})' : '{}');
  if (!ts.isObjectLiteralExpression(argument)) {
    const values = scene.flow.valuesOf(argument);
    if (values.length === 0 || values.some((value) => value.kind !== 'object'))
      return scene.draft.block(argument, 'Its options are not visible here.');
    for (const value of values) if (value.kind === 'object') rewriteOptions(scene, value.node);
  } else rewriteOptions(scene, argument);
  scene.draft.replaceSpan(node, node.getStart(), argument.getStart(), isBody ? '(' : '');
  scene.draft.replaceSpan(node, argument.getEnd(), node.getEnd(), isBody ? ')' : '');
}

function rewriteOptions(scene: Sdk3Scene, options: ts.ObjectLiteralExpression): void {
  const { ts } = scene.project;
  for (const property of options.properties) {
    const name = property.name !== undefined && ts.isIdentifier(property.name) ? property.name.text : undefined;
    const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    if (name === 'apiKey' && value !== undefined && scene.flow.valuesOf(value).some((one) => one.kind === 'function'))
      scene.draft.block(property, 'A function as apiKey is called differently in later versions.');
    else if (name !== undefined && kept.has(name)) continue;
    else if (name === 'basePath' && ts.isPropertyAssignment(property)) scene.draft.replace(property.name, 'baseURL');
    else if (name === 'basePath' && ts.isShorthandPropertyAssignment(property))
      scene.draft.insert(property, property.getStart(), 'baseURL: ');
    else if (name === 'baseOptions' && value !== undefined) rewriteBaseOptions(scene, property, value);
    else scene.draft.block(property, 'This option of openai 3 has no counterpart that is known here.');
  }
}

/** `baseOptions: { headers: … }` holds options of axios; only headers have a counterpart. */
function rewriteBaseOptions(scene: Sdk3Scene, property: ts.Node, value: ts.Expression): void {
  const { ts } = scene.project;
  const [only, ...rest] = ts.isObjectLiteralExpression(value) ? value.properties : [];
  if (only === undefined || rest.length > 0 || !ts.isPropertyAssignment(only) || only.name.getText() !== 'headers')
    return scene.draft.block(property, 'These are options of axios, which openai 4 and later do not use.');
  scene.draft.replaceSpan(property, property.getStart(), only.initializer.getStart(), 'defaultHeaders: ');
  scene.draft.replaceSpan(property, only.initializer.getEnd(), property.getEnd(), '');
}

/** The configuration may be held by a variable or a field, from which only what plain options have too is read. */
function followHolder(scene: Sdk3Scene, node: ts.Expression): void {
  const { ts } = scene.project;
  const outer = unwrapUp(ts, node);
  const { parent } = outer;
  if (isClientArgument(scene, outer)) return;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) {
    const symbol = scene.references.symbolOf(parent.name);
    for (const use of symbol === undefined ? [] : scene.references.of(symbol, node.getSourceFile()))
      if (use !== parent.name) judgeUse(scene, use);
    return;
  }
  const field = fieldOf(scene, parent, outer);
  if (field === undefined) return scene.draft.block(node, 'Where this configuration goes is not followed.');
  const holder = ts.findAncestor(node, ts.isClassLike);
  for (const member of scene.index.byFile.get(fileOf(scene, node))?.members ?? []) {
    if (member.name.text !== field || member.expression.kind !== ts.SyntaxKind.ThisKeyword) continue;
    if (ts.findAncestor(member, ts.isClassLike) === holder) judgeUse(scene, member);
  }
}

function fieldOf(scene: Sdk3Scene, parent: ts.Node, node: ts.Node): string | undefined {
  const { ts } = scene.project;
  if (ts.isPropertyDeclaration(parent) && parent.initializer === node && ts.isIdentifier(parent.name))
    return parent.name.text;
  const isField =
    ts.isBinaryExpression(parent) &&
    parent.right === node &&
    ts.isPropertyAccessExpression(parent.left) &&
    parent.left.expression.kind === ts.SyntaxKind.ThisKeyword;
  return isField ? parent.left.name.text : undefined;
}

function judgeUse(scene: Sdk3Scene, use: ts.Expression): void {
  const { ts } = scene.project;
  const outer = unwrapUp(ts, use);
  const { parent } = outer;
  if (isClientArgument(scene, outer)) return;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === outer && kept.has(parent.name.text)) return;
  if (ts.isBinaryExpression(parent) && parent.left === outer) return;
  scene.draft.block(use, 'The configuration is used in a way that plain options may not answer.');
}

function isClientArgument(scene: Sdk3Scene, node: ts.Node): boolean {
  const { ts } = scene.project;
  const { parent } = node;
  return (
    ts.isNewExpression(parent) &&
    parent.arguments?.[0] === node &&
    scene.flow.valuesOf(parent.expression).some((value) => value.kind === 'sdk' && value.name === 'OpenAIApi')
  );
}

function fileOf(scene: Sdk3Scene, node: ts.Node): string {
  return scene.project.fileOf(node)?.file ?? '';
}
