import type { ts } from 'ts-morph';
import type { FoundCode } from '../found-code.ts';
import type { Package } from '../packages.ts';
import { createReferences } from '../references.ts';
import { followResult, type ResultScene } from '../result-uses.ts';
import { draftRewrite, type Rewrite, type RewriteDraft } from '../rewrite.ts';
import type { Site } from '../sites.ts';
import type { Construction } from '../constructions.ts';
import type { EndpointUse } from '../touchpoints.ts';
import { rewritePositional } from './arguments.ts';
import { positional, requestOptionKeys, runnerNames } from './methods.ts';

interface Sources extends FoundCode {
  readonly ownerOf: (file: string) => Package | undefined;
}

interface Sdk4Scene extends ResultScene {
  readonly draft: RewriteDraft;
}

/** Plans the move of one package from openai 4 to 6: what openai 5 broke is rewritten, all of it or nothing. Source: openai@5.23.2 MIGRATION.md; checked 2026-11-25. */
export function planSdk4(from: Sources, owner: Package | undefined): Rewrite {
  const draft = draftRewrite(from.project);
  const isOwn = (file: string): boolean => from.ownerOf(file)?.file === owner?.file;
  const scene: Sdk4Scene = { ...from, references: createReferences(from.project), isAlike: () => false, draft };
  for (const site of from.sites) if (isOwn(site.file.file)) checkSite(scene, site);
  for (const one of from.constructions) if (isOwn(one.file.file)) checkOptions(scene, one);
  for (const use of from.uses) {
    if (!isOwn(use.file.file) || use.client === undefined) continue;
    rewritePath(scene, use);
    rewriteResult(scene, use);
  }
  return draft;
}

/** Deep imports and names that openai 5 took away. */
function checkSite({ project: { ts }, draft }: Sdk4Scene, site: Site): void {
  const { literal, specifier } = site;
  const moved = /^openai\/resources\/beta\/chat(\/.*)?$/.exec(specifier);
  if (moved !== null) {
    const text = `openai/resources/chat${moved[1] ?? ''}`;
    return draft.replaceSpan(literal, literal.getStart() + 1, literal.getEnd() - 1, text);
  }
  if (/^openai\/(?:src|shims|_shims|core(?:\.m?js)?$)/.test(specifier))
    return draft.block(literal, 'openai 5 and later have no such entry.');
  const declaration = ts.findAncestor(literal, ts.isImportDeclaration);
  const gone = site.names.find((name) => name === 'fileFromPath');
  if (gone !== undefined)
    draft.block(declaration ?? literal, 'fileFromPath is gone: give the API fs.createReadStream(path) instead.');
  if (specifier === 'openai/helpers/zod' && /\.optional\(\)/.test(literal.getSourceFile().text))
    draft.note(literal, 'openai 5 and later throw on a zod schema that is .optional() without .nullable().');
}

function checkOptions({ project: { ts }, flow, draft }: Sdk4Scene, { node }: Construction): void {
  const options = ts.isNewExpression(node) ? node.arguments?.[0] : undefined;
  if (options === undefined) return;
  for (const value of flow.valuesOf(options)) {
    if (value.kind !== 'object') continue;
    for (const property of value.node.properties) {
      const name = property.name?.getText();
      if (name === 'httpAgent')
        draft.block(
          property,
          'httpAgent is gone: on Node it is fetchOptions: { dispatcher: new undici.ProxyAgent(url) }.',
        );
      if (name === 'fetch')
        draft.note(
          property,
          'openai 5 and later expect the platform’s fetch and Response here, not those of node-fetch.',
        );
    }
  }
}

