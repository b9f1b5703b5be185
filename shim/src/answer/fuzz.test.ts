import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFetch } from '../fetch.ts';
import { majors } from '../majors.test-sdks.ts';
import { readMeaning } from '../recorded.test-traffic.ts';
import { chunk, sse } from '../upstream.test-server.ts';
import { isObject, parseJson } from '../wire.ts';

/** How many streams are broken; a failing case is named by its seed, `FUZZ_SEED=<n> FUZZ_RUNS=1` runs it alone. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 3000);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);

type Random = () => number;

/** A small generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const call = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });
const folder = new URL('./streams.fixtures/', import.meta.url);
const sources: readonly string[] = [
  sse([
    chunk({ role: 'assistant', content: '' }),
    ...['Grüße', ' an ', '\u{1f600}\u{1f469}‍\u{1f680}', '\n"a" \\ <b>'].map((content) => chunk({ content })),
    chunk({}, 'stop'),
    { ...chunk({}), choices: [], usage },
  ]),
  sse([
    chunk({ role: 'assistant', content: null }),
    chunk(call(0, { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } })),
    ...['{"ci', 'ty":"Zü', 'rich"}'].map((text) => chunk(call(0, { function: { arguments: text } }))),
    chunk(call(1, { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } })),
    chunk({}, 'tool_calls'),
  ]),
  sse([
    chunk({ role: 'assistant', content: '' }),
    ...['<think>\nhm', 'm</th', 'ink>\n\n', 'Yes', '<|eot', '_id|>'].map((content) => chunk({ content })),
    chunk({}, 'stop'),
  ]),
  sse(
    ['{"name": "wea', 'ther", "parameters": {"city": "R', 'ome"}}']
      .map((content) => chunk({ content }))
      .concat(chunk({}, 'eos')),
  ),
  ...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')),
];

const encoder = new TextEncoder();
const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** Breaks bytes in one way; `keeps` says that the stream still means the same. */
interface Mutation {
  readonly name: string;
  readonly keeps: boolean;
  readonly apply: (bytes: Uint8Array, random: Random) => Uint8Array;
}

const onText =
  (change: (text: string, random: Random) => string): Mutation['apply'] =>
  (bytes, random) =>
    encoder.encode(change(new TextDecoder().decode(bytes), random));
/** Changes the list of frames, which blank lines part. */
const onFrames = (change: (frames: string[], random: Random) => string[]): Mutation['apply'] =>
  onText(
    (text, random) =>
      `${change(
        text.split(/\r?\n\r?\n/).filter((frame) => frame !== ''),
        random,
      ).join('\n\n')}\n\n`,
  );
const pick = (random: Random, count: number): number => Math.floor(random() * count);
const insert = (frame: string) =>
  onFrames((frames, random) => frames.toSpliced(pick(random, frames.length + 1), 0, frame));

const mutations: readonly Mutation[] = [
  { name: 'cut', keeps: false, apply: (bytes, random) => bytes.slice(0, pick(random, bytes.length)) },
  { name: 'head cut', keeps: false, apply: (bytes, random) => bytes.slice(pick(random, bytes.length)) },
  {
    name: 'byte flipped',
    keeps: false,
    apply: (bytes, random) => {
      const out = bytes.slice();
      for (let count = 1 + pick(random, 3); count > 0; count -= 1) {
        const at = pick(random, out.length);
        out[at] = (out[at] ?? 0) ^ (1 << pick(random, 8));
      }
      return out;
    },
  },
  {
    name: 'piece lost',
    keeps: false,
    apply: (bytes, random) => {
      const at = pick(random, bytes.length);
      return join([bytes.slice(0, at), bytes.slice(at + 1 + pick(random, 40))]);
    },
  },
  {
    name: 'piece doubled',
    keeps: false,
    apply: (bytes, random) => {
      const at = pick(random, bytes.length);
      return join([bytes.slice(0, at + 1 + pick(random, 60)), bytes.slice(at)]);
    },
  },
  {
    name: 'frame doubled',
    keeps: false,
    apply: onFrames((frames, random) => {
      const at = pick(random, frames.length);
      return frames.toSpliced(at, 0, frames[at] ?? '');
    }),
  },
  {
    name: 'frame lost',
    keeps: false,
    apply: onFrames((frames, random) => frames.toSpliced(pick(random, frames.length), 1)),
  },
  {
    name: 'frames swapped',
    keeps: false,
    apply: onFrames((frames, random) => {
      const at = pick(random, frames.length - 1);
      return frames.toSpliced(at, 2, frames[at + 1] ?? '', frames[at] ?? '');
    }),
  },
  {
    name: 'NUL',
    keeps: false,
    apply: (bytes, random) => {
      const at = pick(random, bytes.length);
      return join([bytes.slice(0, at), new Uint8Array(1 + pick(random, 4)), bytes.slice(at)]);
    },
  },
  {
    name: 'HTML',
    keeps: false,
    apply: onText((text, random) => {
      const at = pick(random, text.length);
      return `${text.slice(0, at)}<html><body>502 Bad Gateway</body></html>${random() < 0.5 ? '' : text.slice(at)}`;
    }),
  },
  { name: 'error event', keeps: false, apply: insert('event: error\ndata: {"error":{"message":"boom","code":500}}') },
  { name: 'error text', keeps: false, apply: insert('data: {"error":"boom"}') },
  { name: 'other JSON', keeps: false, apply: insert('data: [1, "x", null]') },
  { name: 'early [DONE]', keeps: false, apply: insert('data: [DONE]') },
  { name: 'bare line', keeps: false, apply: insert('{"id":"x"}') },
  { name: 'comment', keeps: true, apply: insert(': ping') },
  { name: 'id and retry', keeps: true, apply: insert('id: 7\nretry: 1000') },
  { name: 'CRLF', keeps: true, apply: onText((text) => text.replaceAll(/\r?\n/g, '\r\n')) },
  { name: 'CR', keeps: true, apply: onText((text) => text.replaceAll(/\r?\n/g, '\r')) },
  { name: 'BOM', keeps: true, apply: onText((text) => (text.startsWith('\uFEFF') ? text : `\uFEFF${text}`)) },
  { name: 'no space', keeps: true, apply: onText((text) => text.replaceAll(/^data: /gm, 'data:')) },
  { name: 'no last line end', keeps: true, apply: onText((text) => text.trimEnd()) },
];

