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
}

/** Makes any file a module; it stands behind the text, so no offset moves. ts-morph parses without `moduleDetection`. */
const asModule = '\nexport {};\n';

/**
 * Puts the given files into one project without libraries and without dependencies: bindings need neither.
 * Every file is a module, so that equal names in two scripts stay two bindings.
 */
export function createCodeProject(texts: ReadonlyMap<string, string>): CodeProject {
  const { Project, ts } = loadTsMorph();
  const project = new Project({
    useInMemoryFileSystem: true,
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    compilerOptions: {
      noLib: true,
      noResolve: true,
      allowJs: true,
      checkJs: false,
      types: [],
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.Preserve,
      experimentalDecorators: true,
    },
  });
  const paths = new Map<string, string>();
  for (const [file, text] of texts) {
    const shift = countMarks(text);
    const { name, code } = maskComponent(file, maskFlow(file, text.slice(shift)));
    paths.set(file, project.createSourceFile(`/${name}`, code + asModule, { overwrite: true }).getFilePath());
  }
  const program = project.getProgram().compilerObject;
  const files = new Map<string, CodeFile>();
  const broken = new Map<string, string>();
  for (const [file, text] of texts) {
    const source = program.getSourceFile(paths.get(file) ?? '');
    if (source === undefined) continue;
    const error = program.getSyntacticDiagnostics(source).find((one) => one.code < 8_000 || one.code >= 9_000);
    if (error !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(error.start);
      broken.set(file, `does not parse: line ${line + 1}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`);
      continue;
    }
    files.set(file, { file, text, source, shift: countMarks(text) });
  }
  return { ts, checker: program.getTypeChecker(), files, broken };
}

/** Byte order marks at the start: files that two editors have marked have two, and the parser takes one of what it is given away. */
function countMarks(text: string): number {
  let count = 0;
  while (text.charCodeAt(count) === 0xfeff) count += 1;
  return count;
}
