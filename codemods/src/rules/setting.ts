import { asRecord, readJson } from '../json-text.ts';
import { kindOf } from '../file-kind.ts';
import { defineRule, type Draft } from '../rule.ts';
import type { Scene } from '../scene.ts';

const name = /\bOPEN_?AI_(?:API_)?(?:KEY|BASE(?:_URL)?|BASE_PATH|HOST|ORG(?:ANIZATION)?(?:_ID)?|MODEL\w*)\b/g;
const beside = { 'app.ts': `import OpenAI from 'openai';\nexport const client = new OpenAI();\n` };

/** Finds the places outside the code that set or map OpenAI: compose, CI, images, import maps, test configs. */
export const setting = defineRule({
  id: 'setting',
  summary: 'Lists compose files, workflows, images and maps that name OpenAI’s settings or package.',
  why: 'They decide which environment the rewritten code runs in.',
  examples: [
    {
      name: 'a compose file',
      file: 'docker-compose.yml',
      beside,
      before: 'services:\n  app:\n    environment:\n      - OPENAI_API_KEY=${OPENAI_API_KEY}\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'a workflow',
      file: '.github/workflows/test.yml',
      beside,
      before: 'env:\n  OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'a Deno import map',
      file: 'deno.json',
      before: '{ "imports": { "openai": "npm:openai@^6" } }\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: a service called openai',
      file: 'docker-compose.yml',
      before: 'services:\n  openai-proxy:\n    image: example/openai\n',
      after: undefined,
      finds: [],
    },
  ],
  find: (scene) =>
    [...scene.files].flatMap(([file, text]) => [...settingDrafts(file, text), ...mapDrafts(scene, file, text)]),
});

function settingDrafts(file: string, text: string): Draft[] {
  if (kindOf(file) !== 'settings') return [];
  const found = [...text.matchAll(name)];
  const [first] = found;
  if (first === undefined || text.includes('MIGRATE_LLM_')) return [];
  return [
    {
      file,
      offset: first.index,
      action: 'manual',
      confidence: 'likely',
      what: [...new Set(found.map((one) => one[0]))].join(', '),
      why: 'The rewritten code also needs to know its target here.',
      fix: 'Add MIGRATE_LLM_TARGET, MIGRATE_LLM_BASE_URL and MIGRATE_LLM_API_KEY beside it, or ship migrate-llm.config.json.',
    },
  ];
}

/** Maps that send the name `openai` somewhere: Deno import maps, Jest's moduleNameMapper. */
function mapDrafts(scene: Scene, file: string, text: string): Draft[] {
  if (/(?:^|\/)(?:deno\.jsonc?|import_map\.json)$/.test(file)) {
    const imports = asRecord(asRecord(readJson(text))['imports']);
    return Object.entries(imports)
      .filter(
        ([, target]) => typeof target === 'string' && /(?:npm:openai\b|\/openai@|jsr:@openai\/openai)/.test(target),
      )
      .map(([alias, target]) => ({
        file,
        offset: Math.max(0, text.indexOf(`"${alias}"`)),
        action: 'manual',
        confidence: 'certain',
        what: `import map: "${alias}" is ${String(target)}`,
        why: 'Every import of this name follows the map, so one line moves them all.',
        fix: `Map "${alias}" to "npm:@migrate-llm/shim@^0.1.0" and keep "openai" mapped to npm:openai for its types.`,
      }));
  }
  const isJest = /(?:^|\/)jest\.config\.[cm]?[jt]s(?:on)?$/.test(file) || kindOf(file) === 'package';
  const mapped =
    isJest && scene.code?.swaps.onShim.size !== undefined
      ? /['"]\^?openai\$?['"]\s*:\s*['"](?![\^~\d*>=<]|catalog:|workspace:|npm:|file:|latest)/.exec(text)
      : null;
  if (mapped === null || mapped === undefined || !/moduleNameMapper/.test(text)) return [];
  return [
    {
      file,
      offset: mapped.index,
      action: 'manual',
      confidence: 'likely',
      what: 'moduleNameMapper for openai',
      why: 'Tests replace the package by name, and the rewritten code imports the shim.',
      fix: "Add the same mapping for '^@migrate-llm/shim$'.",
    },
  ];
}
