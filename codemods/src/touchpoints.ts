import type { ts } from 'ts-morph';
import type { Flow } from './flow.ts';
import type { CodeFile, CodeProject } from './project.ts';
import type { FileNodes, SyntaxIndex } from './syntax-index.ts';
import { readTarget, type Target } from './targets.ts';
import { clientClasses, type Value } from './values.ts';

/** A place where a client is built. */
export interface Construction {
  readonly file: CodeFile;
  readonly node: ts.Node;
  readonly className: string;
  /** The literal that named the module the class comes from; it may lie in another file. */
  readonly site: ts.StringLiteralLike;
  readonly target: Target;
  /** `class X extends OpenAI` rather than `new OpenAI()`. */
  readonly isSubclass: boolean;
}

/** A call of an endpoint, or its method passed on. */
export interface EndpointUse {
  readonly file: CodeFile;
  readonly node: ts.Node;
  /** Path in the client, for example `chat.completions.create`; as written when the client is not traced. */
  readonly endpoint: string;
  readonly call: ts.CallExpression | undefined;
  readonly client: Extract<Value, { kind: 'client' }> | undefined;
}

/** Finds where clients are built: `new`, and subclasses. */
export function findConstructions(project: CodeProject, flow: Flow, nodes: FileNodes): Construction[] {
  const { ts } = project;
  const built: Construction[] = nodes.news.flatMap((node) => {
    const client = flow.valuesOf(node).find((value) => value.kind === 'client' && value.made === node);
    if (client?.kind !== 'client') return [];
    const target = readTarget(ts, flow, client.name, node.arguments?.[0]);
    return [{ file: nodes.file, node, className: client.name, site: client.site, target, isSubclass: false }];
  });
  const derived: Construction[] = nodes.classes.flatMap((node) =>
    (node.heritageClauses ?? [])
      .filter((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)
      .flatMap((clause) => [...clause.types])
      .flatMap((base): Construction[] => {
        const value = flow.valuesOf(base.expression).find((one) => one.kind === 'sdk' || one.kind === 'sdk-module');
        if (value === undefined || (value.kind === 'sdk' && !clientClasses.has(value.name))) return [];
        const className = value.kind === 'sdk' ? value.name : 'OpenAI';
        const target = readTarget(ts, flow, className, superOptions(ts, node));
        return [{ file: nodes.file, node: base, className, site: value.site, target, isSubclass: true }];
      }),
  );
  return [...built, ...derived];
}

function superOptions(api: typeof ts, node: ts.ClassLikeDeclaration): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (child: ts.Node): void => {
    if (api.isCallExpression(child) && child.expression.kind === api.SyntaxKind.SuperKeyword)
      found ??= child.arguments[0];
    else if (!api.isClassLike(child)) api.forEachChild(child, visit);
  };
  for (const member of node.members) if (api.isConstructorDeclaration(member)) api.forEachChild(member, visit);
  return found;
}

/** Chains that are OpenAI's even where the client cannot be traced. */
const telling =
  /(?:^|\.|\?\.)(?:chat\??\.completions\??\.(?:create|parse|stream|runTools)|embeddings\??\.create|moderations\??\.create|responses\??\.(?:create|parse|stream)|images\??\.(?:generate|edit|createVariation)|audio\??\.(?:transcriptions|translations|speech)\??\.create|beta\??\.(?:threads|assistants|vectorStores)\??\.[\w.?]+|(?:createChatCompletion|createEmbedding|createModeration))$/;
const fakes = /^(?:mock\w*|bind|call|apply|then|catch|calls|getMockName)$/;

/** Last names of endpoint methods, those of SDK 3 among them: only these are followed to a client. */
const methods =
  /^(?:create\w*|parse|stream|run\w*|list\w*|retrieve\w*|del|delete\w*|update|cancel\w*|generate|edit|upload\w*|poll|submit\w*|content|search|validate|unwrap|compact|send|pause|resume)$/;

/** Finds the endpoints that a file calls, by following the receiver to a client. */
export function findEndpointUses(project: CodeProject, flow: Flow, nodes: FileNodes): EndpointUse[] {
  const { ts } = project;
  const uses: EndpointUse[] = [];
  for (const node of nodes.calls) {
    const callee = node.expression;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : ts.isIdentifier(callee) ? callee.text : '';
    if (!methods.test(name)) continue;
    const clients = flow.valuesOf(callee).filter((value) => value.kind === 'client');
    const client = clients.find((value) => value.kind === 'client' && isEndpoint(value.name, value.path));
    if (client?.kind === 'client') {
      uses.push({ file: nodes.file, node, endpoint: client.path.join('.'), call: node, client });
    } else if (clients.length === 0 && ts.isPropertyAccessExpression(callee)) {
      const chain = telling.exec(callee.getText().replace(/\s+/g, ''));
      if (chain === null || flow.valuesOf(callee).some((value) => value.kind === 'foreign')) continue;
      uses.push({
        file: nodes.file,
        node,
        endpoint: chain[0].replace(/^[.?]+/, '').replaceAll('?', ''),
        call: node,
        client: undefined,
      });
    }
  }
  for (const node of nodes.members) {
    if (!/^(?:create|parse|stream|runTools|list|retrieve|generate|edit)$/.test(node.name.text) || !isPassedOn(ts, node))
      continue;
    const client = flow.valuesOf(node).find((value) => value.kind === 'client' && isEndpoint(value.name, value.path));
    if (client?.kind === 'client')
      uses.push({ file: nodes.file, node, endpoint: client.path.join('.'), call: undefined, client });
  }
  return uses;
}

/** Whether a path in a client ends at an endpoint method; SDK 3 has them on the client itself. */
function isEndpoint(className: string, path: readonly string[]): boolean {
  const last = path.at(-1);
  if (last === undefined || fakes.test(last)) return false;
  if (className === 'OpenAIApi') return path.length === 1;
  return path.length >= 2 && path[0] !== 'prototype';
}

function isPassedOn(api: typeof ts, node: ts.PropertyAccessExpression): boolean {
  const parent = node.parent;
  if (api.isCallExpression(parent)) return parent.expression !== node;
  if (api.isPropertyAccessExpression(parent)) return /^(?:bind|call|apply)$/.test(parent.name.text);
  return !api.isBinaryExpression(parent) || parent.right === node;
}

/** Finds the nodes of all files in one list. */
export function gather<Item>(index: SyntaxIndex, find: (nodes: FileNodes) => readonly Item[]): Item[] {
  return [...index.byFile.values()].flatMap((nodes) => [...find(nodes)]);
}
