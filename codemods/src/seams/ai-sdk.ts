import type { ts } from 'ts-morph';
import { rangeOf } from '../packages.ts';
import { addProperty, type Seam, type SeamScene, type Taken } from './seam.ts';

/** Models of a provider that go to chat and embeddings, and what each is written as. Source: https://github.com/vercel/ai/blob/main/packages/openai/src/openai-provider.ts; checked 2026-11-25. */
const models: Readonly<Record<string, string>> = {
  chat: 'chat',
  languageModel: 'chat',
  embedding: 'embedding',
  embeddingModel: 'embeddingModel',
  textEmbedding: 'textEmbedding',
  textEmbeddingModel: 'textEmbeddingModel',
};
/** Provider options that only the Responses API has. Source: as above. */
const responsesOnly =
  /\b(?:previousResponseId|reasoningSummary|conversation|instructions\s*:\s*[^,]+,\s*previousResponseId)\b/;

/** `openai('m')` and `createOpenAI()` of the AI SDK: a provider with the shim's fetch, and chat instead of Responses. */
export const aiSdk: Seam = {
  name: /^@ai-sdk\/openai$/,
  rewrite: (scene, taken) => {
    for (const one of taken) {
      if (one.isType || scene.usesOf(one).every((use) => isTypeUse(scene, use))) continue;
      if (one.imported === 'openai') rewriteDefault(scene, one, taken);
      else if (one.imported === 'createOpenAI') for (const use of scene.usesOf(one)) rewriteCreate(scene, use);
      else scene.draft.block(one.local, `What ${one.imported} does here is not followed.`);
    }
  },
};

function isTypeUse({ code: { project } }: SeamScene, node: ts.Identifier): boolean {
  const { ts } = project;
  return ts.isTypeReferenceNode(node.parent) || ts.isTypeQueryNode(node.parent);
}

/** The ready-made provider: one of the same name is made in its place. */
function rewriteDefault(scene: SeamScene, one: Taken, taken: readonly Taken[]): void {
  const { draft } = scene;
  rewriteProvider(scene, scene.usesOf(one));
  const made = taken.find((other) => other.imported === 'createOpenAI');
  if (made === undefined) draft.replace(one.element, 'createOpenAI');
  else {
    const list = one.element.parent.elements;
    const at = list.findIndex((other) => other === one.element);
    const [next, previous] = [list[at + 1], list[at - 1]];
    if (next !== undefined) draft.replaceSpan(one.element, one.element.getStart(), next.getStart(), '');
    else if (previous !== undefined) draft.replaceSpan(one.element, previous.getEnd(), one.element.getEnd(), '');
  }
  const create = made === undefined ? 'createOpenAI' : made.local.text;
  scene.addStatement(`const ${one.local.text} = ${create}({ fetch: ${scene.makeFetch()} })`);
}

function rewriteCreate(scene: SeamScene, use: ts.Identifier): void {
  const { draft } = scene;
  const { ts } = scene.code.project;
  const call = use.parent;
  if (!ts.isCallExpression(call) || call.expression !== use)
    return draft.block(use, 'createOpenAI goes where it is not followed.');
  const [options] = call.arguments;
  const named = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties : [];
  const blocked = named.find((one) => /^['"]?(?:fetch|baseURL)\b/.test(one.getText()) || ts.isSpreadAssignment(one));
  if (blocked !== undefined)
    return draft.block(
      blocked,
      'It has a fetch or an address of its own: createFetch({ fetch: yours }) takes a fetch along.',
    );
  if (!addProperty(scene, call, `fetch: ${scene.makeFetch()}`))
    return draft.block(call, 'Its options are not visible here.');
  const { parent } = call;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) {
    const isModel = ts.isPropertyAccessExpression(parent) || ts.isCallExpression(parent);
    if (!isModel) return draft.block(call, 'Where the provider goes is not followed.');
    return rewriteModel(scene, call);
  }
  const symbol = scene.references.symbolOf(parent.name);
  const uses =
    symbol === undefined ? [] : scene.references.of(symbol, scene.file.source).filter((one) => one !== parent.name);
  const statement = ts.findAncestor(parent, ts.isVariableStatement);
  if (statement?.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) === true && isResponses(scene))
    draft.block(parent, 'The provider is exported: whoever calls it directly gets a model of the Responses API.');
  rewriteProvider(scene, uses);
}

function rewriteProvider(scene: SeamScene, uses: readonly ts.Identifier[]): void {
  for (const use of uses) rewriteModel(scene, use);
}

/** `provider('m')` and `provider.chat('m')`. */
function rewriteModel(scene: SeamScene, provider: ts.Expression): void {
  const { draft } = scene;
  const { ts } = scene.code.project;
  const { parent } = provider;
  if (ts.isCallExpression(parent) && parent.expression === provider) {
    if (isResponses(scene)) toChat(scene, provider);
    return;
  }
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== provider)
    return draft.block(provider, 'Where the provider goes is not followed.');
  const name = models[parent.name.text];
  if (name === undefined)
    return draft.block(
      parent,
      `\`.${parent.name.text}\` is neither chat nor embeddings, and the shim does not carry it.`,
    );
  if (name === 'chat' && parent.name.text !== 'chat' && isResponses(scene)) {
    draft.replace(parent.name, name);
    noteChat(scene, parent);
  }
}

function toChat(scene: SeamScene, provider: ts.Expression): void {
  scene.draft.insert(provider, provider.getEnd(), '.chat');
  noteChat(scene, provider);
}

function noteChat(scene: SeamScene, node: ts.Node): void {
  const wrong = responsesOnly.exec(scene.file.text);
  if (wrong !== null) scene.draft.block(node, `The file uses ${wrong[0]}, which only the Responses API has.`);
  scene.draft.note(node, 'It was a model of the Responses API, which the shim refuses; it asks chat completions now.');
}

/** From @ai-sdk/openai 2 on, a provider called directly gives a Responses model. Source: https://ai-sdk.dev/docs/migration-guides/migration-guide-5-0; checked 2026-11-25. */
function isResponses({ owner }: SeamScene): boolean {
  const major = /\d+/.exec(rangeOf(owner, '@ai-sdk/openai') ?? '')?.[0];
  return major === undefined || Number(major) >= 2;
}
