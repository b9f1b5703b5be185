import type { ts } from 'ts-morph';
import { movedMethods } from './methods.ts';
import { unwrapUp, type Sdk3Scene } from './scene.ts';

/** Checks that a client of openai 3 goes nowhere but where it is followed. */
export function checkClients(scene: Sdk3Scene): void {
  const { ts } = scene.project;
  for (const file of scene.project.files.values()) {
    if (!scene.isOwn(file.file)) continue;
    for (const node of scene.references.identifiers(file.source)) {
      const expression = expressionOf(ts, node);
      if (expression !== undefined && isClient(scene, expression)) judge(scene, expression);
    }
    for (const node of scene.index.byFile.get(file.file)?.news ?? []) if (isClient(scene, node)) checkNew(scene, node);
  }
}

function isClient(scene: Sdk3Scene, node: ts.Expression): boolean {
  return scene.flow
    .valuesOf(node)
    .some((value) => value.kind === 'client' && value.name === 'OpenAIApi' && value.path.length === 0);
}

/** The expression that an identifier stands for, when it is read there and not declared or named. */
function expressionOf(api: typeof ts, node: ts.Identifier): ts.Expression | undefined {
  const { parent } = node;
  if (api.isPropertyAccessExpression(parent)) return parent.name === node ? parent : node;
  const isName =
    api.isImportSpecifier(parent) ||
    api.isImportClause(parent) ||
    api.isNamespaceImport(parent) ||
    api.isExportSpecifier(parent) ||
    api.isBindingElement(parent) ||
    api.isQualifiedName(parent) ||
    api.isTypeNode(parent) ||
    ((api.isPropertyAssignment(parent) ||
      api.isVariableDeclaration(parent) ||
      api.isParameter(parent) ||
      api.isPropertyDeclaration(parent) ||
      api.isFunctionLike(parent) ||
      api.isClassLike(parent) ||
      api.isPropertySignature(parent)) &&
      parent.name === node);
  return isName ? undefined : node;
}

function judge(scene: Sdk3Scene, node: ts.Expression): void {
  const { ts } = scene.project;
  const outer = unwrapUp(ts, node);
  const { parent } = outer;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === outer) {
    const name = parent.name.text;
    const isCalled = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
    if (!(name in movedMethods) || !isCalled)
      scene.draft.block(
        parent,
        `\`${name}\` of a client of openai 3 has no counterpart that is known here, or is not called.`,
      );
    return;
  }
  const isHarmless =
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isArrowFunction(parent) ||
    ts.isExportAssignment(parent) ||
    ts.isBinaryExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isIfStatement(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isTypeOfExpression(parent) ||
    ts.isAwaitExpression(parent) ||
    ts.isExpressionStatement(parent) ||
    ts.isComputedPropertyName(parent);
  if (isHarmless) return;
  const isArgument =
    (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.arguments?.includes(outer as ts.Expression);
  const isOwn =
    isArgument === true &&
    scene.flow.valuesOf(parent.expression).some((value) => value.kind === 'function' || value.kind === 'class');
  if (!isOwn) scene.draft.block(outer, 'The client goes to code that is not in view and expects openai 3.');
}

function checkNew(scene: Sdk3Scene, node: ts.NewExpression): void {
  const { ts } = scene.project;
  const [options, ...rest] = node.arguments ?? [];
  const isEmpty = (one: ts.Expression): boolean => ts.isIdentifier(one) && one.text === 'undefined';
  if (rest.some((one) => !isEmpty(one)))
    return scene.draft.block(node, 'It is given a base path or an axios of its own.');
  if (rest.length > 0 && options !== undefined)
    scene.draft.replaceSpan(node, options.getEnd(), rest.at(-1)?.getEnd() ?? options.getEnd(), '');
  if (options === undefined || isEmpty(options)) return;
  const values = scene.flow.valuesOf(options);
  if (values.length === 0 || values.some((value) => value.kind !== 'object' && value.kind !== 'nothing'))
    scene.draft.block(options, 'Where its configuration comes from is not visible.');
}
