import type { ts } from 'ts-morph';
import { defineRule, type Draft } from '../rule.ts';
import { agents } from '../seams/agents.ts';
import { aiSdk } from '../seams/ai-sdk.ts';
import { azure } from '../seams/azure.ts';
import { langchain } from '../seams/langchain.ts';
import { llamaindex } from '../seams/llamaindex.ts';
import { openaiEdge } from '../seams/openai-edge.ts';
import { rewriteSeam, type Seam, type SeamResult } from '../seams/seam.ts';
import { whyWrapper } from '../wrapper.ts';
import { offsetOf, type CodeScene, type Scene } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

const takesFetch = "Give its client `fetch: createFetch()` from '@migrate-llm/shim/fetch'";

interface Known {
  readonly name: RegExp;
  readonly title: string;
  readonly fix: string;
  /** How a file that imports it is rewritten; absent where it is only listed. */
  readonly seam?: Seam;
}

/** Packages that call OpenAI without the openai SDK's client in view, each with its way to the shim. Sources checked 2026-11-25. */
const packages: readonly Known[] = [
  {
    // Source: https://github.com/vercel/ai/blob/main/packages/openai/src/openai-provider.ts (OpenAIProviderSettings.fetch)
    name: /^@ai-sdk\/openai$/,
    title: 'the AI SDK’s OpenAI provider',
    seam: aiSdk,
    fix: `${takesFetch}: createOpenAI({ fetch: createFetch() }).`,
  },
  {
    name: /^@ai-sdk\/azure$/,
    title: 'the AI SDK’s Azure provider',
    fix: 'Decide where it goes when Azure OpenAI is left.',
  },
  {
    // Source: https://github.com/langchain-ai/langchainjs/tree/main/libs/providers/langchain-openai/src (configuration: ClientOptions of openai)
    name: /^@langchain\/openai$|^langchain\/(?:chat_models|llms|embeddings)\/openai$/,
    title: 'LangChain’s OpenAI classes',
    seam: langchain,
    fix: `${takesFetch} in its \`configuration\`, which holds the options of the openai client.`,
  },
  {
    // Source: @llamaindex/openai@0.4.22 dist/index.d.ts (additionalSessionOptions: ClientOptions of openai)
    name: /^(?:@llamaindex\/openai|llamaindex)$/,
    title: 'LlamaIndex',
    seam: llamaindex,
    fix: `${takesFetch} in \`additionalSessionOptions\`, which holds the options of the openai client.`,
  },
  {
    // Source: https://openai.github.io/openai-agents-js/guides/config/
    name: /^@openai\/agents(?:-\w+)?$/,
    title: 'OpenAI Agents',
    seam: agents,
    fix: "Give it a client of the shim: setDefaultOpenAIClient(new OpenAI()) with OpenAI from '@migrate-llm/shim', and setOpenAIAPI('chat_completions').",
  },
  {
    name: /^openai-edge$/,
    title: 'openai-edge',
    seam: openaiEdge,
    fix: "Replace it by the client of '@migrate-llm/shim', which runs on the platform's fetch too.",
  },
  {
    name: /^@azure\/openai(?:\/types)?$/,
    // Source: @azure/openai@1.0.0-beta.13 types and @azure/openai@2.0.0 README.md
    title: 'the Azure OpenAI SDK',
    seam: azure,
    fix: "Replace its client by `new AzureOpenAI({ endpoint, apiKey, apiVersion })` from '@migrate-llm/shim': getChatCompletions(d, messages, { maxTokens }) becomes chat.completions.create({ model: d, messages, max_tokens }), streamChatCompletions the same with stream: true, getEmbeddings(d, input) becomes embeddings.create({ model: d, input }); names in answers are those of the wire (finish_reason, tool_calls, usage.total_tokens). Deployment names go into `models` of migrate-llm.config.json.",
  },
  {
    name: /^chatgpt$/,
    title: 'the chatgpt package',
    fix: "Replace it by the client of '@migrate-llm/shim', or point it at the endpoint by its own options.",
  },
  {
    name: /^(?:tiktoken|js-tiktoken|@dqbd\/tiktoken|gpt-tokenizer|gpt-3-encoder|gpt3-tokenizer)(?:\/.*)?$/,
    title: 'a tokenizer of OpenAI’s models',
    fix: 'Its counts do not hold for open models: count with the new model’s tokenizer, or leave a margin.',
  },
];

