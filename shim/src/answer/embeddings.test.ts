import { describe, expect, test } from 'vitest';
import type { FetchOptions } from '../fetch.ts';
import { createReport } from '../report.ts';
import { ask, json } from './ask.test-endpoint.ts';
import { joinEmbeddings, readEmbeddings } from './embeddings.ts';

const target = (name: string) =>
  ({ dialect: 'openai-compatible', baseURL: `http://${name}.test/v1` }) as const satisfies FetchOptions['target'];
const vectors = (data: readonly unknown[], more: object = { usage: { prompt_tokens: 3, total_tokens: 3 } }) =>
  json({ object: 'list', model: 'm', data, ...more });
const item = (embedding: unknown, index: unknown = 0) => ({ object: 'embedding', index, embedding });

const embed = async (request: object, replies: readonly Response[], options: Partial<FetchOptions> = {}) => {
  const { text, ...rest } = await ask(
    { model: 'm', messages: undefined, input: 'x', ...request },
    replies,
    { target: target('plain'), ...options },
    'embeddings',
  );
  const body = JSON.parse(text) as {
    data: Array<{ index: number; embedding: unknown }>;
    usage: object;
    model: string;
    error: { message: string; param: string; code: string };
  };
  return { ...rest, body, codes: rest.notes.map(({ code }) => code) };
};
/** A text of four bytes a number, as OpenAI sends vectors. */
const base64 = (...numbers: number[]) => Buffer.from(new Float32Array(numbers).buffer).toString('base64');

describe('the encoding', () => {
  test('floats are asked for whatever the caller wants, and come back as asked', async () => {
    const { body, sent } = await embed({ encoding_format: 'base64' }, [vectors([item([0.5, -1])])]);
    expect(sent[0]).toMatchObject({ encoding_format: 'float', input: 'x' });
    expect(body.data[0]?.embedding).toBe(base64(0.5, -1));
  });
  test('floats stay floats, base64 is read into floats', async () => {
    expect((await embed({}, [vectors([item([0.5, -1])])])).body.data[0]?.embedding).toEqual([0.5, -1]);
    expect((await embed({}, [vectors([item(base64(0.5, -1))])])).body.data[0]?.embedding).toEqual([0.5, -1]);
  });
  test('base64 comes out bit by bit as it came in', async () => {
    const text = base64(0.1, 1e-40, -3.4e38);
    expect((await embed({ encoding_format: 'base64' }, [vectors([item(text)])])).body.data[0]?.embedding).toBe(text);
  });
  test('numbers of 64 bits are read as such where the catalogue knows the width', async () => {
    const doubles = Buffer.from(new Float64Array(384).fill(0.25).buffer).toString('base64');
    const { body, codes } = await embed({ model: 'all-minilm' }, [vectors([item(doubles)])]);
    expect(body.data[0]?.embedding).toEqual(Array(384).fill(0.25));
    expect(codes).toContain('embedding-doubles');
  });
  test('another encoding is refused by name', async () => {
    const { status, body } = await embed({ encoding_format: 'int8' }, []);
    expect([status, body.error.param]).toEqual([400, 'encoding_format']);
  });
});

describe('the shape', () => {
  test.each<[string, unknown]>([
    [
      'Ollama’s own',
      {
        model: 'm',
        embeddings: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    [
      'Cohere’s own',
      {
        embeddings: {
          float: [
            [1, 2],
            [3, 4],
          ],
        },
      },
    ],
    [
      'a bare list',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'llama-server’s older route',
      [
        { index: 1, embedding: [[3, 4]] },
        { index: 0, embedding: [[1, 2]] },
      ],
    ],
    ['an order of its own', { data: [item([3, 4], 1), item([1, 2], 0)] }],
    ['no indices', { data: [{ embedding: [1, 2] }, { embedding: [3, 4] }] }],
  ])('%s', async (_, answer) => {
    const { body } = await embed({ input: ['a', 'b'] }, [json(answer)]);
    expect(body).toMatchObject({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, 2] },
        { object: 'embedding', index: 1, embedding: [3, 4] },
      ],
    });
  });
  test('indices that are no order count for nothing', async () => {
    const { body, codes } = await embed({ input: ['a', 'b'] }, [vectors([item([1]), item([2])])]);
    expect(body.data.map(({ index, embedding }) => [index, embedding])).toEqual([
      [0, [1]],
      [1, [2]],
    ]);
    expect(codes).toContain('embedding-index-repaired');
  });
  test.each<[string, unknown]>([
    ['fewer vectors', { data: [item([1])] }],
    ['vectors of two widths', { data: [item([1], 0), item([1, 2], 1)] }],
    ['an empty vector', { data: [item([], 0), item([], 1)] }],
    ['no number', { data: [item([1, null], 0), item([1, 2], 1)] }],
    ['no base64', { data: [item('%', 0), item('%', 1)] }],
    ['half a number', { data: [item('AAA=', 0), item('AAA=', 1)] }],
    ['nothing', {}],
  ])('%s is an error', async (_, answer) => {
    const { status, body } = await embed({ input: ['a', 'b'] }, [json(answer)]);
    expect([status, body.error.code]).toEqual([502, 'invalid_answer']);
  });
  test('usage that is missing is estimated, with a note', async () => {
    const { body, codes } = await embed({ input: ['abcd', 'efghij'] }, [
      vectors([item([1], 0), item([2], 1)], { usage: null }),
    ]);
    expect(body.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
    expect(codes).toContain('usage-estimated');
    const counted = await embed({}, [vectors([item([1])])]);
    expect(counted.codes).not.toContain('usage-estimated');
  });
});

