import type { ts } from 'ts-morph';
import { addProperty, insertProperty, type SeamScene } from './seam.ts';

/** How a class of somebody else's takes the options of the openai client that it builds. */
export interface ClientOptions {
  /** The property that holds them. */
  readonly holder: string;
  /** Why the file is left where what the property holds is not written there. */
  readonly hidden: string;
  /** Properties beside it that lead elsewhere, and why the file is left where there is one. */
  readonly away: RegExp;
  readonly whyAway: string;
  /** Properties in it that the shim's fetch would stand against. */
  readonly own: RegExp;
}

/** Gives the client that a class builds the shim's fetch, or says why not. */
export function addClientFetch(
  scene: SeamScene,
  node: ts.NewExpression | ts.CallExpression,
  { holder, hidden, away, whyAway, own }: ClientOptions,
): void {
  const { draft } = scene;
  const { ts } = scene.code.project;
  const [options] = node.arguments ?? [];
  const properties = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties : [];
  const find = (list: readonly ts.ObjectLiteralElementLike[], names: RegExp) =>
    list.find((one) => names.test(one.getText()) || ts.isSpreadAssignment(one));
  const wrong = find(properties, away);
  if (wrong !== undefined) return draft.block(wrong, whyAway);
  const given = properties.find((one) => one.name?.getText() === holder);
  if (given === undefined) {
    if (!addProperty(scene, node, `${holder}: { fetch: ${scene.makeFetch()} }`))
      draft.block(node, 'Its options are not visible here.');
    return;
  }
  const held = ts.isPropertyAssignment(given) ? given.initializer : undefined;
  if (held === undefined || !ts.isObjectLiteralExpression(held)) return draft.block(given, hidden);
  const set = find(held.properties, own);
  if (set !== undefined)
    return draft.block(
      set,
      'It has a fetch or an address of its own: createFetch({ fetch: yours }) takes a fetch along.',
    );
  insertProperty(draft, held, `fetch: ${scene.makeFetch()}`);
}
