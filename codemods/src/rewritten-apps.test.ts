import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planMigration } from './index.ts';

// Apps as people write them, rewritten by the plan, written to a folder of their own and run in a process of their own: every request must reach
// the stub, and what the app prints must be what it printed with OpenAI.

const repository = fileURLToPath(new URL('../../', import.meta.url));
const received: Array<{ path: string; authorization: string | undefined; body: Record<string, unknown> }> = [];
let server: Server;
let folder: string;

const answer = (message: object, finish_reason = 'stop'): object => ({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'tiny',
  choices: [{ index: 0, finish_reason, message: { role: 'assistant', content: 'mild', ...message } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

function reply(path: string, body: Record<string, unknown>): object {
  if (path.startsWith('/app/')) return {};
  if (path.endsWith('/models'))
    return { object: 'list', data: [{ id: 'tiny', object: 'model', created: 1, owned_by: 'x' }] };
  if (path.endsWith('/embeddings')) {
    const data = [body['input']].flat().map((_, index) => ({ object: 'embedding', index, embedding: [0.5, 0.25] }));
    return { object: 'list', model: 'tiny', data, usage: { prompt_tokens: 1, total_tokens: 1 } };
  }
  const isAnswered = (body['messages'] as Array<{ role: string }>).some(({ role }) => role === 'tool');
  if (!Array.isArray(body['tools']) || isAnswered) return answer({});
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };
  return answer({ content: null, tool_calls: [call] }, 'tool_calls');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      const path = request.url ?? '';
      received.push({ path, authorization: request.headers.authorization, body });
      if (body['stream'] === true) {
        response.setHeader('content-type', 'text/event-stream');
        const piece = {
          ...answer({}),
          object: 'chat.completion.chunk',
          choices: [{ index: 0, delta: { role: 'assistant', content: 'mild' }, finish_reason: null }],
        };
        const last = { ...piece, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
        response.end(`${[piece, last].map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`);
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(reply(path, body)));
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'rewritten-')));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  mkdirSync(join(folder, 'home'));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const ask = `{ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }]`;

const apps: ReadonlyArray<{ name: string; text: string; prints: string; paths: readonly string[] }> = [
  {
    name: 'the AI SDK',
    text: `import { openai } from '@ai-sdk/openai';\nimport { embed, generateText } from 'ai';\nconst { text } = await generateText({ model: openai('gpt-4o'), prompt: 'hi' });\nconst { embedding } = await embed({ model: openai.textEmbeddingModel('text-embedding-3-small'), value: 'a' });\nconsole.log(text, embedding);\n`,
    prints: 'mild [ 0.5, 0.25 ]',
    paths: ['/v1/chat/completions', '/v1/embeddings'],
  },
  {
    name: 'LangChain',
    text: `import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';\nconst chat = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 0 });\nconst vectors = new OpenAIEmbeddings();\nconsole.log((await chat.invoke('hi')).content, await vectors.embedQuery('a'));\n`,
    prints: 'mild [ 0.5, 0.25 ]',
    paths: ['/v1/chat/completions', '/v1/embeddings'],
  },
  {
    name: 'OpenAI Agents',
    text: `import { Agent, run, setTracingDisabled } from '@openai/agents';\nsetTracingDisabled(true);\nconst result = await run(new Agent({ name: 'a', instructions: 'b', model: 'gpt-4o' }), 'hi');\nconsole.log(result.finalOutput);\n`,
    prints: 'mild',
    paths: ['/v1/chat/completions'],
  },
  {
    name: 'a raw fetch',
    text: `const res = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers: { authorization: \`Bearer \${process.env.OPENAI_API_KEY}\` }, body: JSON.stringify(${ask} }) });\nconsole.log((await res.json()).choices[0].message.content);\n`,
    prints: 'mild',
    paths: ['/v1/chat/completions'],
  },
  {
    name: 'the Azure SDK 1',
    text: `import { AzureKeyCredential, OpenAIClient } from '@azure/openai';\nconst client = new OpenAIClient('https://x.openai.azure.com', new AzureKeyCredential('sk-stays-here'));\nconst { choices } = await client.getChatCompletions('eu', [{ role: 'user', content: 'hi' }], { maxTokens: 9 });\nlet text = '';\nfor await (const part of await client.streamChatCompletions('eu', [{ role: 'user', content: 'hi' }])) text += part.choices[0]?.delta?.content ?? '';\nconst { data } = await client.getEmbeddings('ada', ['a']);\nconsole.log(choices[0].message.content, text, data[0].embedding);\n`,
    prints: 'mild mild [ 0.5, 0.25 ]',
    paths: ['/v1/chat/completions', '/v1/chat/completions', '/v1/embeddings'],
  },
  {
    name: 'AzureOpenAI',
    text: `import { AzureOpenAI } from 'openai';\nconst client = new AzureOpenAI({ endpoint: 'https://x.openai.azure.com', deployment: 'eu', apiKey: 'sk-stays-here', apiVersion: '2024-10-21' });\nconst done = await client.chat.completions.create({ model: 'eu', messages: [{ role: 'user', content: 'hi' }] });\nconsole.log(done.choices[0].message.content);\n`,
    prints: 'mild',
    paths: ['/v1/chat/completions'],
  },
  {
    name: 'openai 3',
    text: `import { Configuration, OpenAIApi } from 'openai';\nconst openai = new OpenAIApi(new Configuration({ apiKey: process.env.OPENAI_API_KEY }));\nconst { data } = await openai.createChatCompletion(${ask} });\nconst models = await openai.listModels();\nconst stream = await openai.createChatCompletion(${ask}, stream: true }, { responseType: 'stream' });\nlet text = '';\nfor await (const chunk of stream.data)\n  for (const line of chunk.toString().split('\\n'))\n    if (line.startsWith('data: {')) text += JSON.parse(line.slice(6)).choices[0].delta.content ?? '';\nconsole.log(data.choices[0].message.content, models.status, models.data.data[0].id, text);\n`,
    prints: 'mild 200 tiny mild',
    paths: ['/v1/chat/completions', '/v1/models', '/v1/chat/completions'],
  },
  {
    name: 'functions',
    text: `import OpenAI from 'openai';\nconst client = new OpenAI();\nconst messages = [{ role: 'user', content: 'hi' }];\nconst functions = [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }];\nconst first = await client.chat.completions.create({ model: 'gpt-4o', messages, functions });\nconst message = first.choices[0].message;\nif (message.function_call) {\n  const { city } = JSON.parse(message.function_call.arguments);\n  messages.push(message, { role: 'function', name: message.function_call.name, content: city });\n  const second = await client.chat.completions.create({ model: 'gpt-4o', messages, functions });\n  console.log(city, second.choices[0].message.content);\n}\n`,
    prints: 'Paris mild',
    paths: ['/v1/chat/completions', '/v1/chat/completions'],
  },
];

/** What each app printed, and the requests that came while it ran. */
const printed = new Map<string, string>();
const asked = new Map<string, string[]>();

// One process for all of them: starting one takes longer than running its app.
beforeAll(async () => {
  const { port } = server.address() as AddressInfo;
  const steps = apps.map(({ name, text }, at) => {
    const file = `app-${at}.mjs`;
    const plan = planMigration({ files: [{ file, text }], options: { upgradeSdk: true } });
    const rewritten = plan.changes.find((one) => one.file === file)?.after;
    if (rewritten === undefined)
      throw new Error(`${name} was not rewritten: ${JSON.stringify(plan.findings, null, 1)}`);
    writeFileSync(join(folder, file), rewritten);
    return `await fetch('http://127.0.0.1:${port}/app/${at}');\nconsole.log('app ${at}');\nawait import('./${file}');\n`;
  });
  writeFileSync(join(folder, 'all.mjs'), steps.join(''));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--conditions=@migrate-llm/source', 'all.mjs'],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: join(folder, 'home'),
        OPENAI_API_KEY: 'sk-stays-here',
        MIGRATE_LLM_TARGET: 'openai-compatible',
        MIGRATE_LLM_BASE_URL: `http://127.0.0.1:${port}/v1`,
        MIGRATE_LLM_POLICY: 'silent',
      },
    },
  );
  for (const [at, { name }] of apps.entries()) {
    printed.set(name, stdout.split(/^app \d+$/m)[at + 1]?.trim() ?? '');
    const from = received.findIndex(({ path }) => path === `/app/${at}`);
    const to = received.findIndex(({ path }) => path === `/app/${at + 1}`);
    const own = received.slice(from + 1, to === -1 ? undefined : to);
    asked.set(
      name,
      own.map(({ path }) => path),
    );
  }
}, 120_000);

test.each(apps)('$name runs after the rewrite, and asks the target only', ({ name, prints, paths }) => {
  expect(printed.get(name)).toBe(prints);
  expect(asked.get(name)).toEqual(paths);
});

test('no key of OpenAI reaches the target', () => {
  expect(received.length).toBeGreaterThan(apps.length);
  expect(JSON.stringify(received)).not.toContain('sk-stays-here');
});
