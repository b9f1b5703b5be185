import type { ts } from 'ts-morph';
import type { CodeFile, CodeProject } from './project.ts';
import { isModuleCall } from './flow/expressions.ts';
import type { FileNodes } from './syntax-index.ts';
import { sdkFormOf } from './values.ts';

/** How a file names the SDK at one place. */
type SiteForm =
  | 'import'
  | 'export'
  | 'require'
  | 'dynamic'
  | 'import-equals'
  | 'side-effect'
  | 'type'
  | 'deep'
  | 'deep-type'
  | 'resolve'
  | 'mock'
  | 'actual';

/** One place where a string names the SDK package. */
export interface Site {
  readonly file: CodeFile;
  readonly literal: ts.StringLiteralLike;
  readonly specifier: string;
  readonly form: SiteForm;
  /** Names taken from the module, as the module calls them; empty when the whole module is taken. */
  readonly names: readonly string[];
}

const mockName = /^(?:mock|doMock|unmock|dontMock|doUnmock|setMock|createMockFromModule|genMockFromModule|hoisted)$/;
const actualName = /^(?:requireActual|importActual|requireMock|importMock)$/;

/** Finds every place in a file that names the SDK, the shim or a Deno form of the SDK. */
export function findSites(project: CodeProject, nodes: FileNodes): Site[] {
  const file = nodes.file;
  const sites: Site[] = [];
  for (const literal of nodes.strings) {
    const specifier = literal.text;
    const isDeep = /^openai\/.+/.test(specifier) && sdkFormOf(specifier) === undefined;
    if (!isDeep && sdkFormOf(specifier) === undefined) continue;
    const place = placeOfLiteral(project, literal);
    if (place === undefined) continue;
    const form: SiteForm =
      isDeep && place.form !== 'mock' && place.form !== 'actual'
        ? place.form === 'type'
          ? 'deep-type'
          : 'deep'
        : place.form;
    sites.push({ file, literal, specifier, form, names: place.names });
  }
  return sites;
}

function placeOfLiteral(
  project: CodeProject,
  literal: ts.StringLiteralLike,
): { form: SiteForm; names: readonly string[] } | undefined {
  const { ts: api } = project;
  const parent = literal.parent;
  if (api.isImportDeclaration(parent)) return placeOfImport(api, parent);
  if (api.isExportDeclaration(parent)) {
    const clause = parent.exportClause;
    const elements = clause !== undefined && api.isNamedExports(clause) ? [...clause.elements] : [];
    const isType = parent.isTypeOnly || (elements.length > 0 && elements.every((one) => one.isTypeOnly));
    return { form: isType ? 'type' : 'export', names: elements.map((one) => (one.propertyName ?? one.name).text) };
  }
  if (api.isExternalModuleReference(parent))
    return { form: parent.parent.isTypeOnly ? 'type' : 'import-equals', names: [] };
  if (api.isLiteralTypeNode(parent) && api.isImportTypeNode(parent.parent)) return { form: 'type', names: [] };
  if (api.isCallExpression(parent) && parent.arguments[0] === literal) return placeOfCall(project, parent);
  return undefined;
}

function placeOfImport(api: typeof ts, node: ts.ImportDeclaration): { form: SiteForm; names: readonly string[] } {
  const clause = node.importClause;
  if (clause === undefined) return { form: 'side-effect', names: [] };
  const bindings = clause.namedBindings;
  const elements = bindings !== undefined && api.isNamedImports(bindings) ? [...bindings.elements] : [];
  const names = [
    ...(clause.name === undefined ? [] : ['default']),
    ...elements.map((one) => (one.propertyName ?? one.name).text),
  ];
  const onlyTypes = clause.name === undefined && elements.length > 0 && elements.every((one) => one.isTypeOnly);
  return { form: clause.phaseModifier === api.SyntaxKind.TypeKeyword || onlyTypes ? 'type' : 'import', names };
}

function placeOfCall(
  project: CodeProject,
  node: ts.CallExpression,
): { form: SiteForm; names: readonly string[] } | undefined {
  const { ts: api } = project;
  const callee = node.expression;
  if (api.isPropertyAccessExpression(callee) && api.isIdentifier(callee.expression)) {
    const owner = callee.expression.text;
    if (/^(?:vi|vitest|jest)$/.test(owner)) {
      if (mockName.test(callee.name.text)) return { form: 'mock', names: [] };
      if (actualName.test(callee.name.text)) return { form: 'actual', names: [] };
    }
    if (owner === 'require' && callee.name.text === 'resolve') return { form: 'resolve', names: [] };
  }
  if (api.isIdentifier(callee) && actualName.test(callee.text)) return { form: 'actual', names: [] };
  if (!isModuleCall(project, node)) return undefined;
  if (isMockedImport(api, node)) return { form: 'mock', names: [] };
  return { form: callee.kind === api.SyntaxKind.ImportKeyword ? 'dynamic' : 'require', names: namesTaken(api, node) };
}

/** `vi.mock(import('openai'))`: the import only names the module. */
function isMockedImport(api: typeof ts, node: ts.CallExpression): boolean {
  const outer = node.parent;
  if (!api.isCallExpression(outer) || outer.arguments[0] !== node || !api.isPropertyAccessExpression(outer.expression))
    return false;
  return mockName.test(outer.expression.name.text);
}

function namesTaken(api: typeof ts, node: ts.CallExpression): readonly string[] {
  let outer: ts.Node = node.parent;
  while (api.isAwaitExpression(outer) || api.isParenthesizedExpression(outer)) outer = outer.parent;
  if (api.isPropertyAccessExpression(outer)) return [outer.name.text];
  if (api.isVariableDeclaration(outer) && api.isObjectBindingPattern(outer.name)) {
    return outer.name.elements.flatMap((one) => {
      const name = one.propertyName ?? one.name;
      return api.isIdentifier(name) ? [name.text] : [];
    });
  }
  return [];
}
