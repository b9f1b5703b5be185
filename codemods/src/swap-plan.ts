import type { ts } from 'ts-morph';
import type { Construction } from './constructions.ts';
import type { Action, Confidence } from './finding.ts';
import type { Flow } from './flow.ts';
import type { ImportGraph } from './import-graph.ts';
import type { Package, Packages } from './packages.ts';
import type { CodeFile } from './project.ts';
import { isSupported, managerOf, oldestSupported, raiseRange, readSdkVersion } from './sdk-version.ts';
import type { Site } from './sites.ts';
import type { SyntaxIndex } from './syntax-index.ts';
import type { TargetKind } from './targets.ts';
import { isUpgraded, upgradeOf, type Upgrade } from './upgrade.ts';
import { sdkFormOf } from './values.ts';
import { whyWrapper } from './wrapper.ts';

/** What happens to the SDK imports of a file, and why. */
interface Verdict {
  readonly action: Action;
  readonly confidence: Confidence;
  readonly why: string;
  readonly fix: string;
}

/** The verdicts over the whole folder. */
export interface SwapPlan {
  readonly sites: readonly Site[];
  /** The verdict on a file's value imports of `openai`; undefined when it has none. */
  readonly verdictOf: (file: string) => Verdict | undefined;
  /** Files whose imports lead to the shim, after the plan or already. */
  readonly onShim: ReadonlySet<string>;
  /** Files that keep a value import of `openai`. */
  readonly onOpenai: ReadonlySet<string>;
  /** The package that a file's `openai` belongs to. */
  readonly ownerOf: (file: string) => Package | undefined;
}

interface Sources {
  readonly files: ReadonlyMap<string, string>;
  readonly packages: Packages;
  readonly graph: ImportGraph;
  readonly flow: Flow;
  readonly index: SyntaxIndex;
  readonly sites: readonly Site[];
  readonly constructions: readonly Construction[];
  readonly upgrades: readonly Upgrade[];
  /** Whether imports are swapped at all; if not, only files that import the shim already are on it. */
  readonly isSwapping: boolean;
}

const valueForms = new Set(['import', 'export', 'require', 'dynamic', 'import-equals']);

/** Whether a site is a value import of exactly `openai`, which the shim can stand in for. */
export function isSwappable(site: Site): boolean {
  return site.specifier === 'openai' && valueForms.has(site.form);
}

/** Judges every file that imports the SDK: files that build clients first, the others follow their package. */
export function planSwaps(from: Sources): SwapPlan {
  const ownerOf = (file: string): Package | undefined => from.packages.declaring(file) ?? from.packages.nearest(file);
  const sitesByFile = groupBy(from.sites.filter(isSwappable), (site) => site.file.file);
  const built = groupBy(from.constructions, (one) => one.site.getSourceFile().fileName);
  const verdicts = new Map<string, Verdict>();
  const passive: CodeFile[] = [];
  for (const [name, sites] of sitesByFile) {
    const file = sites[0]?.file;
    if (file === undefined) continue;
    const own = (built.get(file.source.fileName) ?? []).filter(
      (one) => sdkFormOf(one.site.text) === 'sdk' && sites.some((site) => site.literal === one.site),
    );
    const barred = findBar(from, ownerOf(name), file, sites, own);
    if (barred !== undefined) verdicts.set(name, barred);
    else if (own.length === 0) passive.push(file);
    else verdicts.set(name, judgeTargets(own));
  }
  const alreadyOnShim = new Set(
    from.sites
      .filter((site) => site.specifier !== 'openai' && sdkFormOf(site.specifier) === 'shim')
      .map((site) => site.file.file),
  );
  const moving = new Set(
    [
      ...[...verdicts].filter(([, verdict]) => verdict.action === 'rewrite').map(([name]) => name),
      ...alreadyOnShim,
    ].map((name) => ownerOf(name)?.file ?? ''),
  );
  const staying = new Map(
    [...verdicts]
      .filter(([, verdict]) => verdict.action !== 'rewrite')
      .map(([name, verdict]) => [ownerOf(name)?.file ?? '', verdict] as const),
  );
  for (const file of passive) {
    const home = ownerOf(file.file)?.file ?? '';
    verdicts.set(file.file, judgePassive(moving.has(home), staying.get(home)));
  }
  const swapped = [...verdicts].filter(([, verdict]) => verdict.action === 'rewrite').map(([name]) => name);
  const onShim = new Set(from.isSwapping ? swapped : []);
  const onOpenai = new Set([...verdicts.keys()].filter((name) => !onShim.has(name)));
  for (const name of alreadyOnShim) onShim.add(name);
  return { sites: from.sites, verdictOf: (file) => verdicts.get(file), onShim, onOpenai, ownerOf };
}

