import { createRequire } from 'node:module';
import type * as TsMorph from 'ts-morph';
import type { ts } from 'ts-morph';
import { maskComponent } from './component.ts';
import { maskFlow } from './flow-syntax.ts';

/** Loads ts-morph when it is first needed: it costs 300 ms, and a folder without candidates never needs it. */
function loadTsMorph(): typeof TsMorph {
  const load: (id: string) => unknown = createRequire(import.meta.url);
  return load('ts-morph') as typeof TsMorph;
}

/** A source file of the project. */
export interface CodeFile {
  readonly file: string;
  /** The text as read, a BOM included. */
  readonly text: string;
  readonly source: ts.SourceFile;
  /** What to add to an offset of `source` to get one of `text`: the number of BOMs before it. */
  readonly shift: number;
}

/** The parsed files, and the checker that knows their bindings. */
export interface CodeProject {
  readonly ts: typeof ts;
  readonly checker: ts.TypeChecker;
  readonly files: ReadonlyMap<string, CodeFile>;
  /** Files that do not parse, and why. */
  readonly broken: ReadonlyMap<string, string>;
  /** The file that a node stands in. */
  readonly fileOf: (node: ts.Node) => CodeFile | undefined;
}

/** Makes any file a module; it stands behind the text, so no offset moves. */
const asModule = '\nexport {};\n';

/**
 * Puts the given files into one program without libraries and without dependencies: bindings need neither.
 * Every file is a module, so that equal names in two scripts stay two bindings.
 */
export function createCodeProject(texts: ReadonlyMap<string, string>): CodeProject {
  const { ts } = loadTsMorph();
  const read = new Map<string, CodeFile>();
  const sources = new Map<string, ts.SourceFile>();
  for (const [file, text] of texts) {
    // The binder sets the parents.
    const one = readCode(ts, file, text, false);
    read.set(file, one);
    sources.set(one.source.fileName, one.source);
  }
  const program = createProgram(ts, sources);
  const checker = program.getTypeChecker();
  const files = new Map<string, CodeFile>();
  const broken = new Map<string, string>();
  for (const [file, one] of read) {
    const error = program.getSyntacticDiagnostics(one.source).find(({ code }) => code < 8_000 || code >= 9_000);
    if (error === undefined) files.set(file, one);
    else {
      const { line } = one.source.getLineAndCharacterOfPosition(error.start);
      broken.set(file, `does not parse: line ${line + 1}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`);
    }
  }
  const bySource = new Map([...files.values()].map((one) => [one.source, one]));
  return { ts, checker, files, broken, fileOf: (node) => bySource.get(node.getSourceFile()) };
}

function readCode(api: typeof ts, file: string, text: string, setParents: boolean): CodeFile {
  const shift = countMarks(text);
  const { name, code } = maskComponent(file, maskFlow(file, text.slice(shift)));
  // Comments hold no code of ours.
  const how = { languageVersion: api.ScriptTarget.ESNext, jsDocParsingMode: api.JSDocParsingMode.ParseNone };
  return { file, text, source: api.createSourceFile(`/${name}`, code + asModule, how, setParents), shift };
}

/** One file as it is parsed, without its bindings. */
export interface ParsedFile extends CodeFile {
  readonly ts: typeof ts;
}

/** Parses one file by itself. */
export function parseCode(file: string, text: string): ParsedFile {
  const { ts } = loadTsMorph();
  return { ts, ...readCode(ts, file, text, true) };
}

/** A program of the sources at hand: nothing is resolved, and no disk is read. */
function createProgram(api: typeof ts, sources: ReadonlyMap<string, ts.SourceFile>): ts.Program {
  const options: ts.CompilerOptions = {
    noLib: true,
    noResolve: true,
    allowJs: true,
    checkJs: false,
    types: [],
    target: api.ScriptTarget.ESNext,
    module: api.ModuleKind.ESNext,
    jsx: api.JsxEmit.Preserve,
    experimentalDecorators: true,
  };
  return api.createProgram([...sources.keys()], options, {
    getSourceFile: (name) => sources.get(name),
    fileExists: (name) => sources.has(name),
    readFile: () => undefined,
    writeFile: () => undefined,
    getDefaultLibFileName: () => '',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
  });
}

/** Byte order marks at the start: files that two editors have marked have two, and the parser takes one of what it is given away. */
function countMarks(text: string): number {
  let count = 0;
  while (text.charCodeAt(count) === 0xfeff) count += 1;
  return count;
}