/** Delivers bytes in pieces cut anywhere, and breaks off where told. */
function deliver(bytes: Uint8Array, random: Random, broken: boolean): ReadableStream<Uint8Array> {
  let at = 0;
  const size = 1 + pick(random, random() < 0.3 ? 4 : 400);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) {
        if (broken) controller.error(new TypeError('terminated'));
        else controller.close();
        return;
      }
      const end = at + 1 + pick(random, size);
      controller.enqueue(bytes.slice(at, end));
      at = end;
    },
  });
}

const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

function makeFetch(body: ReadableStream<Uint8Array>) {
  return createFetch({
    target: { dialect: 'openai-compatible', baseURL: 'http://fuzz.test/v1' },
    policy: 'silent',
    fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  });
}

/** What a stream says, or how it ends; a hang is an answer too. */
async function read(body: ReadableStream<Uint8Array>): Promise<string> {
  const response = await makeFetch(body)('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      tools,
      stream_options: { include_usage: true },
    }),
  });
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('it hangs'), 10_000);
  });
  const text = await Promise.race([response.text(), hang]);
  clearTimeout(timer);
  return text;
}

/** Judges what came out: `undefined` when a client can trust it. */
function judge(text: string, expected: string | undefined): string | undefined {
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  const last = frames.at(-1);
  if (frames.some((frame) => !frame.startsWith('data: ') || frame.includes('\n'))) return 'a frame that is none';
  const events = frames.slice(0, -1).map((frame) => parseJson(frame.slice(6)));
  if (events.some((event) => !isObject(event) || !Array.isArray(event['choices']))) return 'an event that is no chunk';
  const meaning = readMeaning(events);
  if (last !== 'data: [DONE]') {
    const error = isObject(parseJson(last?.slice(6) ?? ''))
      ? (parseJson(last?.slice(6) ?? '') as { error?: unknown }).error
      : undefined;
    if (!isObject(error) || typeof error['message'] !== 'string') return `ends in ${last?.slice(0, 80)}`;
    return expected === undefined
      ? undefined
      : `an error although it means the same: ${error['message'].slice(0, 120)}`;
  }
  const choices = Object.values(meaning.choices);
  if (choices.length === 0 || choices.some(({ finish }) => typeof finish !== 'string')) return 'a silent end';
  for (const { calls } of choices)
    for (const held of Object.values(calls))
      if (held.name === '' || !held.id.startsWith('call_')) return 'a call without name or id';
  return expected === undefined || expected === describe(text) ? undefined : 'another meaning';
}

/** What the answer says, apart from the ids that are made anew. */
function describe(text: string): string {
  const { choices, usage: counted } = readMeaning(
    text
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame) => parseJson(frame.slice(6))),
  );
  return JSON.stringify([
    Object.values(choices).map(({ content, calls, finish }) => [
      content,
      Object.values(calls).map((held) => [held.name, held.arguments]),
      finish,
    ]),
    counted,
  ]);
}

