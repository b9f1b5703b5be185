import type { ts } from 'ts-morph';
import { addClientFetch, type ClientOptions } from './client-options.ts';
import type { Seam, SeamScene } from './seam.ts';

const classes = new Set(['ChatOpenAI', 'OpenAIEmbeddings']);
const clientOptions: ClientOptions = {
  holder: 'configuration',
  hidden: 'Its configuration is not visible here.',
  // Source: https://github.com/langchain-ai/langchainjs/tree/main/libs/providers/langchain-openai/src; checked 2026-11-25.
  away: /^['"]?(?:azure\w*|useResponsesApi|openAIBasePath|basePath)\b/,
  whyAway: 'It may lead away from chat completions at api.openai.com.',
  own: /^['"]?(?:fetch|baseURL|basePath)\b/,
};

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
  if ((node.arguments?.length ?? 0) > 1) return scene.draft.block(node, 'It has a second argument.');
  addClientFetch(scene, node, clientOptions);
}
