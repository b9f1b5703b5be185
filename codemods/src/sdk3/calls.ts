import type { ts } from 'ts-morph';
import { followResult, type ResultUse } from '../result-uses.ts';
import type { EndpointUse } from '../touchpoints.ts';
import { movedMethods, type Moved } from './methods.ts';
import type { Sdk3Scene } from './scene.ts';

/** Request options of openai 3 (axios) that have the same name and meaning later. */
const keptOptions = new Set(['timeout', 'headers', 'signal']);

/** Rewrites one endpoint call: the method, its arguments, and `.data` on its result. */
export function rewriteCall(scene: Sdk3Scene, use: EndpointUse): void {
  const { ts } = scene.project;
  const { call, endpoint } = use;
  if (call === undefined) return scene.draft.block(use.node, 'The method is passed on as a function.');
  const moved = movedMethods[endpoint];
  if (moved === undefined) return scene.draft.block(call.expression, `OpenAI's API has no ${endpoint} any more.`);
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== endpoint)
    return scene.draft.block(callee, 'The method was taken off its client.');
  if (call.arguments.some((one) => ts.isSpreadElement(one)))
    return scene.draft.block(call, 'Its arguments are spread.');
  scene.draft.replace(callee.name, moved.to);
  const isStream = rewriteArguments(scene, call, moved);
  if (isStream && !isPlainScript(call)) {
    return scene.draft.block(
      call,
      'It reads the stream of axios. Later versions give parsed pieces: for await (const part of await client.chat.completions.create({ …, stream: true })) part.choices[0]?.delta?.content.',
    );
  }
  const uses = followResult({ ...scene, isAlike: (node) => isCall(scene, node) }, call);
  if (isStream) return rewriteStream(scene, call, uses);
  rewriteResult(scene, call, uses);
}

function isCall(scene: Sdk3Scene, node: ts.Expression): boolean {
  const { ts } = scene.project;
  if (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) return isCall(scene, node.expression);
  return scene.uses.some((use) => use.call === node && use.client?.name === 'OpenAIApi');
}

function isPlainScript(node: ts.Node): boolean {
  return /\.[cm]?jsx?$/.test(node.getSourceFile().fileName);
}

/** @returns whether the call asks axios for a stream. */
function rewriteArguments(scene: Sdk3Scene, call: ts.CallExpression, moved: Moved): boolean {
  const { ts } = scene.project;
  const { keys } = moved;
  const count = keys?.length ?? moved.leading;
  const options = call.arguments[count];
  if (call.arguments.length > count + 1) scene.draft.block(call, 'It has more arguments than openai 3 takes.');
  if (keys !== undefined) {
    const given = call.arguments.slice(0, count);
    given.forEach((argument, at) => {
      const key = keys[at] ?? '';
      if (isUndefined(scene, argument)) {
        const next = call.arguments[at + 1];
        return scene.draft.replaceSpan(call, argument.getStart(), next?.getStart() ?? argument.getEnd(), '');
      }
      const isSame = ts.isIdentifier(argument) && argument.text === key;
      scene.draft.insert(call, argument.getStart(), `${at === 0 ? '{ ' : ''}${isSame ? '' : `${key}: `}`);
    });
    const last = given.findLast((argument) => !isUndefined(scene, argument));
    if (last === undefined) scene.draft.block(call, 'Its arguments are not the ones of openai 3.');
    else scene.draft.insert(call, last.getEnd(), ' }');
  }
  return options !== undefined && rewriteOptions(scene, call, options);
}

function isUndefined(scene: Sdk3Scene, node: ts.Expression): boolean {
  return scene.project.ts.isIdentifier(node) && node.text === 'undefined';
}

