import type { IncomingMessage, ServerResponse } from 'node:http';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from './main.ts';
import { makeFolder, openStage, startServer } from './sandbox.test-folder.ts';

/** A chat answer in OpenAI's shape. */
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'tiny',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'OK', refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};
const send = (response: ServerResponse, status: number, body: unknown, type = 'application/json') => {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

async function startEndpoint(answerChat: (request: IncomingMessage, response: ServerResponse) => void) {
  let requests = 0;
  const host = await startServer((request, response) => {
    requests += 1;
    if (request.url === '/v1/models')
      return send(response, 200, {
        object: 'list',
        data: [{ id: 'tiny', object: 'model', created: 0, owned_by: 'us' }],
      });
    return answerChat(request, response);
  });
  return { url: `http://${host}/v1`, count: () => requests };
}

async function runVerify(words: readonly string[], { cwd = makeFolder(), env = {} as Record<string, string> } = {}) {
  const stage = openStage(cwd);
  const code = await main(['verify', ...words], { ...stage, env });
  return { code, cwd, out: stage.text(), err: stage.errors() };
}
const sound = () => startEndpoint((_request, response) => send(response, 200, answer));

describe('verify', () => {
  test('a sound endpoint passes; ceilings are said first; the report is written in each form', async () => {
    const { url } = await sound();
    const seen = await runVerify([
      '--base-url',
      url,
      '--only',
      'CHAT-01',
      '--only',
      'usg-02',
      '--out',
      'a.html',
      '--out',
      'a.md',
      '--out',
      'a.xml',
      '--json',
      'a.json',
    ]);
    expect([seen.err, seen.code]).toEqual([
      'migrate-llm: 2 cases, at most 5 requests and about 354 tokens, retries left out\n',
      0,
    ]);
    expect(seen.out).toContain('no case fails, 0 warn, 2 pass');
    const report = JSON.parse(readFileSync(join(seen.cwd, 'a.json'), 'utf8')) as { counts: object; endpoint: object };
    expect(report.counts).toMatchObject({ PASS: 2, FAIL: 0 });
    expect(report.endpoint).toMatchObject({ via: 'direct', baseURL: url, model: 'tiny' });
    for (const file of ['a.html', 'a.md', 'a.xml']) expect(existsSync(join(seen.cwd, file))).toBe(true);
  });

  test('a broken one fails with exit code 1', async () => {
    const { url } = await startEndpoint((_request, response) => send(response, 200, { ...answer, object: 'chat' }));
    const { code, out } = await runVerify(['--base-url', url, '--only', 'CHAT-01']);
    expect([code, out]).toEqual([1, expect.stringContaining('object is "chat.completion"')]);
  });

  test('the same through the shim, which mends it', async () => {
    const { url } = await startEndpoint((_request, response) =>
      send(response, 200, { ...answer, choices: [{ ...answer.choices[0], finish_reason: 'eos' }] }),
    );
    expect((await runVerify(['--base-url', url, '--only', 'CHAT-05'])).code).toBe(1);
    const through = await runVerify(['--target', url, '--only', 'CHAT-05', '--json', '-']);
    expect(JSON.parse(through.out)).toMatchObject({ endpoint: { via: 'shim', baseURL: url } });
    expect(through.code).toBe(0);
  });

  test('resume asks only what is open, and takes no file of another run', async () => {
    const { url, count } = await sound();
    const words = ['--base-url', url, '--model', 'tiny', '--resume', 'run.jsonl'];
    const { cwd } = await runVerify([...words, '--only', 'CHAT-01']);
    appendFileSync(join(cwd, 'run.jsonl'), '{"id":"CHAT-0');
    const before = count();
    const again = await runVerify([...words, '--only', 'CHAT-01', '--only', 'CHAT-04', '--json', '-'], { cwd });
    expect([JSON.parse(again.out).counts.PASS, count() - before, again.code]).toEqual([2, 2, 0]);
    const third = await runVerify([...words, '--only', 'CHAT-04', '--json', '-'], { cwd });
    expect([JSON.parse(third.out).counts.PASS, count() - before]).toEqual([1, 2]);
    const other = await runVerify(['--base-url', url, '--model', 'big', '--resume', 'run.jsonl'], { cwd });
    expect([other.code, other.err]).toEqual([
      2,
      expect.stringMatching(/run\.jsonl holds a run with model "tiny", and this one has "big"/),
    ]);
  });

  test('a key goes where its variable is named, and into no report', async () => {
    const { url } = await startEndpoint((request, response) =>
      request.headers.authorization === 'Bearer sk-of-endpoint'
        ? send(response, 200, answer)
        : send(response, 401, {
            error: {
              message: `Incorrect key ${request.headers.authorization}`,
              type: 'x',
              param: null,
              code: 'invalid_api_key',
            },
          }),
    );
    const words = ['--base-url', url, '--only', 'HTTP-02', '--only', 'ERR-03', '--json', '-'];
    const refused = await runVerify(words);
    expect([refused.code, refused.err]).toEqual([3, expect.stringMatching(/refuses the key \(401\).*--api-key-env/)]);
    const right = await runVerify([...words, '--api-key-env', 'K'], { env: { K: 'sk-of-endpoint' } });
    expect([right.code, JSON.parse(right.out).counts.PASS]).toEqual([0, 2]);
    expect(right.out).not.toContain('sk-of-endpoint');
  });
});

describe('verify on endpoints that are none', () => {
  test.each<[string, Parameters<typeof startEndpoint>[0], RegExp]>([
    ['HTML', (_request, response) => send(response, 200, '<html><body>Sign in', 'text/html'), /answers 200 with HTML/],
    [
      'unknown model',
      (_request, response) =>
        send(response, 404, { error: { message: 'The model `gpt` does not exist', code: 'model_not_found' } }),
      /does not know the model "gpt".*it has tiny/,
    ],
    [
      'never ending',
      (_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
      /no end within 1 s/,
    ],
    ['slow', () => {}, /no answer within 1 s/],
  ])('%s', async (_name, answerChat, what) => {
    const { url } = await startEndpoint(answerChat);
    const { code, err } = await runVerify(['--base-url', url, '--model', 'gpt', '--only', 'CHAT', '--timeout', '1']);
    expect([code, err]).toEqual([3, expect.stringMatching(what)]);
  });

  test('nobody there', async () => {
    const { code, err } = await runVerify(['--base-url', 'http://127.0.0.1:9/v1', '--only', 'CHAT']);
    expect([code, err]).toEqual([3, expect.stringMatching(/cannot be reached/)]);
  });

  test.each<[string, string[], RegExp]>([
    ['no endpoint', [], /name the endpoint: --base-url/],
    ['two endpoints', ['--base-url', 'http://a/v1', '--target', 'groq'], /give one of them/],
    ['no URL', ['--base-url', 'localhost'], /the base URL is "localhost"; give one such as/],
    ['no key', ['--base-url', 'http://a/v1', '--api-key-env', 'NOPE'], /NOPE: that variable is not set/],
    ['no such case', ['--base-url', 'http://a/v1', '--only', 'NOPE-1'], /no case is called "NOPE-1"/],
    ['no such profile', ['--base-url', 'http://a/v1', '--profile', 'openai-8'], /--profile openai-8 is none.*openai-7/],
    ['no such feature', ['--base-url', 'http://a/v1', '--has', 'wings'], /--has wings is none/],
    [
      'no such form',
      ['--base-url', 'http://a/v1', '--format', 'pdf'],
      /--format pdf is none; the forms are text, json/,
    ],
    [
      'no such folder',
      ['--base-url', 'http://a/v1', '--out', 'x/a.md'],
      /x\/a\.md: the folder of that file does not exist/,
    ],
    ['no such recording', ['--recorded', 'none.jsonl'], /none\.jsonl does not exist/],
    ['one report', ['--compare', 'a.json'], /two reports or more/],
    ['a word too many', ['--base-url', 'http://a/v1', 'more'], /"more" is one word too many/],
  ])('%s is one clear line', async (_name, words, what) => {
    const { code, err } = await runVerify(words);
    expect([code, err]).toEqual([2, expect.stringMatching(what)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('verify without asking', () => {
  test('a recording is held against the cases that fit it', async () => {
    const recordings = new URL('../../examples/support-desk/recordings/openai.jsonl', import.meta.url);
    const cwd = makeFolder({ 'openai.jsonl': readFileSync(recordings) });
    const { code, out } = await runVerify(['--recorded', 'openai.jsonl', '--json', '-'], { cwd });
    const report = JSON.parse(out) as { counts: Record<string, number>; endpoint: object; spent: object };
    expect([code, report.counts['FAIL'], report.spent]).toEqual([0, 0, { requests: 0, tokens: 0 }]);
    expect(report.counts['PASS']).toBeGreaterThan(20);
  });

  test('reports are put side by side', async () => {
    const { url } = await sound();
    const broken = await startEndpoint((_request, response) => send(response, 200, { ...answer, object: 'chat' }));
    const { cwd } = await runVerify(['--base-url', url, '--only', 'CHAT-01', '--json', 'a.json']);
    await runVerify(['--base-url', broken.url, '--only', 'CHAT-01', '--json', 'b.json'], { cwd });
    const worse = await runVerify(['--compare', 'a.json', 'b.json'], { cwd });
    expect([worse.code, worse.out]).toEqual([1, expect.stringContaining('CHAT-01')]);
    expect((await runVerify(['--compare', 'b.json', 'a.json', '--format', 'markdown'], { cwd })).code).toBe(0);
  });
});
