import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeExchange, type Exchange } from '@migrate-llm/shim/exchange';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Candidate } from '../candidate.ts';
import { chatAnswer, chatRequest, makeExchange, tool, toolCall } from '../exchanges.test-material.ts';
import { chooseEntries } from './choose.ts';
import { estimateCost } from './estimate.ts';
import { runParity, type RunParityOptions } from './run.ts';
import { summariseResults } from './summarise.ts';
import { openTraffic, type Traffic } from './traffic.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parity-run-'));
});
const opened: Traffic[] = [];
afterEach(async () => {
  for (const traffic of opened.splice(0)) await traffic.close();
  rmSync(folder, { recursive: true, force: true });
});
const inFolder = (name: string): string => join(folder, name);

const ask = (content: string, extra: object = {}) => chatRequest({ messages: [{ role: 'user', content }], ...extra });
function makeTraffic(count: number, repeats = 0): Exchange[] {
  return Array.from({ length: count }, (_, at) => at).flatMap((at) => {
    const isTool = at % 4 === 0;
    const sketch = isTool
      ? {
          request: ask(`call ${at}`, { tools: [tool('get')] }),
          answer: chatAnswer({ tool_calls: [toolCall('get', '{"city":"Rome"}')] }, 'tool_calls'),
        }
      : { request: ask(`say ${at}`), answer: chatAnswer({ content: `It is number ${at}.` }) };
    const own: Exchange = {
      ...makeExchange({ ...sketch, id: `x${at}`, provenance: 'recorded' }),
      callSite: isTool ? 'tools' : 'text',
    };
    return [
      own,
      ...Array.from({ length: repeats }, (_unused, turn) => ({
        ...own,
        id: `x${at}-r${turn + 1}`,
        repeat: turn + 1,
        of: own.id,
      })),
    ];
  });
}

async function openMade(exchanges: readonly Exchange[]): Promise<Traffic> {
  writeFileSync(inFolder('traffic.jsonl'), exchanges.map((exchange) => `${encodeExchange(exchange)}\n`).join(''));
  const traffic = await openTraffic(inFolder('traffic.jsonl'));
  opened.push(traffic);
  return traffic;
}

/** Answers every request by its own text; every call of a tool is lost. */
function createStub(asked: string[] = []): Candidate {
  return {
    name: 'stub',
    fetch: async (_input, init) => {
      const body = JSON.parse(String(init?.body)) as { messages: Array<{ content: string }>; tools?: unknown };
      const content = body.messages[0]?.content ?? '';
      asked.push(content);
      const at = Number(content.split(' ')[1]);
      if (body.tools === undefined || at % 8 === 0)
        return Response.json(chatAnswer({ content: `It is number ${at}.` }));
      return Response.json(chatAnswer({ tool_calls: [toolCall('get', '{"city":"Rome"}')] }, 'tool_calls'));
    },
  };
}

async function run(traffic: Traffic, output: string, more: Partial<RunParityOptions> = {}) {
  return runParity({ traffic, openCandidate: () => createStub(), output: inFolder(output), ...more });
}
const summarise = async (...names: string[]) => {
  const report = await summariseResults(names.map(inFolder), { startedAt: new Date(0) });
  // Times differ from run to run.
  return {
    ...report,
    measures: null,
    results: report.results.map((result) => ({ ...result, durationMs: 0, measures: null })),
  };
};

test('shards in any order give the report of one run', async () => {
  const traffic = await openMade(makeTraffic(120, 2));
  await run(traffic, 'whole.jsonl');
  for (const index of [1, 2, 3]) await run(traffic, `${index}.jsonl`, { shard: { index, count: 3 } });
  const whole = await summarise('whole.jsonl');
  expect(whole).toMatchObject({ verdict: 'NOT SAFE', evidence: { recorded: 120 } });
  expect(await summarise('3.jsonl', '1.jsonl', '2.jsonl')).toEqual(whole);
  await expect(summarise('3.jsonl', '1.jsonl')).rejects.toThrow('shard 2 of 3 is missing');
});

test('a run that was cut off goes on where it was, its torn line done again', async () => {
  const traffic = await openMade(makeTraffic(40));
  const controller = new AbortController();
  const asked: string[] = [];
  const options = { openCandidate: () => createStub(asked), lanes: 1 };
  const cut = await run(traffic, 'a.jsonl', {
    ...options,
    signal: controller.signal,
    onProgress: ({ done }) => done === 13 && controller.abort(),
  });
  expect(cut).toMatchObject({ isCutOff: true, asked: 13 });
  appendFileSync(inFolder('a.jsonl'), '{"id":"x13","chec');
  await expect(summarise('a.jsonl')).rejects.toThrow('torn line');
  const rest = await run(traffic, 'a.jsonl', options);
  expect(rest).toMatchObject({ isCutOff: false, resumed: 13, asked: 27 });
  expect(new Set(asked).size).toBe(40);
  expect(asked).toHaveLength(40);
  await run(traffic, 'b.jsonl');
  expect(await summarise('a.jsonl')).toEqual(await summarise('b.jsonl'));
  expect(readFileSync(inFolder('a.jsonl'), 'utf8').trim().split('\n')).toHaveLength(41);
});