/** Finds imports of other packages that talk to OpenAI or count its tokens. */
export const otherSdk = defineRule({
  id: 'other-sdk',
  isPerFile: true,
  summary: 'Gives other packages that call OpenAI the fetch of the shim, and lists those that cannot take it.',
  why: 'They do not go through the import that is swapped, so their calls would still reach OpenAI.',
  examples: [
    {
      name: 'the AI SDK',
      before: `import { openai } from '@ai-sdk/openai';\nexport const model = openai('gpt-4o');\n`,
      after: `import { createOpenAI } from '@ai-sdk/openai';\nimport { createFetch } from '@migrate-llm/shim/fetch';\n\nconst openai = createOpenAI({ fetch: createFetch() });\nexport const model = openai.chat('gpt-4o');\n`,
      finds: ['rewrite', 'leave'],
    },
    {
      name: 'the AI SDK with a tool of the Responses API',
      before: `import { openai } from '@ai-sdk/openai';\nexport const tools = { search: openai.tools.webSearch({}) };\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'LangChain',
      before: `import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai"\nexport const model = new ChatOpenAI({\n\tmodel: "gpt-4o",\n})\nexport const vectors = new OpenAIEmbeddings()\n`,
      after: `import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai"\nimport { createFetch } from "@migrate-llm/shim/fetch"\nexport const model = new ChatOpenAI({\n\tmodel: "gpt-4o",\n\tconfiguration: { fetch: createFetch() },\n})\nexport const vectors = new OpenAIEmbeddings({ configuration: { fetch: createFetch() } })\n`,
      finds: ['rewrite'],
    },
    {
      name: 'OpenAI Agents, where the runs start',
      before: `import { Agent, run } from '@openai/agents';\nexport const answer = await run(new Agent({ name: 'a' }), 'hi');\n`,
      after: `import { Agent, run, setDefaultOpenAIClient, setOpenAIAPI } from '@openai/agents';\nimport { OpenAI } from '@migrate-llm/shim';\n\nsetDefaultOpenAIClient(new OpenAI());\nsetOpenAIAPI('chat_completions');\nexport const answer = await run(new Agent({ name: 'a' }), 'hi');\n`,
      finds: ['leave', 'rewrite'],
    },
    {
      name: 'openai-edge takes a fetch',
      before: `import { Configuration, OpenAIApi } from 'openai-edge';\nconst openai = new OpenAIApi(new Configuration({}));\nexport const ask = () => openai.createChatCompletion({ model: 'm', messages: [] });\n`,
      after: `import { Configuration, OpenAIApi } from 'openai-edge';\nimport { createFetch } from '@migrate-llm/shim/fetch';\nconst openai = new OpenAIApi(new Configuration({}), undefined, createFetch());\nexport const ask = () => openai.createChatCompletion({ model: 'm', messages: [] });\n`,
      finds: ['rewrite'],
    },
    {
      name: 'LlamaIndex',
      before: `import { OpenAI, OpenAIEmbedding } from '@llamaindex/openai';\nexport const llm = new OpenAI({ model: 'gpt-4o' });\nexport const vectors = new OpenAIEmbedding();\n`,
      after: `import { OpenAI, OpenAIEmbedding } from '@llamaindex/openai';\nimport { createFetch } from '@migrate-llm/shim/fetch';\nexport const llm = new OpenAI({ model: 'gpt-4o', additionalSessionOptions: { fetch: createFetch() } });\nexport const vectors = new OpenAIEmbedding({ additionalSessionOptions: { fetch: createFetch() } });\n`,
      finds: ['rewrite'],
    },
    {
      name: 'LlamaIndex with an address of its own, and with the Responses API',
      before: `import { OpenAI, openai, OpenAIResponses } from '@llamaindex/openai';\nexport const all = [new OpenAI({ baseURL: 'http://localhost' }), openai(), new OpenAIResponses()];\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'the Azure SDK 1',
      before: `import { OpenAIClient, AzureKeyCredential } from '@azure/openai';\nconst client = new OpenAIClient(process.env.AT!, new AzureKeyCredential(process.env.KEY!));\nexport async function go(messages: never[]) {\n  const { choices } = await client.getChatCompletions('gpt-4o-eu', messages, { maxTokens: 9, topP: 0.5 });\n  for await (const part of await client.streamChatCompletions('gpt-4o-eu', messages)) console.log(part.choices[0]?.delta?.content);\n  const { data } = await client.getEmbeddings('ada-eu', ['a']);\n  return [choices[0]?.message?.content, data[0]?.embedding];\n}\n`,
      after: `import { AzureOpenAI } from '@migrate-llm/shim';\nconst client = new AzureOpenAI({ endpoint: process.env.AT!, apiKey: process.env.KEY!, apiVersion: '2024-10-21' });\nexport async function go(messages: never[]) {\n  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-eu', messages, max_tokens: 9, top_p: 0.5 });\n  for await (const part of await client.chat.completions.create({ model: 'gpt-4o-eu', messages, stream: true })) console.log(part.choices[0]?.delta?.content);\n  const { data } = await client.embeddings.create({ model: 'ada-eu', input: ['a'] });\n  return [choices[0]?.message?.content, data[0]?.embedding];\n}\n`,
      finds: ['rewrite'],
    },
    {
      name: 'the Azure SDK 1 with a token, an answer in its own names, and a client that leaves the file',
      before: `import { OpenAIClient, AzureKeyCredential } from '@azure/openai';\nexport const client = new OpenAIClient('https://x', new AzureKeyCredential('k'));\nexport const why = async () => (await client.getChatCompletions('d', [])).choices[0]?.finishReason;\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'the types of the Azure SDK 2 stay',
      before: `import '@azure/openai/types';\nexport const a = 1;\n`,
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'shadowed: another class of the name',
      before: `import { ChatOpenAI } from './mine';\nexport const model = new ChatOpenAI({});\n`,
      after: undefined,
      finds: [],
    },
    {
      name: 'a tokenizer, required',
      file: 'count.cjs',
      before: `const { encode } = require('gpt-tokenizer');\nmodule.exports = { encode };\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: a local file with the name',
      before: `import { openai } from './@ai-sdk/openai';\nexport const text = '@ai-sdk/openai';\nexport { openai };\n`,
      after: undefined,
      finds: [],
    },
  ],
  find: (scene) => {
    const { code } = scene;
    return code === undefined ? [] : [...code.index.byFile.values()].flatMap((nodes) => draftsOf(scene, code, nodes));
  },
});

function draftsOf(scene: Scene, code: CodeScene, nodes: FileNodes): Draft[] {
  return packages.flatMap((known): Draft[] => {
    const literals = nodes.strings.filter((one) => known.name.test(one.text) && formOf(code, one) !== undefined);
    const values = literals.filter((one) => formOf(code, one) === 'value');
    const types = literals.filter((one) => formOf(code, one) === 'type');
    return [
      ...types.map((one): Draft => ({
        ...placeOf(nodes, one),
        action: 'leave',
        what: `types of '${one.text}'`,
        why: 'Types call nothing.',
        fix: '',
      })),
      ...valueDrafts(scene, code, nodes, known, values),
    ];
  });
}

function valueDrafts(
  scene: Scene,
  code: CodeScene,
  nodes: FileNodes,
  known: Known,
  literals: readonly ts.StringLiteralLike[],
): Draft[] {
  const [first] = literals;
  if (first === undefined) return [];
  const list = (why: string): Draft[] =>
    literals.map((one) => ({
      ...placeOf(nodes, one),
      action: 'manual',
      what: `${known.title} ('${one.text}')`,
      why,
      fix: known.fix,
    }));
  if (literals.every((one) => one.text === '@azure/openai/types'))
    return literals.map((one) => ({
      ...placeOf(nodes, one),
      action: 'leave',
      what: `types of '${one.text}'`,
      why: 'It only adds what Azure answers to the types of openai, and calls nothing.',
      fix: '',
    }));
  const outside = 'It does not go through the openai import that is swapped.';
  const wrapper = whyWrapper(code.swaps.ownerOf(nodes.file.file));
  if (known.seam === undefined || !literals.every((one) => known.seam?.name.test(one.text))) return list(outside);
  if (wrapper !== undefined) return list(`${outside} ${wrapper}`);
  if (isDone(code, nodes))
    return [
      {
        ...placeOf(nodes, first),
        action: 'leave',
        what: `${known.title} ('${first.text}')`,
        why: 'Its file takes the shim already.',
        fix: '',
      },
    ];
  const result = rewriteSeam(scene, code, nodes.file, literals, known.seam);
  const [block] = result.blocks;
  if (block !== undefined) return list(`${outside} It is not rewritten (${block.what}): ${block.why}`);
  const what = `${known.title} ('${first.text}')`;
  if (result.edits.length === 0)
    return [
      {
        ...placeOf(nodes, first),
        action: 'leave',
        what,
        why: 'It makes no client here; where one is made decides.',
        fix: '',
      },
    ];
  return [
    {
      ...placeOf(nodes, first),
      action: 'rewrite',
      what,
      why: 'Its requests go through the shim now.',
      fix: '',
      edits: result.edits,
    },
    ...noteDrafts(result),
  ];
}

function noteDrafts({ notes }: SeamResult): Draft[] {
  return notes.map((note) => ({ ...note, action: 'leave', confidence: 'certain', fix: '' }));
}

function isDone(code: CodeScene, nodes: FileNodes): boolean {
  return nodes.strings.some(
    (one) => /^@migrate-llm\/shim(?:\/fetch)?$/.test(one.text) && formOf(code, one) === 'value',
  );
}

function placeOf(nodes: FileNodes, literal: ts.StringLiteralLike): Pick<Draft, 'file' | 'offset' | 'confidence'> {
  return { file: nodes.file.file, offset: offsetOf(nodes.file, literal), confidence: 'certain' };
}

function formOf(code: CodeScene, literal: ts.StringLiteralLike): 'value' | 'type' | undefined {
  const { ts } = code.project;
  const { parent } = literal;
  if (ts.isImportDeclaration(parent))
    return parent.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'value';
  if (ts.isExportDeclaration(parent)) return parent.isTypeOnly ? 'type' : 'value';
  if (ts.isExternalModuleReference(parent)) return 'value';
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== literal) return undefined;
  const isImport =
    parent.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(parent.expression) && parent.expression.text === 'require');
  return isImport ? 'value' : undefined;
}
