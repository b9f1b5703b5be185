import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cleanEnv, makeFolder, nodeWords, runBin, startServer } from './sandbox.test-folder.ts';

/** An endpoint with two models, that wants a key; it keeps what it is asked. */
async function startEndpoint(models: readonly string[] = ['llama-8b', 'llama-70b']) {
  const asked: string[] = [];
  const host = await startServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'no key'}`);
    const isAllowed = request.headers.authorization === 'Bearer right';
    response.writeHead(isAllowed ? (request.url === '/v1/models' ? 200 : 404) : 401, {
      'content-type': 'application/json',
    });
    const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'test' }));
    response.end(JSON.stringify(isAllowed ? { object: 'list', data } : { error: { message: 'Invalid key' } }));
  });
  return { baseURL: `http://${host}/v1`, asked };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function makeApp(settings: unknown, openaiVersion = '6.49.0'): string {
  return makeFolder({
    'package.json': '{"dependencies":{"openai":"^6.0.0","@migrate-llm/shim":"^0.1.0"}}',
    'node_modules/openai/package.json': JSON.stringify({ version: openaiVersion }),
    'node_modules/@migrate-llm/shim/package.json': '{"version":"0.1.0"}',
    'sub/a.ts': '',
    ...(settings === undefined ? {} : { 'migrate-llm.config.json': JSON.stringify(settings) }),
  });
}

describe('doctor', () => {
  test('all well: packages, settings, endpoint and model names, without printing the key', async () => {
    const { baseURL, asked } = await startEndpoint();
    const folder = makeApp({
      target: 'local',
      targets: { local: { dialect: 'openai-compatible', baseURL, apiKeyEnv: 'LOCAL_KEY' } },
      models: { 'gpt-4o': 'llama-70b' },
    });
    const { code, stdout, stderr } = await runBin(folder, ['doctor', 'sub/..'], {
      LOCAL_KEY: 'right',
      OPENAI_API_KEY: 'sk-secret-of-openai',
    });
    expect([stdout, code]).toEqual([expect.stringContaining('All well.'), 0]);
    expect(stdout).toContain('ok       openai 6.49.0 (node_modules/openai)');
    expect(stdout).toContain(`ok       settings from ${join(folder, 'migrate-llm.config.json')}`);
    expect(stdout).toContain(`${baseURL}/models answers; its models: llama-8b, llama-70b`);
    expect(stdout).toContain('ok       gpt-4o is answered by llama-70b');
    expect(stderr).toBe(`GET ${baseURL}/models\n`);
    expect(new Set(asked)).toEqual(new Set(['GET /v1/models Bearer right']));
    expect(stdout + stderr).not.toMatch(/right|sk-secret/);
  });

  test('settings are found upward from the folder that is named', async () => {
    const { baseURL } = await startEndpoint();
    const folder = makeApp({ target: 'local', targets: { local: { baseURL } } });
    const { stdout } = await runBin('/', ['doctor', join(folder, 'sub')], { MIGRATE_LLM_API_KEY: 'right' });
    expect(stdout).toContain(`settings from ${join(folder, 'migrate-llm.config.json')}, MIGRATE_LLM_API_KEY (set)`);
    expect(stdout).toContain('All well.');
  });

  test('a wrong key, a model the endpoint lacks, an endpoint that is not there, each with what to do', async () => {
    const { baseURL } = await startEndpoint();
    const settings = { target: 'local', targets: { local: { baseURL } }, models: { 'gpt-4o': 'lama-70b' } };
    const folder = makeApp(settings);
    const wrong = await runBin(folder, ['doctor'], { MIGRATE_LLM_API_KEY: 'wrong' });
    expect(wrong.code).toBe(2);
    expect(wrong.stdout).toContain(
      `problem  ${baseURL}/models refuses the key (401): Invalid key\n         do: Set MIGRATE_LLM_API_KEY`,
    );
    const model = await runBin(folder, ['doctor'], { MIGRATE_LLM_API_KEY: 'right' });
    expect(model.code).toBe(2);
    expect(model.stdout).toContain(
      'problem  gpt-4o goes to "lama-70b", which the endpoint does not have\n         do: Choose one of its models in "models": llama-8b, llama-70b.',
    );
    const gone = await runBin(folder, ['doctor'], { MIGRATE_LLM_BASE_URL: `http://127.0.0.1:${await freePort()}/v1` });
    expect(gone.code).toBe(2);
    expect(gone.stdout).toMatch(
      /problem {2}http.*\/models does not answer: connection refused: nothing listens there \(ECONNREFUSED\)\n +do: Start the endpoint/,
    );
  });

  test('the kill switch asks nobody', async () => {
    const folder = makeApp(undefined);
    const { code, stdout, stderr } = await runBin(folder, ['doctor'], { MIGRATE_LLM_TARGET: 'openai' });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('the kill switch is on');
  });

  test.each([
    ['3.3.0', 'problem  openai 3.3.0'],
    ['4.103.9', 'problem  openai 4.103.9'],
    ['4.104.0', 'ok       openai 4.104.0'],
    ['7.57.0', 'ok       openai 7.57.0'],
    ['8.0.0', 'problem  openai 8.0.0'],
  ])('openai %s', async (version, line) => {
    const { stdout } = await runBin(makeApp(undefined, version), ['doctor'], { MIGRATE_LLM_TARGET: 'openai' });
    expect(stdout).toContain(line);
  });

  test.each([
    [undefined, 'no target: the shim does not know which endpoint answers'],
    [{ target: 'nope', targets: {} }, 'target "nope" is not in targets'],
    [{ trget: 'x' }, 'unknown key "trget" (did you mean "target"?)'],
  ])('settings %j are a problem that is named', async (settings, message) => {
    const { code, stdout } = await runBin(makeApp(settings), ['doctor', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: Array<{ level: string; what: string }> };
    expect(code).toBe(2);
    expect(checks).toContainEqual(
      expect.objectContaining({ level: 'problem', what: expect.stringContaining(message) }),
    );
  });
});

const tool = { type: 'function', function: { name: 'greet', parameters: { type: 'object', properties: {} } } };

/** A recorded call of a tool-using app, and what OpenAI answered. */
function makeExchange(message: Readonly<Record<string, unknown>>, finish: string): Exchange {
  const answer = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o',
    choices: [
      { index: 0, message: { role: 'assistant', refusal: null, ...message }, logprobs: null, finish_reason: finish },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], tools: [tool] };
  return {
    v: 1,
    id: 'one',
    recordedAt: '2026-11-25T00:00:00.000Z',
    provenance: 'synthetic',
    target: 'openai',
    model: 'gpt-4o',
    callSite: 'greet',
    sdk: null,
    request: { method: 'POST', path: '/chat/completions', headers: {}, body },
    response: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      chunks: [[1, Buffer.from(JSON.stringify(answer)).toString('base64')]],
    },
  };
}

