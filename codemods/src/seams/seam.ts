import type { ts } from 'ts-morph';
import type { Edit } from '../finding.ts';
import type { Package } from '../packages.ts';
import type { CodeFile } from '../project.ts';
import { createReferences, type References } from '../references.ts';
import { draftRewrite, type Block, type RewriteDraft } from '../rewrite.ts';
import type { CodeScene, Scene } from '../scene.ts';

/** The way of one package of other people to the shim, as the rewrite of one file that imports it. */
export interface Seam {
  /** Its specifiers. */
  readonly name: RegExp;
  readonly rewrite: (scene: SeamScene, taken: readonly Taken[]) => void;
}

/** One name that a file takes from the package. */
export interface Taken {
  readonly imported: string;
  readonly local: ts.Identifier;
  /** The import specifier or binding element. */
  readonly element: ts.ImportSpecifier | ts.BindingElement;
  readonly isType: boolean;
}

/** One file under rewrite. */
export interface SeamScene {
  readonly folder: Pick<Scene, 'files' | 'graph'>;
  readonly code: CodeScene;
  readonly file: CodeFile;
  readonly owner: Package | undefined;
  readonly references: References;
  readonly draft: RewriteDraft;
  /** Uses of a taken name, its import left out. */
  readonly usesOf: (one: Taken) => readonly ts.Identifier[];
  /** Imports `createFetch` once, and gives the call that makes a fetch. */
  readonly makeFetch: () => string;
  /** Adds a statement behind the imports. */
  readonly addStatement: (text: string) => void;
  /** Imports the client class of the shim as `OpenAI`. */
  readonly importClient: () => void;
}

/** What becomes of one file. */
export interface SeamResult {
  readonly edits: readonly Edit[];
  readonly blocks: readonly Block[];
  readonly notes: readonly Block[];
}

const shimFetch = '@migrate-llm/shim/fetch';

/** Rewrites one file over one import or require of the package. */
export function rewriteSeam(
  folder: SeamScene['folder'],
  code: CodeScene,
  file: CodeFile,
  literals: readonly ts.StringLiteralLike[],
  seam: Seam,
): SeamResult {
  const { ts } = code.project;
  const draft = draftRewrite(code.project);
  const references = createReferences(code.project);
  const taken: Taken[] = [];
  for (const literal of literals) {
    const found = namesOf(ts, literal);
    if (found === undefined) draft.block(literal, 'What is taken from the package here is not followed.');
    else taken.push(...found);
  }
  const head = createHead(ts, file, literals[0]);
  const wanted = { isFetch: false, isClient: false };
  const statements: string[] = [];
  seam.rewrite(
    {
      folder,
      code,
      file,
      owner: code.swaps.ownerOf(file.file),
      references,
      draft,
      usesOf: ({ local, element }) => {
        const symbol = references.symbolOf(local);
        const uses = symbol === undefined ? [] : references.of(symbol, file.source);
        return uses.filter((one) => one.parent !== element);
      },
      makeFetch: () => {
        wanted.isFetch = true;
        return 'createFetch()';
      },
      addStatement: (text) => {
        statements.push(text);
      },
      importClient: () => {
        wanted.isClient = true;
      },
    },
    taken,
  );
  if (/\.(?:vue|svelte|astro)$/.test(file.file))
    draft.block(file.source, 'It runs in a browser or in a component, where the shim’s settings are not at hand.');
  const names = [wanted.isFetch ? 'createFetch' : undefined, wanted.isClient ? 'OpenAI' : undefined];
  for (const name of names) {
    const clash = references
      .identifiers(file.source)
      .find((one) => one.text === name && references.symbolOf(one) !== undefined);
    if (name !== undefined && clash !== undefined && !isMember(ts, clash))
      draft.block(clash, `The name ${name} already means something in this file.`);
  }
  const imports = [
    ...(wanted.isFetch ? [head.load('createFetch', shimFetch)] : []),
    ...(wanted.isClient ? [head.load('OpenAI', '@migrate-llm/shim')] : []),
  ];
  const made = draft.edits.get(file.file) ?? [];
  return { edits: [...made, ...head.place(imports, statements)], blocks: draft.blocks, notes: draft.notes };
}

function isMember(api: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node;
  return (api.isPropertyAccessExpression(parent) || api.isPropertyAssignment(parent)) && parent.name === node;
}

/** The top of a file: where imports and statements go, and how they are written there. */
export interface Head {
  /** The text that takes one name from a module. */
  readonly load: (name: string, module: string) => string;
  readonly place: (imports: readonly string[], statements: readonly string[]) => Edit[];
}

