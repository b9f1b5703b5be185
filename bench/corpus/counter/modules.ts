import type { TextFile } from '../folder.ts';
import { holdsCode, parseFile, type Root } from './syntax.ts';

/** The code files of a folder, parsed when they are asked for. */
export interface Modules {
  readonly files: readonly string[];
  readonly textOf: (file: string) => string;
  readonly rootOf: (file: string) => Root | undefined;
  /** The file a specifier evidently leads to: by a relative path, the end of an alias, or the name of a package of the folder. */
  readonly resolve: (from: string, specifier: string) => string | undefined;
}

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.vue', '.svelte'];

/** Makes the modules of a folder. */
export function openModules(texts: readonly TextFile[]): Modules {
  const byFile = new Map(texts.filter(({ file }) => holdsCode(file)).map(({ file, text }) => [file, text]));
  const packages = new Map<string, string>();
  for (const { file, text } of texts) {
    if (!/(?:^|\/)package\.json$/.test(file)) continue;
    const name = /"name"\s*:\s*"([^"]+)"/.exec(text)?.[1];
    if (name !== undefined) packages.set(name, file.slice(0, -'package.json'.length));
  }
  const roots = new Map<string, Root | undefined>();
  const bySuffix = new Map<string, string[]>();
  for (const file of byFile.keys()) {
    const last = stem(file).split('/').at(-1) ?? '';
    bySuffix.set(last, [...(bySuffix.get(last) ?? []), file]);
  }

  const tryPath = (path: string): string | undefined => {
    const bare = path.replace(/\.[cm]?jsx?$/, '');
    for (const base of [path, bare, `${path}/index`, `${path}/src/index`]) {
      for (const ending of endings) if (byFile.has(base + ending)) return base + ending;
    }
    return undefined;
  };

  return {
    files: [...byFile.keys()],
    textOf: (file) => byFile.get(file) ?? '',
    rootOf: (file) => {
      if (!roots.has(file)) roots.set(file, parseFile(file, byFile.get(file) ?? ''));
      return roots.get(file);
    },
    resolve: (from, specifier) => {
      if (specifier.startsWith('.')) return tryPath(join(from, specifier));
      const owned = packages.get(specifier);
      if (owned !== undefined) return tryPath(`${owned}src/index`) ?? tryPath(`${owned}index`);
      const rest = /^(?:@|~|#|\$)\w*\/(.+)$/.exec(specifier)?.[1] ?? (specifier.includes('/') ? specifier : undefined);
      if (rest === undefined) return undefined;
      const wanted = stem(rest);
      const found = (bySuffix.get(wanted.split('/').at(-1) ?? '') ?? []).filter((file) =>
        `/${stem(file)}`.endsWith(`/${wanted}`),
      );
      const near = found.filter((file) => shared(file, from) === Math.max(...found.map((one) => shared(one, from))));
      return near.length === 1 ? near[0] : undefined;
    },
  };
}

function stem(file: string): string {
  return file.replace(/\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|astro)$/, '').replace(/\/index$/, '');
}

function shared(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function join(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
