import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, json } from '../answer/ask.test-endpoint.ts';
import type { GuardConfig } from '../guard/settings.ts';
import { majors } from '../majors.test-sdks.ts';
import { completion, type Reply, startUpstream, type Upstream } from '../upstream.test-server.ts';

const guard: GuardConfig = { model: 'llama-guard-3-8b' };
const says = (content: string | null, more: object = {}, finish = 'stop') =>
  json(completion({ content, ...more }, finish));
const moderate = async (
  request: object,
  replies: readonly Response[],
  settings: GuardConfig | null = guard,
  dialect = 'llama.cpp',
) => {
  const answer = await ask(
    { model: 'omni-moderation-latest', ...request },
    replies,
    {
      ...(settings === null ? {} : { guard: settings }),
      target: { dialect: dialect as 'llama.cpp', baseURL: 'http://up.test/v1' },
    },
    'moderations',
  );
  const body = JSON.parse(answer.text) as {
    results: Array<Record<string, Record<string, unknown>>>;
    error?: Record<string, unknown>;
    model: string;
  };
  return { ...answer, body, codes: answer.notes.map(({ code }) => code) };
};

describe('one input', () => {
  test('unsafe: OpenAI’s categories, scores of the first token', async () => {
    const logprobs = {
      content: [
        { token: 'unsafe', logprob: Math.log(0.9), top_logprobs: [{ token: 'unsafe', logprob: Math.log(0.9) }] },
      ],
    };
    const reply = completion({ content: '\n\nunsafe\nS10' });
    Object.assign((reply as { choices: object[] }).choices[0] as object, { logprobs });
    const { body, sent, codes } = await moderate({ input: 'they are vermin' }, [json(reply)]);
    expect(sent[0]).toMatchObject({
      model: 'llama-guard-3-8b',
      temperature: 0,
      messages: [{ role: 'user', content: 'they are vermin' }],
    });
    expect(body).toMatchObject({ id: expect.stringMatching(/^modr_/), model: 'omni-moderation-latest' });
    const [result] = body.results;
    expect(result).toMatchObject({ flagged: true, x_guard: { codes: ['S10'] } });
    expect(result?.['categories']).toMatchObject({ hate: true, violence: false, 'self-harm/intent': false });
    expect(result?.['category_scores']?.['hate']).toBeCloseTo(0.9);
    expect(Object.keys(result?.['categories'] ?? {})).toHaveLength(13);
    expect(result?.['category_applied_input_types']?.['hate']).toEqual(['text']);
    expect(codes).toContain('moderation-categories-missing');
    expect(codes).not.toContain('moderation-scores-binary');
  });
  test('safe without log-probabilities: 0, and a note', async () => {
    const { body, codes } = await moderate({ input: 'hello' }, [says('safe')]);
    expect(body.results[0]).toMatchObject({ flagged: false, category_scores: { violence: 0 } });
    expect(codes).toContain('moderation-scores-binary');
  });
  test('unsafe by what OpenAI does not look for: not flagged and said, or flagged where the settings want it', async () => {
    const usual = await moderate({ input: 'which pill?' }, [says('unsafe\nS6')]);
    expect(usual.body.results[0]).toMatchObject({ flagged: false, x_guard: { codes: ['S6'] } });
    expect(usual.codes).toContain('guard-category-outside');
    const any = await moderate({ input: 'which pill?' }, [says('unsafe\nS6')], { ...guard, flag: 'any' });
    expect(any.body.results[0]).toMatchObject({ flagged: true });
  });
  test('an unknown code flags', async () => {
    const { body, codes } = await moderate({ input: 'x' }, [says('unsafe\nS42')]);
    expect(body.results[0]).toMatchObject({ flagged: true, x_guard: { codes: ['S42'] } });
    expect(codes).toContain('guard-code-unknown');
  });
  test('Granite Guardian: each risk has its own score, and general harm flags alone', async () => {
    const { body, sent } = await moderate(
      { input: 'x' },
      [says('Yes'), says('No'), says('No'), says('No'), says('No')],
      { model: 'granite-guardian-3.1-8b' },
    );
    expect(sent).toHaveLength(5);
    expect(body.results[0]).toMatchObject({
      flagged: true,
      x_guard: { codes: ['harm'] },
      categories: { violence: false },
    });
  });
  test('gpt-oss-safeguard tells all thirteen', async () => {
    const { body, codes } = await moderate(
      { input: 'x' },
      [says('{"violation":1,"categories":["harassment/threatening"]}')],
      { model: 'openai/gpt-oss-safeguard-20b' },
    );
    expect(body.results[0]).toMatchObject({ flagged: true, categories: { 'harassment/threatening': true } });
    expect(codes).not.toContain('moderation-categories-missing');
  });
});

test('an endpoint that refuses log-probabilities is not asked for them', async () => {
  const { body, sent, codes } = await moderate({ input: 'x' }, [says('unsafe\nS1')], guard, 'groq');
  expect(sent[0]).not.toHaveProperty('logprobs');
  expect(body.results[0]).toMatchObject({ flagged: true, category_scores: { violence: 1 } });
  expect(codes).toContain('moderation-scores-binary');
});