/** The text of a stream's deltas up to its [DONE], read anew and simply; `undefined` when an event is no JSON. */
function readPlainly(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const frame of new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, '\n').split('\n\n')) {
    // A bare line of JSON is an event as well: Ollama writes its errors so.
    const lines = frame.split('\n').filter((line) => /^(data(:|$)|\{)/.test(line));
    const data = lines.map((line) => (line.startsWith('{') ? line : line.slice(5).replace(/^ /, ''))).join('\n');
    if (lines.length === 0) continue;
    if (data.trim() === '[DONE]') return text;
    const event = parseJson(data);
    if (event === undefined) return undefined;
    text += Object.values(readMeaning([event]).choices).reduce((sum, { content }) => sum + content, '');
  }
  return text;
}

const readText = (text: string): string => readPlainly(encoder.encode(text)) ?? '';
const whole = async (source: string): Promise<string> => read(deliver(encoder.encode(source), () => 0.99, false));

test(
  `${runs} broken streams end in an error or an answer, never in neither`,
  async () => {
    const meanings = await Promise.all(sources.map(async (source) => describe(await whole(source))));
    const sound = await Promise.all(sources.map(async (source) => (await whole(source)).endsWith('data: [DONE]\n\n')));
    const problems: string[] = [];
    const ends = { answer: 0, error: 0 };
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const random = createRandom(seed);
      const index = pick(random, sources.length);
      let bytes: Uint8Array = encoder.encode(sources[index]);
      const applied: Mutation[] = [];
      for (let count = pick(random, 4); count > 0 && bytes.length > 0; count -= 1) {
        const mutation = mutations[pick(random, mutations.length)] as Mutation;
        bytes = mutation.apply(bytes, random);
        applied.push(mutation);
      }
      const broken = random() < 0.05;
      const keeps = !broken && sound[index] === true && applied.every((mutation) => mutation.keeps);
      const text = await read(deliver(bytes, random, broken));
      let problem = judge(text, keeps ? meanings[index] : undefined);
      // The first source is plain text, so that whatever is handed over must be what the broken bytes say.
      if (
        problem === undefined &&
        index === 0 &&
        text.endsWith('data: [DONE]\n\n') &&
        readText(text) !== readPlainly(bytes)
      )
        problem = 'another text than the stream has';
      ends[text.endsWith('data: [DONE]\n\n') ? 'answer' : 'error'] += 1;
      if (problem !== undefined)
        problems.push(`seed ${seed}, ${applied.map(({ name }) => name).join(' + ')}: ${problem}`);
    }
    console.log(`fuzz: ${runs} streams from seed ${firstSeed}: ${ends.answer} answers, ${ends.error} errors`);
    expect(problems.slice(0, 10)).toEqual([]);
  },
  60_000 + runs * 5,
);

test('what the SDK makes of broken streams is an answer or an APIError, on every major', async () => {
  const problems: string[] = [];
  const count = Math.max(1, Math.floor(runs / 30));
  for (const { name, Bare, sdk } of majors)
    for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
      const random = createRandom(seed * 7919);
      const mutation = mutations[pick(random, mutations.length)] as Mutation;
      const bytes = mutation.apply(encoder.encode(sources[pick(random, sources.length)]), random);
      const client = new Bare({ apiKey: 'x', maxRetries: 0, fetch: makeFetch(deliver(bytes, random, false)) });
      try {
        let finished = false;
        const stream = await client.chat.completions.create({
          model: 'gpt-4o',
          messages: [{ role: 'user', content: 'Hi' }],
          stream: true,
        });
        for await (const { choices } of stream) finished ||= typeof choices[0]?.finish_reason === 'string';
        if (!finished) problems.push(`${name}, seed ${seed}, ${mutation.name}: a silent end`);
      } catch (error) {
        if (!(error instanceof sdk.APIError))
          problems.push(`${name}, seed ${seed}, ${mutation.name}: ${String(error)}`);
      }
    }
  expect(problems.slice(0, 10)).toEqual([]);
});

test.each([
  ['a line of 2 MB', (text: string) => `: ${'x'.repeat(2_000_000)}\n${text}`],
  ['a text of 2 MB', (text: string) => text.replace('Grüße', 'ü'.repeat(1_000_000))],
])('%s is read in linear time', async (_, change) => {
  const bytes = encoder.encode(change(sources[0] ?? ''));
  const random = createRandom(1);
  const text = await read(deliver(bytes, () => 0.5 + random() * 0.4, false));
  expect(judge(text, undefined)).toBeUndefined();
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});
