import { addClientFetch, type ClientOptions } from './client-options.ts';
import type { Seam } from './seam.ts';

const makers = new Set(['OpenAI', 'OpenAIEmbedding', 'openai']);
/** Names that go to other services of OpenAI's. The rest of what the packages export calls nothing by itself. Source: @llamaindex/openai@0.4.22 dist/index.d.ts; checked 2026-11-25. */
const barred = /^(?:OpenAIResponses|openaiResponses|OpenAILive\w*)$/;
const clientOptions: ClientOptions = {
  holder: 'additionalSessionOptions',
  hidden: 'Its additionalSessionOptions are not visible here.',
  // Source: as above, and llamaindex@0.8 (azure).
  away: /^['"]?(?:baseURL|session|azure)\b/,
  whyAway: 'It may lead away from api.openai.com.',
  own: /^['"]?(?:fetch|baseURL)\b/,
};

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
        if (isMade) addClientFetch(scene, parent, clientOptions);
        else if (!isTest) scene.draft.block(use, 'The class itself goes where it is not followed.');
      }
    }
  },
};