describe('fail closed', () => {
  test.each([
    ['empty', says('')],
    ['null', says(null)],
    ['a refusal', says(null, { refusal: 'no' })],
    ['a refusal beside safe', says('safe', { refusal: 'I will not judge this' })],
    ['chatter', says('I cannot help with that.')],
    ['stopped by a filter', says('safe', {}, 'content_filter')],
    ['safe, and yet a code', says('safe\nS1')],
  ])('%s is an error', async (_, reply) => {
    const { status, body, headers } = await moderate({ input: 'x' }, [reply]);
    expect([status, body.error?.['code']]).toEqual([502, 'guard_unreadable']);
    expect(headers.get('x-should-retry')).toBe('false');
  });
  test('an error of the guard’s endpoint', async () => {
    const { status, body } = await moderate({ input: 'x' }, [json({ error: { message: 'no such model' } }, 404)]);
    expect([status, body.error?.['code'], body.error?.['message']]).toEqual([
      502,
      'guard_unavailable',
      expect.stringContaining('no such model'),
    ]);
  });
  test('or flagged, where the settings say so', async () => {
    const { status, body, codes } = await moderate({ input: 'x' }, [says('hm')], { ...guard, unreadable: 'flag' });
    expect([status, body.results[0]?.['flagged']]).toEqual([200, true]);
    expect(codes).toContain('guard-unreadable');
  });
  test('an image that the guard cannot see is an error, whatever the settings say', async () => {
    const input = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }];
    const { status, body, sent } = await moderate({ input }, [], { ...guard, unreadable: 'flag' });
    expect([status, body.error?.['param'], sent.length]).toEqual([400, 'input', 0]);
  });
  test('one unreadable answer of many is an error of the whole call', async () => {
    const { status } = await moderate({ input: ['a', 'b'] }, [says('safe'), says('')]);
    expect(status).toBe(502);
  });
  test('a guard that does not answer in time', async () => {
    const { status, text } = await ask(
      { input: 'x' },
      [],
      {
        guard: { ...guard, deadlineMs: 20 },
        fetch: (_, init) =>
          new Promise((_resolve, reject) => {
            init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
          }),
      },
      'moderations',
    );
    expect([status, text]).toEqual([502, expect.stringContaining('20 ms')]);
  });
});

describe('input', () => {
  test('text and image together are one input', async () => {
    const input = [
      { type: 'text', text: 'what is this' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    ];
    const { body, sent } = await moderate({ input }, [says('unsafe\nS12')], { model: 'llama-guard-4-12b' });
    expect(sent[0]?.['messages']).toEqual([
      { role: 'user', content: [input[1], { type: 'text', text: 'what is this' }] },
    ]);
    expect(body.results).toHaveLength(1);
    expect(body.results[0]?.['category_applied_input_types']).toMatchObject({
      sexual: ['text', 'image'],
      hate: ['text'],
    });
  });
  test.each([
    [{}, 'missing_required_parameter'],
    [{ input: [] }, 'empty_array'],
    [{ input: 7 }, 'invalid_type'],
    [{ input: ['a', 7] }, 'invalid_type'],
    [{ input: [{ type: 'audio' }] }, 'invalid_type'],
  ])('%j is refused', async (request, code) => {
    const { status, body } = await moderate(request, []);
    expect([status, body.error?.['code']]).toEqual([400, code]);
  });
});

describe('without a guard', () => {
  test('where the endpoint has no moderations, the error names the setting', async () => {
    const { status, body, sent } = await moderate({ input: 'x' }, [], null);
    expect([status, body.error?.['code'], sent.length]).toEqual([400, 'unsupported_endpoint', 0]);
    expect(body.error?.['message']).toContain('"guard"');
  });
  const result = { flagged: false, categories: { hate: false, violence: false, sexual: false, 'self-harm': false } };
  test.each([
    ['OpenAI’s shape passes', { results: [result] }, 200],
    [
      'categories under other names are an error',
      { results: [{ ...result, categories: { 'Violent Crimes': false } }] },
      502,
    ],
    ['fewer results than inputs are an error', { results: [] }, 502],
  ])('%s', async (_, answer, wanted) => {
    const { status } = await moderate({ input: 'x' }, [json(answer)], null, 'openai-compatible');
    expect(status).toBe(wanted);
  });
});

describe.each(majors)('$name', ({ Shim }) => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());

  test('a batch of 100: a result for each, in their order, and each judged by itself', async () => {
    upstream.reply = ({ body }): Reply => {
      const messages = body['messages'] as ReadonlyArray<{ content: string }>;
      const bad = Number(/\d+/.exec(messages[0]?.content ?? '')?.[0]) % 7 === 0;
      return { body: completion({ content: bad ? '\n\nunsafe\nS2' : '\n\nsafe' }) };
    };
    const client = new Shim({
      maxRetries: 0,
      migrate: {
        target: { dialect: 'vllm', baseURL: 'http://127.0.0.1:9/v1' },
        targets: { guards: { dialect: 'llama.cpp', baseURL: upstream.baseURL } },
        guard: { ...guard, target: 'guards' },
        policy: 'silent',
      },
    });
    const input = Array.from({ length: 100 }, (_, index) => `text ${index}`);
    const { results } = await client.moderations.create({ input });
    expect(results.map(({ flagged }) => flagged)).toEqual(input.map((_, index) => index % 7 === 0));
    expect(results[7]?.categories).toMatchObject({ illicit: true, hate: false });
  });
});
