import { isEntry } from '../deep-entries.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type Scene } from '../scene.ts';
import { readSdkVersion } from '../sdk-version.ts';
import type { Site } from '../sites.ts';
import { isSwappable } from '../swap-plan.ts';
import { sdkFormOf, shimModule } from '../values.ts';

const use = `const client = new OpenAI();\n`;

/** Swaps value imports of `openai` to the shim: the characters of the specifier change, nothing else. */
export const importSwap = defineRule({
  id: 'import-swap',
  summary: "Imports the client from '@migrate-llm/shim' instead of 'openai'.",
  why: 'The shim extends the classes of the installed openai package and sends their requests to the endpoint of your choice, so calls, types and errors stay as they are.',
  sdkMajors: [4, 5, 6, 7],
  examples: [
    {
      name: 'default import',
      before: `import OpenAI from 'openai';\n${use}`,
      after: `import OpenAI from '@migrate-llm/shim';\n${use}`,
    },
    {
      name: 'named, aliased and inline type',
      before: `import { OpenAI as AI, type ClientOptions } from "openai"\nexport const ai = new AI({} as ClientOptions)\n`,
      after: `import { OpenAI as AI, type ClientOptions } from "@migrate-llm/shim"\nexport const ai = new AI({} as ClientOptions)\n`,
    },
    {
      name: 'CommonJS, destructured',
      file: 'app.cjs',
      before: `const { OpenAI } = require('openai');\n${use}`,
      after: `const { OpenAI } = require('@migrate-llm/shim');\n${use}`,
    },
    {
      name: 'dynamic import',
      before: `const { OpenAI } = await import('openai');\n${use}`,
      after: `const { OpenAI } = await import('@migrate-llm/shim');\n${use}`,
    },
    {
      name: 'look-alike: a local file named openai',
      before: `import OpenAI from './openai';\nimport { ChatOpenAI } from '@langchain/openai';\n${use}`,
      after: undefined,
    },
    {
      name: 'shadowed: the client is not made from the import',
      before: `import type OpenAI from 'openai';\nfunction make(OpenAI: new () => object) { return new OpenAI(); }\n`,
      after: undefined,
    },
    {
      name: 'types stay on openai',
      before: `import type { OpenAI } from 'openai';\nimport { zodResponseFormat } from 'openai/helpers/zod';\n`,
      after: undefined,
    },
    {
      name: 'a client of another provider',
      before: `import OpenAI from 'openai';\nexport const groq = new OpenAI({ baseURL: 'https://api.groq.com/openai/v1' });\n`,
      after: undefined,
    },
    {
      name: 'comments and strings',
      before: `// import OpenAI from 'openai'\nexport const code = "import OpenAI from 'openai'";\n`,
      after: undefined,
    },
  ],
  find: (scene) => (scene.code?.swaps.sites ?? []).flatMap((site) => draftsOf(scene, site)),
});

function draftsOf(scene: Scene, site: Site): Draft[] {
  const place = { file: site.file.file, offset: offsetOf(site.file, site.literal) };
  const what = describe(site);
  if (isSwappable(site)) {
    const verdict = scene.code?.swaps.verdictOf(site.file.file);
    if (verdict === undefined) return [];
    if (verdict.action !== 'rewrite') return [{ ...place, ...verdict, what }];
    const edits = [{ start: place.offset + 1, end: site.literal.getEnd() - 1 + site.file.shift, text: shimModule }];
    return [{ ...place, ...verdict, what, edits }];
  }
  if (sdkFormOf(site.specifier) === 'shim') return [];
  if (sdkFormOf(site.specifier) === 'deno') {
    return [
      {
        ...place,
        action: 'manual',
        confidence: 'certain',
        what,
        why: 'Deno names the package by a URL or a registry prefix, and the shim needs the openai package beside it.',
        fix: `Use npm:${shimModule} here and add npm:openai to the import map.`,
      },
    ];
  }
  if (sdkFormOf(site.specifier) === 'index' && site.form !== 'type' && site.form !== 'mock' && site.form !== 'actual') {
    return [
      {
        ...place,
        action: 'manual',
        confidence: 'certain',
        what,
        why: 'It reaches into the package for the client class; the shim has one entry.',
        fix: `Import it from 'openai' or directly from '${shimModule}', then run migrate-llm again.`,
      },
    ];
  }
  const owner = scene.code?.swaps.ownerOf(site.file.file);
  const version = owner === undefined ? undefined : readSdkVersion(owner, scene.files);
  if ((site.form === 'deep' || site.form === 'deep-type') && !isEntry(site.specifier, version?.major))
    return [
      {
        ...place,
        action: 'manual',
        confidence: 'certain',
        what,
        why: `openai ${version?.major} has no entry ${site.specifier}, so this import does not resolve.`,
        fix: "Take the name from 'openai' itself or from the entry that has it now: openai/core/* has what openai 4 kept in error, pagination, resource, streaming and uploads; the shims and src/* are gone.",
      },
    ];
  if (site.form === 'type' || site.form === 'deep-type') {
    return [
      {
        ...place,
        action: 'leave',
        confidence: 'certain',
        what,
        why: "The types are openai's own, and the package stays installed because the shim builds on it.",
        fix: '',
      },
    ];
  }
  if (site.form === 'deep') {
    return [
      {
        ...place,
        action: 'leave',
        confidence: 'certain',
        what,
        why: 'The openai package stays installed, and its helpers work on the clients of the shim.',
        fix: '',
      },
    ];
  }
  if (site.form === 'side-effect') {
    return [
      {
        ...place,
        action: 'leave',
        confidence: 'certain',
        what,
        why: 'It only loads the package and takes nothing from it.',
        fix: '',
      },
    ];
  }
  if (site.form === 'resolve') {
    return [
      {
        ...place,
        action: 'manual',
        confidence: 'certain',
        what,
        why: 'It asks for the path of the package; what is done with the path is not visible.',
        fix: `Check whether the path is loaded later; if so, resolve '${shimModule}' instead.`,
      },
    ];
  }
  return [];
}

function describe(site: Site): string {
  const names =
    site.names.length === 0 ? '' : ` of ${site.names.slice(0, 4).join(', ')}${site.names.length > 4 ? ', …' : ''}`;
  const forms: Readonly<Record<Site['form'], string>> = {
    import: 'import',
    export: 're-export',
    require: 'require',
    dynamic: 'dynamic import',
    'import-equals': 'import =',
    'side-effect': 'side-effect import',
    type: 'type import',
    deep: 'deep import',
    'deep-type': 'deep type import',
    resolve: 'require.resolve',
    mock: 'mock',
    actual: 'import of the actual module',
  };
  return `${forms[site.form]}${names} from '${site.specifier}'`;
}
