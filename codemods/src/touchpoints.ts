import { sdkSurface } from '@migrate-llm/shim/manifest';
import type { ts } from 'ts-morph';
import { findBase } from './constructions.ts';
import type { Flow } from './flow.ts';
import type { CodeFile, CodeProject } from './project.ts';
import type { FileNodes, SyntaxIndex } from './syntax-index.ts';
import type { Value } from './values.ts';

/** A call of an endpoint, or its method passed on. */
export interface EndpointUse {
  readonly file: CodeFile;
  readonly node: ts.Node;
  /** Path in the client, for example `chat.completions.create`; as written when the client is not traced. */
  readonly endpoint: string;
  readonly call: ts.CallExpression | undefined;
  readonly client: Extract<Value, { kind: 'client' }> | undefined;
}

/** Chains that are OpenAI's even where the client cannot be traced. */
const telling =
  /(?:^|\.|\?\.)(?:chat\??\.completions\??\.(?:create|parse|stream|runTools)|embeddings\??\.create|moderations\??\.create|responses\??\.(?:create|parse|stream)|images\??\.(?:generate|edit|createVariation)|audio\??\.(?:transcriptions|translations|speech)\??\.create|beta\??\.(?:threads|assistants|vectorStores)\??\.[\w.?]+|(?:createChatCompletion|createEmbedding|createModeration))$/;
/** Chains that other services share: they are OpenAI's only where their receiver says so by its name. */
const namedOpenai =
  /(?:^|\.)\w*open_?ai\w*\??\.(completions\??\.create|create(?:Completion|Edit|Image\w*|Transcription|Translation|File|FineTune))$/i;
const fakes = /^(?:mock\w*|bind|call|apply|then|catch|calls|getMockName|toString)$/;

/** Last names of endpoint methods, those of SDK 3 among them: only these are followed to a client. */
const methods =
  /^(?:create\w*|parse|stream|run\w*|list\w*|retrieve\w*|del|delete\w*|update|cancel\w*|generate|edit|upload\w*|poll|submit\w*|content|search|validate|unwrap|compact|send|pause|resume)$/;
/** Names that start a path in the client, wherever it ends. */
const resources = new Set([
  ...Object.keys(sdkSurface).map((path) => path.split('.')[0] ?? ''),
  'admin',
  'beta',
  'chat',
  'chatkit',
  'contentProvenanceChecks',
  'graders',
  'skills',
  'webhooks',
]);

/** Finds the endpoints that a file calls, by following the receiver to a client. */
export function findEndpointUses(project: CodeProject, flow: Flow, nodes: FileNodes): EndpointUse[] {
  const { ts } = project;
  const uses: EndpointUse[] = [];
  for (const node of nodes.calls) {
    const callee = node.expression;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : ts.isIdentifier(callee) ? callee.text : '';
    if (!methods.test(name) && !hasResource(ts, callee)) continue;
    const clients = flow.valuesOf(callee).filter((value) => value.kind === 'client');
    const client = clients.find((value) => value.kind === 'client' && isEndpoint(value.name, value.path));
    const own = clients.length > 0 ? undefined : followOverride(project, flow, callee);
    const found = client?.kind === 'client' ? client : own;
    if (found !== undefined)
      uses.push({ file: nodes.file, node, endpoint: found.path.join('.'), call: node, client: found });
    else if (clients.length === 0 && ts.isPropertyAccessExpression(callee)) {
      const endpoint = readUntraced(flow, callee);
      if (endpoint !== undefined) uses.push({ file: nodes.file, node, endpoint, call: node, client: undefined });
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

/** The endpoint that a chain names although its receiver is not traced; undefined when it may be anything else. */
function readUntraced(flow: Flow, callee: ts.PropertyAccessExpression): string | undefined {
  const text = callee.getText().replace(/\s+/g, '');
  const chain = telling.exec(text)?.[0] ?? namedOpenai.exec(text)?.[1];
  if (chain === undefined) return undefined;
  const values = flow.valuesOf(callee);
  const isOther = values.some((value) => value.kind === 'foreign') || (values.length > 0 && !telling.test(text));
  return isOther ? undefined : chain.replace(/^[.?]+/, '').replaceAll('?', '');
}

/** A subclass of the client may bring methods of its own for the paths of the SDK: a call of them is a call of the endpoint. */
function followOverride(
  project: CodeProject,
  flow: Flow,
  callee: ts.Expression,
): Extract<Value, { kind: 'client' }> | undefined {
  const { ts } = project;
  const path: string[] = [];
  let node: ts.Expression = callee;
  while (ts.isPropertyAccessExpression(node)) {
    path.unshift(node.name.text);
    node = node.expression;
    if (!resources.has(path[0] ?? '') || path.length < 2) continue;
    for (const value of flow.valuesOf(node)) {
      const base = value.kind === 'instance' ? findBase({ project, flow }, value.node) : undefined;
      if (base !== undefined && isEndpoint(base.className, path))
        return { kind: 'client', name: base.className, site: base.site, made: undefined, path };
    }
  }
  return undefined;
}

function hasResource(api: typeof ts, callee: ts.Expression): boolean {
  let node: ts.Expression = callee;
  for (let step = 0; step < 6 && api.isPropertyAccessExpression(node); step += 1) {
    if (step > 0 && resources.has(node.name.text)) return true;
    node = node.expression;
  }
  return api.isIdentifier(node) && resources.has(node.text);
}

/** Whether a path in a client ends at an endpoint method; SDK 3 has them on the client itself. */
function isEndpoint(className: string, path: readonly string[]): boolean {
  const last = path.at(-1);
  if (last === undefined || fakes.test(last)) return false;
  if (className === 'OpenAIApi') return path.length === 1;
  return path.length >= 2 && path[0] !== 'prototype' && (methods.test(last) || resources.has(path[0] ?? ''));
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
