import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExchanges } from '@migrate-llm/shim/exchange';
import { describe, expect, onTestFinished, test } from 'vitest';
import { main } from './main.ts';
import { cleanEnv, makeApp, makeFolder, nodeWords, openStage, runBin, startServer } from './sandbox.test-folder.ts';

/** What stands for OpenAI; it keeps the keys it is sent. */
async function startOpenAI() {
  const keys: string[] = [];
  const host = await startServer((request, response) => {
    keys.push(String(request.headers.authorization));
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'openai-version': '2020-10-01' });
      const choices = [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }];
      response.end(
        JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o', choices }),
      );
    });
  });
  return { url: `http://${host}/v1`, keys };
}

const read = (folder: string, file = 'traffic.jsonl') => parseExchanges(readFileSync(join(folder, file), 'utf8'), file);
const ask = `import OpenAI from 'openai';
const client = new OpenAI({ maxRetries: 0 });
const messages = [{ role: 'user', content: 'I am jane@example.com, EMP-402817' }];
`;
const key = 'sk-the-real-key-0000';

describe('record -- command', () => {
  test('an unedited app talks to OpenAI with its own key, and its calls are recorded without it', async () => {
    const { url, keys } = await startOpenAI();
    const folder = makeApp({
      'app.js': `${ask}
        console.log((await client.chat.completions.create({ model: 'gpt-4o', messages })).choices[0].message.content);
        process.exit(7);`,
      'lib/other.js': `import OpenAI from 'openai';\nexport const other = new OpenAI({ apiKey: 'x', baseURL: 'https://api.openai.com/v1' });\n`,
    });
    const { code, stdout, stderr } = await runBin(
      folder,
      ['record', '--call-site', 'triage', '--redact', 'employee=EMP-\\d{6}', '--', process.execPath, 'app.js'],
      { OPENAI_BASE_URL: url, OPENAI_API_KEY: key },
    );
    expect([stdout, code, keys]).toEqual(['hello\n', 7, [`Bearer ${key}`]]);
    expect(stderr).toContain('migrate-llm record: 1 request; the command ended with 7');
    expect(stderr).toContain('1 exchange recorded into traffic.jsonl');
    expect(stderr).toMatch(/Taken out: .*1 × custom:employee/);
    expect(stderr).toMatch(/Taken out: .*1 × email/);
    expect(stderr).toContain('lib/other.js:2');
    const [exchange] = read(folder);
    expect(exchange).toMatchObject({ callSite: 'triage', model: 'gpt-4o', request: { path: '/chat/completions' } });
    expect(exchange?.response.headers).toMatchObject({ 'openai-version': '2020-10-01' });
    expect(readFileSync(join(folder, 'traffic.jsonl'), 'utf8')).not.toMatch(/jane@|EMP-402817|sk-the-real/);
  });

  test('the recording goes where the settings say; --upstream says where the calls go', async () => {
    const { url } = await startOpenAI();
    const folder = makeApp({
      'migrate-llm.config.json': '{"target":"groq","record":"own.jsonl"}',
      'app.js': `${ask}await client.chat.completions.create({ model: 'gpt-4o', messages });`,
    });
    const { code } = await runBin(folder, ['record', '--upstream', url, '--', process.execPath, 'app.js'], {
      OPENAI_API_KEY: key,
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    });
    expect([code, existsSync(join(folder, 'traffic.jsonl'))]).toEqual([0, false]);
    expect(read(folder, 'own.jsonl')).toHaveLength(1);
  });

  test('a command that makes no call is said', async () => {
    const { stderr } = await runBin(makeFolder(), ['record', '--', process.execPath, '-e', '0']);
    expect(stderr).toContain('No request came');
  });

  test.each([
    [['--out', 'FOLDER/no/such/t.jsonl'], 'its folder does not exist; make it first'],
    [['--out', 'FOLDER/notes.txt'], 'exists and is not a recording'],
    [['--redact', 'x'], '--redact is "x"; give a name and a pattern'],
    [['--redact', 'x=('], 'record.redact.patterns.x is not a regular expression'],
    [['--out', 'FOLDER/t.jsonl', '--upstream', 'nowhere'], 'upstream is "nowhere", which is not a URL'],
    [['--out', 'FOLDER/t.jsonl', '--', './no-such-program'], './no-such-program cannot be started'],
  ])('%j is one clear line', async (words, message) => {
    const folder = makeFolder({ 'notes.txt': 'my notes\n' });
    const stage = openStage(folder);
    const argv = ['record', ...words.map((word) => word.replace('FOLDER', folder))];
    expect([await main(argv, stage), stage.text()]).toEqual([2, '']);
    expect(stage.errors()).toContain(message);
    expect(stage.errors().trim().split('\n')).toHaveLength(1);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('my notes\n');
  });
});

test('record without a command serves until Ctrl-C, and then says what was recorded', async () => {
  const { url } = await startOpenAI();
  const folder = makeFolder();
  const child = spawn(process.execPath, [...nodeWords, 'record', '--upstream', url], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnv(),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (text) => (stderr += String(text)));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text) => (stdout += String(text)).includes('Ctrl-C stops it.') && resolve());
  });
  const address = /OPENAI_BASE_URL=(\S+)/.exec(stdout)?.[1];
  await (await fetch(`${address}/chat/completions`, { method: 'POST', body: '{"model":"m"}' })).text();
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(stderr).toContain('1 exchange recorded into traffic.jsonl');
  expect(read(folder)).toHaveLength(1);
});
