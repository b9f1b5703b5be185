import { asRecord, readJson } from './json-text.ts';
import { foldersAbove, type Packages } from './packages.ts';

/** Which file each specifier of each file leads to. */
export interface ImportGraph {
  /** The file a specifier leads to, or undefined when it leads out of the folder. */
  readonly resolve: (from: string, specifier: string) => string | undefined;
  /** Files that a file imports. */
  readonly importsOf: (file: string) => readonly string[];
  /** Files that import a file. */
  readonly importersOf: (file: string) => readonly string[];
  /** The specifiers written in a file, comments not told apart: an over-estimate. */
  readonly specifiersOf: (file: string) => readonly string[];
}

const specifier =
  /(?:\bfrom|\bimport|\brequire|\bimport\s*\(|\brequire\s*\(|\b(?:mock|doMock|unmock|requireActual|importActual)(?:<[^()]*>)?\s*\(\s*(?:import\s*\()?)\s*\(?\s*(?:\/\*[^*]*\*\/\s*)?(['"`])([^'"`\n]{1,300})\1/g;

const extensions = [
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.vue',
  '.svelte',
  '.astro',
  '.d.ts',
  '.json',
];
const sourceOf: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** Reads the specifiers of a text by a cheap scan. */
function scanSpecifiers(text: string): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(specifier)) if (match[2] !== undefined) found.add(match[2]);
  return [...found];
}

/**
 * Builds the graph over all files: relative paths, tsconfig `paths` and `baseUrl`, package.json `imports`,
 * workspace package names, and the `@/`, `~/` and `$lib` habits.
 * @param sources paths of the code files, the only ones that are scanned.
 */
export function buildImportGraph(
  files: ReadonlyMap<string, string>,
  sources: readonly string[],
  packages: Packages,
): ImportGraph {
  const aliases = readAliases(files);
  const workspace = new Map(packages.all.flatMap((one) => (one.name === undefined ? [] : [[one.name, one] as const])));
  const isFile = (path: string): boolean => files.has(path);

  const tryPath = (path: string): string | undefined => {
    if (path.startsWith('../') || path === '..') return undefined;
    if (isFile(path)) return path;
    for (const extension of extensions) if (isFile(path + extension)) return path + extension;
    const written = /\.[cm]?jsx?$/.exec(path)?.[0];
    if (written !== undefined) {
      for (const extension of sourceOf[written] ?? []) {
        const candidate = path.slice(0, -written.length) + extension;
        if (isFile(candidate)) return candidate;
      }
    }
    for (const extension of extensions) {
      const candidate = path === '' ? `index${extension}` : `${path}/index${extension}`;
      if (isFile(candidate)) return candidate;
    }
    return undefined;
  };

  const resolveAlias = (from: string, name: string): string | undefined => {
    for (const folder of foldersAbove(from)) {
      for (const alias of aliases.get(folder) ?? []) {
        for (const path of alias(name)) {
          const found = tryPath(path);
          if (found !== undefined) return found;
        }
      }
    }
    return undefined;
  };

  const resolveWorkspace = (name: string): string | undefined => {
    const parts = name.split('/');
    const id = name.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
    const found = id === undefined ? undefined : workspace.get(id);
    if (found === undefined || id === undefined) return undefined;
    const sub = name.slice(id.length).replace(/^\//, '');
    const base = (path: string): string => joinPath(found.folder, path);
    const entries = sub === '' ? entriesOf(found.json) : exportsOf(found.json, sub);
    const guesses =
      sub === '' ? ['src/index', 'src/main', 'index', 'lib/index', 'src'] : [`src/${sub}`, sub, `lib/${sub}`];
    for (const path of [
      ...entries,
      ...entries.map((entry) => entry.replace(/(^|\/)(?:dist|build|lib|out)\//, '$1src/')),
      ...guesses,
    ]) {
      const hit = tryPath(base(path.replace(/^\.\//, '')));
      if (hit !== undefined) return hit;
    }
    return undefined;
  };

  const resolve = (from: string, name: string): string | undefined => {
    const here = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : '';
    const clean = name.replace(/[?#](?!\/).*$/, (rest) => (name.startsWith('#') ? rest : ''));
    if (/^\.\.?(?:\/|$)/.test(clean)) return tryPath(joinPath(here, clean));
    const alias = resolveAlias(from, clean);
    if (alias !== undefined) return alias;
    const own = packages.nearest(from);
    const folder = own?.folder ?? '';
    if (clean.startsWith('#') && own !== undefined) {
      for (const path of importsOfPackage(own.json, clean)) {
        const found = tryPath(joinPath(folder, path));
        if (found !== undefined) return found;
      }
    }
    const habit = /^(?:@|~|#)\/(.*)$/.exec(clean)?.[1];
    if (habit !== undefined)
      return (
        tryPath(joinPath(folder, `src/${habit}`)) ??
        tryPath(joinPath(folder, habit)) ??
        tryPath(joinPath(folder, `app/${habit}`))
      );
    const lib = /^\$lib(?:\/(.*))?$/.exec(clean);
    if (lib !== null) return tryPath(joinPath(folder, `src/lib/${lib[1] ?? ''}`.replace(/\/$/, '')));
    return resolveWorkspace(clean);
  };

  const specifiers = new Map<string, readonly string[]>();
  const imports = new Map<string, string[]>();
  const importers = new Map<string, string[]>();
  for (const file of sources) {
    const names = scanSpecifiers(files.get(file) ?? '');
    specifiers.set(file, names);
    for (const name of names) {
      const target = resolve(file, name);
      if (target === undefined || target === file) continue;
      push(imports, file, target);
      push(importers, target, file);
    }
  }
  return {
    resolve,
    importsOf: (file) => imports.get(file) ?? [],
    importersOf: (file) => importers.get(file) ?? [],
    specifiersOf: (file) => specifiers.get(file) ?? [],
  };
}

type Alias = (name: string) => string[];

/** tsconfig and jsconfig path mappings by folder; `extends` within the folder is followed. */
function readAliases(files: ReadonlyMap<string, string>): Map<string, Alias[]> {
  const found = new Map<string, Alias[]>();
  for (const file of files.keys()) {
    if (!/(?:^|\/)[tj]sconfig[^/]*\.json$/.test(file) || file.includes('node_modules/')) continue;
    const options = readPaths(files, file, 0);
    if (options === undefined) continue;
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
    for (const [pattern, targets] of Object.entries(options.paths)) {
      const [head = '', tail] = pattern.split('*');
      push(found, folder, (name) => {
        if (tail === undefined) return name === pattern ? targets.map((to) => joinPath(options.base, to)) : [];
        if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return [];
        const middle = name.slice(head.length, name.length - tail.length);
        return targets.map((to) => joinPath(options.base, to.replace('*', middle)));
      });
    }
    const root = options.root;
    if (root !== undefined) push(found, folder, (name) => (/^[\w@~$]/.test(name) ? [joinPath(root, name)] : []));
  }
  return found;
}

interface PathOptions {
  /** Folder that `paths` are relative to. */
  readonly base: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** Folder of `baseUrl`, when the config has one. */
  readonly root: string | undefined;
}

function readPaths(files: ReadonlyMap<string, string>, file: string, depth: number): PathOptions | undefined {
  const text = files.get(file);
  if (text === undefined || depth > 5) return undefined;
  const json = asRecord(readJson(text));
  const options = asRecord(json['compilerOptions']);
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const parents = [json['extends']]
    .flat()
    .filter((one): one is string => typeof one === 'string' && one.startsWith('.'));
  const inherited = parents
    .map((one) => joinPath(folder, one))
    .map((path) => readPaths(files, files.has(path) ? path : `${path}.json`, depth + 1))
    .find((one) => one !== undefined);
  const root = typeof options['baseUrl'] === 'string' ? joinPath(folder, options['baseUrl']) : inherited?.root;
  if (options['paths'] === undefined)
    return inherited === undefined && root === undefined
      ? undefined
      : { base: inherited?.base ?? folder, paths: inherited?.paths ?? {}, root };
  const paths = Object.fromEntries(
    Object.entries(asRecord(options['paths'])).map(([pattern, targets]) => [
      pattern,
      Array.isArray(targets) ? targets.filter((target): target is string => typeof target === 'string') : [],
    ]),
  );
  return { base: root ?? folder, paths, root };
}

function entriesOf(json: Readonly<Record<string, unknown>>): string[] {
  return [
    ...stringsOf(asRecord(json['exports'])['.'] ?? json['exports']),
    json['source'],
    json['types'],
    json['module'],
    json['main'],
  ].filter((entry): entry is string => typeof entry === 'string');
}

function exportsOf(json: Readonly<Record<string, unknown>>, sub: string): string[] {
  const all = asRecord(json['exports']);
  const exact = stringsOf(all[`./${sub}`]);
  if (exact.length > 0) return exact;
  for (const [pattern, target] of Object.entries(all)) {
    const [head = '', tail] = pattern.split('*');
    if (tail === undefined || !`./${sub}`.startsWith(head)) continue;
    const middle = `./${sub}`.slice(head.length, tail === '' ? undefined : -tail.length);
    return stringsOf(target).map((path) => path.replace('*', middle));
  }
  return [];
}

function importsOfPackage(json: Readonly<Record<string, unknown>>, name: string): string[] {
  const all = asRecord(json['imports']);
  for (const [pattern, target] of Object.entries(all)) {
    const [head = '', tail] = pattern.split('*');
    if (tail === undefined ? pattern === name : name.startsWith(head) && name.endsWith(tail)) {
      const middle = tail === undefined ? '' : name.slice(head.length, name.length - tail.length);
      return stringsOf(target).map((path) => path.replace('*', middle));
    }
  }
  return [];
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Object.values(asRecord(value)).flatMap(stringsOf);
}

/** Joins and normalises; a path that leaves the folder starts with `../`. */
function joinPath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
