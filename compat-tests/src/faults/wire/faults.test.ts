import { describe, expect, test } from 'vitest';
import { isObject } from '../../json.ts';
import { editAt, out, to } from './edit.ts';
import { type Endpoint, isEventStream, readText, type WireAnswer, writeJson, writePieces } from '../../endpoint.ts';
import { wireFaults } from './index.ts';
import { onBody, onEventList, onRequest } from './places.ts';
import { variations } from './variations.ts';

const all = [...wireFaults.values()].flat();
const chunk = (content: string) => ({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const stream: WireAnswer = {
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  pieces: writePieces(
    ...[chunk('a'), chunk('b')].map((event) => `data: ${JSON.stringify(event)}\n\n`),
    'data: [DONE]\n\n',
  ),
  ending: 'whole',
};
const request = { method: 'POST', path: '/v1/chat/completions', query: '', headers: {}, text: '{"stop":"x"}' };

describe('the tables', () => {
  test('hold enough, each with its own id and a reason', () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(variations.length).toBeGreaterThanOrEqual(30);
    const ids = [...all, ...variations].map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
    const source = /^(https:\/\/github\.com\/\S+\/(issues|pull)\/\d+|case [A-Z]+-\d\d|[a-z0-9-]+ [a-z._]+)$/;
    expect(all.filter(({ seen }) => seen.length === 0 || seen.some((text) => !source.test(text)))).toEqual([]);
  });

  test.each(all.filter(({ seen }) => seen.length > 0).map((fault) => [fault.id, fault] as const))(
    '%s answers a stream and a body without throwing',
    async (_id, { put }) => {
      const body = writeJson(200, { object: 'chat.completion', choices: [{ index: 0, message: { content: 'Hi' } }] });
      for (const answer of [stream, body, writeJson(404, { error: { message: 'no', code: 'model_not_found' } })]) {
        const broken = await put(async () => answer)(request);
        expect(broken.status).toBeGreaterThanOrEqual(200);
      }
    },
  );
});

describe('an edit', () => {
  const value = { a: [{ b: 1 }, { b: 2 }], c: { d: null } };

  test('changes the places a path names and nothing else', () => {
    expect(editAt(value, 'a.*.b', (old) => Number(old) + 1)).toEqual({ a: [{ b: 2 }, { b: 3 }], c: { d: null } });
    expect(editAt(value, 'a.1.b', to('x'))).toEqual({ a: [{ b: 1 }, { b: 'x' }], c: { d: null } });
    expect(editAt(value, 'c.d', out)).toEqual({ a: [{ b: 1 }, { b: 2 }], c: {} });
    expect(value.a[0]).toEqual({ b: 1 });
  });

  test('gives the same value back when it finds nothing to change', () => {
    expect(editAt(value, 'a.*.x.y', to(1))).toBe(value);
    expect(editAt(value, 'c.e', out)).toBe(value);
  });
});

describe('what is put before an endpoint', () => {
  const asked: string[] = [];
  const endpoint: Endpoint = async ({ text }) => {
    asked.push(text);
    return stream;
  };

  test('leaves alone what it is not about', async () => {
    const put = onBody('chat/completions', 'id', out);
    expect(await put(endpoint)(request)).toBe(stream);
    expect(await onRequest('embeddings', 'stop', out)(endpoint)(request)).toBe(stream);
    expect(asked.at(-1)).toBe(request.text);
  });

  test('changes requests on their way', async () => {
    await onRequest('chat/completions', 'stop', out)(endpoint)(request);
    expect(asked.at(-1)).toBe('{}');
  });

  test('changes events and keeps [DONE] and the frames', async () => {
    const put = onEventList('chat/completions', (events) => events.slice(1));
    const answer = await put(endpoint)(request);
    expect(isEventStream(answer)).toBe(true);
    expect(readText(answer)).toBe(`data: ${JSON.stringify(chunk('b'))}\n\ndata: [DONE]\n\n`);
    expect(isObject(JSON.parse(readText(answer).slice(6).split('\n')[0] ?? ''))).toBe(true);
  });
});
