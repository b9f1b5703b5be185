import type { ts } from 'ts-morph';
import type { CodeFile, CodeProject } from './project.ts';

/** Where values flow besides initialisers: assignments, exports and calls, gathered once over all files. */
export interface SyntaxIndex {
  /** Expressions assigned to a variable. */
  readonly assigned: ReadonlyMap<ts.Symbol, readonly Assigned[]>;
  /** `this.name = expression` by class. */
  readonly fields: ReadonlyMap<ts.ClassLikeDeclaration, ReadonlyMap<string, readonly ts.Expression[]>>;
  /** `variable.name = expression` by variable. */
  readonly properties: ReadonlyMap<ts.Symbol, ReadonlyMap<string, readonly ts.Expression[]>>;
  /** `exports.name = expression`, `module.exports = expression` (as `export=`) by file. */
  readonly commonJs: ReadonlyMap<string, ReadonlyMap<string, readonly ts.Expression[]>>;
  /** Calls and constructions by the last name of what is called. */
  readonly callsByName: ReadonlyMap<string, ReadonlyArray<ts.CallExpression | ts.NewExpression>>;
  /** All nodes of a kind that rules ask for, by file. */
  readonly byFile: ReadonlyMap<string, FileNodes>;
}

/** An expression assigned to a variable, or the part of it that a pattern takes. */
interface Assigned {
  readonly expression: ts.Expression;
  readonly key: string | undefined;
}

/** The nodes of one file that rules look at. */
export interface FileNodes {
  readonly file: CodeFile;
  readonly calls: ts.CallExpression[];
  readonly news: ts.NewExpression[];
  readonly classes: ts.ClassLikeDeclaration[];
  readonly members: ts.PropertyAccessExpression[];
  readonly strings: ts.StringLiteralLike[];
  readonly templates: ts.TemplateExpression[];
  readonly assignments: ts.BinaryExpression[];
}

/** Walks every file once. */
export function indexSyntax(project: CodeProject): SyntaxIndex {
  const { ts, checker } = project;
  const assigned = new Map<ts.Symbol, Assigned[]>();
  const fields = new Map<ts.ClassLikeDeclaration, Map<string, ts.Expression[]>>();
  const properties = new Map<ts.Symbol, Map<string, ts.Expression[]>>();
  const commonJs = new Map<string, Map<string, ts.Expression[]>>();
  const callsByName = new Map<string, Array<ts.CallExpression | ts.NewExpression>>();
  const byFile = new Map<string, FileNodes>();

  const isExports = (node: ts.Expression): boolean => ts.isIdentifier(node) && node.text === 'exports';
  const isModuleExports = (node: ts.Expression): boolean =>
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'module' &&
    node.name.text === 'exports';

  const noteAssignment = (file: string, left: ts.Expression, right: ts.Expression): void => {
    if (ts.isIdentifier(left)) {
      const symbol = checker.getSymbolAtLocation(left);
      if (symbol !== undefined) push(assigned, symbol, { expression: right, key: undefined });
      return;
    }
    if (isModuleExports(left)) {
      push(inner(commonJs, file), 'export=', right);
      return;
    }
    if (ts.isObjectLiteralExpression(left)) {
      for (const property of left.properties) {
        if (ts.isShorthandPropertyAssignment(property)) {
          const symbol = checker.getShorthandAssignmentValueSymbol(property);
          if (symbol !== undefined) push(assigned, symbol, { expression: right, key: property.name.text });
        } else if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.initializer)) {
          const symbol = checker.getSymbolAtLocation(property.initializer);
          if (symbol !== undefined) push(assigned, symbol, { expression: right, key: property.name.getText() });
        }
      }
      return;
    }
    if (!ts.isPropertyAccessExpression(left)) return;
    const owner = left.expression;
    const name = left.name.text;
    if (isExports(owner) || isModuleExports(owner)) {
      push(inner(commonJs, file), name, right);
    } else if (owner.kind === ts.SyntaxKind.ThisKeyword) {
      const holder = ts.findAncestor(left, ts.isClassLike);
      if (holder !== undefined) push(inner(fields, holder), name, right);
    } else if (ts.isIdentifier(owner)) {
      const symbol = checker.getSymbolAtLocation(owner);
      if (symbol !== undefined) push(inner(properties, symbol), name, right);
    }
  };

  for (const file of project.files.values()) {
    const nodes: FileNodes = {
      file,
      calls: [],
      news: [],
      classes: [],
      members: [],
      strings: [],
      templates: [],
      assignments: [],
    };
    byFile.set(file.file, nodes);
    // A list instead of recursion: long chains of `+` or of calls are deeper than the stack.
    const waiting: ts.Node[] = [file.source];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        nodes.calls.push(node);
        const name = lastName(ts, node.expression);
        if (name !== undefined) push(callsByName, name, node);
      } else if (ts.isNewExpression(node)) {
        nodes.news.push(node);
        const name = lastName(ts, node.expression);
        if (name !== undefined) push(callsByName, name, node);
      } else if (ts.isClassLike(node)) nodes.classes.push(node);
      else if (ts.isPropertyAccessExpression(node)) nodes.members.push(node);
      else if (ts.isStringLiteralLike(node)) nodes.strings.push(node);
      else if (ts.isTemplateExpression(node)) nodes.templates.push(node);
      else if (ts.isBinaryExpression(node) && isAssignment(ts, node.operatorToken.kind)) {
        nodes.assignments.push(node);
        noteAssignment(file.file, node.left, node.right);
      }
      const children: ts.Node[] = [];
      ts.forEachChild(node, (child) => {
        children.push(child);
      });
      for (const child of children.toReversed()) waiting.push(child);
    };
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) visit(node);
  }
  return { assigned, fields, properties, commonJs, callsByName, byFile };
}

function isAssignment(api: typeof ts, kind: ts.SyntaxKind): boolean {
  const { EqualsToken, BarBarEqualsToken, QuestionQuestionEqualsToken, AmpersandAmpersandEqualsToken } = api.SyntaxKind;
  return (
    kind === EqualsToken ||
    kind === BarBarEqualsToken ||
    kind === QuestionQuestionEqualsToken ||
    kind === AmpersandAmpersandEqualsToken
  );
}

function lastName(api: typeof ts, node: ts.Expression): string | undefined {
  if (api.isIdentifier(node)) return node.text;
  if (api.isPropertyAccessExpression(node)) return node.name.text;
  return undefined;
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function inner<Key, Name, Item>(map: Map<Key, Map<Name, Item>>, key: Key): Map<Name, Item> {
  const found = map.get(key) ?? new Map<Name, Item>();
  map.set(key, found);
  return found;
}
