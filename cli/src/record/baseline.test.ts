import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExchanges } from '@migrate-llm/shim/exchange';
import { expect, test } from 'vitest';
import { main } from '../main.ts';
import { makeFolder, openStage, startServer } from '../sandbox.test-folder.ts';

async function startOpenAI() {
  let asked = 0;
  const host = await startServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      const message = { role: 'assistant', content: `answer ${asked} to +49 30 901820` };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }),
      );
    });
  });
  return { host, count: () => asked };
}

const exchange = (target: string) => ({
  v: 1,
  id: 'a',
  recordedAt: '2026-11-20T00:00:00.000Z',
  provenance: 'recorded',
  target,
  model: 'gpt-4o',
  callSite: 'triage',
  sdk: null,
  request: {
    method: 'POST',
    path: '/chat/completions',
    headers: {},
    body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'call +999 12 345678' }] },
  },
  response: { status: 200, headers: {}, chunks: [[1, btoa('{}')]] },
});

test('baseline says what it is going to ask, asks it, adds the repeats, and goes on where it ended', async () => {
  const { host, count } = await startOpenAI();
  const folder = makeFolder({ 't.jsonl': `${JSON.stringify(exchange(host))}\n` });
  const run = async (...words: string[]) => {
    const stage = {
      ...openStage(folder),
      env: { OPENAI_API_KEY: 'sk-own-0000000000', OPENAI_BASE_URL: `http://${host}/v1` },
    };
    const code = await main(['baseline', '--recordings', 't.jsonl', '--repeats', '3', ...words], stage);
    return { code, text: stage.text() };
  };
  const planned = await run('--plan');
  expect([planned.code, count()]).toEqual([0, 0]);
  expect(planned.text).toContain(`3 requests to http://${host}/v1, 3 repeats of each recorded one`);
  expect(planned.text).toMatch(/gpt-4o, 3 requests: .*(last day|known)/);
  expect(planned.text).toContain('ceilings: no --max-requests, no --max-tokens');

  const some = await run('--max-requests', '2');
  expect([some.code, count()]).toEqual([1, 2]);
  expect(some.text).toContain('2 repeats added to t.jsonl');
  expect(some.text).toContain('1 repeat missing: run it again');
  const rest = await run();
  expect([rest.code, count()]).toEqual([0, 3]);
  expect((await run()).text).toContain('Nothing is left to ask.');

  const [own, ...repeats] = parseExchanges(readFileSync(join(folder, 't.jsonl'), 'utf8'), 't');
  expect(own).toEqual(exchange(host));
  expect(repeats.map(({ of, repeat, callSite }) => [of, repeat, callSite])).toEqual(
    [1, 2, 3].map((repeat) => ['a', repeat, 'triage']),
  );
  for (const { request } of repeats) expect(request.body).toEqual(own?.request.body);
  expect(readFileSync(join(folder, 't.jsonl'), 'utf8')).not.toContain(btoa('901820').slice(0, 6));
});

test.each([
  [['--recordings', 't.jsonl'], {}, 'set OPENAI_API_KEY'],
  [['--recordings', 't.jsonl', '--base-url', 'nowhere'], {}, '--base-url is "nowhere", which is not a URL'],
  [['--recordings', 't.jsonl', '--repeats', '0'], {}, '--repeats is "0"; give a whole number from 1 to 100'],
  [[], {}, 'name the recorded traffic'],
])('%j is one clear line', async (words, env, message) => {
  const folder = makeFolder({ 't.jsonl': `${JSON.stringify(exchange('openai'))}\n` });
  const stage = { ...openStage(folder), env };
  expect(await main(['baseline', ...words], stage)).toBe(2);
  expect(stage.errors()).toContain(message);
  expect(stage.errors().trim().split('\n')).toHaveLength(1);
  expect(existsSync(join(folder, 't.jsonl.key'))).toBe(false);
});
