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
  /** Whether it is the scene of the files among which clients are followed, which stands for the folder as a whole. */
  readonly isMain: boolean;
  /** Ids of the rules that take part. */
  readonly chosen: ReadonlySet<string>;
  /** Undefined when no file is worth parsing. */
  readonly code: CodeScene | undefined;
}

/** The scene of the files among which clients are followed, and one for each few of the others, each parsed when it is asked for. */
export interface Scenes {
  readonly others: () => Iterable<Scene>;
  readonly main: () => Scene;
}

/** The parsed part of the folder. */
export interface CodeScene extends Code {
  readonly constructions: readonly Construction[];
  readonly uses: readonly EndpointUse[];
  readonly swaps: SwapPlan;
  /** Packages whose code is written for an older major of openai, and what moving each takes. */
  readonly upgrades: readonly Upgrade[];
}

/** Characters that are parsed at once where files are read by themselves: enough to share a checker, little enough to hold. */
const longestBatch = 500_000;

/**
 * Reads the folder: graph over all sources, then the candidates only.
 * @param chosen ids of the rules that take part, so that the others keep in step with them.
 */
export function readScenes(files: ReadonlyMap<string, string>, chosen: ReadonlySet<string>, asked: Asked): Scenes {
  const packages = readPackages(files);
  const sources = [...files.keys()].filter(isSource);
  const graph = buildImportGraph(files, sources, packages);
  const isWhole = asked.upgradeSdk === true || asked.rewriteModels !== undefined;
  const candidates = pickCandidates(files, graph, sources, isWhole);
  const folder = { files, packages, graph, asked, chosen };
  if (candidates.together.length + candidates.alone.length === 0)
    return {
      main: () => ({ ...folder, isMain: true, skipped: candidates.skipped, code: undefined }),
      others: () => [],
    };
  const read = (names: readonly string[], known: readonly Skipped[], isMain: boolean): Scene => {
    const project = createCodeProject(new Map(names.map((file) => [file, files.get(file) ?? ''])));
    const broken = [...project.broken].map(([file, why]): Skipped => ({ file, why, broken: true }));
    return { ...folder, isMain, skipped: [...known, ...broken], code: readCode(project, folder) };
  };
  return {
    main: () => read(candidates.together, candidates.skipped, true),
    *others() {
      for (const names of batchesOf(candidates.alone, files)) yield read(names, [], false);
    },
  };
}

function batchesOf(names: readonly string[], files: ReadonlyMap<string, string>): string[][] {
  const batches: string[][] = [];
  let left = 0;
  for (const name of names) {
    const { length } = files.get(name) ?? '';
    const last = batches.at(-1);
    if (last === undefined || length > left) {
      batches.push([name]);
      left = longestBatch - length;
    } else {
      last.push(name);
      left -= length;
    }
  }
  return batches;
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
