import type { ts } from 'ts-morph';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

const takesFetch = "Give its client `fetch: createFetch()` from '@migrate-llm/shim/fetch'";

interface Known {
  readonly name: RegExp;
  readonly title: string;
  readonly fix: string;
}

/** Packages that call OpenAI without the openai SDK's client in view, each with its way to the shim. Sources checked 2026-11-25. */
const packages: readonly Known[] = [
  {
    // Source: https://github.com/vercel/ai/blob/main/packages/openai/src/openai-provider.ts (OpenAIProviderSettings.fetch)
    name: /^@ai-sdk\/openai$/,
    title: 'the AI SDK’s OpenAI provider',
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
    fix: `${takesFetch} in its \`configuration\`, which holds the options of the openai client.`,
  },
  {
    name: /^(?:@llamaindex\/openai|llamaindex)$/,
    title: 'LlamaIndex',
    fix: 'Where its OpenAI classes are used, point them at the endpoint by their own options.',
  },
  {
    // Source: https://openai.github.io/openai-agents-js/guides/config/
    name: /^@openai\/agents(?:-\w+)?$/,
    title: 'OpenAI Agents',
    fix: "Give it a client of the shim: setDefaultOpenAIClient(new OpenAI()) with OpenAI from '@migrate-llm/shim', and setOpenAIAPI('chat_completions').",
  },
  {
    name: /^openai-edge$/,
    title: 'openai-edge',
    fix: "Replace it by the client of '@migrate-llm/shim', which runs on the platform's fetch too.",
  },
  {
    name: /^@azure\/openai$/,
    title: 'the Azure OpenAI SDK',
    fix: "Replace its client by `new OpenAI()` from '@migrate-llm/shim'; deployment names become model names.",
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
  summary: 'Lists other packages that call OpenAI or count its tokens, with their way to the shim.',
  why: 'They do not go through the import that is swapped, so their calls would still reach OpenAI.',
  examples: [
    {
      name: 'the AI SDK',
      before: `import { openai } from '@ai-sdk/openai';\nexport const model = openai('gpt-4o');\n`,
      after: undefined,
      finds: ['manual'],
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
  find: ({ code }) =>
    code === undefined ? [] : [...code.index.byFile.values()].flatMap((nodes) => draftsOf(code, nodes)),
});

function draftsOf(code: CodeScene, nodes: FileNodes): Draft[] {
  return nodes.strings.flatMap((literal): Draft[] => {
    const known = packages.find((one) => one.name.test(literal.text));
    const form = known === undefined ? undefined : formOf(code, literal);
    if (known === undefined || form === undefined) return [];
    const place = { file: nodes.file.file, offset: offsetOf(nodes.file, literal), confidence: 'certain' as const };
    if (form === 'type')
      return [{ ...place, action: 'leave', what: `types of '${literal.text}'`, why: 'Types call nothing.', fix: '' }];
    return [
      {
        ...place,
        action: 'manual',
        what: `${known.title} ('${literal.text}')`,
        why: 'It does not go through the openai import that is swapped.',
        fix: known.fix,
      },
    ];
  });
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
