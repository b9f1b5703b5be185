import { findOpenAIModel, openReplacements, type OpenAIModelMatch } from '@migrate-llm/shim/manifest';
import type { ts } from 'ts-morph';
import type { Confidence } from '../finding.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

/** Names that only OpenAI gives; `gpt-oss` is open already. */
const pattern =
  /^(?:(?:gpt|chatgpt)-(?!oss)[\w.-]+|o[134]-[\w-]+|text-embedding-(?:3-\w+|ada-\d+)|text-moderation-\w+|omni-moderation-\w+|text-davinci-\d+|davinci-\d+|babbage-\d+|dall-e-\d|whisper-1|tts-1(?:-hd)?)$/;
const tuned = /^ft:/;

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
    if (!isModel(literal.text) || isSpecifier(code, literal)) continue;
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
      ...(typeof match?.model.shutdown === 'string'
        ? { deadline: { date: match.model.shutdown, of: match.model.id, source: match.model.source } }
        : {}),
    };
    const confidence: Confidence = literals.some((literal) => isModelProperty(code, literal)) ? 'certain' : 'likely';
    if (tuned.test(name)) {
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

/** Says when OpenAI turns a model off, and what may take its place there and among the open ones. */
function endOf(match: OpenAIModelMatch | undefined): string {
  if (match === undefined) return '';
  const { id, shutdown, successor, role } = match.model;
  const whose = match.fineTuned || !match.exact ? `OpenAI's ${id}` : `OpenAI's own`;
  const instead = successor === null ? '' : `; OpenAI recommends ${successor}`;
  const candidates = openReplacements[role].slice(0, 2).map(({ model }) => model);
  return [
    ...(shutdown === null ? [] : [` ${whose} ends on ${shutdown}${instead}.`]),
    ...(candidates.length === 0 ? [] : [` Open models to try: ${candidates.join(', ')}.`]),
  ].join('');
}

/** `GPT-4o` is a title, `gpt-4o` a name. */
function isModel(text: string): boolean {
  return (
    text.length < 200 &&
    ((text === text.toLowerCase().trim() && findOpenAIModel(text)?.exact === true) ||
      pattern.test(text) ||
      (tuned.test(text) && text.split(':').length >= 3))
  );
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
