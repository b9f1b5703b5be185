import { findOpenAIApi, sdkSurface, type SurfaceEntry } from '@migrate-llm/shim/manifest';
import { writeAssistantRecipe } from '../assistants.ts';
import { readFeatures } from '../features.ts';
import { fileOf } from '../shim-files.ts';
import { defineRule, type Draft } from '../rule.ts';
import { movedMethods } from '../sdk3/methods.ts';
import { offsetOf, type CodeScene, type Scene } from '../scene.ts';
import { findStore } from '../stores.ts';
import type { EndpointUse } from '../touchpoints.ts';
import { sdkFormOf } from '../values.ts';

const load = `import { client } from './client';
`;
const beside = {
  'client.ts': `import OpenAI from '@migrate-llm/shim';\nexport const client = new OpenAI();\n`,
  'package.json': '{"dependencies":{"@migrate-llm/shim":"^0.1.0","openai":"^6.0.0"}}',
};

/** Names every endpoint that is called, and what carries the call after the migration. */
export const callSite = defineRule({
  id: 'call-site',
  isPerFile: true,
  summary: 'Lists each endpoint call that a client reaches, with the features it uses.',
  why: 'Calls stay as they are; what matters is whether the target can answer them.',
  examples: [
    {
      name: 'a call stays as it is',
      before: `${load}await client.chat.completions.create({ model: 'gpt-4o', messages: [], stream: true });\n`,
      beside,
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'an endpoint that the shim refuses',
      before: `${load}await client.responses.compact({ model: 'gpt-4o', input: 'hi' });\n`,
      beside,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'Assistants are gone, wherever the client points',
      before: `import type OpenAI from 'openai';\nexport const start = (ai: OpenAI) => ai.beta.threads.create();\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'embeddings, and the store that is in view',
      before: `${load}import { Pinecone } from '@pinecone-database/pinecone';\nexport const index = new Pinecone();\nexport const embed = (input: string) => client.embeddings.create({ model: 'text-embedding-3-small', input });\n`,
      beside,
      after: undefined,
      finds: ['leave'],
    },
    {
      name: 'look-alike: a client of another SDK',
      before: `import Groq from 'groq-sdk';\nconst openai = new Groq();\nopenai.chat.completions.create({ model: 'x' });\n`,
      after: undefined,
      finds: [],
    },
    {
      name: 'shadowed: an argument with the name of the client',
      before: `${load}export function run(client: { chat: { start: () => void } }) { client.chat.start(); }\n`,
      beside,
      after: undefined,
      finds: [],
    },
  ],
  find: (scene) => {
    const { code } = scene;
    return code === undefined ? [] : code.uses.map((use) => withStore(scene, use, draftOf(code, use)));
  },
});

/** Says of embeddings where they are kept: vectors of two models do not compare. */
function withStore(scene: Scene, use: EndpointUse, draft: Draft): Draft {
  const store = /(?:^|\.)(?:embeddings\.create|createEmbedding)$/.test(use.endpoint)
    ? findStore(scene, use.file.file)
    : undefined;
  if (store === undefined) return draft;
  const where = store.where === use.file.file ? 'this file imports' : `${store.where} imports`;
  return {
    ...draft,
    why: `${draft.why} Its vectors may go to ${store.name}, which ${where}.`,
    fix: `${draft.fix === '' ? '' : `${draft.fix} `}Before another model answers, embed everything in ${store.name} again: vectors of two models do not compare.`,
  };
}

function draftOf(code: CodeScene, use: EndpointUse): Draft {
  const { names, whole } = readFeatures(code.project.ts, code.flow, use.call, use.endpoint.split('.').at(-1) ?? '');
  const passedOn = use.call === undefined ? ' passed on as a function' : '';
  const shown = names.filter((name) => !names.some((other) => other.startsWith(`${name}.`)));
  const unseen = use.call === undefined || whole ? [] : ['what is not visible here'];
  const used = [...shown, ...unseen];
  const place = {
    file: use.file.file,
    offset: offsetOf(use.file, use.node),
    end: use.node.getEnd() + use.file.shift,
    what: `${use.endpoint}${passedOn}${used.length === 0 ? '' : ` with ${used.join(', ')}`}`,
    subject: `${use.endpoint}${passedOn}`,
    features: names,
  };
  const api = findOpenAIApi(use.endpoint);
  const deadline = api === undefined ? {} : { deadline: { date: api.shutdown, of: api.name, source: api.source } };
  // Gone on the day the catalogue was checked: nothing is left to leave the call on.
  if (api !== undefined && api.shutdown <= api.checked) {
    return {
      ...place,
      action: 'manual',
      confidence: use.client === undefined ? 'likely' : 'certain',
      why: `OpenAI turned its ${api.name} off on ${api.shutdown}.`,
      fix: writeAssistantRecipe(code.project.ts, use) ?? `Instead: ${api.instead}.`,
      ...deadline,
    };
  }
  if (use.client === undefined) {
    return {
      ...place,
      action: 'leave',
      confidence: 'unsure',
      why: 'It looks like a call of an OpenAI client, but where the client comes from could not be traced.',
      fix: 'Check where the client is built; its import decides where the call goes.',
    };
  }
  const confidence = use.client.made === undefined ? 'likely' : 'certain';
  const home = fileOf(code, use.client.site);
  const verdict = home === undefined ? undefined : code.swaps.verdictOf(home);
  if (sdkFormOf(use.client.site.text) === 'shim' || (home !== undefined && code.swaps.onShim.has(home)))
    return { ...place, confidence, ...throughShim(endpointOf(use)) };
  const why =
    verdict === undefined ? 'Its client is known by its type only.' : `Its client stays as it is. ${verdict.why}`;
  const end = api === undefined ? '' : ` OpenAI turns its ${api.name} off on ${api.shutdown}: ${api.instead}.`;
  return { ...place, action: 'leave', confidence, why: `${why}${end}`, fix: verdict?.fix ?? '', ...deadline };
}

/** The path of the method in later majors: openai 3 has every method on the client itself. */
function endpointOf(use: EndpointUse): string {
  return use.client?.name === 'OpenAIApi' ? (movedMethods[use.endpoint]?.to ?? use.endpoint) : use.endpoint;
}

/** The shim's row for an endpoint: its own, or that of the nearest path above it. */
function surfaceOf(endpoint: string): SurfaceEntry | undefined {
  const parts = endpoint.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = sdkSurface[parts.slice(0, length).join('.')];
    if (found !== undefined) return found;
  }
  return undefined;
}

function throughShim(endpoint: string): Pick<Draft, 'action' | 'why' | 'fix'> {
  const entry = surfaceOf(endpoint);
  const fix = entry?.fix === undefined || entry.fix === '' ? '' : `${entry.fix}.`;
  switch (entry?.status) {
    case 'native':
      return { action: 'leave', why: 'It runs through the shim.', fix };
    case 'emulated':
      return {
        action: 'leave',
        why: 'It runs through the shim, which imitates it where the endpoint does not have it.',
        fix,
      };
    case 'refused':
      return {
        action: 'manual',
        why: 'The shim refuses it with an error, because no endpoint answers it as OpenAI does.',
        fix,
      };
    case 'passed':
      return { action: 'manual', why: 'The shim passes it on as it is, and the endpoint may not have it.', fix };
    default:
      return {
        action: 'leave',
        why: 'The shim does not know this method and passes it on as it is.',
        fix: 'Try it against the endpoint.',
      };
  }
}