/** Reads how a file writes its imports. @param literal names the module behind whose import new ones go; the last import where absent. */
export function createHead(api: typeof ts, file: CodeFile, literal: ts.StringLiteralLike | undefined): Head {
  const { source } = file;
  const isLoad = (one: ts.Statement): boolean =>
    api.isImportDeclaration(one) ||
    api.isImportEqualsDeclaration(one) ||
    (api.isVariableStatement(one) && /^(?:const|let|var)\b[^=]*=\s*require\(/.test(one.getText()));
  const loads = source.statements.filter(isLoad);
  const anchor =
    literal === undefined
      ? undefined
      : loads.find((one) => one.getStart() <= literal.getStart() && literal.getEnd() <= one.getEnd());
  const last = loads.at(-1);
  const model = anchor ?? last;
  const isModule = model === undefined || !api.isVariableStatement(model);
  const quote = literal?.getText().charAt(0) ?? (/from "/.test(model?.getText() ?? '') ? '"' : "'");
  const semicolon = model === undefined || model.getText().endsWith(';') ? ';' : '';
  const eol = source.text.includes('\r\n') ? '\r\n' : '\n';
  const write = (text: string): string => `${text.replaceAll("'", quote)}${semicolon}`;
  return {
    load: (name, module) =>
      write(
        isModule
          ? `import { ${name} } from ${quote}${module}${quote}`
          : `const { ${name} } = require(${quote}${module}${quote})`,
      ),
    place: (imports, statements) => {
      const lines = (list: readonly string[]): string => list.map((one) => `${eol}${one}`).join('');
      const body = statements.length === 0 ? '' : `${eol}${lines(statements.map(write))}`;
      if (last === undefined || model === undefined) {
        const start = afterDirectives(api, source);
        const text = [...imports, ...statements.map(write)].map((one) => `${one}${eol}`).join('');
        return text === '' ? [] : [{ start: start + file.shift, end: start + file.shift, text }];
      }
      const at = (node: ts.Node, text: string): Edit[] =>
        text === '' ? [] : [{ start: node.getEnd() + file.shift, end: node.getEnd() + file.shift, text }];
      return model === last ? at(last, lines(imports) + body) : [...at(model, lines(imports)), ...at(last, body)];
    },
  };
}

/** Behind a shebang and directives, before the first statement. */
function afterDirectives(api: typeof ts, source: ts.SourceFile): number {
  const first = source.statements.find(
    (one) => !(api.isExpressionStatement(one) && api.isStringLiteral(one.expression)),
  );
  return first === undefined ? source.text.length : first.getStart();
}

function namesOf(api: typeof ts, literal: ts.StringLiteralLike): Taken[] | undefined {
  const { parent } = literal;
  if (api.isImportDeclaration(parent)) {
    const clause = parent.importClause;
    if (clause === undefined) return [];
    if (clause.phaseModifier === api.SyntaxKind.TypeKeyword) return [];
    const bindings = clause.namedBindings;
    if (clause.name !== undefined || bindings === undefined || !api.isNamedImports(bindings)) return undefined;
    return bindings.elements.map((element) => ({
      imported: (element.propertyName ?? element.name).text,
      local: element.name,
      element,
      isType: element.isTypeOnly,
    }));
  }
  let outer: ts.Node = parent.parent;
  while (api.isAwaitExpression(outer) || api.isParenthesizedExpression(outer)) outer = outer.parent;
  if (!api.isVariableDeclaration(outer) || !api.isObjectBindingPattern(outer.name)) return undefined;
  const elements = outer.name.elements.flatMap((element): Taken[] => {
    const key = element.propertyName ?? element.name;
    const isPlain = api.isIdentifier(key) && api.isIdentifier(element.name) && element.dotDotDotToken === undefined;
    return isPlain && api.isIdentifier(element.name)
      ? [{ imported: key.getText(), local: element.name, element, isType: false }]
      : [];
  });
  return elements.length === outer.name.elements.length ? elements : undefined;
}

/** Puts a property into the object that a call is given, or gives it one. @returns false where there is no object in view. */
export function addProperty(
  { code: { project }, draft }: Pick<SeamScene, 'code' | 'draft'>,
  call: ts.CallExpression | ts.NewExpression,
  text: string,
): boolean {
  const { ts } = project;
  const [options] = call.arguments ?? [];
  if (options === undefined) {
    const close = call.arguments === undefined ? call.getEnd() : call.getEnd() - 1;
    draft.insert(call, close, call.arguments === undefined ? `({ ${text} })` : `{ ${text} }`);
    return true;
  }
  if (!ts.isObjectLiteralExpression(options)) return false;
  insertProperty(draft, options, text);
  return true;
}

/** Writes one more property at the end of an object, on a line of its own where the others have theirs. */
export function insertProperty(draft: RewriteDraft, object: ts.ObjectLiteralExpression, text: string): void {
  const last = object.properties.at(-1);
  const source = object.getSourceFile().text;
  if (last === undefined) return draft.replaceSpan(object, object.getStart(), object.getEnd(), `{ ${text} }`);
  const before = source.slice(0, last.getStart());
  const lineBreak = /(\r\n|\n|\r)([ \t]*)$/.exec(before);
  const comma = /^\s*,/.exec(source.slice(last.getEnd(), object.getEnd()));
  if (lineBreak === null) return draft.insert(object, last.getEnd(), `, ${text}`);
  const line = `${lineBreak[1]}${lineBreak[2]}${text}`;
  if (comma === null) return draft.insert(object, last.getEnd(), `,${line}`);
  draft.insert(object, last.getEnd() + comma[0].length, `${line},`);
}
