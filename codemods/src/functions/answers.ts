import type { ts } from 'ts-morph';
import { followBinding, followResult, type ResultUse } from '../result-uses.ts';
import { isTyped, type FunctionScene } from './scene.ts';

/** Follows an answer to its messages, and rewrites what is read of them. */
export function rewriteAnswer(scene: FunctionScene, call: ts.CallExpression): void {
  for (const use of followResult(scene, call)) readAnswer(scene, use);
}

function readAnswer(scene: FunctionScene, use: ResultUse): void {
  // openai 3, which is rewritten in the same run, has the answer in `data`.
  if (use.kind === 'member' && use.name === 'data')
    for (const inner of followResult(scene, use.node)) readAnswer(scene, inner);
  else if (use.kind === 'element' && use.name === 'data')
    for (const inner of followBinding(scene, use.node.name)) readAnswer(scene, inner);
  else if (use.kind === 'member' && use.name === 'choices') followChoices(scene, use.node);
  else if (use.kind === 'element' && use.name === 'choices') {
    for (const inner of followBinding(scene, use.node.name)) followIndexed(scene, inner);
    followPattern(scene, use.node.name);
  }
}

/** `[first]` of `{ choices: [first] }`. */
function followPattern(scene: FunctionScene, name: ts.BindingName): void {
  const { ts } = scene.project;
  const [first] = ts.isArrayBindingPattern(name) ? name.elements : [];
  if (first !== undefined && ts.isBindingElement(first))
    for (const use of followBinding(scene, first.name)) followChoice(scene, use);
}

function followChoices(scene: FunctionScene, choices: ts.Expression): void {
  const { ts } = scene.project;
  const { parent } = choices;
  if (ts.isElementAccessExpression(parent) && parent.expression === choices) {
    for (const use of followResult(scene, parent)) followChoice(scene, use);
    return;
  }
  if (ts.isVariableDeclaration(parent)) return followPattern(scene, parent.name);
  for (const use of followResult(scene, choices)) followIndexed(scene, use);
}

/** `choices[0]` where the list was put into a variable: the variable is lost at the index, and goes on behind it. */
function followIndexed(scene: FunctionScene, use: ResultUse): void {
  const { ts } = scene.project;
  const { parent } = use.node;
  if (use.kind === 'lost' && ts.isElementAccessExpression(parent) && parent.expression === use.node)
    for (const inner of followResult(scene, parent)) followChoice(scene, inner);
}

function followChoice(scene: FunctionScene, use: ResultUse): void {
  if (use.kind === 'member' && use.name === 'message') followMessage(scene, use.node);
  if (use.kind === 'element' && use.name === 'message') {
    noteBinding(scene, use.node.name);
    for (const inner of followBinding(scene, use.node.name)) readMessage(scene, inner);
  }
  if (use.kind === 'member' && use.name === 'finish_reason') compareReason(scene, use.node);
  if (use.kind === 'element' && use.name === 'finish_reason') {
    const { name } = use.node;
    if (scene.project.ts.isIdentifier(name)) {
      const symbol = scene.references.symbolOf(name);
      for (const one of symbol === undefined ? [] : scene.references.of(symbol, name.getSourceFile()))
        if (one !== name) compareReason(scene, one);
    }
  }
}

function followMessage(scene: FunctionScene, message: ts.Expression): void {
  const { ts } = scene.project;
  const { parent } = message;
  scene.messages.push(message);
  if (ts.isVariableDeclaration(parent)) noteBinding(scene, parent.name);
  for (const use of followResult(scene, message)) readMessage(scene, use);
}

function noteBinding(scene: FunctionScene, name: ts.BindingName): void {
  if (scene.project.ts.isIdentifier(name)) scene.messages.push(name);
}

/** `message.function_call` becomes `message.tool_calls?.[0]?.function`. */
function readMessage(scene: FunctionScene, use: ResultUse): void {
  if (use.kind === 'element' && use.name === 'function_call')
    return scene.draft.block(use.node, 'The call is taken out of the message by a pattern.');
  if (use.kind !== 'member' || use.name !== 'function_call') return;
  // From openai 5 on, the type of a tool call may also be a custom one, which has no function.
  const pick = isTyped(use.node) ? ".find((one) => one.type === 'function')?.function" : '[0]?.function';
  scene.draft.replace(use.node.name, `tool_calls?.${pick.replace(/^\./, '')}`);
  scene.handled.add(use.node.name);
}

/** `finish_reason === 'function_call'`. */
function compareReason(scene: FunctionScene, node: ts.Expression): void {
  const { ts } = scene.project;
  const { parent } = node;
  const literals: ts.Expression[] = [];
  if (ts.isBinaryExpression(parent)) literals.push(parent.left === node ? parent.right : parent.left);
  if (ts.isSwitchStatement(parent))
    for (const clause of parent.caseBlock.clauses) if (ts.isCaseClause(clause)) literals.push(clause.expression);
  for (const literal of literals) {
    if (!ts.isStringLiteralLike(literal) || literal.text !== 'function_call') continue;
    scene.draft.replaceSpan(literal, literal.getStart() + 1, literal.getEnd() - 1, 'tool_calls');
    scene.handled.add(literal);
  }
}
