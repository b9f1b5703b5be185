import { expect, test } from 'vitest';
import { planMigration } from '../index.ts';

const head = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const ask = `client.chat.completions.create({ model: 'm', messages, functions: [f] })`;
const asked = `client.chat.completions.create({ model: 'm', messages, tools: [{ type: 'function', function: f }], parallel_tool_calls: false })`;

function after(code: string, file = 'a.mjs'): string | undefined {
  const files = [{ file, text: head + code }];
  return planMigration({ files }).changes[0]?.after.slice(head.length + '@migrate-llm/shim'.length - 'openai'.length);
}

test.each([
  [
    'a chain behind await',
    `const name = (await ${ask}).choices[0].message.function_call?.name;\n`,
    `const name = (await ${asked}).choices[0].message.tool_calls?.[0]?.function?.name;\n`,
  ],
  [
    'the message by a pattern',
    `const res = await ${ask};\nconst { message, finish_reason } = res.choices[0];\nif (finish_reason === 'function_call') run(message.function_call.arguments);\n`,
    `const res = await ${asked};\nconst { message, finish_reason } = res.choices[0];\nif (finish_reason === 'tool_calls') run(message.tool_calls?.[0]?.function.arguments);\n`,
  ],
  [
    'a list of choices in a variable, and a switch',
    `const { choices } = await ${ask};\nconst choice = choices[0];\nswitch (choice.finish_reason) { case 'function_call': run(choice.message.function_call); }\n`,
    `const { choices } = await ${asked};\nconst choice = choices[0];\nswitch (choice.finish_reason) { case 'tool_calls': run(choice.message.tool_calls?.[0]?.function); }\n`,
  ],
  [
    'a function that returns the message',
    `async function next() { const res = await ${ask}; return res.choices[0].message; }\nasync function loop() { const reply = await next(); if (reply.function_call) stop(reply); }\nloop();\n`,
    `async function next() { const res = await ${asked}; return res.choices[0].message; }\nasync function loop() { const reply = await next(); if (reply.tool_calls?.[0]?.function) stop(reply); }\nloop();\n`,
  ],
])('%s', (_, before, expected) => {
  expect(after(before)).toBe(expected);
});

test.each([
  [
    'a reply without the message in scope',
    `${ask};\nexport const reply = { role: 'function', name: 'f', content: '' };\n`,
  ],
  [
    'two messages in scope',
    `const a = (await ${ask}).choices[0].message;\nconst b = (await ${ask}).choices[0].message;\nmessages.push({ role: 'function', name: 'f', content: '' });\n`,
  ],
  ['the call taken out by a pattern', `const { function_call } = (await ${ask}).choices[0].message;\n`],
  [
    'a choice that is computed',
    `client.chat.completions.create({ messages, functions: [f], function_call: pick() });\n`,
  ],
  ['functions that are not a list in view', `client.chat.completions.create({ messages, functions: load() });\n`],
  ['another body spread in', `client.chat.completions.create({ messages, functions: [f], ...rest });\n`],
])('%s: left as it is', (_, code) => {
  expect(after(code)).toBe(code);
});

test('openai 3 and its functions are rewritten in one run', () => {
  const text = `const { Configuration, OpenAIApi } = require('openai');\nconst client = new OpenAIApi(new Configuration({}));\nasync function run() {\n  const res = await client.createChatCompletion({ model: 'm', messages: [], functions: [f] });\n  return res.data.choices[0].message.function_call.name;\n}\nrun();\n`;
  const options = { upgradeSdk: true };
  const result = planMigration({ files: [{ file: 'a.js', text }], options }).changes[0]?.after ?? '';
  expect(result).toContain("create({ model: 'm', messages: [], tools: [{ type: 'function', function: f }]");
  expect(result).toContain('return res.choices[0].message.tool_calls?.[0]?.function.name;');
  expect(planMigration({ files: [{ file: 'a.js', text: result }], options }).changes).toEqual([]);
});
