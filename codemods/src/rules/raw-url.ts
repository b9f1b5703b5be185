import { defineRule, type Draft } from '../rule.ts';
import { offsetOf } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

const url = /\bapi\.openai\.com\b/;

/** Finds OpenAI's address in strings and templates of the code. */
export const rawUrl = defineRule({
  id: 'raw-url',
  summary: 'Lists strings that hold the address api.openai.com.',
  why: 'A request sent to it by hand does not go through the shim.',
  examples: [
    {
      name: 'a fetch by hand',
      before:
        "export const ask = (body: string) => fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body });\n",
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'a template',
      before: 'export const at = (path: string) => `https://api.openai.com/v1/${path}`;\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: a comment and another host',
      before: "// see https://api.openai.com/v1\nexport const docs = 'https://openai.com/docs';\n",
      after: undefined,
      finds: [],
    },
    {
      name: 'the baseURL of a client is judged with its import',
      before: "import OpenAI from './openai';\nexport const c = new OpenAI({ baseURL: 'https://openai.example' });\n",
      after: undefined,
      finds: [],
    },
  ],
  find: ({ code }) => {
    if (code === undefined) return [];
    const { ts } = code.project;
    const judged = new Set(code.constructions.map((one) => one.node));
    const draftsOf = (nodes: FileNodes): Draft[] => {
      const places = [
        ...nodes.strings.filter(
          (one) => url.test(one.text) && ts.findAncestor(one, (node) => judged.has(node)) === undefined,
        ),
        ...nodes.templates.filter(
          (one) => url.test(one.getText()) && ts.findAncestor(one, (node) => judged.has(node)) === undefined,
        ),
      ];
      return places.map((node) => {
        const isCall =
          ts.isCallExpression(node.parent) &&
          /^(?:fetch|\w*(?:axios|request|got|ky)\b.*)$/i.test(node.parent.expression.getText());
        return {
          file: nodes.file.file,
          offset: offsetOf(nodes.file, node),
          action: 'manual',
          confidence: isCall ? 'certain' : 'likely',
          what: isCall ? 'a request to api.openai.com' : 'the address api.openai.com',
          why: 'What is sent there does not go through the shim.',
          fix: "Send it with the fetch of createFetch() from '@migrate-llm/shim/fetch', or with a client from '@migrate-llm/shim'.",
        };
      });
    };
    return [...code.index.byFile.values()].flatMap(draftsOf);
  },
});