const exchange = makeExchange({ content: 'Hello' }, 'stop');
const toolCall = { id: 'call_1', type: 'function', function: { name: 'greet', arguments: '{}' } };

/** Starts a serving command and waits until it names its URL; `stop` is Ctrl-C. */
async function startServing(folder: string, words: readonly string[]) {
  const child = spawn(process.execPath, [...nodeWords, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnv(),
  });
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stderr.on('data', (text) => (stderr += String(text)));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      stdout += String(text);
      const found = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(stdout)?.[0];
      if (found !== undefined && stdout.includes('Ctrl-C stops it.')) resolve(found);
    });
    child.on('close', () => reject(new Error(stderr)));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { url, stdout: () => stdout, stderr: () => stderr, stop: () => (child.kill('SIGINT'), ended) };
}

describe('replay and parity', () => {
  test('replay answers as recorded, says what was not recorded, and ends at Ctrl-C', async () => {
    const folder = makeFolder({ 'one.jsonl': `${JSON.stringify(exchange)}\n` });
    const served = await startServing(folder, ['replay', '--recordings', 'one.jsonl']);
    const ask = (body: unknown) =>
      fetch(`${served.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
    const answer = await (await ask(exchange.request.body)).json();
    expect(answer).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
    expect((await ask({ model: 'other' })).status).toBe(404);
    expect(await served.stop()).toBe(0);
    expect(served.stderr()).toMatch(
      /^migrate-llm: not recorded: POST \/chat\/completions; the nearest is one: model is "other", recorded was "gpt-4o"; /,
    );
  });

  test('parity: exit code 0 where the shapes agree, 1 where they do not, 2 where nobody can be asked', async () => {
    const folder = makeFolder({ 'one.jsonl': `${JSON.stringify(exchange)}\n` });
    const served = await startServing(folder, ['replay', '--recordings', 'one.jsonl']);
    const env = { MIGRATE_LLM_BASE_URL: served.url, MIGRATE_LLM_TARGET: 'openai-compatible' };
    const words = ['parity', '--recordings', 'one.jsonl'];
    const same = await runBin(folder, [...words, '--json', 'report.json'], env);
    expect([same.code, same.stderr]).toEqual([0, '']);
    expect(same.stdout).toContain('WIRE-SAFE');
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toMatchObject({
      v: 1,
      kind: 'parity',
      verdict: 'WIRE-SAFE',
    });

    // A ceiling is held before anything is asked; results stay, and a report is made of them without asking.
    writeFileSync(join(folder, 'gate.yaml'), 'require: SAFE\n');
    const dear = await runBin(folder, [...words, '--max-tokens', '1'], env);
    expect([dear.code, dear.stderr]).toEqual([2, expect.stringMatching(/nothing was asked/)]);
    expect((await runBin(folder, [...words, '--results', 'r.jsonl', '--html', 'report.html'], env)).code).toBe(0);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('WIRE-SAFE');
    const gated = await runBin(folder, ['parity', '--merge', 'r.jsonl', '--gate', 'gate.yaml', '--markdown', '-']);
    expect([gated.code, gated.stdout.split('\n')[2]]).toEqual([1, expect.stringMatching(/^\*\*WIRE-SAFE\*\*/)]);
    expect(gated.stderr).toBe('migrate-llm: gate: the verdict is WIRE-SAFE, and the gate asks for SAFE\n');

    // OpenAI called the tool where this endpoint only talks.
    const asked = makeExchange({ content: null, tool_calls: [toolCall] }, 'tool_calls');
    writeFileSync(join(folder, 'one.jsonl'), `${JSON.stringify(asked)}\n`);
    const other = await runBin(folder, [...words, '--json', '-'], env);
    expect(other.code).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({ verdict: 'NOT SAFE' });
    await served.stop();

    const gone = await runBin(folder, words, env);
    expect([gone.code, gone.stdout]).toEqual([2, '']);
    expect(gone.stderr).toMatch(/^migrate-llm: .*does not answer: connection refused.*Start the endpoint.*\n$/);
  });

  test('parity: a refused key is one line and exit code 2', async () => {
    const { baseURL } = await startEndpoint();
    const folder = makeFolder({ 'one.jsonl': `${JSON.stringify(exchange)}\n` });
    const { code, stdout, stderr } = await runBin(folder, ['parity', '--recordings', 'one.jsonl'], {
      MIGRATE_LLM_BASE_URL: baseURL,
      MIGRATE_LLM_API_KEY: 'wrong',
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^migrate-llm: .* refuses the key \(401\): Invalid key\. Set MIGRATE_LLM_API_KEY.*\n$/);
  });

  test('parity: nothing that can be compared is INCONCLUSIVE, exit code 3', async () => {
    const { baseURL } = await startEndpoint();
    const other: Exchange = { ...exchange, request: { method: 'GET', path: '/files', headers: {}, body: null } };
    const folder = makeFolder({ 'one.jsonl': `${JSON.stringify(other)}\n` });
    const { code, stdout } = await runBin(folder, ['parity', '--recordings', 'one.jsonl'], {
      MIGRATE_LLM_BASE_URL: baseURL,
      MIGRATE_LLM_API_KEY: 'right',
    });
    expect(code).toBe(3);
    expect(stdout).toContain('INCONCLUSIVE');
  });

  test.each([
    [[], 'name the recorded traffic: --traffic <file.jsonl>'],
    [['--traffic', 'good.jsonl', '--shard', '3/2'], '--shard is "3/2"; give part and parts'],
    [['--traffic', 'good.jsonl', '--gate', 'gate.yaml'], 'gate.yaml has an unknown key "levl"'],
    [['--traffic', 'good.jsonl', '--tasks', 'none.mjs'], '--tasks none.mjs is no file'],
    [['--merge', 'none.jsonl'], 'none.jsonl does not exist'],
    [['--recordings', 'none.jsonl'], 'none.jsonl does not exist'],
    [['--recordings', 'bad.jsonl'], 'bad.jsonl:2'],
    [['--recordings', 'good.jsonl', '--json', 'no/where.json'], 'the folder of that file does not exist'],
    [['--recordings', 'good.jsonl', '--target', 'nope'], 'target "nope" is not in targets'],
    [['--traffic', 'good.jsonl', '--targets', 'nope', '--results', 'r.jsonl'], '--results is for one target'],
    [
      ['--traffic', 'good.jsonl', '--targets', 'nope', '--route', 'no/r.json'],
      'the folder of that file does not exist',
    ],
    [['--recordings', 'good.jsonl'], 'no target'],
  ])('parity %j is one clear line', async (words, message) => {
    const line = JSON.stringify(exchange);
    const folder = makeFolder({ 'good.jsonl': `${line}\n`, 'bad.jsonl': `${line}\n{"v":1\n`, 'gate.yaml': 'levl: 1' });
    const { code, stderr } = await runBin(folder, ['parity', ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('serve --embedded', () => {
  test('serves, says how to point the app at it, and ends at Ctrl-C', async () => {
    const folder = makeFolder();
    const served = await startServing(folder, ['serve', '--embedded', '--key', 'k 1']);
    expect(served.stdout()).toContain(`export MIGRATE_LLM_BASE_URL=${served.url}`);
    expect(served.stdout()).toContain("export MIGRATE_LLM_API_KEY='k 1'");
    const ask = (key: string) => fetch(`${served.url}/models`, { headers: { authorization: `Bearer ${key}` } });
    expect([(await ask('wrong')).status, (await ask('k 1')).status]).toEqual([401, 200]);
    const port = new URL(served.url).port;
    const second = await runBin(folder, ['serve', '--embedded', '--port', port]);
    expect([second.code, second.stdout]).toEqual([2, '']);
    expect(second.stderr).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(await served.stop()).toBe(0);
    await expect(ask('k 1')).rejects.toThrow('fetch failed');
  });

  test('a file that is no model is one clear line', async () => {
    const folder = makeFolder({ 'text.gguf': 'hello' });
    const { code, stdout, stderr } = await runBin(folder, ['serve', '--embedded', '--model', 'text.gguf']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('text.gguf is not a GGUF model');
    expect(existsSync(join(folder, '.migrate-llm'))).toBe(false);
  });
});
