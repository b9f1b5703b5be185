import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { root } from './boundaries.ts';

// The packed shim, copied (not linked) into a folder whose only `openai` is one SDK major, used as ESM and as CommonJS.

const majors = { openai4: '4.104.0', openai5: '5.23.2', openai6: '6.49.0', openai: '7.57.0' } as const;
// Inside node_modules, so that the SDK's own dependencies resolve to the installed ones while `openai` is the copy.
const folder = join(root, 'node_modules', '.cache', 'migrate-llm-majors');
const secrets = {
  OPENAI_API_KEY: 'sk-secret-key-0000',
  OPENAI_ORG_ID: 'org-secret-0000',
  OPENAI_PROJECT_ID: 'proj-secret-0000',
};

const captured: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_750_000_000,
  model: 'tiny',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};
const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_750_000_000, model: 'tiny', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

let server: Server;
let baseURL: string;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: join(root, 'shim'),
      encoding: 'utf8',
    }),
  ) as [{ filename: string }];
  for (const alias of Object.keys(majors)) {
    const shim = join(folder, alias, 'node_modules', '@migrate-llm', 'shim');
    mkdirSync(shim, { recursive: true });
    execFileSync('tar', ['xzf', join(folder, packed.filename), '--strip-components=1', '-C', shim]);
    cpSync(join(root, 'node_modules', alias), join(folder, alias, 'node_modules', 'openai'), { recursive: true });
  }
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      captured.push({ url: request.url ?? '', headers: request.headers, body });
      const { model, stream } = body ? (JSON.parse(body) as { model?: string; stream?: boolean }) : {};
      if (model === 'locked') {
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } }),
        );
      } else if (stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(
          `${chunk({ role: 'assistant', content: null })}${chunk({ content: 'Hello.' })}${chunk({}, 'stop')}data: [DONE]\n\n`,
        );
      } else {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}, 300_000);

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => void captured.splice(0));

const probe = `
const seen = {};
const hi = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };
const nothing = { sdkIsSame: OpenAI.APIError === sdk.APIError, sameClass: (OpenAI === shim.OpenAI) === (raw === sdk.OpenAI) };
async function main() {
  Object.assign(seen, nothing);
  const client = new OpenAI({ maxRetries: 0, organization: 'org-secret-1111', project: 'proj-secret-1111' });
  seen.instance = [client instanceof OpenAI, client instanceof (sdk.OpenAI ?? sdk.default ?? sdk)];
  const result = await client.chat.completions.create(hi);
  seen.content = result.choices[0].message.content;
  seen.refusal = result.choices[0].message.refusal;
  seen.migration = [result._migration?.target, Object.keys(result).includes('_migration')];
  seen.streamed = '';
  for await (const part of await client.chat.completions.create({ ...hi, stream: true })) seen.streamed += part.choices[0]?.delta?.content ?? '';
  const error = await client.chat.completions.create({ ...hi, model: 'locked' }).catch((caught) => caught);
  seen.error = [error instanceof OpenAI.AuthenticationError, error instanceof sdk.AuthenticationError, error.status, error.code];
  class Mine extends OpenAI {}
  const mine = new Mine({ maxRetries: 0 });
  seen.subclass = [(await mine.chat.completions.create(hi)).choices[0].message.content, mine instanceof Mine, mine instanceof OpenAI];
  if (client.withOptions) seen.withOptions = (await client.withOptions({ timeout: 5000 }).chat.completions.create(hi)).choices[0].message.content;
  seen.azure = typeof shim.AzureOpenAI;
  console.log(JSON.stringify(seen));
}
main();
`;
const doors = {
  'probe.mjs': `import OpenAI, * as shim from '@migrate-llm/shim';\nimport raw, * as sdk from 'openai';\n${probe}`,
  'probe.cjs': `const OpenAI = require('@migrate-llm/shim');\nconst shim = OpenAI;\nconst sdk = require('openai');\nconst raw = sdk;\n${probe}`,
};

const runProbe = async (alias: string, door: keyof typeof doors, env: Readonly<Record<string, string>>) => {
  const file = join(folder, alias, door);
  writeFileSync(file, doors[door]);
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: { PATH: process.env['PATH'], ...secrets, ...env },
    cwd: join(folder, alias),
  });
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe.each(Object.entries(majors))('%s (%s)', (alias) => {
  test.each(['probe.mjs', 'probe.cjs'] as const)('%s behaves as the SDK and leaks nothing', async (door) => {
    const seen = await runProbe(alias, door, { MIGRATE_LLM_BASE_URL: baseURL, MIGRATE_LLM_API_KEY: 'target-key' });
    expect(seen).toEqual({
      sdkIsSame: true,
      sameClass: true,
      instance: [true, true],
      content: 'Hello.',
      refusal: null,
      migration: ['env', false],
      streamed: 'Hello.',
      error: [true, true, 401, 'invalid_api_key'],
      subclass: ['Hello.', true, true],
      ...(alias === 'openai4' ? {} : { withOptions: 'Hello.' }),
      azure: 'function',
    });
    expect(captured.filter(({ url }) => url.endsWith('/chat/completions'))).toHaveLength(alias === 'openai4' ? 4 : 5);
    for (const { headers } of captured) {
      expect(headers.authorization).toBe('Bearer target-key');
      expect(Object.keys(headers).filter((name) => /^(x-stainless|openai-)/.test(name))).toEqual([]);
      expect(JSON.stringify(headers)).not.toMatch(/secret/);
    }
  });

  test.each(['probe.mjs', 'probe.cjs'] as const)('%s with the kill switch is the bare SDK', async (door) => {
    const seen = await runProbe(alias, door, {
      MIGRATE_LLM_TARGET: 'openai',
      MIGRATE_LLM_BASE_URL: 'http://127.0.0.1:9/v1',
      OPENAI_BASE_URL: baseURL,
    });
    expect(seen).toMatchObject({ content: 'Hello.', migration: [null, false] });
    expect(captured[0]?.headers).toMatchObject({
      authorization: `Bearer ${secrets.OPENAI_API_KEY}`,
      'x-stainless-lang': 'js',
    });
  });

  test('the types are openai’s own', async () => {
    const imports = "import Shim, * as shim from '@migrate-llm/shim';\nimport Sdk, * as sdk from 'openai';\n";
    const files = ['types.mts', 'types.cts'];
    const equal = `
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same: [Same<typeof Shim, typeof Sdk>, Same<Shim, Sdk>, Same<typeof shim.APIError, typeof sdk.APIError>, Same<Shim.Chat.ChatCompletion, Sdk.Chat.ChatCompletion>] = [true, true, true, true];
class Mine extends Shim {}
const client: Sdk = new Mine({ apiKey: 'k', migrate: { target: 'local' } });
// @ts-expect-error a policy that does not exist
new Shim({ migrate: { policy: 'loud' } });
export { same, client };
`;
    for (const name of files) writeFileSync(join(folder, alias, name), imports + equal);
    writeFileSync(
      join(folder, alias, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          lib: ['es2023', 'dom', 'dom.iterable'],
          module: 'nodenext',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: ['node'],
          typeRoots: [join(root, 'node_modules/@types')],
        },
        files,
      }),
    );
    await promisify(execFile)(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(folder, alias),
    ]).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
  }, 120_000);
});
