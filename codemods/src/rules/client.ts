import type { Construction } from '../constructions.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';

/** Names every place where a client is built, and where its requests go; what happens to it is decided at its import. */
export const client = defineRule({
  id: 'client',
  summary: 'Lists each client that is built, and where its requests go.',
  why: 'The import of a client decides for all clients that are built from it, so each of them is shown.',
  examples: [
    {
      name: 'a client of OpenAI',
      before: `import OpenAI from '@migrate-llm/shim';\nexport const ai = new OpenAI();\n`,
      beside: { 'package.json': '{"dependencies":{"@migrate-llm/shim":"^0.1.0","openai":"^6.0.0"}}' },
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'a client of another provider, by a subclass',
      before: `import OpenAI from 'openai';\nexport class Groq extends OpenAI { constructor() { super({ baseURL: 'https://api.groq.com/openai/v1' }); } }\n`,
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'look-alike: the class of another SDK',
      before: `import { OpenAI } from '@langchain/openai';\nexport const ai = new OpenAI();\n`,
      after: undefined,
      finds: [],
    },
    {
      name: 'shadowed: a class of one’s own',
      before: `import type { ClientOptions } from 'openai';\nclass OpenAI { constructor(readonly options: ClientOptions) {} }\nexport const ai = new OpenAI({});\n`,
      after: undefined,
      finds: [],
    },
  ],
  find: ({ code }) => (code === undefined ? [] : code.constructions.map((one) => draftOf(code, one))),
});

function draftOf(code: CodeScene, { file, node, className, site, target, isSubclass }: Construction): Draft {
  const home = code.project.fileOf(site);
  const moves = home !== undefined && code.swaps.onShim.has(home.file);
  const isThere = moves && code.swaps.verdictOf(home.file)?.action !== 'rewrite';
  const because = target.because.charAt(0).toUpperCase() + target.because.slice(1);
  return {
    file: file.file,
    offset: offsetOf(file, node),
    action: 'leave',
    confidence: target.kind === 'unknown' ? 'unsure' : 'certain',
    what: isSubclass ? `class that extends ${className}` : describe(node, className),
    why: `${because}. ${moves ? 'Its import makes it a client of the shim.' : 'Its import says what happens to it.'}`,
    fix: '',
    guide: isThere ? 'shim' : target.followsEnv === true ? 'environment' : 'code',
  };
}

/** `new Mine` of a subclass says whose class it builds on. */
function describe(node: Construction['node'], className: string): string {
  const written = /^new\s+([\w$.]+)/.exec(node.getText())?.[1] ?? className;
  const last = written.slice(written.lastIndexOf('.') + 1);
  return last === className ? `new ${className}` : `new ${written} (${className})`;
}
