import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A source file and the modules it imports, as written. */
export interface Module {
  /** Path from the root, with `/`. */
  readonly file: string;
  readonly imports: readonly string[];
  readonly lines: number;
}

/** The arrows of ARCHITECTURE.md: which package names a room may import. Anything else is a wrong edge. */
const arrows: Readonly<Record<string, readonly RegExp[]>> = {
  // The validator is bundled into dist: the published shim has no dependency.
  // The door's types name the fetch door by the package's own name, which resolves in src/ and in dist/ alike.
  // The stores on disk and on a server load their optional peers on demand.
  shim: [/^openai$/, /^(libsql|pg)$/, /^@cfworker\/json-schema$/, /^@migrate-llm\/shim\/fetch$/],
  codemods: [/^@migrate-llm\/shim\/manifest$/, /^(ts-morph|@babel\/parser|magic-string|jsonc-parser)$/],
  'compat-tests': [
    /^@migrate-llm\/shim(\/(fetch|gateway|exchange|manifest|record))?$/,
    /^(ajv|ajv-formats|picocolors|yaml)(\/|$)/,
  ],
  cli: [
    /^@migrate-llm\/(codemods|compat-tests|compat-tests\/(embedded|reports))$/,
    /^@migrate-llm\/shim(\/(fetch|gateway|exchange|manifest|record))?$/,
    /^(diff|minimatch|picocolors|@clack\/prompts)$/,
    // Types only: the type-check runs with the TypeScript of the repository it looks at.
    /^typescript$/,
  ],
};

const isTest = (file: string) => /\.(test|corpus|services)\.ts$/.test(file) || /\.test-[a-z-]+\.ts$/.test(file);
const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
const roomOf = (file: string) => file.slice(0, file.indexOf('/'));

/** Reads every TypeScript source of the four rooms, fixtures excepted. */
export function readModules(): Module[] {
  return Object.keys(arrows).flatMap((room) =>
    readdirSync(join(root, room, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('.fixtures'))
      .map((name) => {
        const path = join(root, room, 'src', name);
        const text = readFileSync(path, 'utf8');
        return {
          file: relative(root, path).replaceAll('\\', '/'),
          imports: ts.preProcessFile(text, true, true).importedFiles.map((found) => found.fileName),
          lines: text.split('\n').length,
        };
      }),
  );
}

/** Names every import that breaks an arrow, hops between rooms, or goes where only tests may; `[]` when all is well. */
export function findWrongEdges(modules: readonly Module[]): string[] {
  return modules.flatMap(({ file, imports }) =>
    imports.flatMap((name) => {
      const room = roomOf(file);
      if (name.startsWith('.')) {
        const target = posix.join(posix.dirname(file), name);
        return target.startsWith(`${room}/`) ? [] : [`${file} reaches out of its room: ${name}`];
      }
      if (isBuiltin(name) || isTest(file)) return [];
      return arrows[room]?.some((allowed) => allowed.test(name)) ? [] : [`${file} may not import ${name}`];
    }),
  );
}

/** Names every file over `limit` lines, a test over a quarter more: a file should fit in a reader's head. */
export function findLongFiles(modules: readonly Module[], limit: number): string[] {
  return modules
    .filter(({ file, lines }) => lines > (isTest(file) ? limit * 1.25 : limit))
    .map(({ file, lines }) => `${file} has ${lines} lines`);
}

/** Finds import cycles between files of the rooms, each as the chain of its files. */
export function findCycles(modules: readonly Module[]): string[] {
  const edges = new Map(
    modules.map(({ file, imports }) => [
      file,
      imports.filter((name) => name.startsWith('.')).map((name) => posix.join(posix.dirname(file), name)),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const seenAt = path.indexOf(file);
    if (seenAt >= 0) cycles.push([...path.slice(seenAt), file].join(' -> '));
    if (seenAt >= 0 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
}
