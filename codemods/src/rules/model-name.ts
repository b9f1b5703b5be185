import { findOpenAIModel } from '@migrate-llm/shim/manifest';
import type { ts } from 'ts-morph';
import type { Confidence } from '../finding.ts';
import { deadlineOf, endOf, isModelName, isTuned } from '../model-names.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

/** Names the OpenAI models that stand in the code; they are mapped when the app runs. */
export const modelName = defineRule({
  id: 'model-name',
  isPerFile: true,
  summary: 'Lists the OpenAI model names in the code, with the day OpenAI turns each off and what may replace it.',
  why: 'Names are also data (price tables, menus, checks of what a model can do), so none is replaced: the shim maps them by `models` in migrate-llm.config.json.',
  examples: [
    {
      name: 'a literal',
      before: `export const model = 'gpt-4o';\nexport const again = ['gpt-4o', "text-embedding-3-small"];\n`,
      after: undefined,
      finds: ['leave', 'leave'],
    },
    {
      name: 'a fine-tuned model needs a decision',
      before: `export const model = 'ft:gpt-4o-mini-2024-07-18:acme::abc';\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: a package, an open model, a sentence',
      before: `import { encode } from 'gpt-tokenizer';\nexport const names = ['gpt-oss-120b', 'we use gpt-4o here', encode];\n`,
      after: undefined,
      finds: [],
    },
  ],
  find: ({ code }) =>
    code === undefined ? [] : [...code.index.byFile.values()].flatMap((nodes) => draftsOf(code, nodes)),
});

function draftsOf(code: CodeScene, nodes: FileNodes): Draft[] {
  const found = new Map<string, ts.StringLiteralLike[]>();
  for (const literal of nodes.strings) {
    if (!isModelName(literal.text) || isSpecifier(code, literal)) continue;
    found.set(literal.text, [...(found.get(literal.text) ?? []), literal]);
  }
  return [...found].flatMap(([name, literals]): Draft[] => {
    const [first] = literals;
    if (first === undefined) return [];
    const times = literals.length === 1 ? '' : ` (${literals.length} times in this file)`;
    const match = findOpenAIModel(name);
    const place = {
      file: nodes.file.file,
      offset: offsetOf(nodes.file, first),
      what: `model "${name}"${times}`,
      subject: `model "${name}"`,
      ...deadlineOf(name),
    };
    const confidence: Confidence = literals.some((literal) => isModelProperty(code, literal)) ? 'certain' : 'likely';
    if (isTuned(name)) {
      return [
        {
          ...place,
          action: 'manual',
          confidence: 'certain',
          why: `A fine-tuned model exists at OpenAI only, and goes with its base model.${endOf(match)}`,
          fix: 'Save its training data, then train an adapter on an open model and map this name to it in `models` of migrate-llm.config.json.',
        },
      ];
    }
    return [
      {
        ...place,
        action: 'leave',
        confidence,
        why: `It is mapped when the app runs, by \`models\` in migrate-llm.config.json.${endOf(match)}`,
        fix: '',
      },
    ];
  });
}

function isSpecifier(code: CodeScene, literal: ts.StringLiteralLike): boolean {
  const { ts } = code.project;
  return (
    ts.isImportDeclaration(literal.parent) ||
    ts.isExportDeclaration(literal.parent) ||
    ts.isExternalModuleReference(literal.parent)
  );
}

function isModelProperty(code: CodeScene, literal: ts.StringLiteralLike): boolean {
  const { ts } = code.project;
  let node: ts.Node = literal.parent;
  while (
    ts.isAsExpression(node) ||
    ts.isBinaryExpression(node) ||
    ts.isConditionalExpression(node) ||
    ts.isParenthesizedExpression(node)
  )
    node = node.parent;
  return ts.isPropertyAssignment(node) && node.name.getText() === 'model';
}