describe('dimensions', () => {
  const wide = (width: number) => Array.from({ length: width }, (_, index) => index + 1);
  const llama = { target: { dialect: 'llama.cpp', baseURL: 'http://llama.test/v1' } } as const;

  test('an endpoint that honours them is left alone', async () => {
    const { body, sent, codes } = await embed({ dimensions: 2 }, [vectors([item([3, 4])])]);
    expect(sent[0]).toMatchObject({ dimensions: 2 });
    expect(body.data[0]?.embedding).toEqual([3, 4]);
    expect(codes).not.toContain('dimensions-emulated');
  });
  test('an endpoint that ignores them is helped where the model was trained for it', async () => {
    const { body, codes } = await embed({ model: 'nomic-embed-text-v1.5', dimensions: 64 }, [
      vectors([item(wide(768))]),
    ]);
    const cut = body.data[0]?.embedding as number[];
    expect(cut.length).toBe(64);
    expect(Math.hypot(...cut)).toBeCloseTo(1, 12);
    expect((cut[1] ?? 0) / (cut[0] ?? 1)).toBeCloseTo(2, 12);
    expect(codes).toContain('dimensions-emulated');
  });
  test('a dialect without them does not send them', async () => {
    const { body, sent } = await embed(
      { model: 'qwen3-embedding:0.6b', dimensions: 32 },
      [vectors([item(wide(1024))])],
      llama,
    );
    expect(sent[0]).not.toHaveProperty('dimensions');
    expect(body.data[0]?.embedding).toHaveLength(32);
  });
  test.each<[string, string, Partial<FetchOptions>, RegExp]>([
    ['not trained for it', 'bge-m3', {}, /"bge-m3" was not trained for vectors of 2 numbers/],
    [
      'not known, ignored by the endpoint',
      'local',
      {},
      /whether vectors of "local" may be cut to 2 numbers is not known.*embeddings\.widths\["local"\]/,
    ],
    ['not known, and the dialect has none', 'local', llama, /llama-server ignores dimensions.*embeddings\.widths/],
  ])('%s: refused by name', async (_, model, options, words) => {
    const { status, body } = await embed({ model, dimensions: 2 }, [vectors([item(wide(1024))])], options);
    expect([status, body.error.param]).toEqual([400, 'dimensions']);
    expect(body.error.message).toMatch(words);
  });
  test('the settings may know the widths of a model', async () => {
    const { body } = await embed({ model: 'local', dimensions: 2 }, [vectors([item([3, 4, 5])])], {
      embeddings: { widths: { local: [2] } },
    });
    expect(body.data[0]?.embedding).toEqual([0.6, 0.8]);
  });
  test('more than the model has is refused', async () => {
    const { body } = await embed({ dimensions: 9 }, [vectors([item([1, 2])])]);
    expect(body.error.param).toBe('dimensions');
  });
  test.each([0, 1.5, '256', -1])('%s is refused as OpenAI does', async (dimensions) => {
    const { status, body, sent } = await embed({ dimensions }, []);
    expect([status, body.error.param, sent.length]).toEqual([400, 'dimensions', 0]);
  });
});

describe('input', () => {
  test.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['an empty list', []],
    ['a list with an empty text', ['a', '']],
    ['a list of other things', [{ text: 'a' }]],
    ['a mixture', ['a', 1]],
    ['too many', Array(2049).fill('a')],
    ['token ids', [1, 2]],
    ['lists of token ids', [[1, 2], [3]]],
  ])('%s is refused before anything is sent', async (_, input) => {
    const { status, body, sent } = await embed({ input }, []);
    expect([status, body.error.param, sent.length]).toEqual([400, 'input', 0]);
  });
  test('2048 texts are one request', async () => {
    const { body, sent } = await embed({ input: Array(2048).fill('a') }, [
      vectors(Array.from({ length: 2048 }, (__, index) => item([1], index))),
    ]);
    expect([body.data.length, sent.length]).toEqual([2048, 1]);
  });
});