test('a file of another run is refused', async () => {
  const traffic = await openMade(makeTraffic(8));
  await run(traffic, 'a.jsonl');
  await expect(run(traffic, 'a.jsonl', { sample: 4 })).rejects.toThrow(
    /a.jsonl is of another run: its sample is null, not 4/,
  );
  await run(traffic, 'b.jsonl', { sample: 4 });
  await expect(summarise('a.jsonl', 'b.jsonl')).rejects.toThrow('is of another run');
  writeFileSync(inFolder('c.jsonl'), 'hello\n');
  await expect(run(traffic, 'c.jsonl')).rejects.toThrow('holds no results of migrate-llm parity');
});

describe('samples', () => {
  test('take of every kind of call in proportion, the same for the same seed, with their repeats', async () => {
    const { entries } = await openMade(makeTraffic(200, 1));
    const chosen = chooseEntries(entries, { sample: 20 });
    const own = chosen.filter(({ repeat }) => repeat === null);
    expect(own.filter(({ callSite }) => callSite === 'tools')).toHaveLength(5);
    expect(own).toHaveLength(20);
    expect(chosen).toHaveLength(40);
    expect(chooseEntries(entries, { sample: 20 })).toEqual(chosen);
    expect(chooseEntries(entries, { sample: 20, seed: 2 })).not.toEqual(chosen);
    expect(chooseEntries(entries, { sample: 1 }).filter(({ repeat }) => repeat === null)).toHaveLength(1);
    expect(chooseEntries(entries, { sample: 9999 })).toEqual(entries);
  });
  test('a run is estimated before it asks', async () => {
    const traffic = await openMade(makeTraffic(10, 3));
    expect(await estimateCost(traffic, {})).toEqual({ requests: 10, tokens: 70 });
  });
});

describe('recordings on disk', () => {
  test.each([
    ['{"v":1\n', /traffic.jsonl:1: not a JSON object/],
    ['\n\n', /holds no exchange/],
  ])('%j is one clear line', async (text, message) => {
    writeFileSync(inFolder('traffic.jsonl'), text);
    await expect(openTraffic(inFolder('traffic.jsonl'))).rejects.toThrow(message);
  });
  test('a missing file and a folder', async () => {
    await expect(openTraffic(inFolder('none.jsonl'))).rejects.toThrow('does not exist');
    await expect(openTraffic(folder)).rejects.toThrow('is a folder');
  });
  test('a double id', async () => {
    const [one] = makeTraffic(1) as [Exchange];
    await expect(openMade([one, one])).rejects.toThrow('two exchanges with the id x0');
  });
  test('a line longer than any buffer, with letters of several bytes, is read as it is', async () => {
    const long = 'é'.repeat(300_000);
    const traffic = await openMade([
      ...makeTraffic(3),
      makeExchange({ id: 'long', request: ask(long), answer: chatAnswer({ content: long }) }),
    ]);
    const entry = traffic.entries.at(-1);
    if (entry === undefined) throw new Error('no entry');
    expect((await traffic.read(entry)).request.body).toMatchObject({ messages: [{ content: long }] });
  });
});

describe('free-running', () => {
  const call = toolCall('get', '{"city":"Rome"}');
  const first = ask('call 1', { tools: [tool('get')] });
  const second = {
    ...first,
    messages: [
      ...first.messages,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '20' },
    ],
  };
  const third = {
    ...second,
    messages: [
      ...second.messages,
      { role: 'assistant', content: 'It is 20 degrees.' },
      { role: 'user', content: 'Thanks' },
    ],
  };
  const turns = [
    makeExchange({ id: 't1', request: first, answer: chatAnswer({ tool_calls: [call] }, 'tool_calls') }),
    makeExchange({ id: 't2', request: second, answer: chatAnswer({ content: 'It is 20 degrees.' }) }),
    makeExchange({ id: 't3', request: third, answer: chatAnswer({ content: 'You are welcome.' }) }),
  ];
  const answering = (city: string, seen: unknown[]): Candidate => ({
    name: 'stub',
    fetch: async (_input, init) => {
      const { messages } = JSON.parse(String(init?.body)) as { messages: unknown[] };
      seen.push(messages);
      if (messages.length === 1)
        return Response.json(chatAnswer({ tool_calls: [toolCall('get', `{"city":"${city}"}`)] }, 'tool_calls'));
      return Response.json(chatAnswer({ content: 'Twenty.' }));
    },
  });

  test('the candidate meets its own answers', async () => {
    const seen: unknown[] = [];
    const traffic = await openMade(turns);
    await run(traffic, 'a.jsonl', { freeRunning: true, openCandidate: () => answering('rome', seen) });
    expect(seen[1]).toMatchObject([
      {},
      { tool_calls: [{ id: 'call_1', function: { arguments: '{"city":"rome"}' } }] },
      {},
    ]);
    expect(seen[2]).toMatchObject([{}, {}, {}, { role: 'assistant', content: 'Twenty.' }, { content: 'Thanks' }]);
  });
  test('after another call the recorded turns are not its own', async () => {
    const traffic = await openMade(turns);
    const seen: unknown[] = [];
    await run(traffic, 'a.jsonl', { freeRunning: true, openCandidate: () => answering('Lyon', seen) });
    expect(seen).toHaveLength(1);
    const { results } = await summarise('a.jsonl');
    expect(results.filter(({ obstacle }) => obstacle?.reason.includes('went another way')).map(({ id }) => id)).toEqual(
      ['t2', 't3'],
    );
  });
});
