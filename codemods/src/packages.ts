import { asRecord, readJson } from './json-text.ts';

/** Section of a package.json that can hold `openai`. */
export type Section = 'dependencies' | 'devDependencies' | 'peerDependencies' | 'optionalDependencies';

/** A package.json, read. */
export interface Package {
  readonly file: string;
  /** Folder, `''` for the root. */
  readonly folder: string;
  readonly name: string | undefined;
  readonly isPrivate: boolean;
  /** Whether others can import it: it has an entry point and is not private. */
  readonly isPublished: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  /** Where and how `openai` is declared. */
  readonly openai: ReadonlyArray<{ readonly section: Section; readonly range: string }>;
}

const sections: readonly Section[] = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** The packages of the folder, and which one a file belongs to. */
export interface Packages {
  readonly all: readonly Package[];
  /** The nearest package.json above a file. */
  readonly nearest: (file: string) => Package | undefined;
  /** The nearest package.json above a file that declares `openai`. */
  readonly declaring: (file: string) => Package | undefined;
}

/** Reads every package.json; one that does not parse is left out. */
export function readPackages(files: ReadonlyMap<string, string>): Packages {
  const byFolder = new Map<string, Package>();
  for (const [file, text] of files) {
    if (file !== 'package.json' && !file.endsWith('/package.json')) continue;
    if (file.includes('node_modules/')) continue;
    const value = readJson(text);
    if (value === undefined) continue;
    const folder = file.slice(0, -'package.json'.length).replace(/\/$/, '');
    byFolder.set(folder, readPackage(file, folder, asRecord(value)));
  }
  const above = (file: string, accept: (candidate: Package) => boolean): Package | undefined => {
    for (const folder of foldersAbove(file)) {
      const found = byFolder.get(folder);
      if (found !== undefined && accept(found)) return found;
    }
    return undefined;
  };
  return {
    all: [...byFolder.values()],
    nearest: (file) => above(file, () => true),
    declaring: (file) => above(file, (candidate) => candidate.openai.length > 0),
  };
}

function readPackage(file: string, folder: string, json: Readonly<Record<string, unknown>>): Package {
  const openai = sections.flatMap((section) => {
    const range = asRecord(json[section])['openai'];
    return typeof range === 'string' ? [{ section, range }] : [];
  });
  const isPrivate = json['private'] === true;
  const hasEntry = json['main'] !== undefined || json['exports'] !== undefined || json['module'] !== undefined;
  return {
    file,
    folder,
    name: typeof json['name'] === 'string' ? json['name'] : undefined,
    isPrivate,
    isPublished: !isPrivate && hasEntry && typeof json['name'] === 'string',
    json,
    openai,
  };
}

/** The folders a file lies in, the nearest first, the root (`''`) last. */
export function foldersAbove(file: string): string[] {
  const parts = file.split('/');
  const folders: string[] = [];
  for (let length = parts.length - 1; length >= 0; length -= 1) folders.push(parts.slice(0, length).join('/'));
  return folders;
}

/** The path of a file in a folder; the root is `''`. */
export function pathIn(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The range that a package declares for another one, wherever it does. */
export function rangeOf(owner: Package | undefined, name: string): string | undefined {
  return sections
    .map((section) => asRecord(owner?.json[section])[name])
    .find((one): one is string => typeof one === 'string');
}
