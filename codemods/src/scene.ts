import type { Asked } from './asked.ts';
import type { Code } from './code.ts';
import { isSource, pickCandidates } from './candidates.ts';
import { findConstructions, type Construction } from './constructions.ts';
import type { Skipped } from './finding.ts';
import { createFlow } from './flow.ts';
import { buildImportGraph, type ImportGraph } from './import-graph.ts';
import { readPackages, type Packages } from './packages.ts';
import { createCodeProject, type CodeFile, type CodeProject } from './project.ts';
import { findSites } from './sites.ts';
import { planSwaps, type SwapPlan } from './swap-plan.ts';
import { planUpgrades, type Upgrade } from './upgrade.ts';
import { indexSyntax } from './syntax-index.ts';
import { findEndpointUses, gather, type EndpointUse } from './touchpoints.ts';

/** The folder as rules see it: its texts, its packages, and, when there is code to read, the code. */
export interface Scene {
  readonly files: ReadonlyMap<string, string>;
  readonly packages: Packages;
  readonly graph: ImportGraph;
  readonly skipped: readonly Skipped[];
  readonly asked: Asked;
  /** Undefined when no file is worth parsing. */
  readonly code: CodeScene | undefined;
}

/** The parsed part of the folder. */
export interface CodeScene extends Code {
  readonly constructions: readonly Construction[];
  readonly uses: readonly EndpointUse[];
  readonly swaps: SwapPlan;
  /** Packages whose code is written for an older major of openai, and what moving each takes. */
  readonly upgrades: readonly Upgrade[];
}

/**
 * Reads the folder: graph over all sources, then the candidates only.
 * @param chosen ids of the rules that take part, so that the others keep in step with them.
 */
export function readScene(files: ReadonlyMap<string, string>, chosen: ReadonlySet<string>, asked: Asked): Scene {
  const packages = readPackages(files);
  const sources = [...files.keys()].filter(isSource);
  const graph = buildImportGraph(files, sources, packages);
  const candidates = pickCandidates(files, graph, sources);
  if (candidates.files.length === 0)
    return { files, packages, graph, asked, skipped: candidates.skipped, code: undefined };
  const project = createCodeProject(new Map(candidates.files.map((file) => [file, files.get(file) ?? ''])));
  const broken = [...project.broken].map(([file, why]): Skipped => ({ file, why, broken: true }));
  return {
    files,
    packages,
    graph,
    asked,
    skipped: [...candidates.skipped, ...broken],
    code: readCode(project, { files, packages, graph, chosen, asked }),
  };
}

interface Folder {
  readonly files: ReadonlyMap<string, string>;
  readonly packages: Packages;
  readonly graph: ImportGraph;
  readonly chosen: ReadonlySet<string>;
  readonly asked: Asked;
}

function readCode(project: CodeProject, folder: Folder): CodeScene {
  const index = indexSyntax(project);
  const flow = createFlow(project, index, folder.graph);
  const constructions = gather(index, (nodes) => findConstructions({ project, flow, index }, nodes));
  const sites = gather(index, (nodes) => findSites(project, nodes));
  const uses = gather(index, (nodes) => findEndpointUses(project, flow, nodes));
  const upgrades = planUpgrades({ ...folder, project, flow, index, sites, uses, constructions });
  const isSwapping = folder.chosen.has('import-swap');
  const swaps = planSwaps({ ...folder, flow, index, sites, constructions, upgrades, isSwapping });
  return { project, index, flow, constructions, uses, swaps, upgrades };
}

/** Offset of a node in the text as read. */
export function offsetOf(file: CodeFile, node: { getStart(): number }): number {
  return node.getStart() + file.shift;
}
