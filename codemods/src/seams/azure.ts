import type { ts } from 'ts-morph';
import type { Seam, SeamScene, Taken } from './seam.ts';

/** The version of Azure's API that its own migration guide writes. Source: @azure/openai@2.0.0 README.md; checked 2026-11-25. */
const apiVersion = '2024-10-21';
const keys: Readonly<Record<string, string>> = { AzureKeyCredential: 'AzureOpenAI', OpenAIKeyCredential: 'OpenAI' };

/** Methods of the client whose first arguments are the deployment and the input: the method of openai, the input's name, and what else the call needs. Source: @azure/openai@1.0.0-beta.13 types; checked 2026-11-25. */
const methods: Readonly<Record<string, readonly [to: string, input: string, more: string]>> = {
  getChatCompletions: ['chat.completions.create', 'messages', ''],
  streamChatCompletions: ['chat.completions.create', 'messages', 'stream: true'],
  getCompletions: ['completions.create', 'prompt', ''],
  streamCompletions: ['completions.create', 'prompt', 'stream: true'],
  getEmbeddings: ['embeddings.create', 'input', ''],
};
/** Options as the wire names them. Source: as above. */
const options: Readonly<Record<string, string>> = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  n: 'n',
  stop: 'stop',
  seed: 'seed',
  user: 'user',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  logprobs: 'logprobs',
  echo: 'echo',
  tools: 'tools',
  toolChoice: 'tool_choice',
  responseFormat: 'response_format',
  dimensions: 'dimensions',
};
/** Names of requests and answers that openai writes otherwise; `created` was a Date. Source: as above. */
const renamed =
  /^(?:finishReason|toolCalls?|toolCallId|functionCall|functions|promptTokens|completionTokens|totalTokens|contentFilterResults|promptFilterResults|systemFingerprint|imageUrl|azureExtensionOptions|created|bestOf|suffix)$/;

/** `OpenAIClient` of @azure/openai 1: the client of the shim takes its place, where every call and answer is in view. */
export const azure: Seam = {
  name: /^@azure\/openai$/,
  rewrite: (scene, taken) => {
    const { draft, file } = scene;
    const { ts } = scene.code.project;
    const classes = new Set<string>();
    for (const one of taken) {
      if (one.imported !== 'OpenAIClient' && keys[one.imported] === undefined)
        draft.block(one.local, `openai has no ${one.imported} of this shape.`);
    }
    const client = taken.find(({ imported }) => imported === 'OpenAIClient');
    if (client === undefined) return;
    const types: ts.Identifier[] = [];
    for (const use of scene.usesOf(client)) {
      if (ts.isNewExpression(use.parent) && use.parent.expression === use) {
        const made = rewriteNew(scene, taken, use.parent);
        if (made !== undefined) classes.add(made);
      } else if (ts.isTypeReferenceNode(use.parent)) types.push(use);
      else draft.block(use, 'The class itself goes where it is not followed.');
    }
    const [name, second] = [...classes];
    if (name === undefined) return;
    if (second !== undefined) return draft.block(client.local, 'One file builds clients of Azure and of OpenAI.');
    for (const type of types) draft.replace(type, name);
    for (const call of scene.code.index.byFile.get(file.file)?.calls ?? []) rewriteCall(scene, call);
    for (const one of scene.references.identifiers(file.source))
      if (renamed.test(one.text))
        draft.block(one, `openai writes ${one.text} in another way, and it is not followed here.`);
    if (scene.references.identifiers(file.source).some(({ text }) => text === name))
      draft.block(client.local, `The name ${name} already means something in this file.`);
    rewriteImport(scene, client, name);
  },
};

/** Takes the place of the whole list of names and of the package. */
function rewriteImport({ draft, code }: SeamScene, { element }: Taken, name: string): void {
  const { ts } = code.project;
  const list = element.parent;
  draft.replace(list, `{ ${name} }`);
  const statement = ts.findAncestor(list, (one) => ts.isImportDeclaration(one) || ts.isVariableStatement(one));
  const literal = statement === undefined ? undefined : findLiteral(ts, statement);
  if (literal === undefined) return draft.block(element, 'Its import is not followed.');
  draft.replaceSpan(literal, literal.getStart() + 1, literal.getEnd() - 1, '@migrate-llm/shim');
}

function findLiteral(api: typeof ts, node: ts.Node): ts.StringLiteralLike | undefined {
  if (api.isStringLiteralLike(node) && node.text === '@azure/openai') return node;
  return api.forEachChild(node, (child) => findLiteral(api, child));
}

