import { asRecord, readJson } from './json-text.ts';
import { foldersAbove, pathIn, type Package } from './packages.ts';

/** The shim's peer range starts here. Source: `peerDependencies` of `@migrate-llm/shim`. */
export const oldestSupported = { major: 4, minor: 104 } as const;

/** How a dependency range is written: the shim's own range is written the same way. */
export type RangeStyle = 'exact' | 'caret' | 'tilde' | 'open' | 'indirect';

/** Which `openai` a package runs on. */
export interface SdkVersion {
  /** Undefined when nothing says it (no declaration, a link, a catalog that is not in the folder). */
  readonly major: number | undefined;
  readonly minor: number | undefined;
  /** The lock file named the version; otherwise it is what the range admits. */
  readonly locked: boolean;
  readonly range: string;
  readonly style: RangeStyle;
  /** The file whose `overrides` or `resolutions` decide it for every package below. */
  readonly override?: string;
}

/** The style of a range: `catalog:`, `workspace:`, `file:`, git and tags are indirect. */
export function styleOf(range: string): RangeStyle {
  if (/^\d+\.\d+\.\d+(?:[-+].*)?$/.test(range)) return 'exact';
  if (/^\^\d/.test(range)) return 'caret';
  if (/^~\d/.test(range)) return 'tilde';
  if (/^[>=<\d]/.test(range)) return 'open';
  return 'indirect';
}

/** Versions by package: lock files are long, and every import of a package asks. */
const known = new WeakMap<Package, SdkVersion | undefined>();

/** The `openai` version of a package: the lock file when it says so, otherwise the newest that the range admits. */
export function readSdkVersion(owner: Package, files: ReadonlyMap<string, string>): SdkVersion | undefined {
  if (!known.has(owner)) known.set(owner, findSdkVersion(owner, files));
  return known.get(owner);
}

function findSdkVersion(owner: Package, files: ReadonlyMap<string, string>): SdkVersion | undefined {
  const declared = owner.openai.find((entry) => entry.section !== 'peerDependencies') ?? owner.openai[0];
  if (declared === undefined) return undefined;
  const override = readOverride(owner, files);
  if (override !== undefined) {
    const found = /(\d+)(?:\.(\d+))?/.exec(override.range);
    const minor = found?.[2] === undefined ? undefined : Number(found[2]);
    const major = found === null ? undefined : Number(found[1]);
    return { major, minor, locked: false, range: override.range, style: 'indirect', override: override.file };
  }
  const range = declared.range.startsWith('catalog:')
    ? (catalogRange(declared.range, files) ?? declared.range)
    : declared.range;
  const style = styleOf(declared.range);
  const base = /(\d+)(?:\.(\d+))?/.exec(range);
  const lock = readLock(owner, range, files);
  // A range from a later version on than the lock file's means that the install is still to come.
  const locked = isBefore(lock, base) ? undefined : lock;
  const found = locked ?? (styleOf(range) === 'indirect' ? undefined : base);
  if (found === undefined || found === null) return { major: undefined, minor: undefined, locked: false, range, style };
  const major = Number(found[1]);
  const admitsNewest = locked === undefined && styleOf(range) === 'caret';
  // 4.104.0 is the last 4.x, so a caret on 4.x without a lock installs it.
  const minor =
    admitsNewest && major === 4 ? oldestSupported.minor : found[2] === undefined ? undefined : Number(found[2]);
  return { major, minor, locked: locked !== undefined, range, style };
}

