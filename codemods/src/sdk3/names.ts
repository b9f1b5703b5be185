import type { ts } from 'ts-morph';
import type { Site } from '../sites.ts';
import { rewriteConfiguration } from './configuration.ts';
import { enumType, movedEnums, movedTypes } from './methods.ts';
import { quoteOf, type Sdk3Scene } from './scene.ts';

/** Rewrites what a file takes from openai 3: its imports, and every use of the imported names. */
export function rewriteNames(scene: Sdk3Scene, site: Site): void {
  const { ts } = scene.project;
  const { literal } = site;
  if (site.form === 'side-effect') return;
  if (site.form === 'import' || site.form === 'type') {
    const declaration = ts.findAncestor(literal, ts.isImportDeclaration);
    if (declaration !== undefined) return rewriteImport(scene, declaration, literal);
  }
  if (site.form === 'require' || site.form === 'dynamic') return rewriteLoad(scene, literal);
  scene.draft.block(literal, 'This way of naming openai 3 (re-export, mock, deep or resolved path) is not rewritten.');
}

function rewriteImport(scene: Sdk3Scene, node: ts.ImportDeclaration, literal: ts.StringLiteralLike): void {
  const { ts } = scene.project;
  const clause = node.importClause;
  if (clause === undefined) return;
  if (clause.name !== undefined)
    return scene.draft.block(clause.name, 'openai 3 has no default export that stays one: import { OpenAI } instead.');
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) return rewriteNamespace(scene, bindings.name, literal);
  const isTyped = /\.[cm]?tsx?$|\.(?:vue|svelte|astro)$/.test(node.getSourceFile().fileName);
  const list = rewriteElements(
    scene,
    bindings.elements.map((one) => ({ imported: (one.propertyName ?? one.name).text, local: one.name })),
    quoteOf(literal),
  );
  const asType = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const parts = [...list.values, ...(isTyped ? list.types.map((name) => (asType ? name : `type ${name}`)) : [])];
  scene.draft.replace(bindings, `{ ${parts.join(', ')} }`);
}

function rewriteLoad(scene: Sdk3Scene, literal: ts.StringLiteralLike): void {
  const { ts } = scene.project;
  let outer: ts.Node = literal.parent.parent;
  while (ts.isAwaitExpression(outer) || ts.isParenthesizedExpression(outer)) outer = outer.parent;
  if (ts.isPropertyAccessExpression(outer) && outer.name.text === 'OpenAIApi')
    return scene.draft.replace(outer.name, 'OpenAI');
  if (!ts.isVariableDeclaration(outer))
    return scene.draft.block(literal, 'What is taken from openai 3 here is not followed.');
  if (ts.isIdentifier(outer.name)) return rewriteNamespace(scene, outer.name, literal);
  if (!ts.isObjectBindingPattern(outer.name))
    return scene.draft.block(outer.name, 'What is taken from openai 3 here is not followed.');
  const elements = outer.name.elements.flatMap((one) => {
    const key = one.propertyName ?? one.name;
    return ts.isIdentifier(key) && ts.isIdentifier(one.name) && one.dotDotDotToken === undefined
      ? [{ imported: key.text, local: one.name }]
      : [];
  });
  if (elements.length !== outer.name.elements.length)
    return scene.draft.block(outer.name, 'What is taken from openai 3 here is not followed.');
  const list = rewriteElements(scene, elements, quoteOf(literal));
  scene.draft.replace(outer.name, `{ ${list.values.map((one) => one.replace(' as ', ': ')).join(', ')} }`);
}

interface Element {
  readonly imported: string;
  readonly local: ts.Identifier;
}

