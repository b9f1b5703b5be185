import type { ts } from 'ts-morph';
import { addProperty, insertProperty, type Seam, type SeamScene } from './seam.ts';

const makers = new Set(['OpenAI', 'OpenAIEmbedding', 'openai']);
/** Names that go to other services of OpenAI's. The rest of what the packages export calls nothing by itself. Source: @llamaindex/openai@0.4.22 dist/index.d.ts; checked 2026-11-25. */
const barred = /^(?:OpenAIResponses|openaiResponses|OpenAILive\w*)$/;
/** Options that lead away from api.openai.com. Source: as above, and llamaindex@0.8 (azure). */
const away = /^['"]?(?:baseURL|session|azure)\b/;

/** `OpenAI`, `openai()` and `OpenAIEmbedding` of LlamaIndex: their `additionalSessionOptions` are those of the openai client, which take a fetch. */
export const llamaindex: Seam = {
  name: /^(?:@llamaindex\/openai|llamaindex)$/,
  rewrite: (scene, taken) => {
    const { ts } = scene.code.project;
    for (const one of taken) {
      if (one.isType) continue;
      for (const use of scene.usesOf(one)) {
        const { parent } = use;
        if (ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent)) continue;
        if (barred.test(one.imported))
          scene.draft.block(use, `${one.imported} needs another API of OpenAI's than chat.`);
        if (!makers.has(one.imported)) continue;
        const isMade = (ts.isNewExpression(parent) || ts.isCallExpression(parent)) && parent.expression === use;
        const isTest = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
        if (isMade) rewriteMade(scene, parent);
        else if (!isTest) scene.draft.block(use, 'The class itself goes where it is not followed.');
      }
    }
  },
};

function rewriteMade(scene: SeamScene, node: ts.NewExpression | ts.CallExpression): void {
  const { draft } = scene;
  const { ts } = scene.code.project;
  const [options] = node.arguments ?? [];
  const properties = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties : [];
  const wrong = properties.find((one) => away.test(one.getText()) || ts.isSpreadAssignment(one));
  if (wrong !== undefined) return draft.block(wrong, 'It may lead away from api.openai.com.');
  const given = properties.find((one) => one.name?.getText() === 'additionalSessionOptions');
  if (given === undefined) {
    if (!addProperty(scene, node, `additionalSessionOptions: { fetch: ${scene.makeFetch()} }`))
      draft.block(node, 'Its options are not visible here.');
    return;
  }
  const held = ts.isPropertyAssignment(given) ? given.initializer : undefined;
  if (held === undefined || !ts.isObjectLiteralExpression(held))
    return draft.block(given, 'Its additionalSessionOptions are not visible here.');
  const own = held.properties.find(
    (one) => /^['"]?(?:fetch|baseURL)\b/.test(one.getText()) || ts.isSpreadAssignment(one),
  );
  if (own !== undefined)
    return draft.block(
      own,
      'It has a fetch or an address of its own: createFetch({ fetch: yours }) takes a fetch along.',
    );
  insertProperty(draft, held, `fetch: ${scene.makeFetch()}`);
}
