import type { ts } from 'ts-morph';
import { isTyped, type FunctionScene } from './scene.ts';

/** Messages with the role `function` become those of a tool, and every mention of the old names that is left keeps the rewrite back. */
export function rewriteFunctionMessages(scene: FunctionScene, isOwn: (file: string) => boolean): void {
  const { ts } = scene.project;
  for (const file of scene.project.files.values()) {
    if (!isOwn(file.file) || !/function/.test(file.text)) continue;
    for (const literal of scene.index.byFile.get(file.file)?.strings ?? []) {
      const property = literal.parent;
      if (literal.text === 'function_call' && !scene.handled.has(literal)) leave(scene, literal);
      if (literal.text !== 'function' || !ts.isPropertyAssignment(property) || property.name.getText() !== 'role')
        continue;
      rewriteMessage(scene, property.parent, literal);
    }
    for (const name of scene.references.identifiers(file.source))
      if (name.text === 'function_call' && !scene.handled.has(name)) rewriteEcho(scene, name);
  }
}

function leave(scene: FunctionScene, node: ts.Node): void {
  scene.draft.block(node, 'It is not proven to belong to one of the calls that use functions.');
}

function rewriteMessage(scene: FunctionScene, message: ts.ObjectLiteralExpression, role: ts.StringLiteralLike): void {
  const { ts } = scene.project;
  const name = message.properties.find((one) => one.name?.getText() === 'name');
  const source = findMessage(scene, message);
  if (source === undefined)
    return scene.draft.block(
      message,
      'The id of the call that it answers is not in view, and a message of a tool needs it.',
    );
  scene.draft.replaceSpan(role, role.getStart() + 1, role.getEnd() - 1, 'tool');
  const id = `tool_call_id: ${isTyped(message) ? `${source}.tool_calls![0]!.id` : `${source}.tool_calls[0].id`}`;
  if (name === undefined || !(ts.isPropertyAssignment(name) || ts.isShorthandPropertyAssignment(name)))
    return scene.draft.insert(role, role.getEnd(), `, ${id}`);
  scene.draft.replace(name, id);
}

/** The one message of an answer that is in scope where a reply to it is written. */
function findMessage(scene: FunctionScene, at: ts.Node): string | undefined {
  const { ts } = scene.project;
  const inScope = scene.messages.filter((one) => {
    if (one.getSourceFile() !== at.getSourceFile() || one.getEnd() > at.getStart()) return false;
    const home = ts.findAncestor(one, (node) => ts.isBlock(node) || ts.isSourceFile(node));
    return home !== undefined && home.getStart() <= at.getStart() && at.getEnd() <= home.getEnd();
  });
  const texts = new Set(inScope.map((one) => one.getText().replaceAll('?.', '.')));
  const names = inScope.filter((one) => ts.isIdentifier(one)).map((one) => one.getText());
  if (new Set(names).size === 1) return names[0];
  return names.length === 0 && texts.size === 1 ? [...texts][0] : undefined;
}

/** The message of the assistant, written anew: `function_call: message.function_call`. */
function rewriteEcho(scene: FunctionScene, name: ts.Identifier): void {
  const { ts } = scene.project;
  const property = name.parent;
  const value = ts.isPropertyAssignment(property) && property.name === name ? property.initializer : undefined;
  const source =
    value !== undefined && ts.isPropertyAccessExpression(value) && value.name.text === 'function_call'
      ? value
      : undefined;
  if (source === undefined || !scene.messages.some((one) => one.getText() === source.expression.getText()))
    return leave(scene, name);
  scene.draft.replace(name, 'tool_calls');
  scene.draft.block(
    source,
    'The message is written anew with its call: push the message itself, or give it tool_calls: message.tool_calls.',
  );
}
