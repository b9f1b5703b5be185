import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFetch } from './fetch.ts';
import type { Note } from './note.ts';
import { readLessons } from './request/learned.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from './upstream.test-server.ts';

const base = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  seed: 1,
  user: 'u',
  logprobs: true,
  store: true,
  tools: [],
  stop: 'x',
};

describe('an error that names a parameter', () => {
  const fastApi = (...names: readonly string[]) => ({
    detail: names.map((name) => ({
      type: 'extra_forbidden',
      loc: ['body', name],
      msg: 'Extra inputs are not permitted',
    })),
  });
  test.each<[string, number, unknown, readonly string[]]>([
    ['FastAPI', 422, fastApi('store', 'seed'), ['store', 'seed']],
    ['FastAPI in another envelope', 422, { object: 'Error', message: fastApi('seed') }, ['seed']],
    ['OpenAI', 400, { error: { message: 'Unrecognized request argument supplied: store', param: null } }, ['store']],
    [
      'a param beside the message',
      400,
      { error: { message: 'This is not supported by this model.', param: 'logprobs' } },
      ['logprobs'],
    ],
    ['a property', 400, { error: { message: "property 'seed' is unsupported" } }, ['seed']],
    ['a field in Go', 400, { message: 'json: unknown field "store"' }, ['store']],
    ['a path', 422, { error: 'body -> seed Extra inputs are not permitted' }, ['seed']],
    ['a path with dots', 422, 'body.seed: Extra inputs are not permitted', ['seed']],
    ['plain text', 400, 'Unsupported parameter: `logprobs`', ['logprobs']],
    ['a problem document', 422, { type: 'urn:x', title: 'Validation', detail: "Unknown parameter 'user'" }, ['user']],
  ])('%s', (_, status, error, names) => {
    const text = typeof error === 'string' ? error : JSON.stringify(error);
    expect(readLessons(status, text, base).map(({ param }) => param)).toEqual(names);
  });

  test.each<[string, number, unknown]>([
    ['of another status', 500, fastApi('seed')],
    ['that the request does not have', 400, fastApi('top_logprobs')],
    ['that the app relies on', 400, fastApi('tools', 'stop')],
    ['whose value is wrong', 400, { error: { message: 'seed must be an integer', param: 'seed' } }],
    [
      'deep inside a value',
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'messages', 0, 'name'], msg: 'Extra inputs' }] },
    ],
    [
      'of which one value is not taken',
      400,
      { error: { message: "Unsupported value: 'seed' does not support 1", param: 'seed' } },
    ],
    ['over a number', 400, { message: 'This model does not support logprobs > 1 due to speculative decoding.' }],
    ['as a plain word', 400, { error: { message: 'the user does not support that' } }],
    ['as a part of another', 400, { error: { message: 'response_format.seed is not supported, nor is my_seed' } }],
  ])('%s teaches nothing', (_, status, error) => expect(readLessons(status, JSON.stringify(error), base)).toEqual([]));

  test('a limit goes under its other name, unless that is there too', () => {
    const error = JSON.stringify({
      error: {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      },
    });
    expect(readLessons(400, error, { max_tokens: 5 })).toEqual([
      { kind: 'rename', param: 'max_tokens', to: 'max_completion_tokens' },
    ]);
    expect(readLessons(400, error, { max_tokens: 5, max_completion_tokens: 5 })).toEqual([]);
  });
});

describe('a call', () => {
  let upstream: Upstream;
  let notes: Note[] = [];
  let refused: readonly string[] = [];
  let serial = 0;
  beforeAll(async () => {
    upstream = await startUpstream(({ body }) => {
      const name = refused.find((param) => param in body);
      if (name !== undefined)
        return { status: 400, body: { error: { message: `Unknown parameter: '${name}'.`, param: name, type: 'x' } } };
      return {
        body:
          body['stream'] === true
            ? sse([chunk({ role: 'assistant', content: 'hi' }, 'stop')])
            : completion({ content: 'hi' }),
      };
    });
  });
  afterAll(() => upstream.close());
  beforeEach(() => {
    upstream.received.length = 0;
    notes = [];
    serial += 1;
  });
  const client = (policy: 'silent' | 'strict' = 'silent') =>
    new OpenAI({
      apiKey: 'x',
      maxRetries: 0,
      fetch: createFetch({
        target: { dialect: 'openai-compatible', baseURL: upstream.baseURL },
        policy,
        onNote: (note) => notes.push(note),
      }),
    });
  const request = { messages: [{ role: 'user' as const, content: 'q' }], seed: 1, store: true };
  /** Each test has a model of its own, because lessons are remembered per model. */
  const model = () => `model-${serial}`;

  test('is asked again without it, once per parameter; the next one without asking', async () => {
    refused = ['seed', 'store'];
    const answer = await client().chat.completions.create({ ...request, model: model() });
    expect(answer.choices[0]?.message.content).toBe('hi');
    expect(upstream.received).toHaveLength(3);
    expect(notes.filter(({ code }) => code === 'param-learned')).toMatchObject([
      { where: 'request.seed', severity: 'lossy' },
      { where: 'request.store', severity: 'info' },
    ]);
    await client().chat.completions.create({ ...request, model: model() });
    expect(upstream.received).toHaveLength(4);
    expect(upstream.received[3]?.body).not.toHaveProperty('seed');
    await client().chat.completions.create({ ...request, model: `${model()}-other` });
    expect(upstream.received).toHaveLength(7);
  });

  test('that streams learns before its first byte', async () => {
    refused = ['seed'];
    const stream = await client().chat.completions.create({ ...request, model: model(), stream: true as const });
    const texts = [];
    for await (const { choices } of stream) texts.push(choices[0]?.delta.content);
    expect(texts.join('')).toBe('hi');
    expect(upstream.received).toHaveLength(2);
  });

  test('under strict fails and names the parameter', async () => {
    refused = ['seed'];
    const failed = await client('strict')
      .chat.completions.create({ ...request, model: model() })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BadRequestError);
    expect(failed).toMatchObject({ param: 'seed' });
  });

  test('whose needed parameter is refused gets the endpoint’s error', async () => {
    refused = ['stop'];
    const failed = await client()
      .chat.completions.create({ ...request, model: model(), stop: ['x'] })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BadRequestError);
    expect((failed as Error).message).toContain("Unknown parameter: 'stop'");
    expect(upstream.received).toHaveLength(1);
  });

  test('is not asked for ever', async () => {
    refused = ['seed', 'store', 'user', 'temperature', 'top_p', 'metadata'];
    const failed = await client()
      .chat.completions.create({ ...request, model: model(), user: 'u', temperature: 1, top_p: 1, metadata: {} })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BadRequestError);
    expect(upstream.received).toHaveLength(5);
  });
});
