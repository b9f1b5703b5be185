import type { ts } from 'ts-morph';
import type { FlowCore } from './flow/core.ts';
import { followDeclarations } from './flow/declarations.ts';
import { followExpressions } from './flow/expressions.ts';
import { followMembers } from './flow/members.ts';
import { followModules } from './flow/modules.ts';
import { followTypes } from './flow/types.ts';
import type { ImportGraph } from './import-graph.ts';
import type { CodeProject } from './project.ts';
import type { SyntaxIndex } from './syntax-index.ts';
import { mergeValues, type Value } from './values.ts';

/** Follows values through the project: what an expression may hold. */
export interface Flow {
  readonly valuesOf: (node: ts.Expression) => readonly Value[];
  /** The value of the module that a specifier literal names. */
  readonly valuesOfModule: (literal: ts.StringLiteralLike) => readonly Value[];
  readonly memberOf: (value: Value, name: string) => readonly Value[];
}

/** Nodes that may be under way at once; a longer chain is no longer a client that a person would follow. */
const deepest = 60;
/** Nodes visited for one question, so that a web of callers and spreads cannot take minutes. */
const longestWalk = 4_000;

/** Makes the flow of a project; results are remembered. */
export function createFlow(project: CodeProject, index: SyntaxIndex, graph: ImportGraph): Flow {
  const core: FlowCore = {
    ts: project.ts,
    checker: project.checker,
    project,
    index,
    graph,
    remember: createMemory(),
    all: (items, each) => mergeValues(...(items ?? []).map(each)),
    // The parts know each other through the core, so that each is made when the first value is asked for.
    valuesOf: (node) => expressions.valuesOf(node),
    valuesOfSymbol: (symbol) => expressions.valuesOfSymbol(symbol),
    returnsOf: (node) => expressions.returnsOf(node),
    returnsOfAll: (values) => expressions.returnsOfAll(values),
    valuesOfDeclaration: (node) => declarations.valuesOfDeclaration(node),
    valuesOfParameter: (node) => declarations.valuesOfParameter(node),
    memberOf: guardDepth((value, name) => members.memberOf(value, name)),
    valuesOfType: (node) => types.valuesOfType(node),
    instancesOf: (values) => types.instancesOf(values),
    valuesOfEntity: (node) => types.valuesOfEntity(node),
    valuesOfModule: (literal) => modules.valuesOfModule(literal),
    fromModule: (literal, name) => modules.fromModule(literal, name),
    valuesOfExportSpecifier: (node) => modules.valuesOfExportSpecifier(node),
    exported: (file, name) => modules.exported(file, name),
  };
  const expressions = followExpressions(core);
  const declarations = followDeclarations(core);
  const members = followMembers(core);
  const types = followTypes(core);
  const modules = followModules(core);
  return { valuesOf: core.valuesOf, valuesOfModule: core.valuesOfModule, memberOf: core.memberOf };
}

/** Objects that spread themselves and classes that extend in a circle would never end. */
function guardDepth(memberOf: FlowCore['memberOf']): FlowCore['memberOf'] {
  let depth = 0;
  return (value, name) => {
    if (depth > deepest) return [];
    depth += 1;
    const values = memberOf(value, name);
    depth -= 1;
    return values;
  };
}

/**
 * Results are kept for good when nothing cut them short. A result cut by a cycle, by depth or by the budget is kept for the
 * question that is being answered only: there it saves the same walk, and another question may reach further.
 */
function createMemory(): FlowCore['remember'] {
  const memory = new Map<ts.Node, readonly Value[]>();
  const partial = new Map<ts.Node, readonly Value[]>();
  const running = new Set<ts.Node>();
  let cuts = 0;
  let steps = 0;
  return (node, make) => {
    const known = memory.get(node);
    if (known !== undefined) return known;
    if (running.size === 0) steps = 0;
    steps += 1;
    const half = partial.get(node);
    if (half !== undefined || running.has(node) || running.size > deepest || steps > longestWalk) {
      cuts += 1;
      return half ?? [];
    }
    running.add(node);
    const before = cuts;
    const values = make();
    running.delete(node);
    if (cuts === before || running.size === 0) memory.set(node, values);
    else partial.set(node, values);
    if (running.size === 0) partial.clear();
    return values;
  };
}