/** A version that a folder above forces on all packages: npm's `overrides`, Yarn's `resolutions`, pnpm's `overrides`. */
function readOverride(
  owner: Package,
  files: ReadonlyMap<string, string>,
): { readonly file: string; readonly range: string } | undefined {
  for (const folder of foldersAbove(owner.file)) {
    const file = pathIn(folder, 'package.json');
    const json = asRecord(readJson(files.get(file) ?? '{}'));
    const lists = [json['overrides'], json['resolutions'], asRecord(json['pnpm'])['overrides']].map(asRecord);
    const forced = lists
      .flatMap((list) => [list['openai'], asRecord(list['openai'])['.'], list['**/openai']])
      .find((one) => typeof one === 'string' && /^[\^~>=<\d]/.test(one));
    if (typeof forced === 'string') return { file, range: forced };
    const workspace = pathIn(folder, 'pnpm-workspace.yaml');
    const listed =
      /^overrides:[ \t]*\r?\n(?:[ \t].*\r?\n)*?[ \t]+['"]?openai['"]?:[ \t]*['"]?([\^~>=<\d][^'"\s#]*)/m.exec(
        files.get(workspace) ?? '',
      )?.[1];
    if (listed !== undefined) return { file: workspace, range: listed };
  }
  return undefined;
}

function isBefore(lock: RegExpExecArray | undefined, base: RegExpExecArray | null): boolean {
  if (lock === undefined || base === null) return false;
  const [major, minor] = [Number(base[1]), Number(base[2] ?? 0)];
  return Number(lock[1]) < major || (Number(lock[1]) === major && Number(lock[2]) < minor);
}

/** Whether the shim can run on this version. */
export function isSupported(version: SdkVersion): boolean {
  if (version.major === undefined) return true;
  if (version.major !== oldestSupported.major) return version.major > oldestSupported.major;
  return (version.minor ?? oldestSupported.minor) >= oldestSupported.minor;
}

/**
 * The range to declare so that the shim can run: the same major and style from 4.104.0 on. Undefined when nothing needs raising, or the
 * range is not one that can be written anew here.
 */
export function raiseRange(version: SdkVersion): string | undefined {
  if (isSupported(version) || version.major !== oldestSupported.major) return undefined;
  return writeRange(version.style, `${oldestSupported.major}.${oldestSupported.minor}.0`);
}

/** A version as a range of a style; undefined for a style that cannot be written anew. */
export function writeRange(style: RangeStyle, version: string): string | undefined {
  return { exact: version, caret: `^${version}`, tilde: `~${version}`, open: undefined, indirect: undefined }[style];
}

function catalogRange(range: string, files: ReadonlyMap<string, string>): string | undefined {
  const workspace = files.get('pnpm-workspace.yaml');
  const name = range.slice('catalog:'.length);
  const text =
    name === '' || name === 'default' ? workspace : workspace?.slice(Math.max(0, workspace.indexOf(`${name}:`)));
  return text === undefined ? undefined : /^\s+['"]?openai['"]?:\s*['"]?([^'"\s#]+)/m.exec(text)?.[1];
}

const lockReaders: ReadonlyArray<{
  readonly name: string;
  readonly manager: string;
  readonly read: (text: string, range: string) => RegExpExecArray | null;
}> = [
  {
    name: 'package-lock.json',
    manager: 'npm',
    read: (text) => /"node_modules\/openai":\s*\{\s*"version":\s*"(\d+)\.(\d+)/.exec(text),
  },
  {
    name: 'yarn.lock',
    manager: 'yarn',
    read: (text, range) =>
      new RegExp(`(?:^|\\n|, )"?openai@(?:npm:)?${escape(range)}"?[^\\n]*:\\r?\\n\\s+version:? "?(\\d+)\\.(\\d+)`).exec(
        text,
      ),
  },
  {
    name: 'pnpm-lock.yaml',
    manager: 'pnpm',
    read: (text, range) =>
      new RegExp(
        `\\n\\s+openai:\\r?\\n\\s+specifier: ['"]?${escape(range)}['"]?\\r?\\n\\s+version: (\\d+)\\.(\\d+)`,
      ).exec(text),
  },
  { name: 'bun.lock', manager: 'bun', read: (text) => /"openai": \["openai@(\d+)\.(\d+)/.exec(text) },
  { name: 'bun.lockb', manager: 'bun', read: () => null },
];

function readLock(owner: Package, range: string, files: ReadonlyMap<string, string>): RegExpExecArray | undefined {
  for (const folder of foldersAbove(owner.file)) {
    for (const lock of lockReaders) {
      const text = files.get(pathIn(folder, lock.name));
      const found = text === undefined ? null : lock.read(text, range);
      if (found !== null) return found;
    }
  }
  return undefined;
}

/** The package manager of a package by the nearest lock file, or by `packageManager`; npm when nothing says. */
export function managerOf(owner: Package, files: ReadonlyMap<string, string>): string {
  const named = owner.json['packageManager'];
  if (typeof named === 'string') return named.split('@')[0] ?? 'npm';
  for (const folder of foldersAbove(owner.file)) {
    for (const lock of lockReaders) {
      if (files.has(pathIn(folder, lock.name))) return lock.manager;
    }
  }
  return files.has('pnpm-workspace.yaml') ? 'pnpm' : 'npm';
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
