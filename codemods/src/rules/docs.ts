import { kindOf, whySkipped } from '../file-kind.ts';
import { defineRule, type Draft } from '../rule.ts';

/** What a reader would copy: settings, addresses, imports, installs. Prose that only names OpenAI is no touchpoint. */
const signs: ReadonlyArray<{ readonly name: string; readonly sign: RegExp }> = [
  { name: 'OPENAI_API_KEY', sign: /\bOPEN_?AI_(?:API_)?(?:KEY|BASE(?:_URL|_PATH)?)\b/g },
  { name: 'api.openai.com', sign: /\bapi\.openai\.com\b/g },
  { name: "an import of 'openai'", sign: /\bfrom ['"]openai['"]|\brequire\(['"]openai['"]\)/g },
  {
    name: 'an install of openai',
    sign: /\b(?:npm (?:i|install|add)|yarn add|pnpm (?:i|add)|bun add) (?:[\w@/.-]+ )*openai(?:@\S+)?(?=\s|`|$)/gm,
  },
];

/** Lists documentation that tells readers to set up OpenAI. */
export const docs = defineRule({
  id: 'docs',
  summary: 'Lists documentation that names OpenAI’s settings, address or package.',
  why: 'Whoever follows it after the migration sets up the wrong service. Documentation is prose, so none of it is edited.',
  examples: [
    {
      name: 'a setup section',
      file: 'README.md',
      before: '# App\n\n    npm install openai\n    export OPENAI_API_KEY=sk-…\n',
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'look-alike: prose, and another package',
      file: 'docs/why.mdx',
      before: 'We used OpenAI before.\n\n    npm install openai-edge\n',
      after: undefined,
      finds: [],
    },
  ],
  find: ({ files }) =>
    [...files].flatMap(([file, text]) =>
      kindOf(file) === 'docs' && whySkipped(file, text) === undefined ? draftsOf(file, text) : [],
    ),
});

function draftsOf(file: string, text: string): Draft[] {
  const found = signs.flatMap(({ name, sign }) => {
    const all = [...text.matchAll(sign)];
    return all[0] === undefined ? [] : [{ name, offset: all[0].index, times: all.length }];
  });
  const [first] = [...found].sort((a, b) => a.offset - b.offset);
  if (first === undefined) return [];
  return [
    {
      file,
      offset: first.offset,
      action: 'leave',
      confidence: 'unsure',
      what: `documentation: ${found.map(({ name, times }) => (times === 1 ? name : `${name} (${times} times)`)).join(', ')}`,
      subject: 'documentation',
      why: 'It tells readers how to set up OpenAI.',
      fix: '',
    },
  ];
}
