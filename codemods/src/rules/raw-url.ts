import { defineRule, type Draft } from '../rule.ts';
import type { CodeFile } from '../project.ts';
import { planRawFetch, type RawFetch } from '../raw-fetch.ts';
import { offsetOf } from '../scene.ts';
import { whyWrapper } from '../wrapper.ts';
import type { FileNodes } from '../syntax-index.ts';

const url = /\bapi\.openai\.com\b/;

/** Finds OpenAI's address in strings and templates of the code. */
export const rawUrl = defineRule({
  id: 'raw-url',
  isPerFile: true,
  summary: 'Sends fetches of api.openai.com through the shim, and lists the other strings with that address.',
  why: 'A request sent to it by hand does not go through the shim.',
  examples: [
    {
      name: 'a fetch by hand',
      before:
        "import { key } from './key';\nexport const ask = (body: string) => fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers: { key }, body });\n",
      after:
        "import { key } from './key';\nimport { createFetch } from '@migrate-llm/shim/fetch';\n\nconst openaiFetch = createFetch();\nexport const ask = (body: string) => openaiFetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers: { key }, body });\n",
      finds: ['rewrite'],
    },
    {
      name: 'the address in a constant, no imports, CRLF',
      before:
        '\'use strict\';\r\nconst url = "https://api.openai.com/v1/embeddings";\r\nexport const ask = () => fetch(url);\r\n',
      after:
        "'use strict';\r\nimport { createFetch } from '@migrate-llm/shim/fetch';\r\nconst openaiFetch = createFetch();\r\nconst url = \"https://api.openai.com/v1/embeddings\";\r\nexport const ask = () => openaiFetch(url);\r\n",
    },
    {
      name: 'an address that few endpoints have, another fetch, and a browser',
      before:
        "export const a = () => fetch('https://api.openai.com/v1/files');\nexport const b = (fetch: (url: string) => void) => fetch('https://api.openai.com/v1/models');\n",
      after: undefined,
      finds: ['manual', 'manual'],
    },
    {
      name: 'code for a browser is left',
      before: "export const ask = () => fetch('https://api.openai.com/v1/models', { headers: window.keys });\n",
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
      const { file } = nodes;
      const wrapper = whyWrapper(code.swaps.ownerOf(file.file));
      const raw = wrapper === undefined ? planRawFetch(code, file) : undefined;
      const rewritten = rewriteDraft(file, raw);
      const places = [
        ...nodes.strings.filter(
          (one) => url.test(one.text) && ts.findAncestor(one, (node) => judged.has(node)) === undefined,
        ),
        ...nodes.templates.filter(
          (one) => url.test(one.getText()) && ts.findAncestor(one, (node) => judged.has(node)) === undefined,
        ),
      ];
      const left = places
        .filter((node) => raw?.urls.has(node) !== true)
        .map((node): Draft => {
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
      return [...rewritten, ...left];
    };
    return [...code.index.byFile.values()].flatMap(draftsOf);
  },
});

function rewriteDraft(file: CodeFile, raw: RawFetch | undefined): Draft[] {
  if (raw === undefined) return [];
  const first = Math.min(...[...raw.urls].map((one) => one.getStart()));
  return [
    {
      file: file.file,
      offset: first + file.shift,
      action: 'rewrite',
      confidence: 'certain',
      what: raw.urls.size === 1 ? 'a request to api.openai.com' : `${raw.urls.size} requests to api.openai.com`,
      why: 'The fetch of the shim answers them from the target, and keeps the key of OpenAI from it.',
      fix: '',
      edits: raw.edits,
    },
  ];
}