/** What keeps a file from being rewritten whatever its clients are: SDK 3, an SDK too old, a library, a patched prototype. */
function findBar(
  from: Sources,
  owner: Package | undefined,
  file: CodeFile,
  sites: readonly Site[],
  own: readonly Construction[],
): Verdict | undefined {
  const version = owner === undefined ? undefined : readSdkVersion(owner, from.files);
  const manager = owner === undefined ? 'npm' : managerOf(owner, from.files);
  const upgrade = upgradeOf(from.upgrades, owner);
  const isRaised = isUpgraded(upgrade);
  if (upgrade?.from === 3 && !isRaised) {
    const first = upgrade.rewrite.blocks[0];
    return manual(
      'certain',
      'It is written for openai 3 (Configuration, OpenAIApi), whose calls and answers have another shape.',
      first === undefined
        ? 'Run migrate-llm with --upgrade-sdk: it rewrites the code and raises the dependency.'
        : `Settle what keeps it from being rewritten (first: ${first.file}, ${first.what}), then run migrate-llm with --upgrade-sdk.`,
    );
  }
  if (owner?.openai.some((entry) => entry.section === 'peerDependencies') === true) {
    return manual(
      'certain',
      `${owner.file} has openai as a peer dependency: this package wraps the client that its users bring.`,
      'Leave it on openai; applications that use it pass a client made from @migrate-llm/shim.',
    );
  }
  if (!isRaised && version !== undefined && !isSupported(version) && raiseRange(version) === undefined) {
    const shown = version.locked ? `${version.major}.${version.minor} by the lock file` : version.range;
    const needs = `The shim needs openai ${oldestSupported.major}.${oldestSupported.minor} or later, and`;
    if (version.override !== undefined)
      return manual(
        'certain',
        `${needs} ${version.override} overrides it with ${shown} for every package.`,
        `Raise that override to ^4.104.0 (same major, no code change), ${manager} install, then run migrate-llm again.`,
      );
    return manual(
      'certain',
      `${needs} ${owner?.file} has ${shown}.`,
      `${installCommand(manager, 'openai@^4.104.0')} (same major, no code change), then run migrate-llm again.`,
    );
  }
  const patched = findPrototypePatch(from, file);
  if (patched) {
    return manual(
      'certain',
      "It patches the SDK's own classes, which works on the openai package only.",
      'Leave it on openai; the shim extends these classes, so the patch reaches its clients too. Check that it does what you mean.',
    );
  }
  const wrapper = whyWrapper(owner);
  if (wrapper !== undefined)
    return manual(
      'likely',
      wrapper,
      'Leave it on openai; applications that use it pass a client made from @migrate-llm/shim.',
    );
  const isPublic =
    owner?.isPublished === true && (sites.some((site) => site.form === 'export') || own.some((one) => one.isExported));
  if (isPublic) {
    return manual(
      'likely',
      `${owner.file} is a published package and this file hands the SDK's classes to its users.`,
      'Decide with its users: swapping the import here changes the public API of the package.',
    );
  }
  return undefined;
}

function findPrototypePatch(from: Sources, file: CodeFile): boolean {
  const nodes = from.index.byFile.get(file.file);
  return (
    nodes?.members.some((member) => {
      if (member.name.text !== 'prototype') return false;
      const root = rootOf(member);
      return from.flow.valuesOf(root).some((value) => value.kind === 'sdk' || value.kind === 'sdk-module');
    }) === true
  );
}

