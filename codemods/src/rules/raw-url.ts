import { defineRule, type Draft } from '../rule.ts';
import type { CodeFile } from '../project.ts';
import { planRawFetch, type RawFetch } from '../raw-fetch.ts';
import { rangeOf } from '../packages.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
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
      name: 'axios, which takes a fetch from 1.12 on',
      beside: { 'package.json': '{ "dependencies": { "@migrate-llm/shim": "^0.1.0", "axios": "^1.12.2" } }\n' },
      before:
        "import axios from 'axios';\nexport const a = (body: object) => axios.post('https://api.openai.com/v1/chat/completions', body);\nexport const b = (headers: object) => axios.get('https://api.openai.com/v1/models', { headers });\n",
      after:
        "import axios from 'axios';\nimport { createFetch } from '@migrate-llm/shim/fetch';\n\nconst openaiFetch = createFetch();\nexport const a = (body: object) => axios.post('https://api.openai.com/v1/chat/completions', body, { adapter: 'fetch', env: { fetch: openaiFetch } });\nexport const b = (headers: object) => axios.get('https://api.openai.com/v1/models', { headers, adapter: 'fetch', env: { fetch: openaiFetch } });\n",
      finds: ['rewrite'],
    },
    {
      name: 'an axios that takes none, a stream of Node’s, and another axios',
      beside: { 'package.json': '{ "dependencies": { "axios": "^1.6.0" } }\n' },
      before:
        "import axios from 'axios';\nimport { axios as own } from './own';\nexport const a = (body: object) => axios.post('https://api.openai.com/v1/chat/completions', body);\nexport const b = () => own.get('https://api.openai.com/v1/models');\n",
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
      const raw = wrapper === undefined ? planRawFetch(code, file, takesFetch(code, file)) : undefined;
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
          const isAxios = isCall && /axios/i.test(node.parent.getText());
          return {
            file: nodes.file.file,
            offset: offsetOf(nodes.file, node),
            action: 'manual',
            confidence: isCall ? 'certain' : 'likely',
            what: isCall ? 'a request to api.openai.com' : 'the address api.openai.com',
            why: 'What is sent there does not go through the shim.',
            fix: isAxios
              ? axiosFix
              : "Send it with the fetch of createFetch() from '@migrate-llm/shim/fetch', or with a client from '@migrate-llm/shim'.",
          };
        });
      return [...rewritten, ...left];
    };
    return [...code.index.byFile.values()].flatMap(draftsOf);
  },
});

const axiosFix =
  "With axios 1.12 or later give the request { adapter: 'fetch', env: { fetch: createFetch() } }, with createFetch from '@migrate-llm/shim/fetch'; a `responseType: 'stream'` is then a web stream: Readable.fromWeb(response.data) makes one of Node's. Else send it with a client from '@migrate-llm/shim'.";

/** Whether the installed axios sends with a fetch that it is given; its range has to say so. */
function takesFetch(code: CodeScene, { file }: CodeFile): boolean {
  const owner = code.swaps.ownerOf(file);
  const range = rangeOf(owner, 'axios');
  const found = range === undefined ? null : /^[\^~>=]*\s*(\d+)\.(\d+)/.exec(range);
  return found !== null && Number(found[1]) === 1 && Number(found[2]) >= 12;
}

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
