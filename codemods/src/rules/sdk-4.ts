import { defineRule } from '../rule.ts';
import { draftUpgrade } from '../upgrade-drafts.ts';

const options = { upgradeSdk: true };
const beside = { 'package.json': '{ "private": true, "dependencies": { "openai": "^4.104.0" } }\n' };
const load = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const loaded = `import OpenAI from '@migrate-llm/shim';\nconst client = new OpenAI();\n`;

/** Moves what openai 5 broke, where the major is raised from 4. */
export const sdk4 = defineRule({
  id: 'sdk-4',
  summary: 'Rewrites what openai 5 broke of openai 4, when asked by --upgrade-sdk.',
  why: 'The shim runs on openai 4.104 as it is, so this is done only when the major is to be raised; then all files of the package move together.',
  sdkMajors: [4],
  examples: [
    {
      name: 'beta.chat.completions, del and named path parameters',
      options,
      beside,
      before: `${load}await client.beta.chat.completions.parse({ model: 'm', messages: [] });\nawait client.files.del('f');\nawait client.vectorStores.files.retrieve('vs', 'file', { timeout: 5 });\nawait client.beta.threads.messages.update('t', 'm', { metadata: {} });\n`,
      after: `${loaded}await client.chat.completions.parse({ model: 'm', messages: [] });\nawait client.files.delete('f');\nawait client.vectorStores.files.retrieve('file', { vector_store_id: 'vs' }, { timeout: 5 });\nawait client.beta.threads.messages.update('m', { thread_id: 't', metadata: {} });\n`,
      finds: ['rewrite'],
    },
    {
      name: 'events of the runners, and options in the place of a query',
      options,
      beside,
      before: `${load}const runner = client.beta.chat.completions.runTools({ model: 'm', messages: [], tools: [] });\nrunner.on('functionCall', console.log).on('content', console.log);\nawait client.files.list({ headers: { a: 'b' } });\n`,
      after: `${loaded}const runner = client.chat.completions.runTools({ model: 'm', messages: [], tools: [] });\nrunner.on('functionToolCall', console.log).on('content', console.log);\nawait client.files.list({}, { headers: { a: 'b' } });\n`,
    },
    {
      name: 'an httpAgent needs a decision: the code stays on openai 4',
      options,
      beside,
      before: `import OpenAI from 'openai';\nconst client = new OpenAI({ httpAgent: agent });\nawait client.files.del('f');\n`,
      after: `import OpenAI from '@migrate-llm/shim';\nconst client = new OpenAI({ httpAgent: agent });\nawait client.files.del('f');\n`,
      finds: ['manual', 'manual'],
    },
    {
      name: 'look-alike: del of something else',
      options,
      beside,
      before: `${load}export const cache = { del: (key: string) => key };\ncache.del('x');\nvoid client;\n`,
      after: `${loaded}export const cache = { del: (key: string) => key };\ncache.del('x');\nvoid client;\n`,
    },
    {
      name: 'not asked: openai 4 stays',
      beside,
      before: `${load}await client.files.del('f');\n`,
      after: `${loaded}await client.files.del('f');\n`,
      finds: [],
    },
  ],
  find: ({ code }) =>
    (code?.upgrades ?? [])
      .filter((one) => one.from === 4)
      .flatMap((one) => draftUpgrade(one, 'see MIGRATION.md of openai 5 (https://github.com/openai/openai-node)')),
});