/** The receiver, the name and the arguments of one call. */
function rewritePath(scene: Sdk4Scene, use: EndpointUse): void {
  const { ts } = scene.project;
  const { draft } = scene;
  const { endpoint, call } = use;
  const callee = call?.expression ?? (ts.isPropertyAccessExpression(use.node) ? use.node : undefined);
  const isBeta = /^beta\.(?:chat\.completions|vectorStores)\b/.test(endpoint);
  const last = endpoint.split('.').at(-1) ?? '';
  const renamed = positional[endpoint.replace(/^beta\.(?=vectorStores)/, '')];
  if (!isBeta && last !== 'del' && renamed === undefined && last !== 'list') return;
  if (last === 'runFunctions') return draft.block(use.node, 'runFunctions is gone: use runTools.');
  if (callee === undefined || !ts.isPropertyAccessExpression(callee) || callee.name.text !== last)
    return draft.block(use.node, 'The method was taken off its client, and openai 5 moved it.');
  if (isBeta) {
    const beta = findMember(ts, callee, 'beta');
    if (beta === undefined) return draft.block(callee, 'openai 5 has it without `.beta`, which is not written here.');
    draft.replaceSpan(beta, beta.expression.getEnd(), beta.getEnd(), '');
  }
  if (last === 'del') draft.replace(callee.name, 'delete');
  if (call === undefined) {
    if (renamed !== undefined) draft.block(use.node, 'The order of its arguments changed, and it is passed on.');
    return;
  }
  if (renamed !== undefined) return rewritePositional(scene, call, renamed);
  const [query] = call.arguments;
  if (last !== 'list' || endpoint === 'models.list' || query === undefined || !ts.isObjectLiteralExpression(query))
    return;
  const keys = query.properties.map((one) => one.name?.getText() ?? '');
  if (keys.length > 0 && keys.every((key) => requestOptionKeys.has(key))) draft.insert(query, query.getStart(), '{}, ');
}

function findMember(api: typeof ts, node: ts.Expression, name: string): ts.PropertyAccessExpression | undefined {
  let at: ts.Expression = node;
  while (api.isPropertyAccessExpression(at) || api.isNonNullExpression(at)) {
    if (api.isPropertyAccessExpression(at) && at.name.text === name) return at;
    at = at.expression;
  }
  return undefined;
}

/** Event names of the runners, and what `asResponse` and paging gave. */
function rewriteResult(scene: Sdk4Scene, { call }: EndpointUse): void {
  const { ts } = scene.project;
  if (call === undefined) return;
  for (const use of followResult(scene, call)) {
    if (use.kind !== 'member') continue;
    const outer = use.node.parent;
    const isCalled = ts.isCallExpression(outer) && outer.expression === use.node;
    const renamed = runnerNames[use.name];
    if (renamed !== undefined) scene.draft.replace(use.node.name, renamed);
    else if (use.name === 'nextPageParams' || use.name === 'nextPageInfo')
      scene.draft.block(use.node, 'Paging by hand changed: nextPageRequestOptions() takes its place.');
    else if (isCalled && (use.name === 'asResponse' || use.name === 'withResponse')) checkResponse(scene, outer);
    else if (isCalled && /^(?:on|once|off|emitted)$/.test(use.name)) renameEvents(scene, outer);
  }
}

/** `runner.on('functionCall', …).on(…)`: every link of the chain. */
function renameEvents(scene: Sdk4Scene, first: ts.CallExpression): void {
  const { ts } = scene.project;
  let call: ts.CallExpression = first;
  for (;;) {
    const [event] = call.arguments;
    const renamed = event !== undefined && ts.isStringLiteralLike(event) ? runnerNames[event.text] : undefined;
    if (event !== undefined && renamed !== undefined)
      scene.draft.replaceSpan(event, event.getStart() + 1, event.getEnd() - 1, renamed);
    const next = call.parent.parent;
    if (!ts.isPropertyAccessExpression(call.parent) || !ts.isCallExpression(next) || next.expression !== call.parent)
      return;
    call = next;
  }
}

/** The response is the platform's now: its body is a web stream, its headers are read by `get`. */
function checkResponse(scene: Sdk4Scene, call: ts.CallExpression): void {
  const { ts } = scene.project;
  const file = call.getSourceFile();
  for (const node of scene.references.identifiers(file)) {
    const isPipe =
      node.text === 'pipe' &&
      ts.isPropertyAccessExpression(node.parent) &&
      /\.body!?$/.test(node.parent.expression.getText());
    if (isPipe)
      scene.draft.block(
        node.parent,
        'The body is a web stream from openai 5 on: Readable.fromWeb(response.body).pipe(…).',
      );
  }
}
