import { kindOf, whySkipped } from '../file-kind.ts';
import { defineRule, type Draft } from '../rule.ts';

/** How other languages reach OpenAI, by file extension. */
const languages: ReadonlyArray<{
  readonly file: RegExp;
  readonly name: string;
  readonly sign: RegExp;
  readonly fix: string;
}> = [
  {
    file: /\.(?:py|ipynb)$/,
    name: 'Python',
    sign: /^[\s"]*(?:from openai\b[\w.]* import|import openai\b|from langchain_openai import)|api\.openai\.com/gm,
    // Source: https://github.com/openai/openai-python/blob/main/src/openai/_client.py (base_url from OPENAI_BASE_URL); checked 2026-11-25.
    fix: 'Set OPENAI_BASE_URL to the endpoint, where no base_url is passed.',
  },
  {
    file: /\.go$/,
    name: 'Go',
    sign: /"github\.com\/(?:openai\/openai-go|sashabaranov\/go-openai)[^"]*"|api\.openai\.com/g,
    // Source: https://github.com/openai/openai-go/blob/main/client.go (DefaultClientOptions); checked 2026-11-25.
    fix: 'With openai-go set OPENAI_BASE_URL to the endpoint; other clients take a base URL in their config.',
  },
  {
    file: /\.(?:java|kt)$/,
    name: 'Java or Kotlin',
    sign: /^import com\.(?:openai|theokanning\.openai)\b|api\.openai\.com/gm,
    fix: 'Give the client the endpoint as its base URL.',
  },
  {
    file: /\.cs$/,
    name: 'C#',
    sign: /^using OpenAI\b|api\.openai\.com/gm,
    fix: 'Give the client the endpoint in its options.',
  },
  {
    file: /\.rb$/,
    name: 'Ruby',
    sign: /require ['"](?:openai|ruby\/openai)['"]|OpenAI::Client\.new|api\.openai\.com/g,
    fix: 'Give the client the endpoint as its base URL.',
  },
  {
    file: /\.(?:rs|php|swift)$/,
    name: 'other',
    sign: /api\.openai\.com|async_openai|OpenAI::client/g,
    fix: 'Give the client the endpoint as its base URL.',
  },
];

/** Counts what other languages have of OpenAI; their files are never edited. */
export const otherLanguage = defineRule({
  id: 'other-language',
  summary:
    'Lists Python, Go, Java, C#, Ruby and other files that call OpenAI, with the setting that points them elsewhere.',
  why: 'A repository is migrated when all of its calls are, and not all of them are JavaScript.',
  examples: [
    {
      name: 'Python',
      file: 'ask.py',
      before: 'from openai import OpenAI\nclient = OpenAI()\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'Go',
      file: 'ask.go',
      before: 'package ask\n\nimport "github.com/openai/openai-go"\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: a comment in Python',
      file: 'ask.py',
      before: '# we used openai here once\nimport openai_shim_of_ours\n',
      after: undefined,
      finds: [],
    },
  ],
  find: (scene) => [...scene.files].flatMap(([file, text]) => draftsOf(file, text)),
});

function draftsOf(file: string, text: string): Draft[] {
  if (kindOf(file) !== 'foreign' || whySkipped(file, text) !== undefined) return [];
  const language = languages.find((one) => one.file.test(file));
  const found = language === undefined ? [] : [...text.matchAll(language.sign)];
  const [first] = found;
  if (language === undefined || first === undefined) return [];
  return [
    {
      file,
      offset: first.index,
      action: 'manual',
      confidence: 'likely',
      what: `${language.name} code that uses OpenAI (${found.length} ${found.length === 1 ? 'place' : 'places'})`,
      why: 'The shim is for JavaScript; this code needs the endpoint itself.',
      fix: language.fix,
    },
  ];
}
