import type { Seam, SeamScene } from './seam.ts';

/** Names that need the Responses API or another service of OpenAI, or that choose a client already. Source: @openai/agents@0.20.0 dist; checked 2026-11-25. */
const barred =
  /^(?:webSearchTool|fileSearchTool|codeInterpreterTool|imageGenerationTool|hostedMcpTool|toolSearchTool|programmaticToolCallingTool|computerTool|OpenAIResponses\w+|OpenAIConversations\w+|startOpenAIConversationsSession|withResponsesWebSocketSession|setOpenAIResponsesTransport|Realtime\w+|realtime|setDefaultOpenAIClient|setDefaultOpenAIKey|setOpenAIAPI|OpenAIProvider|OpenAIChatCompletionsModel|setDefaultModelProvider)$/;

/** An import or a require that takes what starts runs. */
const starting = /\b(?:run|Runner)\b[^;(){]*\}\s*(?:from|=\s*require\s*\()\s*['"]@openai\/agents['"]/;

/** OpenAI Agents: where the runs start, a client of the shim becomes the default, and runs ask chat completions. */
export const agents: Seam = {
  name: /^@openai\/agents$/,
  rewrite: (scene, taken) => {
    const wrong = taken.find((one) => !one.isType && barred.test(one.imported));
    if (wrong !== undefined)
      return scene.draft.block(wrong.local, `${wrong.imported} needs the Responses API, or chooses the client itself.`);
    const starts = taken.filter((one) => !one.isType && /^(?:run|Runner)$/.test(one.imported));
    const [first] = starts;
    if (first === undefined) return;
    if (countStarts(scene) > 1)
      return scene.draft.block(
        first.local,
        'Runs start in several files of this package: choose the one that loads first.',
      );
    const last = first.element.parent.elements.at(-1);
    if (last === undefined) return;
    scene.draft.insert(last, last.getEnd(), ', setDefaultOpenAIClient, setOpenAIAPI');
    scene.importClient();
    scene.addStatement('setDefaultOpenAIClient(new OpenAI())');
    scene.addStatement("setOpenAIAPI('chat_completions')");
    scene.draft.note(
      first.local,
      'Traces of the runs still go to OpenAI: setTracingDisabled(true) keeps them, OPENAI_API_KEY unset does too.',
    );
  },
};

/** Files of the package that start runs. */
function countStarts({ folder, code, owner }: SeamScene): number {
  return [...folder.files].filter(
    ([file, text]) =>
      folder.graph.specifiersOf(file).includes('@openai/agents') &&
      starting.test(text) &&
      code.swaps.ownerOf(file)?.file === owner?.file,
  ).length;
}