function rootOf(node: ts.PropertyAccessExpression): ts.Expression {
  let root: ts.Expression = node;
  while ('expression' in root && 'name' in root) root = (root as ts.PropertyAccessExpression).expression;
  return root;
}

const mixedFix =
  "Import both: keep `import OpenAI from 'openai'` for the clients that stay, and `import { OpenAI as MigratedOpenAI } from '@migrate-llm/shim'` for those that move.";

function judgeTargets(own: readonly Construction[]): Verdict {
  const kinds = new Set<TargetKind>(own.map((one) => one.target.kind));
  const because = (kind: TargetKind): string => own.find((one) => one.target.kind === kind)?.target.because ?? '';
  // The shim has an AzureOpenAI of its own; Azure through the OpenAI class is known by its address only, which the shim would follow.
  const isAzure = own.some((one) => one.target.kind === 'azure' && one.className === 'AzureOpenAI');
  const movable = kinds.has('openai') || kinds.has('openai-by-env') || isAzure;
  const reroutedAzure = own.find((one) => one.target.kind === 'azure' && one.className !== 'AzureOpenAI');
  const [first] = (['elsewhere', 'proxy', 'unknown'] as const).filter((kind) => kinds.has(kind));
  const other = first === undefined ? reroutedAzure?.target.because : because(first);
  if (other !== undefined && movable) {
    return manual(
      'certain',
      `Some clients of this file call OpenAI and others may not: ${other}. One import serves them all.`,
      mixedFix,
    );
  }
  if (kinds.has('proxy')) {
    return manual(
      'certain',
      `The client reaches OpenAI through a proxy: ${because('proxy')}.`,
      'Decide what the proxy is for: point it at the new endpoint, or drop its baseURL and swap the import to @migrate-llm/shim.',
    );
  }
  if (kinds.has('unknown')) {
    return manual(
      'unsure',
      `It is not known where the client points: ${because('unknown')}. The shim would send it to its own target.`,
      "If it is OpenAI, swap the import to '@migrate-llm/shim' by hand; if not, leave it.",
    );
  }
  if (kinds.has('elsewhere')) {
    const why = `The client does not call OpenAI: ${because('elsewhere')}.`;
    return { action: 'leave', confidence: 'certain', why, fix: '' };
  }
  if (!movable) {
    return manual(
      'certain',
      `The client calls Azure OpenAI by an address of its own: ${because('azure')}. The shim would keep to that address.`,
      "Replace it by `new AzureOpenAI({ endpoint, apiKey, apiVersion })` from '@migrate-llm/shim', or drop its baseURL and swap the import; deployment names become model names.",
    );
  }
  const notes = isAzure
    ? ' Its AzureOpenAI asks the target too, with the name of the deployment as the model: `models` in migrate-llm.config.json maps it.'
    : '';
  if (kinds.has('openai-by-env')) {
    const why = `The shim stands in for the SDK. ${upper(because('openai-by-env'))}; a migrate-llm target, once set, comes before it.${notes}`;
    return { action: 'rewrite', confidence: 'likely', why, fix: '' };
  }
  const why = `The shim stands in for the SDK and extends its classes.${notes}`;
  return { action: 'rewrite', confidence: 'certain', why, fix: '' };
}

function judgePassive(isMoving: boolean, staying: Verdict | undefined): Verdict {
  if (isMoving || staying === undefined) {
    return {
      action: 'rewrite',
      confidence: 'certain',
      why: 'The shim hands out the same names, so classes and errors stay equal across the package.',
      fix: '',
    };
  }
  return {
    action: 'leave',
    confidence: 'likely',
    why: `It builds no client, and the clients of its package stay on openai. ${staying.why}`,
    fix: '',
  };
}

function manual(confidence: Confidence, why: string, fix: string): Verdict {
  return { action: 'manual', confidence, why, fix };
}

/** The command that adds a package with a package manager. */
export function installCommand(manager: string, what: string): string {
  return manager === 'npm' ? `npm install ${what}` : `${manager} add ${what}`;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
