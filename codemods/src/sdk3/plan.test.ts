import { describe, expect, test } from 'vitest';
import { planMigration, type MigrationPlan } from '../index.ts';

const manifest = '{ "private": true, "dependencies": { "openai": "^3.3.0" } }\n';
const made = `const { Configuration, OpenAIApi } = require('openai');\nconst openai = new OpenAIApi(new Configuration({ apiKey: 'k' }));\n`;
const after = `const { OpenAI } = require('@migrate-llm/shim');\nconst openai = new OpenAI({ apiKey: 'k' });\n`;

function plan(files: Record<string, string>, upgradeSdk = true): MigrationPlan {
  const texts = { 'package.json': manifest, ...files };
  return planMigration({
    files: Object.entries(texts).map(([file, text]) => ({ file, text })),
    options: { upgradeSdk },
  });
}
const textOf = (made3: MigrationPlan, file: string): string | undefined =>
  made3.changes.find((one) => one.file === file)?.after;

describe('one file', () => {
  test.each([
    [
      'status by withResponse',
      `const res = await openai.createEmbedding({});\nif (res.status !== 200) throw res.data.data;\n`,
      `const { data: res, response: resHttp } = await openai.embeddings.create({}).withResponse();\nif (resHttp.status !== 200) throw res.data;\n`,
    ],
    [
      'then with a pattern',
      `openai.createCompletion({}).then(({ data }) => data.choices).catch((e) => e.response.data.error.message);\n`,
      `openai.completions.create({}).then((data) => data.choices).catch((e) => e.error.message);\n`,
    ],
    [
      'then with a name',
      `openai.listModels().then((res) => res.data.data);\n`,
      `openai.models.list().then((res) => res.data);\n`,
    ],
    [
      'optional chains',
      `const res = await openai.createCompletion({});\nres?.data?.choices;\nres?.data.choices;\nres?.data[0];\n`,
      `const res = await openai.completions.create({});\nres?.choices;\nres?.choices;\nres?.[0];\n`,
    ],
    [
      'a let with two calls',
      `let res;\nif (a) res = await openai.createCompletion({});\nelse res = await openai.createChatCompletion({});\nres.data.choices;\n`,
      `let res;\nif (a) res = await openai.completions.create({});\nelse res = await openai.chat.completions.create({});\nres.choices;\n`,
    ],
    [
      'a nested pattern',
      `const { data: { choices } } = await openai.createCompletion({});\nchoices;\n`,
      `const { choices } = await openai.completions.create({});\nchoices;\n`,
    ],
    [
      'a function that returns the response',
      `async function ask(body) { return openai.createCompletion(body); }\nasync function use() { const { data } = await ask({}); return data.choices; }\nuse();\n`,
      `async function ask(body) { return openai.completions.create(body); }\nasync function use() { const data = await ask({}); return data.choices; }\nuse();\n`,
    ],
    [
      'positional arguments with gaps',
      `openai.createImageEdit(image, 'a cat', undefined, 2);\n`,
      `openai.images.edit({ image, prompt: 'a cat', n: 2 });\n`,
    ],
    [
      'request options that stay',
      `openai.createCompletion({}, { timeout: 5, signal });\n`,
      `openai.completions.create({}, { timeout: 5, signal });\n`,
    ],
    [
      'an error behind an alias',
      `try { await openai.createCompletion({}); } catch (e) { const err = e; console.log(err.response?.status); }\n`,
      `try { await openai.completions.create({}); } catch (e) { const err = e; console.log(err.status); }\n`,
    ],
  ])('%s', (_, before, expected) => {
    const result = plan({ 'a.js': made + before });
    expect(textOf(result, 'a.js')).toBe(after + expected);
  });

  test.each([
    ['the response is passed on', `keep(await openai.createCompletion({}));\n`],
    [
      'the response holds other things too',
      `let res = await openai.createCompletion({});\nres = fetchOther();\nres.data;\n`,
    ],
    ['an API that is gone', `openai.createEdit({});\n`],
    ['the headers of axios', `const res = await openai.createCompletion({});\nres.headers['x'];\n`],
    ['an option of axios', `openai.createCompletion({}, { proxy: false });\n`],
    ['a method passed on', `const ask = openai.createCompletion;\nask({});\n`],
    ['a client handed to others', `const { wrap2 } = require('other');\nuse(openai);\nwrap2(openai);\n`],
    ['isAxiosError', `try { await openai.createCompletion({}); } catch (e) { if (axios.isAxiosError(e)) throw e; }\n`],
    ['an axios of its own', `new OpenAIApi(new Configuration({}), undefined, axios);\n`],
    ['the name is taken', `const OpenAI = 1;\nOpenAI;\n`],
    [
      'a stream that is passed on',
      `const res = await openai.createCompletion({}, { responseType: 'stream' });\nkeep(res);\n`,
    ],
  ])('%s: nothing is rewritten, and the place is named', (_, before) => {
    const result = plan({ 'a.js': made + before, 'b.js': `${made}openai.listModels();\n` });
    expect(result.changes).toEqual([]);
    const told = result.findings.filter((one) => one.rule === 'sdk-3' && one.action === 'manual');
    expect(told.some((one) => one.file === 'a.js' && one.line > 2)).toBe(true);
    expect(told.some((one) => one.file === 'b.js' && one.why.includes('a.js'))).toBe(true);
  });
});

test('clients are followed across files, and the package moves as a whole', () => {
  const result = plan({
    'ai.js': `${made}module.exports = { openai };\n`,
    'use.js': `const { openai } = require('./ai');\nexports.run = async () => (await openai.createChatCompletion({})).data.choices;\n`,
  });
  expect(textOf(result, 'ai.js')).toBe(`${after}module.exports = { openai };\n`);
  expect(textOf(result, 'use.js')).toContain('(await openai.chat.completions.create({})).choices');
  expect(textOf(result, 'package.json')).toContain('"openai": "^6.49.0"');
});

test('a client with its own base path keeps it, and is not moved to the shim', () => {
  const result = plan({
    'a.js': made.replace(
      "apiKey: 'k'",
      "basePath: 'https://api.groq.com/openai/v1', baseOptions: { headers: { x: '1' } }",
    ),
  });
  expect(textOf(result, 'a.js')).toBe(
    `const { OpenAI } = require('openai');\nconst openai = new OpenAI({ baseURL: 'https://api.groq.com/openai/v1', defaultHeaders: { x: '1' } });\n`,
  );
  expect(textOf(result, 'package.json')).toBe(manifest.replace('^3.3.0', '^6.49.0'));
});

test('the major is not raised without being asked, nor where the range is not plain', () => {
  expect(plan({ 'a.js': made }, false).changes).toEqual([]);
  const catalog = plan({ 'a.js': made, 'package.json': '{ "dependencies": { "openai": "workspace:*" } }\n' });
  expect(catalog.changes).toEqual([]);
  expect(catalog.findings.find((one) => one.rule === 'sdk-3' && one.file === 'package.json')?.why).toContain(
    'plain range',
  );
});
