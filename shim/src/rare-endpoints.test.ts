import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, json } from './answer/ask.test-endpoint.ts';
import { majors } from './majors.test-sdks.ts';
import { startUpstream, type Upstream } from './upstream.test-server.ts';

describe.each([
  ['files', 'into the call itself'],
  ['batches', 'one by one'],
  ['vector_stores', 'pgvector'],
  ['fine_tuning/jobs', '"models" of the settings'],
  ['realtime/client_secrets', 'audio.transcriptions'],
  ['threads', 'From Assistants to Responses'],
  ['assistants', 'From Assistants to Responses'],
])('%s', (path, alternative) => {
  test.each(['llama.cpp', 'openai-compatible'] as const)(
    'is refused at %s, and the alternative is named',
    async (dialect) => {
      const { status, text, sent } = await ask({}, [], { target: { dialect, baseURL: 'http://up.test/v1' } }, path);
      expect([status, sent.length]).toEqual([400, 0]);
      expect(JSON.parse(text)).toMatchObject({
        error: {
          code: 'unsupported_endpoint',
          type: 'invalid_request_error',
          message: expect.stringContaining(alternative),
        },
      });
    },
  );
});

test('an endpoint that has it answers, by its dialect or by the user’s word', async () => {
  const list = () => json({ object: 'list', data: [] });
  const native = await ask({}, [list()], { target: { dialect: 'ogx', baseURL: 'http://up.test/v1' } }, 'vector_stores');
  expect(native.status).toBe(200);
  const target = { dialect: 'openai-compatible', baseURL: 'http://up.test/v1', rules: { pass: ['/batches'] } } as const;
  expect((await ask({}, [list()], { target }, 'batches')).status).toBe(200);
  expect((await ask({}, [list()], { target }, 'files')).status).toBe(400);
});

describe.each(majors)('$name', ({ Shim, sdk }) => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());
  test.each<[string, (client: InstanceType<typeof Shim>) => Promise<unknown>]>([
    ['files', async (client) => client.files.list()],
    [
      'files, uploaded',
      async (client) => client.files.create({ purpose: 'batch', file: await sdk.toFile(Buffer.from('x'), 'a.jsonl') }),
    ],
    ['batches', async (client) => client.batches.list()],
    ['fine-tuning', async (client) => client.fineTuning.jobs.list()],
    ['Assistants', async (client) => client.beta.assistants.list()],
  ])('%s: the SDK throws its BadRequestError at once', async (_, call) => {
    const client = new Shim({
      migrate: { target: { dialect: 'llama.cpp', baseURL: upstream.baseURL }, policy: 'silent' },
    });
    await expect(call(client)).rejects.toMatchObject({ status: 400, code: 'unsupported_endpoint' });
    expect(upstream.received).toEqual([]);
  });
});
