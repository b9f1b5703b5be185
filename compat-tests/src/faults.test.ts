import { fileURLToPath } from 'node:url';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Candidate, createCandidate } from './candidate.ts';
import { type EmbeddedServer, startEmbedded } from './embedded/index.ts';
import { chatAnswer, chatRequest, chunk, makeExchange, tool, toolCall } from './exchanges.test-material.ts';
import { faults, findFault } from './faults/index.ts';
import { createFaultyFetch, startFaulty } from './faulty.ts';
import { compare, type ParityReport } from './parity.ts';
import { readRecording } from './recording.ts';

const desk = fileURLToPath(new URL('../../examples/support-desk/recordings/openai.jsonl', import.meta.url));
const key = 'a-key-of-the-engine';

let engine: EmbeddedServer;
let recordings: Exchange[];
beforeAll(async () => {
  recordings = await readRecording(desk);
  engine = await startEmbedded({ apiKey: key });
});
afterAll(() => engine.close());

const models = Object.fromEntries(
  ['gpt-4o-mini', 'gpt-4o-2024-08-06', 'text-embedding-3-small'].map((name) => [name, 'tiny-llama']),
);
const through = (baseURL: string): Candidate =>
  createCandidate({ target: { baseURL, apiKey: key }, models, policy: 'silent' });

/** Which checks failed, as `id check`. */
const failuresOf = ({ results }: ParityReport): string[] =>
  results.flatMap(({ id, checks }) =>
    checks.filter(({ verdict }) => verdict === 'FAIL').map(({ check }) => `${id} ${check}`),
  );

/** The same four situations as a stream and as one body; recorded answers as OpenAI would give them. */
const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
const format = { type: 'json_schema', json_schema: { name: 's', strict: true, schema } };
const call = toolCall('get_weather', '{"city":"Paris"}');
const overflow = {
  status: 400,
  answer: {
    error: { message: 'too long', type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  },
};
const long = chatRequest({ messages: [{ role: 'user', content: 'tea '.repeat(4000) }] });
const both: Exchange[] = [
  { id: 'text', request: chatRequest(), answer: chatAnswer({ content: 'Hello' }) },
  {
    id: 'tool',
    request: chatRequest({ tools: [tool('get_weather')] }),
    answer: chatAnswer({ tool_calls: [call] }, 'tool_calls'),
  },
  { id: 'schema', request: chatRequest({ response_format: format }), answer: chatAnswer({ content: '{"n":1}' }) },
  { id: 'error', request: long, ...overflow },
].flatMap((sketch) => {
  const [choice] = 'choices' in sketch.answer ? sketch.answer.choices : [];
  const { finish_reason = null, message = {} } = choice ?? {};
  const calls = 'tool_calls' in message ? [{ index: 0, ...call }] : undefined;
  const events = [chunk({ ...message, ...(calls && { tool_calls: calls }) }), chunk({}, finish_reason)];
  const answer = choice === undefined ? sketch.answer : events;
  return [
    makeExchange(sketch),
    makeExchange({ ...sketch, id: `${sketch.id}-stream`, request: { ...sketch.request, stream: true }, answer }),
  ];
});

describe('the suite, on a real engine behind the real shim', () => {
  test('finds nothing wrong with a sound endpoint', async () => {
    const whole = await compare({ recordings, candidate: through(engine.url) });
    expect(failuresOf(whole)).toEqual([]);
    expect(whole.verdict).toBe('WIRE-SAFE');
    const rest = await compare({ recordings: both, candidate: through(engine.url) });
    expect(failuresOf(rest)).toEqual([]);
    expect(rest.verdict).toBe('WIRE-SAFE');
  });

  test('compares all of the recording but what cannot be provoked', async () => {
    const { results } = await compare({ recordings, candidate: through(engine.url) });
    const obstacles = results.flatMap(({ obstacle }) => (obstacle === null ? [] : [obstacle.reason]));
    expect(obstacles).toEqual([
      'RateLimitError (429) cannot be provoked at will',
      'OpenAI has no such model, but the settings map it to one the endpoint serves',
    ]);
    expect(results.every(({ obstacle, checks }) => obstacle !== null || checks.length > 0)).toBe(true);
  });

  test.each([
    ['lost-tool-call', ['tool tool-trigger', 'tool-stream tool-trigger']],
    [
      'wrong-finish',
      ['text', 'text-stream', 'tool', 'tool-stream', 'schema', 'schema-stream'].map((id) => `${id} finish-reason`),
    ],
    // The shim holds answers to their schema itself: where OpenAI answers, it ends in an error.
    ['bad-json', ['schema answered', 'schema-stream answered']],
    ['swallowed-error', ['error error-class', 'error-stream error-class']],
  ])('%s is found in the recording, and in one body and a stream alike', async (id, expected) => {
    const fault = findFault(id);
    if (fault === undefined) throw new Error(`there is no fault ${id}`);
    const faulty = await startFaulty({ upstream: engine.url, fault });
    try {
      const report = await compare({ recordings, candidate: through(faulty.baseURL) });
      expect(report.verdict).toBe('NOT SAFE');
      expect(failuresOf(await compare({ recordings: both, candidate: through(faulty.baseURL) }))).toEqual(expected);
    } finally {
      await faulty.close();
    }
  });

  test('tests every fault there is', () => {
    expect(faults.map(({ id }) => id)).toEqual(['lost-tool-call', 'wrong-finish', 'bad-json', 'swallowed-error']);
  });

  test('finds the bare engine, without the shim, not safe', async () => {
    const bare: Candidate = {
      name: 'bare',
      fetch: (input, init) =>
        fetch(String(input).replace('https://api.openai.com/v1', engine.url), {
          ...init,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        }),
    };
    const report = await compare({ recordings: both, candidate: bare });
    expect(report.verdict).toBe('NOT SAFE');
    expect(failuresOf(report)).toContain('error error-code');
    expect(failuresOf(report)).toContain('text wire-shape');
  });

  test('an engine that has stopped leaves the verdict open', async () => {
    const report = await compare({ recordings, candidate: through('http://127.0.0.1:9/v1') });
    expect(report.verdict).toBe('INCONCLUSIVE');
  });
});

test('a fault leaves alone what it is not about', async () => {
  const answer = JSON.stringify(chatAnswer({ content: 'Hello' }));
  const inner = async () => new Response(answer, { headers: { 'content-type': 'application/json' } });
  const spared = faults.filter(({ id }) => id !== 'wrong-finish');
  for (const fault of spared) {
    const response = await createFaultyFetch(inner, fault)('http://x/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify(chatRequest()),
    });
    expect(await response.text()).toBe(answer);
  }
});
