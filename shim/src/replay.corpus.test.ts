import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createFetch } from './fetch.ts';
import type { Note } from './note.ts';
import { readEvents, readMeaning, type RecordedRow, readTraffic } from './recorded.test-traffic.ts';
import { isObject } from './wire.ts';

const shared = new URL('../../../shared/', import.meta.url);
type Json = Record<string, unknown>;

/** Sends a request through the shim whose endpoint answers with a recording. */
async function replay(
  dialect: 'llama.cpp' | 'openai-compatible',
  path: string,
  request: Json,
  recorded: () => Response,
) {
  const notes: Note[] = [];
  const send = createFetch({
    target: { dialect, baseURL: 'http://recorded.test/v1' },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    fetch: async () => recorded(),
  });
  const response = await send(`https://api.openai.com/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return { status: response.status, text: await response.text(), notes };
}

const report: string[] = [];
afterAll(() => console.log(report.join('\n')));
const count = (notes: readonly Note[], into: Map<string, number>) =>
  notes.forEach(({ code }) => into.set(code, (into.get(code) ?? 0) + 1));
const print = (name: string, total: number, codes: ReadonlyMap<string, number>) =>
  report.push(
    `${name}: ${total} replayed; notes: ${[...codes].map(([code, times]) => `${code} ${times}`).join(', ') || 'none'}`,
  );

describe('recorded llama-server', () => {
  const folder = new URL('wire-samples/llama-server/', shared);
  const samples = readdirSync(folder)
    .filter((name) => name.endsWith('.meta.json'))
    .map((name) => {
      const meta = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
        url?: string;
        path?: string;
        method?: string;
        body?: unknown;
        status: number;
        headers: Record<string, string>;
      };
      const stem = name.slice(0, -'.meta.json'.length);
      const file = readdirSync(folder).find((other) => other === `${stem}.json` || other === `${stem}.sse`);
      return {
        stem,
        meta,
        path: meta.path ?? new URL(meta.url ?? 'http://none/').pathname,
        text: file === undefined ? '' : readFileSync(new URL(file, folder), 'utf8'),
      };
    })
    .filter(
      ({ meta, path }) =>
        isObject(meta.body) && meta.method !== 'GET' && /\/v1\/(chat\/completions|embeddings)$/.test(path),
    );
  const codes = new Map<string, number>();
  afterAll(() => print('llama-server', samples.length, codes));

  test('there are samples', () => expect(samples.length).toBeGreaterThan(50));

  test.each(samples.map((sample) => [sample.stem, sample] as const))('%s', async (_, { meta, path, text }) => {
    // One recorded answer stands for one request: n is fanned out to several.
    const { n: _n, dimensions: _dimensions, ...request } = meta.body as Json;
    const {
      status,
      text: answer,
      notes,
    } = await replay(
      'llama.cpp',
      path.slice(3),
      request,
      () =>
        new Response(text, {
          status: meta.status,
          headers: { 'content-type': meta.headers['content-type'] ?? 'application/json' },
        }),
    );
    count(notes, codes);
    if (status >= 400) {
      const { error } = JSON.parse(answer) as { error: Json };
      expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
      expect(error['code'] === null || typeof error['code'] === 'string').toBe(true);
      expect(error['message']).not.toBe('');
      return;
    }
    if (path.endsWith('embeddings')) {
      const { object, data } = JSON.parse(answer) as { object: string; data: Json[] };
      expect(object).toBe('list');
      expect(data.map((item) => [item['object'], item['index']])).toEqual(
        data.map((_item, index) => ['embedding', index]),
      );
      return;
    }
    const events = request['stream'] === true ? readEvents(answer) : [];
    if (request['stream'] === true) {
      const failed = events.some((event) => isObject(event) && 'error' in event);
      expect(answer.trimEnd().endsWith('data: [DONE]')).toBe(!failed);
      expect(failed).toBe(text.includes('"error"'));
      const meant = readMeaning(readEvents(text));
      const said = readMeaning(events);
      for (const [index, choice] of Object.entries(said.choices))
        expect(choice.content).toBe(meant.choices[index]?.content);
      for (const { calls } of Object.values(said.choices))
        for (const { id } of Object.values(calls)) expect(id).toMatch(/^call_/);
      return;
    }
    const { choices, ...rest } = JSON.parse(answer) as {
      choices: Array<{ message: Json; finish_reason: string; logprobs: unknown }>;
    };
    expect(rest).not.toHaveProperty('timings');
    for (const { message, finish_reason: finish, logprobs } of choices) {
      expect(['stop', 'length', 'tool_calls']).toContain(finish);
      expect(logprobs).not.toBeUndefined();
      expect(message).toMatchObject({ role: 'assistant', refusal: null });
      if (message['tool_calls'] !== undefined) expect(message['content']).toBeNull();
    }
  });
});

describe('recorded OpenAI: nothing to repair', () => {
  const rows = readTraffic('openai').filter(
    ({ family, endpoint, provenance }) => family === 'openai' && endpoint === 'chat.completions' && provenance.raw,
  );
  // One recorded answer stands for one request: n is fanned out to several.
  const requestOf = ({ request }: RecordedRow): Json => {
    const { functions: _f, function_call: _c, n: _n, ...body } = request?.body ?? {};
    return { messages: [{ role: 'user', content: 'Hi' }], model: 'unknown', ...body };
  };

  test('whole answers come out as they are', async () => {
    const codes = new Map<string, number>();
    const answers = rows.filter(
      ({ response }) => response.status === 200 && isObject(response.body) && Array.isArray(response.body['choices']),
    );
    for (const row of answers) {
      const original = row.response.body as { choices: Json[]; model: string };
      const { stream: _stream, ...request } = requestOf(row);
      const { status, text, notes } = await replay(
        'openai-compatible',
        '/chat/completions',
        { ...request, model: original.model },
        () => new Response(JSON.stringify(original), { headers: { 'content-type': 'application/json' } }),
      );
      count(
        notes.filter(({ where }) => where.startsWith('response')),
        codes,
      );
      expect([row.id, status]).toEqual([row.id, 200]);
      const expected = {
        ...original,
        choices: original.choices.map((choice) => ({
          logprobs: null,
          ...choice,
          message: { refusal: null, ...(choice['message'] as Json) },
        })),
      };
      if (!notes.some(({ where }) => where.startsWith('response')))
        expect([row.id, JSON.parse(text)]).toEqual([row.id, expected]);
    }
    print('OpenAI, whole answers', answers.length, codes);
    expect(answers.length).toBeGreaterThan(300);
    const repaired = [...codes.values()].reduce((sum, times) => sum + times, 0);
    expect(repaired / answers.length).toBeLessThan(0.1);
  });

  test('streams mean the same', async () => {
    const codes = new Map<string, number>();
    const streams = rows.filter(({ response }) => response.status === 200 && typeof response.sse === 'string');
    let failed = 0;
    for (const row of streams) {
      const original = row.response.sse ?? '';
      const events = readEvents(original);
      const request = {
        ...requestOf(row),
        model: String((events[0] as Json | undefined)?.['model'] ?? 'unknown'),
        stream: true,
        stream_options: { include_usage: true },
      };
      const { text, notes } = await replay(
        'openai-compatible',
        '/chat/completions',
        request,
        () => new Response(original, { headers: { 'content-type': 'text/event-stream' } }),
      );
      const answer = readEvents(text);
      if (answer.some((event) => isObject(event) && 'error' in event)) {
        // A recording that was cut, or that holds an error itself.
        failed += 1;
        expect([row.id, /"error"/.test(original) || !/"finish_reason":\s*"/.test(original)]).toEqual([row.id, true]);
        continue;
      }
      count(
        notes.filter(({ where }) => where.startsWith('response')),
        codes,
      );
      if (!notes.some(({ code }) => /^(tool-call|finish-reason|structured-output)-repaired$/.test(code)))
        expect([row.id, readMeaning(answer)]).toEqual([row.id, readMeaning(events)]);
    }
    print(`OpenAI, streams (${failed} cut or failing in the recording)`, streams.length, codes);
    // Two recordings say their JSON twice, which parse() would not take from OpenAI either.
    expect(codes.get('structured-output-repaired')).toBe(2);
    expect(streams.length).toBeGreaterThan(100);
  });
});
