import type { ts } from 'ts-morph';
import type { CodeProject } from './project.ts';

/** Every identifier of a file by the binding it names; the declaring ones are among them. */
export interface References {
  readonly of: (symbol: ts.Symbol, file: ts.SourceFile) => readonly ts.Identifier[];
  /** The binding that an identifier names; in `{ name }` the variable, not the property. */
  readonly symbolOf: (node: ts.Identifier) => ts.Symbol | undefined;
  /** All identifiers of a file. */
  readonly identifiers: (file: ts.SourceFile) => readonly ts.Identifier[];
}

/** References by project, so that every rule reads a file's identifiers once. */
const made = new WeakMap<CodeProject, References>();

/** Reads the identifiers of a file when they are first asked for: only a few files are. */
export function createReferences(project: CodeProject): References {
  const known = made.get(project);
  if (known !== undefined) return known;
  const { ts, checker } = project;
  const bySource = new Map<ts.SourceFile, FileIdentifiers>();
  const symbolOf = (node: ts.Identifier): ts.Symbol | undefined => {
    const { parent } = node;
    if (ts.isShorthandPropertyAssignment(parent) && parent.name === node)
      return checker.getShorthandAssignmentValueSymbol(parent);
    if (ts.isExportSpecifier(parent) && (parent.propertyName ?? parent.name) === node)
      return checker.getExportSpecifierLocalTargetSymbol(parent);
    return checker.getSymbolAtLocation(node);
  };
  const read = (source: ts.SourceFile): FileIdentifiers => {
    const seen = bySource.get(source) ?? readIdentifiers(ts, source);
    bySource.set(source, seen);
    return seen;
  };
  const references: References = {
    symbolOf,
    // Only equal names are asked about, and no member of a value: the checker would work out the type of the value.
    of: (symbol, file) =>
      [...namesOf(ts, symbol)]
        .flatMap((name) => read(file).byName.get(name) ?? [])
        .filter((one) => !isMemberName(ts, one) && symbolOf(one) === symbol),
    identifiers: (file) => read(file).all,
  };
  made.set(project, references);
  return references;
}

interface FileIdentifiers {
  readonly all: readonly ts.Identifier[];
  readonly byName: ReadonlyMap<string, readonly ts.Identifier[]>;
}

function readIdentifiers(api: typeof ts, source: ts.SourceFile): FileIdentifiers {
  const all: ts.Identifier[] = [];
  const byName = new Map<string, ts.Identifier[]>();
  const waiting: ts.Node[] = [source];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (api.isIdentifier(node)) {
      all.push(node);
      const same = byName.get(node.text);
      if (same === undefined) byName.set(node.text, [node]);
      else same.push(node);
    }
    api.forEachChild(node, (child) => {
      waiting.push(child);
    });
  }
  return { all, byName };
}

/** The names a binding may be written by: a default export has another one inside its file. */
function namesOf(api: typeof ts, symbol: ts.Symbol): Set<string> {
  const declared = (symbol.declarations ?? []).flatMap((one) => {
    const name = api.getNameOfDeclaration(one);
    return name !== undefined && api.isIdentifier(name) ? [name.text] : [];
  });
  return new Set([symbol.name, ...declared]);
}

function isMemberName(api: typeof ts, node: ts.Identifier): boolean {
  return api.isPropertyAccessExpression(node.parent) && node.parent.name === node;
}
