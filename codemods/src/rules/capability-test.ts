import type { ts } from 'ts-morph';
import { isModelName } from '../model-names.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

/** A beginning or a part of OpenAI's names, as tests have it. */
const part =
  /^(?:gpt-?(?:\d[\w.]*)?-?|chatgpt-?|o[134](?:-\w*)?|text-embedding-?\w*|davinci|dall-e-?\d?|whisper|tts-?\d?)$/;
const asking = /^(?:startsWith|endsWith|includes|indexOf|match)$/;

/** Lists the places that decide by the name of a model. */
export const capabilityTest = defineRule({
  id: 'capability-test',
  isPerFile: true,
  summary: 'Lists comparisons with OpenAI’s model names, by which code decides what a model can do.',
  why: 'The shim maps names when a request is sent, so these tests hold as long as the app keeps OpenAI’s names. They are wrong for what answers: its context, tools and images are another model’s.',
  examples: [
    {
      name: 'prefixes, equality and a switch',
      before:
        "export const sees = (model: string) => model.startsWith('gpt-4o') || model === 'gpt-4-turbo';\nexport function width(model: string) {\n  switch (model) {\n    case 'gpt-4o-mini':\n      return 1;\n  }\n  return model.includes('gpt-3.5') ? 2 : 3;\n}\n",
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'look-alike: data, an open model, and a word',
      before:
        "export const names = ['gpt-4o'];\nexport const isOpen = (model: string) => model.startsWith('gpt-oss') || model === 'gpt-oss-20b';\nexport const isUser = (role: string) => role === 'user';\n",
      after: undefined,
      finds: [],
    },
  ],
  find: ({ code }) =>
    code === undefined ? [] : [...code.index.byFile.values()].flatMap((nodes) => draftsOf(code, nodes)),
});

function draftsOf(code: CodeScene, nodes: FileNodes): Draft[] {
  const found = nodes.strings.filter((one) => (isModelName(one.text) || part.test(one.text)) && isTest(code, one));
  const [first] = found;
  if (first === undefined) return [];
  const names = [...new Set(found.map((one) => `"${one.text}"`))];
  const shown = `${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;
  return [
    {
      file: nodes.file.file,
      offset: offsetOf(nodes.file, first),
      action: 'leave',
      confidence: 'likely',
      what: `${found.length === 1 ? 'a test' : `${found.length} tests`} on model names (${shown})`,
      subject: 'tests on model names',
      why: 'Code decides by the name of a model, which the shim leaves as it is in the app.',
      fix: 'Check that what they decide (context, tools, images, tokens) holds for the model that answers; with --rewrite-models they need its name.',
    },
  ];
}

function isTest(code: CodeScene, node: ts.StringLiteralLike): boolean {
  const { ts } = code.project;
  const { parent } = node;
  if (ts.isCaseClause(parent)) return true;
  if (ts.isBinaryExpression(parent)) return /^[!=]==?$/.test(parent.operatorToken.getText());
  return (
    ts.isCallExpression(parent) &&
    parent.arguments[0] === node &&
    ts.isPropertyAccessExpression(parent.expression) &&
    asking.test(parent.expression.name.text)
  );
}
