import { kindOf } from '../file-kind.ts';
import { defineRule, type Draft } from '../rule.ts';
import { filesOnShim } from '../shim-files.ts';

const names = ['MIGRATE_LLM_TARGET', 'MIGRATE_LLM_BASE_URL', 'MIGRATE_LLM_API_KEY'] as const;
const key = /^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?OPEN_?AI_(?:API_)?KEY[ \t]*=.*$/m;
const beside = { 'app.ts': `import OpenAI from 'openai';\nexport const client = new OpenAI();\n` };
const hint = [
  '# Where the calls go (migrate-llm): an OpenAI-compatible endpoint; MIGRATE_LLM_TARGET=openai puts them back on OpenAI',
  ...names.map((name) => `# ${name}=`),
];

/** Adds the shim's settings to an example of the environment, commented out. */
export const envExample = defineRule({
  id: 'env-example',
  summary: 'Adds commented MIGRATE_LLM_ settings below OPENAI_API_KEY in .env.example.',
  why: 'Whoever sets up the app next finds there where its calls go. A real .env is never edited.',
  examples: [
    {
      name: 'below the key',
      file: '.env.example',
      beside,
      before: 'PORT=3000\nOPENAI_API_KEY=sk-...\nDEBUG=\n',
      after: `PORT=3000\nOPENAI_API_KEY=sk-...\n${hint.join('\n')}\nDEBUG=\n`,
    },
    {
      name: 'no line end at the end',
      file: '.env.sample',
      beside,
      before: 'OPENAI_API_KEY=',
      after: `OPENAI_API_KEY=\n${hint.join('\n')}`,
    },
    {
      name: 'already there',
      file: '.env.example',
      beside,
      before: 'OPENAI_API_KEY=\nMIGRATE_LLM_TARGET=vllm\n',
      after: undefined,
    },
    { name: 'a real .env is left', file: '.env', beside, before: 'OPENAI_API_KEY=sk-1\n', after: undefined },
    {
      name: 'look-alike: another key',
      file: '.env.example',
      beside,
      before: 'MY_OPENAI_API_KEY_FILE=/run/key\n',
      after: undefined,
    },
  ],
  find: (scene, before) => {
    const onShim = filesOnShim(scene, before);
    return [...scene.files].flatMap(([file, text]) => draftsOf(onShim, file, text));
  },
});

function draftsOf(onShim: ReadonlySet<string>, file: string, text: string): Draft[] {
  const kind = kindOf(file);
  if (kind !== 'env' && kind !== 'env-example') return [];
  const found = key.exec(text);
  if (found === null || text.includes('MIGRATE_LLM_') || !isServed(onShim, file)) return [];
  const place = { file, offset: found.index, confidence: 'certain' as const };
  if (kind === 'env') {
    return [
      {
        ...place,
        action: 'manual',
        what: 'the key of OpenAI in a real environment file',
        why: 'Environment files hold secrets and differ from machine to machine, so they are not edited.',
        fix: `Add ${names.join(', ')} here, or write migrate-llm.config.json; the OpenAI key can go once nothing uses it.`,
      },
    ];
  }
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  const end = found.index + found[0].replace(/\r$/, '').length;
  return [
    {
      ...place,
      action: 'rewrite',
      what: `${names.join(', ')} as comments`,
      why: 'The rewritten code reads them.',
      fix: '',
      edits: [{ start: end, end, text: hint.map((line) => `${eol}${line}`).join('') }],
    },
  ];
}

/** Whether rewritten code lies beside or below the file. */
function isServed(onShim: ReadonlySet<string>, file: string): boolean {
  const folder = file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '';
  return [...onShim].some((one) => one.startsWith(folder));
}
