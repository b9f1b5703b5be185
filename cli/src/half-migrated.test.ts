import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { main } from './main.ts';
import { cleanEnv, commitAll, makeFolder, openStage, startServer } from './sandbox.test-folder.ts';

const manifest = (name: string): string =>
  JSON.stringify({ name, type: 'module', exports: './index.js', dependencies: { openai: '^6.0.0' } });
const source = (name: string): string =>
  `import OpenAI from 'openai';\nexport const ask${name} = async () => {\n  const client = new OpenAI({ maxRetries: 0 });\n  const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: '${name}' }] });\n  return answer.choices[0].message.content;\n};\n`;
const files: Readonly<Record<string, string>> = {
  'package.json': '{"name":"workspace","private":true,"workspaces":["packages/*"]}',
  'packages/a/package.json': manifest('a'),
  'packages/a/index.js': source('A'),
  'packages/b/package.json': manifest('b'),
  'packages/b/index.js': source('B'),
  'main.mjs': `import { askA } from './packages/a/index.js';\nimport { askB } from './packages/b/index.js';\nconsole.log(JSON.stringify([await askA(), await askB()]));\n`,
};

/** An endpoint that answers with its name and what it was asked, and keeps the keys it was shown. */
async function startStub(name: string) {
  const keys: string[] = [];
  const host = await startServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      keys.push(request.headers.authorization ?? '');
      const { messages } = JSON.parse(body) as { messages: Array<{ content: string }> };
      const message = { role: 'assistant', content: `${name} heard ${messages[0]?.content}` };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
        }),
      );
    });
  });
  return { url: `http://${host}/v1`, keys };
}

const room = (name: string): string => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

/** A workspace with the SDK and the shim installed, as its package manager would leave it. */
function makeWorkspace(): string {
  const folder = makeFolder(files);
  commitAll(folder);
  mkdirSync(join(folder, 'node_modules/@migrate-llm'), { recursive: true });
  const modules = join(room('@migrate-llm/shim'), '..', 'node_modules');
  symlinkSync(join(modules, 'openai'), join(folder, 'node_modules/openai'), 'junction');
  symlinkSync(room('@migrate-llm/shim'), join(folder, 'node_modules/@migrate-llm/shim'), 'junction');
  return folder;
}

function runApp(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; text: string; errors: string }> {
  const words = ['--conditions=@migrate-llm/source', '--import', import.meta.resolve('tsx'), 'main.mjs'];
  const child = spawn(process.execPath, words, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnv(), ...env },
  });
  let [text, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text, errors })));
}

async function migrate(folder: string, ...words: string[]): Promise<void> {
  const stage = openStage(folder);
  expect([await main([...words, '--write', '--allow-dirty'], stage), stage.errors()]).toEqual([0, '']);
}

test('with one package migrated and the other not, both run: each at its own endpoint, with its own key', async () => {
  const folder = makeWorkspace();
  const [openai, open] = [await startStub('openai'), await startStub('open')];
  const env = {
    OPENAI_API_KEY: 'sk-openai',
    OPENAI_BASE_URL: openai.url,
    MIGRATE_LLM_BASE_URL: open.url,
    MIGRATE_LLM_API_KEY: 'open-key',
    MIGRATE_LLM_TARGET: 'llama.cpp',
    MIGRATE_LLM_POLICY: 'silent',
  };
  const steps: Array<[() => Promise<void>, string[]]> = [
    [async () => {}, ['openai heard A', 'openai heard B']],
    [() => migrate(folder, '--only', 'packages/a'), ['open heard A', 'openai heard B']],
    [() => migrate(folder), ['open heard A', 'open heard B']],
  ];
  for (const [step, answers] of steps) {
    await step();
    const { code, text, errors } = await runApp(folder, env);
    expect([code, errors]).toEqual([0, '']);
    expect(JSON.parse(text)).toEqual(answers);
  }
  expect(new Set(openai.keys)).toEqual(new Set(['Bearer sk-openai']));
  expect(new Set(open.keys)).toEqual(new Set(['Bearer open-key']));
});
