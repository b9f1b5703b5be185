import { expect, test } from 'vitest';
import { planMigration } from './index.ts';

/** The features and the words of the one call in a file. */
function callIn(code: string): { what: string | undefined; features: readonly string[] | undefined } {
  const text = `import OpenAI from 'openai';\nconst client = new OpenAI();\n${code}`;
  const calls = planMigration({ files: [{ file: 'app.ts', text }] }).findings.filter(
    ({ rule }) => rule === 'call-site',
  );
  expect(calls).toHaveLength(1);
  return { what: calls[0]?.what, features: calls[0]?.features };
}

const create = (body: string) => `client.chat.completions.create(${body});\n`;

test.each<[string, string, readonly string[]]>([
  ['a plain call', create(`{ model: 'm', messages: [] }`), []],
  ['switched off', create(`{ model: 'm', messages: [], stream: false, logprobs: null, n: 1 }`), []],
  ['a no that asks for something', create(`{ messages: [], parallel_tool_calls: false }`), ['parallel_tool_calls']],
  [
    'forms of tool_choice',
    create(`{ messages: [], tools: [], tool_choice: 'required' }`),
    ['tools', 'tool_choice', 'tool_choice.required'],
  ],
  [
    'a named tool',
    create(`{ messages: [], tool_choice: { type: 'function', function: { name: 'f' } } }`),
    ['tool_choice', 'tool_choice.named'],
  ],
  [
    'a schema written out',
    create(`{ messages: [], response_format: { type: 'json_schema', json_schema: { name: 's', schema: {} } } }`),
    ['response_format', 'response_format.json_schema'],
  ],
  [
    'a schema made by the helper',
    `import { zodResponseFormat } from 'openai/helpers/zod';\n${create(`{ messages: [], response_format: zodResponseFormat({} as never, 's') }`)}`,
    ['response_format', 'response_format.json_schema'],
  ],
  [
    'an image and a developer message',
    create(
      `{ messages: [{ role: 'developer', content: 'x' }, { role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }`,
    ),
    ['image.url', 'role.developer'],
  ],
  [
    'usage of a stream, strict tools, two system messages',
    create(
      `{ messages: [{ role: 'system', content: 'a' }, { role: 'system', content: 'b' }], stream: true, stream_options: { include_usage: true }, tools: [{ type: 'function', function: { name: 'f', strict: true } }] }`,
    ),
    ['stream', 'tools', 'stream_options', 'stream.usage', 'system.several', 'tools.strict'],
  ],
  [
    'a body in a variable',
    `const body = { messages: [], stop: ['x'], stream: true };\n${create('body')}`,
    ['stream', 'stop'],
  ],
  ['a spread that may come', create(`{ messages: [], ...(process.env.X && { seed: 1 }) }`), ['seed']],
  ['a method that streams', `client.chat.completions.stream({ messages: [] });\n`, ['stream']],
  [
    'look-alike: words in a text and keys of a tool',
    create(
      `{ messages: [{ role: 'user', content: "type: 'image_url', tools" }], tools: [{ type: 'function', function: { name: 'stop', parameters: { properties: { seed: {} } } } }] }`,
    ),
    ['tools'],
  ],
])('%s', (_, code, features) => {
  expect(callIn(code).features ?? []).toEqual(features);
});

test('a request that comes from outside is said not to be visible', () => {
  const whole =
    'export const ask = (rest: object) => client.chat.completions.create({ messages: [], stream: true, ...rest });\n';
  expect(callIn(whole).what).toBe('chat.completions.create with stream, what is not visible here');
});
