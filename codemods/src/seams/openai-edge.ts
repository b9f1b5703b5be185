import type { Seam } from './seam.ts';

const carried = new Set(['createChatCompletion', 'createEmbedding', 'createCompletion', 'listModels']);

/** `OpenAIApi` of openai-edge takes a fetch as its third argument. Source: openai-edge@1.2.2 types/base.d.ts; checked 2026-11-25. */
export const openaiEdge: Seam = {
  name: /^openai-edge$/,
  rewrite: (scene, taken) => {
    const { ts } = scene.code.project;
    for (const one of taken.filter(({ imported }) => imported === 'OpenAIApi')) {
      for (const use of scene.usesOf(one)) {
        const { parent } = use;
        if (ts.isTypeReferenceNode(parent)) continue;
        const [config, ...rest] = ts.isNewExpression(parent) ? (parent.arguments ?? []) : [];
        if (!ts.isNewExpression(parent) || parent.expression !== use || config === undefined || rest.length > 0)
          scene.draft.block(use, 'Its arguments are not the ones that are followed.');
        else scene.draft.insert(parent, config.getEnd(), `, undefined, ${scene.makeFetch()}`);
      }
    }
    for (const { name } of scene.code.index.byFile.get(scene.file.file)?.members ?? []) {
      if (/^(?:create|list|retrieve|delete|download|cancel)[A-Z]\w*$/.test(name.text) && !carried.has(name.text))
        scene.draft.block(name, `${name.text} is neither chat nor embeddings, and few endpoints have it.`);
    }
    for (const node of scene.code.index.byFile.get(scene.file.file)?.strings ?? [])
      if (/\bbasePath\b/.test(node.parent.getText()) && ts.isPropertyAssignment(node.parent))
        scene.draft.block(node, 'It has an address of its own.');
  },
};