test('several requests are one answer: vectors in order, usage added up', () => {
  const report = createReport('silent', undefined);
  const plan = {
    wants: 'float',
    requestedModel: 'm',
    model: 'm',
    count: 3,
    width: undefined,
    mayCut: 'unknown',
    characters: 3,
  } as const;
  const part = (data: readonly unknown[], tokens: number) =>
    readEmbeddings({ data, model: 'm', usage: { prompt_tokens: tokens } }, data.length, plan, report);
  const parts = [part([item([2], 1), item([1], 0)], 5), part([item([3], 0)], 2)];
  expect(joinEmbeddings(parts, plan, report)).toMatchObject({
    data: [1, 2, 3].map((number, index) => ({ index, embedding: [number] })),
    usage: { prompt_tokens: 7, total_tokens: 7 },
  });
});

describe('an endpoint that takes few inputs', () => {
  const few = (message: string, status = 422) => json({ error: message, error_type: 'Validation' }, status);
  const part = (...numbers: number[]) => vectors(numbers.map((number, index) => item([number], index)));

  test.each([
    'batch size 5 > maximum allowed batch size 2',
    'Value error, batch size is invalid, it should not be larger than 2.: input.contents',
    'invalid request: total number of texts must be at most 2 - received 5',
  ])('is asked again in parts: %s', async (message) => {
    const host = message.length;
    const options = { target: target(`few-${host}`) };
    const input = ['a', 'b', 'c', 'd', 'e'];
    const { body, sent, notes } = await embed({ input }, [few(message, 400), part(1, 2), part(3, 4), part(5)], options);
    expect(sent.map((request) => request['input'])).toEqual([input, ['a', 'b'], ['c', 'd'], ['e']]);
    expect(body.data.map(({ index, embedding }) => [index, embedding])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [n - 1, [n]]),
    );
    expect(body.usage).toEqual({ prompt_tokens: 9, total_tokens: 9 });
    expect(notes.find(({ code }) => code === 'embeddings-split')?.why).toContain(message);
    // Remembered: the next call is cut at once.
    const again = await embed({ input }, [part(1, 2), part(3, 4), part(5)], options);
    expect([again.sent.length, again.body.data.length]).toEqual([3, 5]);
  });
  test('another error is no limit, nor is one that the request already keeps', async () => {
    const other = await embed({ input: ['a', 'b'] }, [few('bad input')]);
    expect([other.status, other.sent.length]).toEqual([422, 1]);
    const kept = await embed({ input: ['a', 'b'] }, [few('maximum allowed batch size 2')]);
    expect([kept.status, kept.sent.length]).toEqual([422, 1]);
  });
});

describe('another model’s vectors', () => {
  const models = { 'text-embedding-3-small': 'nomic-embed-text-v1.5' };
  const request = { model: 'text-embedding-3-small' };
  const reply = () => [vectors([item([1])])];

  test('are warned of, with the setting that declares the index rebuilt', async () => {
    const { notes, status } = await embed(request, reply(), { models });
    expect(status).toBe(200);
    expect(notes.find(({ code }) => code === 'embedding-model-changed')).toMatchObject({
      severity: 'lossy',
      fix: expect.stringContaining('add "text-embedding-3-small" to embeddings.rebuilt'),
    });
  });
  test('are refused under strict before anything is sent', async () => {
    const { status, body, sent } = await embed(request, reply(), { models, policy: 'strict' });
    expect([status, body.error.param, sent.length]).toEqual([400, 'model', 0]);
  });
  test('are fine once the index is declared rebuilt', async () => {
    const { status, codes } = await embed(request, reply(), {
      models,
      policy: 'strict',
      embeddings: { rebuilt: ['text-embedding-3-small'] },
    });
    expect([status, codes.includes('embedding-model-changed')]).toEqual([200, false]);
  });
  test.each([
    ['nomic-embed-text:v1.5', 'nomic-ai/nomic-embed-text-v1.5'],
    ['text-embedding-3-small', 'openai/text-embedding-3-small'],
  ])('%s and %s are one model', async (from, to) => {
    const { codes } = await embed({ model: from }, reply(), { models: { [from]: to } });
    expect(codes).not.toContain('embedding-model-changed');
  });
});
