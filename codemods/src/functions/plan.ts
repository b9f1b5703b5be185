import type { ts } from 'ts-morph';
import type { Code } from '../code.ts';
import { createReferences } from '../references.ts';
import { draftRewrite, type Rewrite } from '../rewrite.ts';
import type { EndpointUse } from '../touchpoints.ts';
import { isTyped, type FunctionScene } from './scene.ts';
import { rewriteAnswer } from './answers.ts';
import { rewriteFunctionMessages } from './messages.ts';

interface Sources extends Code {
  readonly uses: readonly EndpointUse[];
}

/** The object literal of a call, and its `functions` or `function_call`. */
export interface FunctionCall {
  readonly use: EndpointUse;
  readonly call: ts.CallExpression;
  readonly body: ts.ObjectLiteralExpression;
}

/** Chat calls whose body has `functions` in view. */
export function findFunctionCalls(
  { project: { ts } }: Pick<Sources, 'project'>,
  uses: readonly EndpointUse[],
): FunctionCall[] {
  return uses.flatMap((use): FunctionCall[] => {
    const { call, client, endpoint } = use;
    const body = call?.arguments[0];
    if (call === undefined || client === undefined || body === undefined || !ts.isObjectLiteralExpression(body))
      return [];
    if (!/^(?:chat\.completions\.create|createChatCompletion)$/.test(endpoint)) return [];
    return body.properties.some((one) => /^['"]?functions['"]?$/.test(one.name?.getText() ?? ''))
      ? [{ use, call, body }]
      : [];
  });
}

/** Plans `functions` as `tools` for the calls of one package: requests, what is read of the answers, and the messages that follow. */
export function planTools(from: Sources, calls: readonly FunctionCall[], isOwn: (file: string) => boolean): Rewrite {
  const draft = draftRewrite(from.project);
  const { ts } = from.project;
  const isAlike = (node: ts.Expression): boolean => {
    const inner = ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node) ? node.expression : node;
    return calls.some((one) => one.call === inner);
  };
  const scene: FunctionScene = {
    ...from,
    references: createReferences(from.project),
    isAlike,
    draft,
    handled: new Set(),
    messages: [],
  };
  for (const one of calls) rewriteRequest(scene, one);
  for (const one of calls) rewriteAnswer(scene, one.call);
  rewriteFunctionMessages(scene, isOwn);
  return draft;
}

function rewriteRequest(scene: FunctionScene, { body }: FunctionCall): void {
  const { ts } = scene.project;
  const { draft } = scene;
  for (const property of body.properties) {
    const name = property.name?.getText().replace(/^['"]|['"]$/g, '');
    if (ts.isSpreadAssignment(property)) draft.block(property, 'What it spreads may hold more of the old names.');
    if (name === 'stream' && !/^stream\s*:\s*false$/.test(property.getText()))
      draft.block(property, 'Pieces of a stream carry the call in another shape, delta.tool_calls[].function.');
    if (name === 'tools') draft.block(property, 'It has tools beside its functions.');
    if (name === 'functions') rewriteFunctions(scene, property);
    if (name === 'function_call') rewriteChoice(scene, property);
  }
}

function rewriteFunctions(scene: FunctionScene, property: ts.ObjectLiteralElementLike): void {
  const { ts } = scene.project;
  const { draft } = scene;
  const one = "({ type: 'function', function: one })";
  const wrap = isTyped(property) ? one.replace("'function'", "'function' as const") : one;
  if (ts.isShorthandPropertyAssignment(property)) {
    if (!isList(scene, property.name)) return draft.block(property, 'It is not known to be a list.');
    draft.replace(property, `tools: functions.map((one) => ${wrap})`);
  } else if (ts.isPropertyAssignment(property) && ts.isArrayLiteralExpression(property.initializer)) {
    draft.replace(property.name, 'tools');
    for (const element of property.initializer.elements) {
      if (ts.isSpreadElement(element)) {
        if (!isList(scene, element.expression)) draft.block(element, 'It is not known to be a list.');
        draft.insert(element, element.getEnd(), `.map((one) => ${wrap})`);
        continue;
      }
      draft.insert(element, element.getStart(), "{ type: 'function', function: ");
      draft.insert(element, element.getEnd(), ' }');
    }
  } else if (ts.isPropertyAssignment(property) && isList(scene, property.initializer)) {
    draft.replace(property.name, 'tools');
    draft.insert(property, property.initializer.getEnd(), `.map((one) => ${wrap})`);
  } else return draft.block(property, 'It is not known to be a list.');
  // Functions were called one at a time.
  draft.insert(property, property.getEnd(), ', parallel_tool_calls: false');
}

/** Whether an expression names a list that is written out where it is declared. */
function isList(scene: FunctionScene, node: ts.Expression): boolean {
  const { ts, checker } = scene.project;
  if (!ts.isIdentifier(node)) return false;
  const symbol = ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
  const declaration = symbol?.valueDeclaration;
  return (
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer !== undefined &&
    ts.isArrayLiteralExpression(declaration.initializer) &&
    (scene.index.assigned.get(symbol as ts.Symbol) ?? []).length === 0
  );
}

function rewriteChoice(scene: FunctionScene, property: ts.ObjectLiteralElementLike): void {
  const { ts } = scene.project;
  const { draft } = scene;
  const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
  if (value === undefined || property.name === undefined)
    return draft.block(property, 'What it holds is not visible here.');
  scene.handled.add(property.name);
  draft.replace(property.name, 'tool_choice');
  if (ts.isStringLiteralLike(value) && /^(?:auto|none)$/.test(value.text)) return;
  if (!ts.isObjectLiteralExpression(value) || value.properties.length !== 1)
    return draft.block(value, 'What it holds is not visible here.');
  draft.insert(value, value.getStart(), "{ type: 'function', function: ");
  draft.insert(value, value.getEnd(), ' }');
}
