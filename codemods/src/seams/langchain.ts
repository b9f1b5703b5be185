import type { ts } from 'ts-morph';
import { addProperty, insertProperty, type Seam, type SeamScene } from './seam.ts';

const classes = new Set(['ChatOpenAI', 'OpenAIEmbeddings']);
/** Fields that lead away from api.openai.com, or to the Responses API. Source: https://github.com/langchain-ai/langchainjs/tree/main/libs/providers/langchain-openai/src; checked 2026-11-25. */
const away = /^['"]?(?:azure\w*|useResponsesApi|openAIBasePath|basePath)\b/;

/** `ChatOpenAI` and `OpenAIEmbeddings` of LangChain: their `configuration` is that of the openai client, which takes a fetch. */
export const langchain: Seam = {
  name: /^@langchain\/openai$/,
  rewrite: (scene, taken) => {
    const { ts } = scene.code.project;
    for (const one of taken) {
      for (const use of scene.usesOf(one)) {
        const { parent } = use;
        const isType = one.isType || ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent);
        const isTest = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
        if (isType || isTest) continue;
        if (!classes.has(one.imported)) scene.draft.block(use, `${one.imported} is neither chat nor embeddings.`);
        else if (ts.isNewExpression(parent) && parent.expression === use) rewriteNew(scene, parent);
        else scene.draft.block(use, 'The class itself goes where it is not followed.');
      }
    }
  },
};

function rewriteNew(scene: SeamScene, node: ts.NewExpression): void {
  const { draft } = scene;
  const { ts } = scene.code.project;
  const [options, ...rest] = node.arguments ?? [];
  if (rest.length > 0) return draft.block(node, 'It has a second argument.');
  const properties = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties : [];
  const wrong = properties.find((one) => away.test(one.getText()) || ts.isSpreadAssignment(one));
  if (wrong !== undefined) return draft.block(wrong, 'It may lead away from chat completions at api.openai.com.');
  const given = properties.find((one) => one.name?.getText() === 'configuration');
  if (given === undefined) {
    if (!addProperty(scene, node, `configuration: { fetch: ${scene.makeFetch()} }`))
      draft.block(node, 'Its options are not visible here.');
    return;
  }
  const held = ts.isPropertyAssignment(given) ? given.initializer : undefined;
  if (held === undefined || !ts.isObjectLiteralExpression(held))
    return draft.block(given, 'Its configuration is not visible here.');
  const own = held.properties.find(
    (one) => /^['"]?(?:fetch|baseURL|basePath)\b/.test(one.getText()) || ts.isSpreadAssignment(one),
  );
  if (own !== undefined)
    return draft.block(
      own,
      'It has a fetch or an address of its own: createFetch({ fetch: yours }) takes a fetch along.',
    );
  insertProperty(draft, held, `fetch: ${scene.makeFetch()}`);
}