/** Rewrites the uses of the imported names. @returns the names to import instead. */
function rewriteElements(
  scene: Sdk3Scene,
  elements: readonly Element[],
  quote: string,
): { values: string[]; types: string[] } {
  const values = new Set<string>();
  const types = new Set<string>();
  for (const { imported, local } of elements) {
    const symbol = scene.references.symbolOf(local);
    const uses = symbol === undefined ? [] : scene.references.of(symbol, local.getSourceFile());
    if (imported === 'OpenAIApi' && local.text !== imported) {
      values.add(local.text === 'OpenAI' ? 'OpenAI' : `OpenAI as ${local.text}`);
      for (const use of uses) if (!isPartOfImport(scene, use)) rewriteName(scene, use, imported, local.text, quote);
      continue;
    }
    // An unused import goes; openai 6 does not have the name.
    if (imported === 'OpenAIApi') values.add('OpenAI');
    for (const use of uses) {
      if (isPartOfImport(scene, use)) continue;
      const made = rewriteName(scene, use, imported, 'OpenAI', quote);
      if (made === 'namespace') values.add('OpenAI');
      if (made === 'options') types.add('ClientOptions');
    }
  }
  if (values.size === 0 && types.size === 0) values.add('OpenAI');
  const source = elements[0]?.local.getSourceFile();
  const taken = values.has('OpenAI') && source !== undefined ? findTaken(scene, source) : undefined;
  if (taken !== undefined) scene.draft.block(taken, 'The name OpenAI already means something else in this file.');
  return { values: [...values], types: [...types] };
}

/** `import * as openai` and `const openai = require('openai')`. */
function rewriteNamespace(scene: Sdk3Scene, local: ts.Identifier, literal: ts.StringLiteralLike): void {
  const { ts } = scene.project;
  const symbol = scene.references.symbolOf(local);
  for (const use of symbol === undefined ? [] : scene.references.of(symbol, local.getSourceFile())) {
    if (use === local) continue;
    const { parent } = use;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === use)
      rewriteName(scene, parent, parent.name.text, `${local.text}.OpenAI`, quoteOf(literal), local.text);
    else if (ts.isQualifiedName(parent) && parent.left === use)
      rewriteName(scene, parent, parent.right.text, `${local.text}.OpenAI`, quoteOf(literal), local.text);
    else scene.draft.block(use, 'The module as a whole goes where it is not followed.');
  }
}

function isPartOfImport(scene: Sdk3Scene, node: ts.Identifier): boolean {
  const { ts } = scene.project;
  return (
    ts.isImportSpecifier(node.parent) ||
    (ts.isBindingElement(node.parent) && (node.parent.name === node || node.parent.propertyName === node))
  );
}

function findTaken(scene: Sdk3Scene, source: ts.SourceFile): ts.Identifier | undefined {
  return scene.references
    .identifiers(source)
    .find((one) => one.text === 'OpenAI' && scene.references.symbolOf(one) !== undefined && !isMemberName(scene, one));
}

function isMemberName(scene: Sdk3Scene, node: ts.Identifier): boolean {
  const { ts } = scene.project;
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

/** Rewrites one use of a name. @returns what the file needs to import for it. */
function rewriteName(
  scene: Sdk3Scene,
  node: ts.Identifier | ts.PropertyAccessExpression | ts.QualifiedName,
  name: string,
  client: string,
  quote: string,
  namespace?: string,
): 'namespace' | 'options' | undefined {
  const { ts } = scene.project;
  const { parent } = node;
  const isType = ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent);
  if (name === 'OpenAIApi') {
    if (isType || (ts.isNewExpression(parent) && parent.expression === node)) scene.draft.replace(node, client);
    else scene.draft.block(node, 'The class itself goes where it is not followed.');
    return 'namespace';
  }
  if (name === 'Configuration') {
    if (ts.isTypeReferenceNode(parent)) {
      scene.draft.replace(node, namespace === undefined ? 'ClientOptions' : `${namespace}.ClientOptions`);
      return 'options';
    }
    if (ts.isNewExpression(parent) && parent.expression === node) rewriteConfiguration(scene, parent);
    else scene.draft.block(node, 'The class itself goes where it is not followed.');
    return undefined;
  }
  const type = movedTypes[name];
  if (type !== undefined && ts.isTypeReferenceNode(parent)) {
    scene.draft.replace(node, type.replace('OpenAI', client));
    return 'namespace';
  }
  const asType = ts.isTypeReferenceNode(parent) ? enumType(name, quote) : undefined;
  if (asType !== undefined) {
    scene.draft.replace(node, ts.isArrayTypeNode(parent.parent) ? `(${asType})` : asType);
    return undefined;
  }
  const text = ts.isPropertyAccessExpression(parent) ? movedEnums[name]?.[parent.name.text] : undefined;
  if (text !== undefined) scene.draft.replace(parent, `${quote}${text}${quote}`);
  else scene.draft.block(node, `openai 6 has nothing that takes the place of ${name} here.`);
  return undefined;
}
