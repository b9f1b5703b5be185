import type { Asked } from './asked.ts';
import type { FoundCode } from './found-code.ts';
import type { Package, Packages } from './packages.ts';
import type { Block, Rewrite } from './rewrite.ts';
import { planSdk3 } from './sdk3/plan.ts';
import { planSdk4 } from './sdk4/plan.ts';
import { readSdkVersion, styleOf } from './sdk-version.ts';

/**
 * What `--upgrade-sdk` raises to: the last major that declares no Node version newer than the shim's own, and whose only break since 5 is the
 * type of one output item. Source: https://github.com/openai/openai-node/blob/master/CHANGELOG.md (6.0.0, 7.0.0); checked 2026-11-23.
 */
export const upgradeTo = '6.49.0';

/** A package whose code is written for an older major of openai. */
export interface Upgrade {
  /** Undefined where no package.json lies above the files. */
  readonly owner: Package | undefined;
  readonly from: 3 | 4;
  readonly rewrite: Rewrite;
  /** Whether the major is raised when asked: the user asked, and the rule takes part. */
  readonly isAsked: boolean;
}

interface Sources extends FoundCode {
  readonly files: ReadonlyMap<string, string>;
  readonly packages: Packages;
  readonly chosen: ReadonlySet<string>;
  readonly asked: Asked;
}

const names3 = new Set(['OpenAIApi', 'Configuration']);

/** Finds the packages that run on an older major, and plans the move of each. */
export function planUpgrades(from: Sources): Upgrade[] {
  const ownerOf = (file: string): Package | undefined => from.packages.declaring(file) ?? from.packages.nearest(file);
  const owners = new Map<string, { owner: Package | undefined; major: 3 | 4 }>();
  const isRaising = (major: 3 | 4): boolean =>
    from.asked.upgradeSdk === true && from.chosen.has('package-json') && from.chosen.has(`sdk-${major}`);
  for (const site of from.sites) {
    if (!/^openai(?:\/|$)/.test(site.specifier)) continue;
    const owner = ownerOf(site.file.file);
    const version = owner === undefined ? undefined : readSdkVersion(owner, from.files);
    const is3 = version?.major === 3 || (version?.major === undefined && site.names.some((name) => names3.has(name)));
    if (is3) owners.set(owner?.file ?? '', { owner, major: 3 });
    // The shim runs on openai 4, so that nothing needs to be said of it unless somebody asks.
    else if (version?.major === 4 && isRaising(4)) owners.set(owner?.file ?? '', { owner, major: 4 });
  }
  return [...owners.values()].map(({ owner, major }): Upgrade => {
    const rewrite = (major === 3 ? planSdk3 : planSdk4)({ ...from, ownerOf }, owner);
    const blocks = [...rewrite.blocks, ...findRangeBlocks(owner)];
    return { owner, from: major, rewrite: { ...rewrite, blocks }, isAsked: isRaising(major) };
  });
}

/** A range that is not the package's own cannot be raised here. */
function findRangeBlocks(owner: Package | undefined): Block[] {
  const declared = owner?.openai.find((entry) => entry.section !== 'peerDependencies') ?? owner?.openai[0];
  if (owner === undefined || declared === undefined) return [];
  const isPlain = !/^(?:indirect|open)$/.test(styleOf(declared.range)) && declared.section !== 'peerDependencies';
  const what = `openai "${declared.range}" in ${declared.section}`;
  const why = 'It is not a plain range of this package alone, so the major cannot be raised here.';
  return isPlain ? [] : [{ file: owner.file, offset: 0, what, why }];
}

/** The upgrade of a package, when it needs one. */
export function upgradeOf(upgrades: readonly Upgrade[], owner: Package | undefined): Upgrade | undefined {
  return upgrades.find((one) => one.owner?.file === owner?.file);
}

/** Whether the code of the package is rewritten in this plan. */
export function isUpgraded(upgrade: Upgrade | undefined): boolean {
  return upgrade !== undefined && upgrade.isAsked && upgrade.rewrite.blocks.length === 0;
}
