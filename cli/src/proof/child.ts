import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type TypeScript from 'typescript';
import type { Proof, ProofRequest } from './protocol.ts';

type Ts = typeof TypeScript;

const shim = '@migrate-llm/shim';

/** Reads a request from stdin and writes the proof to stdout. */
export function answer(): void {
  process.stdout.write(JSON.stringify(prove(JSON.parse(readFileSync(0, 'utf8')) as ProofRequest)));
}

/** Compares the type errors of the changed files' projects before and after. */
export function prove({ folder, shim: shimFolder, files }: ProofRequest): Proof {
  const unchecked = new Set<string>();
  const worse: Array<Proof['worse'][number]> = [];
  let checked = 0;
  const changed = new Map(files.map((file) => [resolve(folder, file.file), file]));
  const left = new Set(changed.keys());
  for (const path of changed.keys()) {
    if (!left.has(path)) continue;
    left.delete(path);
    const ts = loadTypeScript(path);
    if (typeof ts === 'string') {
      unchecked.add(ts);
      continue;
    }
    const config = findProject(ts, path);
    if (config === undefined) {
      unchecked.add(`no tsconfig.json includes ${relative(folder, path).split(sep).join('/')}`);
      continue;
    }
    const members = new Set(config.fileNames.map((name) => resolve(name)));
    const own = [path, ...[...left].filter((other) => members.has(other))];
    for (const file of own) left.delete(file);
    const textsOf = (side: 'before' | 'after') => new Map([...changed].map(([name, file]) => [name, file[side]]));
    const before = findErrors(ts, config, textsOf('before'), shimFolder);
    if (own.some((file) => before.missing.has(file))) {
      unchecked.add('the dependencies are not installed: openai cannot be resolved');
      continue;
    }
    const after = findErrors(ts, config, textsOf('after'), shimFolder);
    // Types that come from a package that is not there count as any, so that nothing is shown for these files.
    const blind = own.filter((file) => before.unresolved.has(file));
    for (const file of blind)
      unchecked.add(describeUnresolved(relative(folder, file), before.unresolved.get(file) ?? []));
    checked += own.length - blind.length;
    const known = new Map(before.keys);
    for (const [key, place] of after.errors) {
      const rest = known.get(key) ?? 0;
      if (rest > 0) known.set(key, rest - 1);
      else worse.push({ ...place, file: relative(folder, place.file).split(sep).join('/') });
    }
  }
  return { checked, unchecked: [...unchecked], worse };
}

function describeUnresolved(file: string, names: readonly string[]): string {
  const more = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return `${file.split(sep).join('/')} imports ${names.slice(0, 2).join(', ')}${more}, which cannot be resolved`;
}

function loadTypeScript(file: string): Ts | string {
  try {
    const ts = createRequire(file)('typescript') as Partial<Ts>;
    // TypeScript 7 answers its version and nothing else.
    return typeof ts.createProgram === 'function' ? (ts as Ts) : `TypeScript ${ts.version} has no API to check with`;
  } catch {
    return 'the repository has no TypeScript installed';
  }
}

/** The nearest tsconfig.json that includes the file, itself or through its references. */
function findProject(ts: Ts, file: string): TypeScript.ParsedCommandLine | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = ['tsconfig.json', 'jsconfig.json']
      .map((name) => join(folder, name))
      .flatMap((path) => (ts.sys.fileExists(path) ? readProjects(ts, path) : []))
      .find(({ fileNames }) => fileNames.some((name) => resolve(name) === file));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

function readProjects(ts: Ts, path: string): TypeScript.ParsedCommandLine[] {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, {}, host);
  if (parsed === undefined) return [];
  const references = (parsed.projectReferences ?? []).flatMap((one) => {
    const config = ts.resolveProjectReferencePath(one);
    const read = ts.sys.fileExists(config) ? ts.getParsedCommandLineOfConfigFile(config, {}, host) : undefined;
    return read === undefined ? [] : [read];
  });
  return [parsed, ...references];
}

interface Errors {
  readonly errors: ReadonlyArray<readonly [key: string, place: { file: string; line: number; message: string }]>;
  /** How often each error occurs, whatever its line. */
  readonly keys: ReadonlyMap<string, number>;
  /** Files whose `openai` cannot be resolved. */
  readonly missing: ReadonlySet<string>;
  /** Other modules that cannot be resolved, by file. */
  readonly unresolved: ReadonlyMap<string, readonly string[]>;
}

function findErrors(
  ts: Ts,
  config: TypeScript.ParsedCommandLine,
  texts: ReadonlyMap<string, string>,
  shimFolder: string,
): Errors {
  const options: TypeScript.CompilerOptions = {
    ...config.options,
    noEmit: true,
    composite: false,
    incremental: false,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (name) => texts.get(resolve(name)) ?? readFile(name);
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (name) => name, options);
  const user = [...texts.keys()][0] ?? '';
  const resolveName = (
    name: string,
    containing: string,
    given: TypeScript.CompilerOptions,
    redirected: TypeScript.ResolvedProjectReference | undefined,
    mode: TypeScript.ResolutionMode,
  ) => {
    const find = (from: string) => ts.resolveModuleName(name, from, given, host, cache, redirected, mode);
    // The shim's own types name the user's openai, not one beside the tool.
    const inShim = resolve(containing).startsWith(shimFolder + sep);
    const found = find(inShim && !name.startsWith('.') ? user : containing);
    if (found.resolvedModule !== undefined || !name.startsWith(shim)) return found;
    return find(join(shimFolder, 'package.json'));
  };
  host.resolveModuleNameLiterals = (literals, containing, redirected, given, source) =>
    literals.map((literal) =>
      resolveName(literal.text, containing, given, redirected, ts.getModeForUsageLocation(source, literal, given)),
    );
  // TypeScript before 5.0 asks by name only, and does not know the function above.
  host.resolveModuleNames = (names, containing, _, redirected, given) =>
    names.map((name) => resolveName(name, containing, given, redirected, undefined).resolvedModule);
  const program = ts.createProgram({ rootNames: config.fileNames, options, host });
  const errors: Array<Errors['errors'][number]> = [];
  const keys = new Map<string, number>();
  const missing = new Set<string>();
  const unresolved = new Map<string, string[]>();
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    if (diagnostic.category !== ts.DiagnosticCategory.Error) continue;
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    const file = diagnostic.file === undefined ? '' : resolve(diagnostic.file.fileName);
    const line = (diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0) + 1;
    const absent = /^Cannot find module '([^']+)'/.exec(message)?.[1];
    if (absent === 'openai') missing.add(file);
    else if (absent !== undefined) unresolved.set(file, [...(unresolved.get(file) ?? []), absent]);
    // The swapped name itself does not make another error.
    const key = `${file} ${diagnostic.code} ${message.replaceAll(shim, 'openai')}`;
    keys.set(key, (keys.get(key) ?? 0) + 1);
    errors.push([key, { file, line, message }]);
  }
  return { errors, keys, missing, unresolved };
}
