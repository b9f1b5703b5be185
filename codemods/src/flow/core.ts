import type { ts } from 'ts-morph';
import type { ImportGraph } from '../import-graph.ts';
import type { CodeProject } from '../project.ts';
import type { SyntaxIndex } from '../syntax-index.ts';
import type { Callable, Value } from '../values.ts';

type Values = readonly Value[];

/** What the parts of the flow share: the project, the memory, and each other. */
export interface FlowCore {
  readonly ts: typeof ts;
  readonly checker: ts.TypeChecker;
  readonly project: CodeProject;
  readonly index: SyntaxIndex;
  readonly graph: ImportGraph;
  /** The values of a node, made once; a node met again while it is being made holds nothing. */
  readonly remember: (node: ts.Node, make: () => Values) => Values;
  /** The values of all items, merged. */
  readonly all: <Item>(items: readonly Item[] | undefined, each: (item: Item) => Values) => Values;
  readonly valuesOf: (node: ts.Expression) => Values;
  readonly valuesOfSymbol: (symbol: ts.Symbol) => Values;
  readonly returnsOf: (node: Callable) => Values;
  readonly returnsOfAll: (values: Values) => Values;
  readonly valuesOfDeclaration: (node: ts.Declaration) => Values;
  readonly valuesOfParameter: (node: ts.ParameterDeclaration) => Values;
  readonly memberOf: (value: Value, name: string) => Values;
  readonly valuesOfType: (node: ts.TypeNode) => Values;
  readonly instancesOf: (values: Values) => Values;
  readonly valuesOfEntity: (node: ts.EntityName) => Values;
  readonly valuesOfModule: (literal: ts.StringLiteralLike) => Values;
  readonly fromModule: (literal: ts.Expression, name: string | undefined) => Values;
  readonly valuesOfExportSpecifier: (node: ts.ExportSpecifier) => Values;
  readonly exported: (file: string, name: string) => Values;
}
