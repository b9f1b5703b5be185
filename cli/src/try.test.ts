import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cleanEnv, makeApp, makeFolder, nodeWords, runBin, startServer } from './sandbox.test-folder.ts';

/** An endpoint that answers chats with one text, and knows no embeddings. */
async function startEndpoint() {
  const keys: string[] = [];
  const host = await startServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      keys.push(String(request.headers.authorization));
      const isChat = request.url === '/v1/chat/completions';
      const { model = '' } = text === '' ? {} : (JSON.parse(text) as { model?: string });
      response.writeHead(isChat || request.url === '/v1/models' ? 200 : 404, { 'content-type': 'application/json' });
      const message = { role: 'assistant', content: `from ${model}` };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const chat = {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage,
      };
      response.end(JSON.stringify(isChat ? chat : { error: { message: 'no such route' }, data: [] }));
    });
  });
  return { url: `http://${host}/v1`, keys };
}

const env = { OPENAI_API_KEY: 'sk-the-real-key-0000' };
const ask = `import OpenAI from 'openai';
const client = new OpenAI({ maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hi' }];
`;

describe('try', () => {
  test('an unedited app runs on the target: each kind of call is said once, with what became of it', async () => {
    const { url, keys } = await startEndpoint();
    const folder = makeApp({
      'app.js': `${ask}
        console.log((await client.chat.completions.create({ model: 'gpt-4o', messages })).choices[0].message.content);
        await client.chat.completions.create({ model: 'gpt-4o', messages });
        await client.chat.completions.create({ model: 'gpt-4o', messages, logit_bias: { 1: 1 } });
        await client.embeddings.create({ model: 'e', input: 'x' }).catch((error) => console.log(error.status));
        await client.responses.create({ model: 'gpt-4o', input: 'x', background: true }).catch((error) => console.log(error.code));
        process.exit(7);`,
    });
    const words = [
      'try',
      '--target',
      url,
      '--model',
      'llama',
      '--json',
      'report.json',
      '--',
      process.execPath,
      'app.js',
    ];
    const { code, stdout, stderr } = await runBin(folder, words, env);
    expect([stdout, code]).toEqual(['from llama\n404\nunsupported_parameter\n', 7]);
    expect(stderr).toContain('2 × POST /chat/completions  gpt-4o: as it is');
    expect(stderr).toMatch(
      /1 × POST \/chat\/completions {2}gpt-4o {2}with logit_bias: changed on its way\n.*logit_bias.*\[lossy\]/,
    );
    expect(stderr).toMatch(/1 × POST \/embeddings .*: failed at the target\n[^]*404/);
    expect(stderr).toMatch(/1 × POST \/responses .*: refused by the shim/);
    expect(stderr).not.toMatch(/address of its own|no request of it came/);
    expect(stderr).not.toContain('\u001b[');
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ version: 1, exitCode: 7, elsewhere: [], onShim: [], unseen: [] });
    expect(report.calls.map(({ count, fate }: { count: number; fate: string }) => [count, fate])).toEqual([
      [2, 'native'],
      [1, 'changed'],
      [1, 'failed'],
      [1, 'refused'],
    ]);
    expect(keys.join(' ')).not.toMatch(/sk-/);
  });

  test('what goes elsewhere, and what was not called, is named with its place', async () => {
    const { url } = await startEndpoint();
    const folder = makeApp({
      'app.js': `import OpenAI from 'openai';\nexport const other = new OpenAI({ apiKey: 'x', baseURL: 'https://api.openai.com/v1' });\nexport const own = new OpenAI();\nexport const ask = () => own.embeddings.create({ model: 'e', input: 'x' });\nexport const raw = () => fetch('https://api.openai.com/v1/chat/completions');\n`,
    });
    const { code, stdout, stderr } = await runBin(
      folder,
      ['try', '--target', url, '--json', '-', '--', process.execPath, 'app.js'],
      env,
    );
    expect(code).toBe(0);
    const { elsewhere, unseen } = JSON.parse(stdout) as Record<string, Array<{ rule: string; line: number }>>;
    expect(elsewhere?.map(({ rule, line }) => [rule, line])).toEqual([
      ['client', 2],
      ['raw-url', 5],
    ]);
    expect(unseen?.map(({ line }) => line)).toEqual([4]);
    expect(stderr).toContain('No request came');
    expect(stderr).toContain('app.js:5  a request to api.openai.com');
    expect(stderr).toContain('/etc/hosts');
  });

  test('an app that is on the shim already is told so', async () => {
    const { url } = await startEndpoint();
    const folder = makeApp({
      'package.json': '{"type":"module","dependencies":{"openai":"^7.0.0","@migrate-llm/shim":"^0.1.0"}}',
      'app.js': `import OpenAI from '@migrate-llm/shim';\nexport const make = () => new OpenAI();\n`,
    });
    const words = ['try', '--target', url, '--json', '-', '--', process.execPath, '--version'];
    const { stdout, stderr } = await runBin(folder, words, env);
    const report = JSON.parse(stdout) as Record<string, Array<{ rule: string; line: number }>>;
    expect(report['onShim']?.map(({ rule, line }) => [rule, line])).toEqual([['client', 2]]);
    expect(report['elsewhere']).toEqual([]);
    expect(stderr).toContain('On the shim already');
    expect(stderr).toContain('set MIGRATE_LLM_BASE_URL to the target');
  });

  test('a key of the app’s own is not let in unless told', async () => {
    const { url, keys } = await startEndpoint();
    const folder = makeApp({
      'app.js': `import OpenAI from 'openai';\nconst client = new OpenAI({ apiKey: process.env.MY_KEY, maxRetries: 0 });\nawait client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }).then(() => console.log('ok'), (error) => console.log(error.status));`,
    });
    const words = (more: readonly string[]) => ['try', '--target', url, ...more, '--', process.execPath, 'app.js'];
    const refused = await runBin(folder, words([]), { MY_KEY: 'sk-mine-0000000000' });
    expect(refused.stdout).toBe('401\n');
    expect(refused.stderr).toContain('--any-key takes them');
    const taken = await runBin(folder, words(['--any-key']), { MY_KEY: 'sk-mine-0000000000' });
    expect(taken.stdout).toBe('ok\n');
    expect(keys.join(' ')).not.toContain('sk-mine');
  });

  test.each([
    [['try', '--', 'x'], 'name where the calls go'],
    [['try', '--target', 'http://127.0.0.1:9/v1'], 'name the command behind --'],
    [
      ['try', '--target', 'http://127.0.0.1:9/v1', '--', './no-such-program'],
      './no-such-program cannot be started: there is no such program',
    ],
    [['try', '--target', 'nowhere', '--', 'true'], 'target "nowhere" is not in targets'],
    [
      ['try', '--target', 'http://127.0.0.1:9/v1', '--json', 'no/r.json', '--', 'true'],
      'the folder of that file does not exist',
    ],
    [['serve', '--target', 'http://127.0.0.1:9/v1', '--embedded'], 'leave one of them out'],
    [['serve', '--target', 'http://127.0.0.1:9/v1', '--host', '0.0.0.0'], 'opens the gateway'],
    [['serve', '--exposed'], 'belong to a gateway'],
  ])('%j is one clear line', async (words, message) => {
    const { code, stdout, stderr } = await runBin(makeFolder(), words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a signal ends the command and the gateway, and the report still comes', async () => {
    const { url } = await startEndpoint();
    const folder = makeApp({
      'app.js': `process.on('SIGINT', () => { console.log('ending'); setTimeout(() => process.exit(3), 50); });\nconsole.log(process.env.OPENAI_BASE_URL);\nsetInterval(() => {}, 1000);`,
    });
    const child = spawn(process.execPath, [...nodeWords, 'try', '--target', url, '--', process.execPath, 'app.js'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnv(), ...env },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let [stdout, stderr] = ['', ''];
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.stdout.on('data', (text) => {
      if (stdout === '') child.kill('SIGINT');
      stdout += String(text);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stdout.split('\n')[1]]).toEqual([3, 'ending']);
    expect(stderr).toContain('the command ended with 3');
    await expect(fetch(`${stdout.split('\n')[0]}/models`)).rejects.toThrow('fetch failed');
    expect(existsSync(join(folder, '.migrate-llm'))).toBe(false);
  });
});

describe('serve --target', () => {
  test('names its address and a key made for the run, answers, and ends at Ctrl-C', async () => {
    const { url, keys } = await startEndpoint();
    const child = spawn(process.execPath, [...nodeWords, 'serve', '--target', url], {
      cwd: makeFolder(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnv(), MIGRATE_LLM_API_KEY: 'target-key' },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text) => (stdout += String(text)).includes('Ctrl-C stops it.') && resolve());
      child.stderr.on('data', (text) => reject(new Error(String(text))));
    });
    const address = /OPENAI_BASE_URL=(\S+)/.exec(stdout)?.[1];
    const key = /OPENAI_API_KEY=(\S+)/.exec(stdout)?.[1];
    child.stderr.removeAllListeners('data');
    child.stderr.resume();
    const send = (given: string | undefined) =>
      fetch(`${address}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${given}` },
        body: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
      });
    expect([(await send(key)).status, (await send('other')).status]).toEqual([200, 401]);
    expect(new Set(keys)).toEqual(new Set(['Bearer target-key']));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });
});
