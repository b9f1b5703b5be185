import type { ts } from 'ts-morph';
import { asRecord, readJson } from '../json-text.ts';
import { findModelLiterals } from '../model-literals.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene, type Scene } from '../scene.ts';
import { fileOf } from '../shim-files.ts';

const options = { rewriteModels: { 'gpt-4o': 'llama-3.3-70b' } };
const configFile = 'migrate-llm.config.json';
const load = `import OpenAI from '@migrate-llm/shim';\nconst client = new OpenAI();\n`;
const beside = { 'package.json': '{ "dependencies": { "@migrate-llm/shim": "^0.1.0", "openai": "^6.0.0" } }\n' };

/** Writes the new model names into the code, where a name is proven to be the model of a call. */
export const rewriteModels = defineRule({
  id: 'rewrite-models',
  summary: 'Replaces model names that are proven to reach a call, when asked by --rewrite-models.',
  why: 'The shim maps names when the app runs, so this is a matter of taste. A name that is also compared, counted by or shown stays, and is listed.',
  examples: [
    {
      name: 'in place, in a branch, a constant and a default parameter',
      options,
      beside,
      before: `${load}const MODEL = 'gpt-4o';\nexport const a = () => client.chat.completions.create({ model: process.env.MODEL ?? "gpt-4o", messages: [] });\nexport const b = (model = 'gpt-4o') => client.chat.completions.create({ model, messages: [] });\nexport const c = () => client.chat.completions.create({ model: MODEL, messages: [] });\n`,
      after: `${load}const MODEL = 'llama-3.3-70b';\nexport const a = () => client.chat.completions.create({ model: process.env.MODEL ?? "llama-3.3-70b", messages: [] });\nexport const b = (model = 'llama-3.3-70b') => client.chat.completions.create({ model, messages: [] });\nexport const c = () => client.chat.completions.create({ model: MODEL, messages: [] });\n`,
    },
    {
      name: 'a property of an object',
      options,
      beside,
      before: `${load}const config = { model: 'gpt-4o' };\nexport const a = () => client.chat.completions.create({ model: config.model, messages: [] });\n`,
      after: `${load}const config = { model: 'llama-3.3-70b' };\nexport const a = () => client.chat.completions.create({ model: config.model, messages: [] });\n`,
      finds: ['rewrite'],
    },
    {
      name: 'a constant that something else reads, and a comparison',
      options,
      beside,
      before: `${load}const MODEL = 'gpt-4o';\nexport const a = () => client.chat.completions.create({ model: MODEL, messages: [] });\nexport const label = MODEL.toUpperCase();\nexport const sees = (name: string) => name === 'gpt-4o';\n`,
      after: undefined,
      finds: ['manual', 'manual'],
    },
    {
      name: 'look-alike: data, another client, and not asked',
      options,
      beside,
      before: `export const prices = [{ model: 'gpt-4o', usd: 1 }];\nexport const ask = (other: { chat: (body: object) => void }) => other.chat({ model: 'gpt-4o' });\n`,
      after: undefined,
      finds: [],
    },
    {
      name: 'not asked',
      beside,
      before: `${load}export const a = () => client.chat.completions.create({ model: 'gpt-4o', messages: [] });\n`,
      after: undefined,
      finds: [],
    },
  ],
  find: (scene) => {
    const { code, asked } = scene;
    if (code === undefined || asked.rewriteModels === undefined) return [];
    const names = asked.rewriteModels === 'config' ? readConfig(scene) : new Map(Object.entries(asked.rewriteModels));
    if (names.size === 0) return [nothingToWrite()];
    return [...rewriteDrafts(scene, code, names), ...comparisonDrafts(code, names)];
  },
});

function readConfig({ files }: Scene): ReadonlyMap<string, string> {
  const models = asRecord(asRecord(readJson(files.get(configFile) ?? '{}'))['models']);
  return new Map(
    Object.entries(models).flatMap(([name, to]) => {
      const written = typeof to === 'string' ? to : asRecord(to)['model'];
      return typeof written === 'string' ? [[name, written] as const] : [];
    }),
  );
}

function nothingToWrite(): Draft {
  return {
    file: configFile,
    offset: 0,
    action: 'manual',
    confidence: 'certain',
    what: 'no model names to write',
    why: `--rewrite-models takes them from \`models\` in ${configFile}, and there are none.`,
    fix: `Write { "models": { "gpt-4o": "<name at the endpoint>" } } there.`,
  };
}

function rewriteDrafts(scene: Scene, code: CodeScene, names: ReadonlyMap<string, string>): Draft[] {
  return findModelLiterals(code, scene.graph).flatMap(({ literal, other }): Draft[] => {
    const to = names.get(literal.text);
    const file = code.project.files.get(fileOf(code, literal) ?? '');
    if (to === undefined || to === literal.text || file === undefined) return [];
    const place = { file: file.file, offset: offsetOf(file, literal), confidence: 'certain' as const };
    if (other !== undefined) {
      const where = code.project.files.get(fileOf(code, other) ?? '');
      const line = other.getSourceFile().getLineAndCharacterOfPosition(other.getStart()).line + 1;
      return [
        {
          ...place,
          action: 'manual',
          what: `model "${literal.text}"`,
          why: `It reaches a call, but is read elsewhere too (${where?.file ?? file.file}:${line}), where the name may matter.`,
          fix: `Write "${to}" here if that use may change too; else leave it to \`models\` in ${configFile}.`,
        },
      ];
    }
    const edits = [{ start: place.offset + 1, end: literal.getEnd() - 1 + file.shift, text: to }];
    const why = 'It is the model of a call and nothing else, and you asked for it (--rewrite-models).';
    return [{ ...place, action: 'rewrite', what: `model "${to}" instead of "${literal.text}"`, why, fix: '', edits }];
  });
}

const tests =
  /\.(?:startsWith|endsWith|includes|indexOf|test|has)$|(?:^|\.)\w*(?:[eE]ncoding|[tT]okenizer?|[cC]ountTokens)\w*$/;

/** Places that compare with a name, or count tokens by it: they would no longer see it. */
function comparisonDrafts(code: CodeScene, names: ReadonlyMap<string, string>): Draft[] {
  const { ts } = code.project;
  const isTest = (node: ts.StringLiteralLike): boolean => {
    const { parent } = node;
    if (ts.isCaseClause(parent)) return true;
    if (ts.isBinaryExpression(parent)) return /^[!=]==?$/.test(parent.operatorToken.getText());
    return ts.isCallExpression(parent) && parent.expression !== node && tests.test(parent.expression.getText());
  };
  return [...code.index.byFile.values()].flatMap(({ file, strings }) =>
    strings
      .filter((one) => names.has(one.text) && isTest(one))
      .map((one): Draft => ({
        file: file.file,
        offset: offsetOf(file, one),
        action: 'manual',
        confidence: 'likely',
        what: `test for "${one.text}"`,
        why: 'The code decides or counts by the name of the model, and calls now have another name.',
        fix: `Decide what holds for "${names.get(one.text) ?? ''}" and write it here.`,
      })),
  );
}
