import type { ts } from 'ts-morph';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
import type { EndpointUse } from '../touchpoints.ts';
import { sdkFormOf } from '../values.ts';

const head = `import OpenAI from './elsewhere';\n`;

/** Names every endpoint that is called, and what carries the call after the migration. */
export const callSite = defineRule({
  id: 'call-site',
  summary: 'Lists each endpoint call that a client reaches, with the features it uses.',
  why: 'Calls stay as they are; what matters is whether the target can answer them.',
  examples: [
    {
      name: 'a call stays as it is',
      before: `import { client } from './client';\nawait client.chat.completions.create({ model: 'gpt-4o', messages: [], stream: true });\n`,
      beside: {
        'client.ts': `import OpenAI from '@migrate-llm/shim';\nexport const client = new OpenAI();\n`,
        'package.json': '{"dependencies":{"@migrate-llm/shim":"^0.1.0","openai":"^6.0.0"}}',
      },
      after: undefined,
    },
    {
      name: 'look-alike: a client of one’s own',
      before: `${head}const ai = new OpenAI();\nai.chat.completions.create({ model: 'x' });\n`,
      after: undefined,
    },
    {
      name: 'shadowed: an argument with the name of the client',
      before: `import type { OpenAI } from 'openai';\nfunction run(client: { chat: () => void }) { client.chat(); }\n`,
      after: undefined,
    },
  ],
  find: ({ code }) => (code === undefined ? [] : code.uses.map((use) => draftOf(code, use))),
});

function draftOf(code: CodeScene, use: EndpointUse): Draft {
  const features = featuresOf(code, use);
  const place = {
    file: use.file.file,
    offset: offsetOf(use.file, use.node),
    what: `${use.endpoint}${use.call === undefined ? ' passed on as a function' : ''}${features.length === 0 ? '' : ` with ${features.join(', ')}`}`,
  };
  if (use.client === undefined) {
    return {
      ...place,
      action: 'leave',
      confidence: 'unsure',
      why: 'It looks like a call of an OpenAI client, but where the client comes from could not be traced.',
      fix: 'Check where the client is built; its import decides where the call goes.',
    };
  }
  const home = siteFile(code, use.client.site);
  if (
    sdkFormOf(use.client.site.text) === 'shim' ||
    (home !== undefined && code.swaps.verdictOf(home)?.action === 'rewrite')
  ) {
    return {
      ...place,
      action: 'leave',
      confidence: use.client.made === undefined ? 'likely' : 'certain',
      why: 'It runs through the shim.',
      fix: '',
    };
  }
  const verdict = home === undefined ? undefined : code.swaps.verdictOf(home);
  const why =
    verdict === undefined ? 'Its client is known by its type only.' : `Its client stays as it is. ${verdict.why}`;
  return {
    ...place,
    action: 'leave',
    confidence: verdict === undefined ? 'likely' : verdict.confidence,
    why,
    fix: verdict?.fix ?? '',
  };
}

function siteFile(code: CodeScene, site: ts.Node): string | undefined {
  const source = site.getSourceFile();
  for (const file of code.project.files.values()) if (file.source === source) return file.file;
  return undefined;
}

const counted = [
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'response_format',
  'n',
  'stop',
  'seed',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'stream_options',
  'reasoning_effort',
  'modalities',
  'audio',
  'prediction',
  'store',
  'service_tier',
  'web_search_options',
  'verbosity',
  'previous_response_id',
  'conversation',
  'background',
  'text',
  'reasoning',
  'include',
  'dimensions',
  'encoding_format',
  'instructions',
];

function featuresOf(code: CodeScene, use: EndpointUse): string[] {
  const { ts } = code.project;
  const body = use.call?.arguments[0];
  if (body === undefined) return [];
  const names = code.flow.valuesOf(body).flatMap((value) =>
    value.kind === 'object'
      ? value.node.properties.flatMap((property) => {
          if (property.name === undefined) return [];
          const isOff =
            ts.isPropertyAssignment(property) && /^(?:false|undefined|null)$/.test(property.initializer.getText());
          return isOff ? [] : [property.name.getText().replace(/^['"]|['"]$/g, '')];
        })
      : [],
  );
  return counted.filter((name) => names.includes(name));
}
