import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTraffic, runParity, summariseResults } from '@migrate-llm/compat-tests';
import { encodeExchange, type Exchange } from '@migrate-llm/shim/exchange';

// How long a comparison itself takes, and how its memory grows: the candidate answers in this process, at once.
//   node --expose-gc --import tsx --conditions=@migrate-llm/source bench/parity/scale.ts

const answer = (message: object, finish: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason: finish,
    },
  ],
  usage: { prompt_tokens: 300, completion_tokens: 60, total_tokens: 360 },
});
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];
const call = {
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } }],
};
const text = { content: 'The parcel left our depot on Monday and will reach you by Wednesday. '.repeat(12) };

function makeExchange(at: number): Exchange {
  const isCall = at % 2 === 0;
  const messages = [{ role: 'user', content: `Question ${at}: ${'what about the parcel? '.repeat(40)}` }];
  return {
    v: 1,
    id: `x${at}`,
    recordedAt: '2026-11-25T00:00:00.000Z',
    provenance: 'recorded',
    target: 'openai',
    model: 'gpt-4o-mini',
    callSite: isCall ? 'tools' : 'text',
    sdk: null,
    request: {
      method: 'POST',
      path: '/chat/completions',
      headers: {},
      body: { model: 'gpt-4o-mini', messages, ...(isCall ? { tools } : {}) },
    },
    response: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      chunks: [
        [
          40,
          Buffer.from(JSON.stringify(isCall ? answer(call, 'tool_calls') : answer(text, 'stop'))).toString('base64'),
        ],
      ],
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'parity-scale-'));
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
try {
  for (const count of [100, 1_000, 10_000]) {
    const file = join(folder, `${count}.jsonl`);
    writeFileSync(file, Array.from({ length: count }, (_, at) => `${encodeExchange(makeExchange(at))}\n`).join(''));
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    const traffic = await openTraffic(file);
    const output = join(folder, `${count}.results.jsonl`);
    let peak = 0;
    await runParity({
      traffic,
      output,
      openCandidate: () => ({
        name: 'in this process',
        fetch: async (_input, init) =>
          Response.json(String(init?.body).includes('"tools"') ? answer(call, 'tool_calls') : answer(text, 'stop')),
      }),
      onProgress: ({ done }) => {
        if (done % Math.ceil(count / 5) === 0) peak = Math.max(peak, heap());
      },
    });
    await traffic.close();
    const report = await summariseResults([output]);
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${count} exchanges: ${((performance.now() - from) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, heap at most ${peak.toFixed(0)} MB, ${report.verdict}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
