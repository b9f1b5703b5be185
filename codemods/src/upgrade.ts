import type { Asked } from './asked.ts';
import type { CodeProject } from './project.ts';
import type { Flow } from './flow.ts';
import type { Package, Packages } from './packages.ts';
import type { Rewrite } from './rewrite.ts';
import { planSdk3 } from './sdk3/plan.ts';
import { readSdkVersion, styleOf } from './sdk-version.ts';
import type { Site } from './sites.ts';
import type { SyntaxIndex } from './syntax-index.ts';
import type { EndpointUse } from './touchpoints.ts';

/**
 * What `--upgrade-sdk` raises to: the last major that declares no Node version newer than the shim's own, and whose only break since 5 is the
 * type of one output item. Source: https://github.com/openai/openai-node/blob/master/CHANGELOG.md (6.0.0, 7.0.0); checked 2026-11-23.
 */
export const upgradeTo = '6.49.0';

/** A package whose code is written for an older major of openai. */
export interface Upgrade {
  /** Undefined where no package.json lies above the files. */
  readonly owner: Package | undefined;
  readonly from: 3;
  readonly rewrite: Rewrite;
  /** Whether the major is raised when asked: the user asked, and the rule takes part. */
  readonly isAsked: boolean;
}

interface Sources {
  readonly files: ReadonlyMap<string, string>;
  readonly packages: Packages;
  readonly chosen: ReadonlySet<string>;
  readonly asked: Asked;
  readonly project: CodeProject;
  readonly flow: Flow;
  readonly index: SyntaxIndex;
  readonly sites: readonly Site[];
  readonly uses: readonly EndpointUse[];
}

const names3 = new Set(['OpenAIApi', 'Configuration']);

/** Finds the packages that run on an older major, and plans the move of each. */
export function planUpgrades(from: Sources): Upgrade[] {
  const ownerOf = (file: string): Package | undefined => from.packages.declaring(file) ?? from.packages.nearest(file);
  const owners = new Map<string, Package | undefined>();
  for (const site of from.sites) {
    if (!/^openai(?:\/|$)/.test(site.specifier)) continue;
    const owner = ownerOf(site.file.file);
    const version = owner === undefined ? undefined : readSdkVersion(owner, from.files);
    if (version?.major === 3 || (version?.major === undefined && site.names.some((name) => names3.has(name))))
      owners.set(owner?.file ?? '', owner);
  }
  return [...owners.values()].map((owner): Upgrade => {
    const rewrite = planSdk3({ ...from, ownerOf }, owner);
    const declared = owner?.openai.find((entry) => entry.section !== 'peerDependencies') ?? owner?.openai[0];
    const isPlain = declared === undefined || !/^(?:indirect|open)$/.test(styleOf(declared.range));
    const blocked =
      declared === undefined || (isPlain && declared.section !== 'peerDependencies')
        ? []
        : [
            {
              file: owner?.file ?? '',
              offset: 0,
              what: `openai "${declared.range}" in ${declared.section}`,
              why: 'It is not a plain range of this package alone, so the major cannot be raised here.',
            },
          ];
    const isAsked = from.asked.upgradeSdk === true && from.chosen.has('sdk-3');
    return { owner, from: 3, rewrite: { ...rewrite, blocks: [...rewrite.blocks, ...blocked] }, isAsked };
  });
}

/** The upgrade of a package, when it needs one. */
export function upgradeOf(upgrades: readonly Upgrade[], owner: Package | undefined): Upgrade | undefined {
  return upgrades.find((one) => one.owner?.file === owner?.file);
}

/** Whether the code of the package is rewritten in this plan. */
export function isUpgraded(upgrade: Upgrade | undefined): boolean {
  return upgrade !== undefined && upgrade.isAsked && upgrade.rewrite.blocks.length === 0;
}