function rewriteOptions(scene: Sdk3Scene, call: ts.CallExpression, options: ts.Expression): boolean {
  const { ts } = scene.project;
  if (!ts.isObjectLiteralExpression(options)) {
    scene.draft.block(options, 'These are request options of axios, and what they hold is not visible here.');
    return false;
  }
  let isStream = false;
  for (const property of options.properties) {
    const name = property.name !== undefined && ts.isIdentifier(property.name) ? property.name.text : '';
    const asks = name === 'responseType' && /^responseType\s*:\s*['"`]stream['"`]$/.test(property.getText());
    if (asks) isStream = true;
    else if (!keptOptions.has(name))
      scene.draft.block(property, 'This request option of axios has no counterpart that is known here.');
  }
  if (!isStream) return false;
  const before = call.arguments[call.arguments.indexOf(options) - 1];
  if (options.properties.length > 1 || before === undefined)
    scene.draft.block(options, 'Besides the stream it holds other options.');
  else scene.draft.replaceSpan(call, before.getEnd(), options.getEnd(), '');
  return true;
}

/** The answer itself is the result now: `.data` goes, and the status comes from `withResponse()`. */
function rewriteResult(scene: Sdk3Scene, call: ts.CallExpression, uses: readonly ResultUse[]): void {
  for (const use of uses) {
    if (use.kind === 'lost') scene.draft.block(use.node, `The result of ${call.expression.getText()}: ${use.how}.`);
    else if (use.kind === 'shown')
      scene.draft.note(use.node, 'It prints the answer itself now, not the response of axios.');
    else if (use.kind === 'element') {
      const { parent } = use.node;
      if (use.name === 'data' && parent.elements.length === 1)
        scene.draft.replaceSpan(parent, parent.getStart(), parent.getEnd(), use.node.name.getText());
      else scene.draft.block(parent, 'More than `data` is taken from the response of axios.');
    } else if (use.kind === 'member') {
      if (use.name === 'data') removeMember(scene, use.node);
      else if (use.name === 'status' || use.name === 'statusText') useResponse(scene, call, use.node);
      else scene.draft.block(use.node, `\`.${use.name}\` belongs to the response of axios.`);
    }
  }
}

/** `x.data` becomes `x`; of `x?.data.y` the question mark stays. */
function removeMember(scene: Sdk3Scene, node: ts.PropertyAccessExpression): void {
  const { ts } = scene.project;
  const outer = node.parent;
  const end = node.getEnd();
  if (node.questionDotToken === undefined) return scene.draft.replaceSpan(node, node.expression.getEnd(), end, '');
  const isPlainMember =
    ts.isPropertyAccessExpression(outer) && outer.expression === node && outer.questionDotToken === undefined;
  if (isPlainMember) return scene.draft.replaceSpan(node, node.name.getStart(), outer.name.getStart(), '');
  const isPlainElement =
    ts.isElementAccessExpression(outer) && outer.expression === node && outer.questionDotToken === undefined;
  if (isPlainElement) return scene.draft.replaceSpan(node, node.name.getStart(), end, '');
  scene.draft.replaceSpan(node, node.expression.getEnd(), end, '');
}

/** `const x = await call` becomes `const { data: x, response: xResponse } = await call.withResponse()`. */
function useResponse(scene: Sdk3Scene, call: ts.CallExpression, member: ts.PropertyAccessExpression): void {
  const { ts } = scene.project;
  const declaration = ts.isAwaitExpression(call.parent) ? call.parent.parent : undefined;
  const isSimple =
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    ts.isIdentifier(declaration.name) &&
    ts.isIdentifier(member.expression) &&
    scene.references.symbolOf(member.expression) === scene.references.symbolOf(declaration.name) &&
    (scene.index.assigned.get(scene.references.symbolOf(declaration.name) as ts.Symbol) ?? []).length === 0;
  if (!isSimple || !ts.isIdentifier(declaration.name))
    return scene.draft.block(member, 'It reads the HTTP status of a result that is not held by one variable.');
  const name = declaration.name.text;
  if (scene.references.identifiers(call.getSourceFile()).some((one) => one.text === `${name}Http`))
    return scene.draft.block(member, `The name ${name}Http is already taken.`);
  scene.draft.replace(declaration.name, `{ data: ${name}, response: ${name}Http }`);
  scene.draft.insert(call, call.getEnd(), '.withResponse()');
  scene.draft.replace(member.expression, `${name}Http`);
}

/** The code that reads the lines of the stream stays: it gets the bytes of the response as a stream of Node, as axios gave them. */
function rewriteStream(scene: Sdk3Scene, call: ts.CallExpression, uses: readonly ResultUse[]): void {
  const { ts } = scene.project;
  const awaited = ts.isAwaitExpression(call.parent) ? call.parent : undefined;
  const wrong = uses.find((use) => !(use.kind === 'member' && use.name === 'data') && use.kind !== 'tested');
  if (awaited === undefined || wrong !== undefined)
    return scene.draft.block(wrong?.node ?? call, 'The stream of axios goes where it is not followed.');
  for (const use of uses) if (use.kind === 'member') removeMember(scene, use.node);
  scene.draft.insert(call, awaited.getStart(), 'Readable.fromWeb((');
  scene.draft.insert(call, call.getEnd(), '.asResponse()).body)');
  importReadable(scene, call);
  scene.draft.note(
    call,
    'The code that takes the lines of the stream apart is kept. Later versions give parsed pieces: for await (const part of await client.chat.completions.create({ …, stream: true })).',
  );
}

function importReadable(scene: Sdk3Scene, node: ts.Node): void {
  const { ts } = scene.project;
  const source = node.getSourceFile();
  const known = scene.references.identifiers(source).find((one) => one.text === 'Readable');
  if (known !== undefined) {
    const from = ts.findAncestor(known, (one) => ts.isImportDeclaration(one) || ts.isVariableStatement(one));
    if (from === undefined || !/['"](?:node:)?stream['"]/.test(from.getText()))
      scene.draft.block(known, 'The name Readable already means something else in this file.');
    return;
  }
  const site = scene.sites.find((one) => one.literal.getSourceFile() === source);
  if (site === undefined) return scene.draft.block(node, 'The file of the stream does not import openai itself.');
  const statement = ts.findAncestor(site.literal, (one) => one.parent === source);
  if (statement === undefined) return;
  const quote = site.literal.getText().charAt(0);
  const isModule = ts.isImportDeclaration(statement);
  const semicolon = statement.getText().endsWith(';') ? ';' : '';
  const line = isModule
    ? `import { Readable } from ${quote}node:stream${quote}${semicolon}`
    : `const { Readable } = require(${quote}node:stream${quote})${semicolon}`;
  const eol = source.text.includes('\r\n') ? '\r\n' : '\n';
  scene.draft.insert(statement, statement.getStart(), `${line}${eol}`);
}