/** @returns the class that is built instead; undefined where it is not known. */
function rewriteNew(scene: SeamScene, taken: readonly Taken[], node: ts.NewExpression): string | undefined {
  const { draft } = scene;
  const [first, second, ...rest] = node.arguments ?? [];
  const [credential, endpoint] = second === undefined ? [first, undefined] : [second, first];
  const key = credential === undefined ? undefined : readKey(scene, taken, credential);
  if (key === undefined || rest.length > 0) {
    draft.block(
      node,
      'Its credential is no key that is built here: new AzureOpenAI({ endpoint, azureADTokenProvider, apiVersion }) takes a token.',
    );
    return undefined;
  }
  checkHolder(scene, node);
  const name = endpoint === undefined ? 'OpenAI' : 'AzureOpenAI';
  const at = endpoint === undefined ? '' : `endpoint: ${endpoint.getText()}, `;
  const version = endpoint === undefined ? '' : `, apiVersion: '${apiVersion}'`;
  draft.replace(node, `new ${name}({ ${at}apiKey: ${key}${version} })`);
  return name;
}

/** The text of the key in `new AzureKeyCredential(key)`. */
function readKey(scene: SeamScene, taken: readonly Taken[], node: ts.Expression): string | undefined {
  const { ts } = scene.code.project;
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const symbol = scene.references.symbolOf(node.expression);
  const one = taken.find(
    ({ local, imported }) => keys[imported] !== undefined && scene.references.symbolOf(local) === symbol,
  );
  return one === undefined ? undefined : node.arguments?.[0]?.getText();
}

/** A client that leaves the file would take its methods along. */
function checkHolder(scene: SeamScene, node: ts.NewExpression): void {
  const { draft, references, file } = scene;
  const { ts } = scene.code.project;
  const { parent } = node;
  if (ts.isPropertyDeclaration(parent)) return;
  if (ts.isBinaryExpression(parent) && parent.right === node && parent.left.getText().startsWith('this.')) return;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name))
    return draft.block(node, 'The client goes where it is not followed.');
  const isExported = ts.findAncestor(parent, ts.isVariableStatement)?.modifiers?.length;
  if (isExported !== undefined && isExported > 0) return draft.block(node, 'The client leaves the file.');
  const symbol = references.symbolOf(parent.name);
  const strays = (symbol === undefined ? [] : references.of(symbol, file.source)).filter(
    (one) => one !== parent.name && !(ts.isPropertyAccessExpression(one.parent) && one.parent.expression === one),
  );
  for (const stray of strays) draft.block(stray, 'The client is passed on.');
}

function rewriteCall(scene: SeamScene, call: ts.CallExpression): void {
  const { draft } = scene;
  const { ts } = scene.code.project;
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee) || !/^(?:get|stream)[A-Z]/.test(callee.name.text)) return;
  const isClient = scene.code.flow
    .valuesOf(callee.expression)
    .some((value) => value.kind === 'foreign' && value.module === '@azure/openai');
  if (!isClient) return;
  const method = methods[callee.name.text];
  const [deployment, input, given, ...rest] = call.arguments;
  if (method === undefined || deployment === undefined || input === undefined || rest.length > 0)
    return draft.block(callee, `${callee.name.text} is neither chat nor embeddings, and is not followed.`);
  const [to, name, more] = method;
  const written = given === undefined ? [] : writeOptions(scene, given);
  if (written === undefined) return;
  const body = [
    `model: ${deployment.getText()}`,
    namedAs(name, input.getText()),
    ...written,
    ...(more === '' ? [] : [more]),
  ];
  draft.replace(callee.name, to);
  draft.replaceSpan(call, deployment.getStart(), (given ?? input).getEnd(), `{ ${body.join(', ')} }`);
}

function namedAs(name: string, text: string): string {
  return name === text ? name : `${name}: ${text}`;
}

function writeOptions({ code: { project }, draft }: SeamScene, node: ts.Expression): string[] | undefined {
  const { ts } = project;
  if (!ts.isObjectLiteralExpression(node)) {
    draft.block(node, 'Its options are not visible here.');
    return undefined;
  }
  const written: string[] = [];
  for (const property of node.properties) {
    const name = property.name === undefined ? undefined : options[property.name.getText()];
    if (name !== undefined && ts.isShorthandPropertyAssignment(property))
      written.push(namedAs(name, property.name.text));
    else if (name !== undefined && ts.isPropertyAssignment(property))
      written.push(namedAs(name, property.initializer.getText()));
    else {
      draft.block(property, 'This option has no counterpart that is followed.');
      return undefined;
    }
  }
  return written;
}
