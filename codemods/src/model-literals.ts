import type { ts } from 'ts-morph';
import { createReferences, type References } from './references.ts';
import type { CodeScene, Scene } from './scene.ts';
import { isThroughShim } from './shim-files.ts';

/** A literal that reaches the `model` of a call through the shim, and what else reads it. */
export interface ModelLiteral {
  readonly literal: ts.StringLiteralLike;
  /** A use that is not the model of such a call; undefined where there is none. */
  readonly other: ts.Node | undefined;
}

interface Search {
  readonly code: CodeScene;
  readonly graph: Scene['graph'];
  readonly references: References;
  /** Expressions that stand as the `model` of a call through the shim. */
  readonly models: ReadonlySet<ts.Node>;
}

/** The literals behind the `model` of every call through the shim: in place, in variables, default parameters, and properties. */
export function findModelLiterals(code: CodeScene, graph: Scene['graph']): ModelLiteral[] {
  const models = modelsOfCalls(code);
  const search: Search = { code, graph, references: createReferences(code.project), models: new Set(models) };
  const found = new Map<ts.StringLiteralLike, ModelLiteral>();
  for (const model of models) for (const one of literalsOf(search, model)) found.set(one.literal, one);
  return [...found.values()];
}

function modelsOfCalls(code: CodeScene): ts.Expression[] {
  const { ts } = code.project;
  return code.uses.flatMap((use) => {
    const body = use.call?.arguments[0];
    if (body === undefined || !isThroughShim(code, use)) return [];
    return code.flow.valuesOf(body).flatMap((value) =>
      value.kind !== 'object'
        ? []
        : value.node.properties.flatMap((one): ts.Expression[] => {
            if (one.name?.getText().replace(/^['"]|['"]$/g, '') !== 'model') return [];
            if (ts.isShorthandPropertyAssignment(one)) return [one.name];
            return ts.isPropertyAssignment(one) ? partsOf(code, one.initializer) : [];
          }),
    );
  });
}

/** The branches of an expression. */
function partsOf({ project: { ts } }: CodeScene, node: ts.Expression): ts.Expression[] {
  const parts = (one: ts.Expression): ts.Expression[] => {
    if (
      ts.isParenthesizedExpression(one) ||
      ts.isAsExpression(one) ||
      ts.isNonNullExpression(one) ||
      ts.isSatisfiesExpression(one)
    )
      return parts(one.expression);
    if (ts.isConditionalExpression(one)) return [...parts(one.whenTrue), ...parts(one.whenFalse)];
    const kind = ts.isBinaryExpression(one) ? one.operatorToken.kind : undefined;
    const isChoice = kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken;
    return isChoice && ts.isBinaryExpression(one) ? [...parts(one.left), ...parts(one.right)] : [one];
  };
  return parts(node);
}

function literalsOf(search: Search, node: ts.Expression): ModelLiteral[] {
  const { ts } = search.code.project;
  if (ts.isStringLiteralLike(node)) return [{ literal: node, other: undefined }];
  if (ts.isIdentifier(node)) return literalsOfName(search, node);
  return ts.isPropertyAccessExpression(node) ? literalsOfMember(search, node) : [];
}

/** A variable or a default parameter, here or in the file that exports it. */
function literalsOfName(search: Search, node: ts.Identifier): ModelLiteral[] {
  const { ts } = search.code.project;
  const symbol = search.references.symbolOf(node);
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined) return [];
  if (ts.isImportSpecifier(declaration)) {
    const source = exportedSymbol(search, declaration);
    return source === undefined ? [] : literalsOfSymbol(search, source);
  }
  return literalsOfSymbol(search, symbol);
}

function literalsOfSymbol(search: Search, symbol: ts.Symbol): ModelLiteral[] {
  const { ts } = search.code.project;
  const [declaration, ...more] = symbol.declarations ?? [];
  const isHolder = declaration !== undefined && (ts.isVariableDeclaration(declaration) || ts.isParameter(declaration));
  if (!isHolder || more.length > 0 || declaration.initializer === undefined) return [];
  const others = usesOf(search, symbol, declaration).filter((one) => !isModel(search, one));
  return partsOf(search.code, declaration.initializer).flatMap((one) =>
    ts.isStringLiteralLike(one) ? [{ literal: one, other: others[0] }] : [],
  );
}

/** Where a variable is read, in its own file and in those that import it. */
function usesOf(search: Search, symbol: ts.Symbol, declaration: ts.Declaration): ts.Identifier[] {
  const { ts } = search.code.project;
  const source = declaration.getSourceFile();
  const own = search.references.of(symbol, source).filter((one) => !isDeclaring(ts, one));
  const home = search.code.project.fileOf(source)?.file ?? '';
  const imported = search.graph.importersOf(home).flatMap((file) => {
    const other = search.code.project.files.get(file)?.source;
    if (other === undefined) return [];
    return search.references.identifiers(other).filter((one) => {
      const local = search.references.symbolOf(one);
      const from = local?.declarations?.[0];
      const isIt = from !== undefined && ts.isImportSpecifier(from) && exportedSymbol(search, from) === symbol;
      return isIt && !isDeclaring(ts, one);
    });
  });
  return [...own, ...imported];
}

function exportedSymbol(search: Search, specifier: ts.ImportSpecifier): ts.Symbol | undefined {
  const { ts, checker, files, fileOf } = search.code.project;
  const literal = specifier.parent.parent.parent.moduleSpecifier;
  const from = fileOf(specifier)?.file;
  if (from === undefined || !ts.isStringLiteralLike(literal)) return undefined;
  const source = files.get(search.graph.resolve(from, literal.text) ?? '')?.source;
  const name = (specifier.propertyName ?? specifier.name).text;
  const found = source && checker.getSymbolAtLocation(source)?.exports?.get(ts.escapeLeadingUnderscores(name));
  const declaration = found?.declarations?.[0];
  return declaration !== undefined && ts.isExportSpecifier(declaration)
    ? checker.getExportSpecifierLocalTargetSymbol(declaration)
    : found;
}

function isDeclaring(api: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  if (api.isImportSpecifier(parent) || api.isExportSpecifier(parent)) return true;
  return (api.isVariableDeclaration(parent) || api.isParameter(parent)) && parent.name === node;
}

/** Whether an expression ends up as the model of a call, through branches and casts. */
function isModel(search: Search, node: ts.Node): boolean {
  return search.models.has(node);
}

/** `config.model` and `this.model`. */
function literalsOfMember(search: Search, node: ts.PropertyAccessExpression): ModelLiteral[] {
  const { code } = search;
  const { ts } = code.project;
  const name = node.name.text;
  return code.flow.valuesOf(node.expression).flatMap((owner): ModelLiteral[] => {
    if (owner.kind !== 'object' && owner.kind !== 'instance') return [];
    const held: readonly ts.Node[] = owner.kind === 'object' ? owner.node.properties : owner.node.members;
    const property = held.find(
      (one): one is ts.PropertyAssignment | ts.PropertyDeclaration =>
        (ts.isPropertyAssignment(one) || ts.isPropertyDeclaration(one)) && one.name.getText() === name,
    );
    if (property?.initializer === undefined) return [];
    const other = readsOf(code, name)
      .filter((one) => code.flow.valuesOf(one.expression).some((value) => 'node' in value && value.node === owner.node))
      .find((one) => !isModel(search, one));
    return partsOf(code, property.initializer).flatMap((one) =>
      ts.isStringLiteralLike(one) ? [{ literal: one, other }] : [],
    );
  });
}

function readsOf(code: CodeScene, name: string): ts.PropertyAccessExpression[] {
  return [...code.index.byFile.values()].flatMap((nodes) => nodes.members.filter((one) => one.name.text === name));
}
