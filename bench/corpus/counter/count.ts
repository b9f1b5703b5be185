import type { NodePath } from '@babel/traverse';
import type { TextFile } from '../folder.ts';
import { createFollow, type Follow } from './follow.ts';
import { clientClasses, isEndpoint } from './held.ts';
import { openModules } from './modules.ts';
import type { Of, Root } from './syntax.ts';

/** One thing the counter saw, with its place: lines and columns from 1. */
export interface Seen {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** A construction, where it evidently points, and the import its class evidently comes from. */
interface SeenClient extends Seen {
  readonly className: string;
  readonly points: 'openai' | 'azure' | 'elsewhere' | 'not evident';
}

/** What the counter saw in a folder, without the engine. */
export interface Count {
  /** Value imports of exactly `openai`, of every form. */
  readonly imports: readonly Seen[];
  readonly clients: readonly SeenClient[];
  /** `new Configuration()` of SDK 3: settings, not clients. */
  readonly configurations: readonly Seen[];
  /** Endpoint calls on receivers that evidently hold a client. */
  readonly calls: readonly Seen[];
  /** Calls that look like an endpoint call whatever the receiver is, those above left out. */
  readonly shapes: readonly Seen[];
  readonly unparsed: readonly string[];
}

const mention = /openai/i;
const resource =
  /\b(?:completions|embeddings|moderations|responses|images|audio|fineTuning|vectorStores|threads|assistants|batches|files|models)\s*\??\.\s*\w+(?:\??\.\w+)?\s*\(|\bcreate(?:ChatCompletion|Completion|Embedding|Image|Moderation)\s*\(/;
const shape =
  /\.(?:chat\.completions\.(?:create|parse|stream|runTools)|embeddings\.create|moderations\.create|responses\.(?:create|parse|stream)|images\.(?:generate|edit|createVariation)|audio\.(?:transcriptions|translations|speech)\.create|completions\.create|createChatCompletion|createEmbedding|createCompletion|createImage|createModeration|beta\.(?:threads|assistants|vectorStores)[\w.]*\.\w+)$/;

/** Counts a folder with Babel's parser and scopes. */
export function countFolder(texts: readonly TextFile[]): Count {
  const modules = openModules(texts);
  const follow = createFollow(modules);
  const count = {
    imports: [] as Seen[],
    clients: [] as SeenClient[],
    configurations: [] as Seen[],
    calls: [] as Seen[],
    shapes: [] as Seen[],
    unparsed: [] as string[],
  };
  for (const file of modules.files) {
    const text = modules.textOf(file);
    if (!mention.test(text) && !resource.test(text)) continue;
    const root = modules.rootOf(file);
    if (root === undefined) count.unparsed.push(file);
    else countFile(file, root, follow, count);
  }
  return count;
}

type Open = { [Key in keyof Count]: Array<Count[Key][number]> };

function countFile(file: string, root: Root, follow: Follow, count: Open): void {
  const see = (node: { loc?: NodePath['node']['loc'] }, what: string): Seen => ({
    file,
    line: node.loc?.start.line ?? 0,
    column: (node.loc?.start.column ?? 0) + 1,
    what,
  });
  root.traverse({
    ImportDeclaration({ node }) {
      if (node.source.value !== 'openai' || node.importKind === 'type' || node.specifiers.length === 0) return;
      const isTypes = node.specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      if (!isTypes) count.imports.push(see(node.source, 'import'));
    },
    ExportNamedDeclaration({ node }) {
      const { source } = node;
      if (source?.value === 'openai' && node.exportKind !== 'type') count.imports.push(see(source, 'export'));
    },
    ExportAllDeclaration({ node }) {
      if (node.source.value === 'openai' && node.exportKind !== 'type') count.imports.push(see(node.source, 'export'));
    },
    TSExternalModuleReference({ node }) {
      if (node.expression.value === 'openai') count.imports.push(see(node.expression, 'import ='));
    },
    NewExpression(path) {
      const held = follow.hold(file, path.get('callee'));
      const name = held?.kind === 'module' ? 'OpenAI' : held?.kind === 'sdk-class' ? held.name : undefined;
      if (name === 'Configuration') count.configurations.push(see(path.node, 'new Configuration'));
      if (name === undefined || !clientClasses.has(name)) return;
      const points = name === 'AzureOpenAI' ? 'azure' : pointOf(path.node.arguments[0]);
      count.clients.push({ ...see(path.node, `new ${name}`), className: name, points });
    },
    CallExpression: (path) => countCall(path),
    OptionalCallExpression: (path) => countCall(path),
  });

  function countCall(path: NodePath<Of<'CallExpression'>> | NodePath<Of<'OptionalCallExpression'>>): void {
    const { node } = path;
    const [first] = node.arguments;
    const callee = path.get('callee') as NodePath;
    const isLoad = callee.isImport() || (callee.isIdentifier({ name: 'require' }) && !path.scope.hasBinding('require'));
    if (isLoad && first?.type === 'StringLiteral' && first.value === 'openai' && !isMocked(path))
      count.imports.push(see(first, callee.isImport() ? 'import()' : 'require'));
    if (isLoad) return;
    const held = follow.hold(file, callee);
    if (held?.kind === 'client' && isEndpoint(held.name, held.path)) {
      count.calls.push(see(node, held.path.join('.')));
      return;
    }
    if (!callee.isMemberExpression() && !callee.isOptionalMemberExpression()) return;
    const chain = chainOf(callee);
    const match = shape.exec(chain);
    if (match !== null) count.shapes.push(see(node, chain));
  }
}

/** `vi.mock(import('openai'))` names the module and takes nothing from it. */
function isMocked(path: NodePath): boolean {
  const outer = path.parentPath;
  return outer?.isCallExpression() === true && /\bmock$|Mock$/.test(outer.get('callee').toString());
}

/** The names of a member chain; what it starts with is left out unless it is a name. */
function chainOf(path: NodePath): string {
  const { node } = path;
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return '';
  const { property } = node;
  const name = property.type === 'Identifier' ? property.name : property.type === 'PrivateName' ? property.id.name : '';
  return `${chainOf(path.get('object') as NodePath)}.${name}`;
}

/** Where the options of a construction evidently point. */
function pointOf(options: Of<'NewExpression'>['arguments'][number] | undefined): SeenClient['points'] {
  if (options === undefined) return 'openai';
  if (options.type === 'NewExpression') return pointOf(options.arguments[0]);
  if (options.type !== 'ObjectExpression') return 'not evident';
  for (const property of options.properties) {
    if (property.type === 'SpreadElement') return 'not evident';
    const key = property.key.type === 'Identifier' ? property.key.name : '';
    if (key === 'provider') return 'elsewhere';
    if (key !== 'baseURL' && key !== 'basePath') continue;
    if (property.type !== 'ObjectProperty' || property.value.type !== 'StringLiteral') return 'not evident';
    const url = property.value.value;
    if (/^https?:\/\/[\w.-]*openai\.com/.test(url)) return 'openai';
    return /azure/.test(url) ? 'azure' : 'elsewhere';
  }
  return 'openai';
}
