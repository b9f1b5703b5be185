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

/** Reads the identifiers of a file when they are first asked for: only a few files are. */
export function createReferences({ ts, checker }: CodeProject): References {
  const bySource = new Map<ts.SourceFile, { all: ts.Identifier[]; bySymbol: Map<ts.Symbol, ts.Identifier[]> }>();
  const symbolOf = (node: ts.Identifier): ts.Symbol | undefined => {
    const { parent } = node;
    if (ts.isShorthandPropertyAssignment(parent) && parent.name === node)
      return checker.getShorthandAssignmentValueSymbol(parent);
    if (ts.isExportSpecifier(parent) && (parent.propertyName ?? parent.name) === node)
      return checker.getExportSpecifierLocalTargetSymbol(parent);
    return checker.getSymbolAtLocation(node);
  };
  const read = (source: ts.SourceFile): { all: ts.Identifier[]; bySymbol: Map<ts.Symbol, ts.Identifier[]> } => {
    const known = bySource.get(source);
    if (known !== undefined) return known;
    const all: ts.Identifier[] = [];
    const bySymbol = new Map<ts.Symbol, ts.Identifier[]>();
    const waiting: ts.Node[] = [source];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (ts.isIdentifier(node)) {
        all.push(node);
        const symbol = symbolOf(node);
        if (symbol !== undefined) bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), node]);
      }
      ts.forEachChild(node, (child) => {
        waiting.push(child);
      });
    }
    const made = { all, bySymbol };
    bySource.set(source, made);
    return made;
  };
  return {
    symbolOf,
    of: (symbol, file) => read(file).bySymbol.get(symbol) ?? [],
    identifiers: (file) => read(file).all,
  };
}
