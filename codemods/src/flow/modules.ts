import type { ts } from 'ts-morph';
import { isResourceEntry, mergeValues, sdkFormOf, type Value } from '../values.ts';
import type { FlowCore } from './core.ts';

/** Values across files: what a specifier leads to, and what a file exports, in both module systems. */
export function followModules(
  core: FlowCore,
): Pick<FlowCore, 'valuesOfModule' | 'fromModule' | 'valuesOfExportSpecifier' | 'exported'> {
  const { ts, checker, project, index, graph } = core;
  const exportsRunning = new Set<string>();

  function fromModule(literal: ts.Expression, name: string | undefined): readonly Value[] {
    if (!ts.isStringLiteralLike(literal)) return [];
    const whole = valuesOfModule(literal);
    return name === undefined ? whole : core.all(whole, (value) => core.memberOf(value, name));
  }

  function valuesOfModule(literal: ts.StringLiteralLike): readonly Value[] {
    if (sdkFormOf(literal.text) !== undefined || isResourceEntry(literal.text))
      return [{ kind: 'sdk-module', site: literal }];
    const from = project.fileOf(literal)?.file;
    const file = from === undefined ? undefined : graph.resolve(from, literal.text);
    if (file === undefined) return [{ kind: 'foreign', module: literal.text }];
    return [{ kind: 'module', file }];
  }

  function valuesOfExportSpecifier(node: ts.ExportSpecifier): readonly Value[] {
    const from = node.parent.parent.moduleSpecifier;
    const name = node.propertyName ?? node.name;
    if (from !== undefined) return fromModule(from, name.text);
    const symbol = checker.getExportSpecifierLocalTargetSymbol(node);
    return symbol === undefined || symbol.declarations?.includes(node) === true ? [] : core.valuesOfSymbol(symbol);
  }

  /** What a file exports under a name; `export=` is the whole of a CommonJS module. */
  function exported(file: string, name: string): readonly Value[] {
    const key = `${file}\n${name}`;
    const source = project.files.get(file)?.source;
    if (source === undefined || exportsRunning.has(key)) return [];
    exportsRunning.add(key);
    try {
      const found: Array<readonly Value[]> = [];
      const own = index.commonJs.get(file);
      const whole = [...(own?.get('export=') ?? [])];
      for (const statement of source.statements) {
        if (ts.isExportAssignment(statement)) {
          if (statement.isExportEquals === true) whole.push(statement.expression);
          else if (name === 'default') found.push(core.valuesOf(statement.expression));
        } else if (ts.isExportDeclaration(statement)) found.push(fromExport(statement, name));
        else if (
          name === 'default' &&
          ts.canHaveModifiers(statement) &&
          isDefaultExport(ts, statement) &&
          (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
        )
          found.push(core.valuesOfDeclaration(statement));
      }
      const symbol = checker.getSymbolAtLocation(source)?.exports?.get(ts.escapeLeadingUnderscores(name));
      if (symbol !== undefined && name !== 'default' && name !== 'export=') found.push(core.valuesOfSymbol(symbol));
      if (name === 'export=' || name === 'default') found.push(core.all(whole, core.valuesOf));
      else found.push(core.all(whole, (one) => core.all(core.valuesOf(one), (value) => core.memberOf(value, name))));
      found.push(core.all(own?.get(name), core.valuesOf));
      return mergeValues(...found);
    } finally {
      exportsRunning.delete(key);
    }
  }

  function fromExport(statement: ts.ExportDeclaration, name: string): readonly Value[] {
    const clause = statement.exportClause;
    if (clause === undefined)
      return statement.moduleSpecifier === undefined || name === 'default'
        ? []
        : fromModule(statement.moduleSpecifier, name);
    if (ts.isNamespaceExport(clause))
      return clause.name.text === name && statement.moduleSpecifier !== undefined
        ? fromModule(statement.moduleSpecifier, undefined)
        : [];
    return core.all(
      clause.elements.filter((one) => one.name.text === name),
      valuesOfExportSpecifier,
    );
  }

  return { valuesOfModule, fromModule, valuesOfExportSpecifier, exported };
}

function isDefaultExport(api: typeof ts, node: ts.HasModifiers): boolean {
  return api.getModifiers(node)?.some((modifier) => modifier.kind === api.SyntaxKind.DefaultKeyword) === true;
}
