import { defineRule } from '../rule.ts';
import { draftUpgrade } from '../upgrade-drafts.ts';

const recipe =
  'new OpenAI({ apiKey }) takes the place of the Configuration pair, client.chat.completions.create(body) that of createChatCompletion(body); results have no ".data", errors have .status and .error on themselves';

const options = { upgradeSdk: true };
const ask = `await openai.createChatCompletion({ model: 'gpt-4o', messages: [] })`;
const asked = `await openai.chat.completions.create({ model: 'gpt-4o', messages: [] })`;
const load = `import { Configuration, OpenAIApi } from 'openai';
const openai = new OpenAIApi(new Configuration({ apiKey: process.env.OPENAI_API_KEY }));
`;
const loaded = `import { OpenAI } from '@migrate-llm/shim';
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
`;

/** Moves a package from openai 3 to the shape of later majors: all of its files, or none. */
export const sdk3 = defineRule({
  id: 'sdk-3',
  summary: 'Rewrites openai 3 (Configuration, OpenAIApi, .data) to the later shape, when asked by --upgrade-sdk.',
  why: 'The shim stands in for openai 4.104 and later. A package has one version of openai, so its files are rewritten all together or not at all.',
  sdkMajors: [3],
  examples: [
    {
      name: 'a call and its answer',
      options,
      before: `${load}const answer = ${ask};\nexport const text = answer.data.choices[0]?.message?.content;\n`,
      after: `${loaded}const answer = ${asked};\nexport const text = answer.choices[0]?.message?.content;\n`,
      finds: ['rewrite'],
    },
    {
      name: 'data taken out of the answer, and the errors of axios',
      options,
      before: `${load}try {\n  const { data } = ${ask};\n  console.log(data.choices);\n} catch (error: any) {\n  if (error.response) console.error(error.response.status, error.response.data);\n}\n`,
      after: `${loaded}try {\n  const data = ${asked};\n  console.log(data.choices);\n} catch (error: any) {\n  if (error.status) console.error(error.status, { error: error.error });\n}\n`,
    },
    {
      name: 'CommonJS, and a stream that is read by hand',
      file: 'app.js',
      options,
      before: `const { Configuration, OpenAIApi } = require("openai")\nconst configuration = new Configuration({ apiKey: 'k' })\nconst openai = new OpenAIApi(configuration)\nasync function run(body) {\n  const res = await openai.createCompletion(body, { responseType: "stream" })\n  res.data.on("data", (chunk) => console.log(chunk.toString()))\n}\nrun({ stream: true })\n`,
      after: `const { Readable } = require("node:stream")\nconst { OpenAI } = require("@migrate-llm/shim")\nconst configuration = { apiKey: 'k' }\nconst openai = new OpenAI(configuration)\nasync function run(body) {\n  const res = Readable.fromWeb((await openai.completions.create(body).asResponse()).body)\n  res.on("data", (chunk) => console.log(chunk.toString()))\n}\nrun({ stream: true })\n`,
    },
    {
      name: 'positional arguments, types and enums',
      options,
      before: `import { Configuration, OpenAIApi, type ChatCompletionRequestMessage, ChatCompletionRequestMessageRoleEnum } from 'openai';\nconst config: Configuration = new Configuration({});\nconst openai = new OpenAIApi(config);\nconst first: ChatCompletionRequestMessage = { role: ChatCompletionRequestMessageRoleEnum.User, content: 'hi' };\nexport const heard = async (file: File) => (await openai.createTranscription(file, 'whisper-1', undefined, 'json')).data.text + first.role;\n`,
      after: `import { OpenAI, type ClientOptions } from '@migrate-llm/shim';\nconst config: ClientOptions = {};\nconst openai = new OpenAI(config);\nconst first: OpenAI.Chat.ChatCompletionMessageParam = { role: 'user', content: 'hi' };\nexport const heard = async (file: File) => (await openai.audio.transcriptions.create({ file, model: 'whisper-1', response_format: 'json' })).text + first.role;\n`,
    },
    {
      name: 'without being asked it only says what it would do',
      before: `${load}export const run = async () => (${ask}).data;\n`,
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'the response leaves the code in view: nothing is rewritten',
      options,
      before: `${load}export const run = async () => ${ask};\n`,
      after: undefined,
      finds: ['manual', 'manual'],
    },
    {
      name: 'look-alike: a service with a method of that name',
      options,
      before: `class Painter { createImage(prompt: string) { return { data: prompt }; } }\nexport const painted = new Painter().createImage('x').data;\n`,
      after: undefined,
      finds: [],
    },
    {
      name: 'shadowed: the old names on the new SDK',
      options,
      before: `const { OpenAI: OpenAIApi } = require('openai');\nconst openai = new OpenAIApi();\nexport const run = async () => (await openai.models.list()).data;\n`,
      after: `const { OpenAI: OpenAIApi } = require('@migrate-llm/shim');\nconst openai = new OpenAIApi();\nexport const run = async () => (await openai.models.list()).data;\n`,
      finds: [],
    },
  ],
  find: ({ code }) =>
    (code?.upgrades ?? []).filter((one) => one.from === 3).flatMap((one) => draftUpgrade(one, recipe)),
});
