import type OpenAI from 'openai';
import { type Row, runRows, same } from './sdk-table.test-runner.ts';
import { chunk, sse } from './upstream.test-server.ts';

const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };
const create = (client: OpenAI) => client.chat.completions.create(ask);
const loop = async (client: OpenAI) => {
  const out: unknown[] = [];
  for await (const item of await client.chat.completions.create({ ...ask, stream: true }))
    out.push(item.choices?.[0]?.delta?.content ?? null);
  return out;
};
const embed = (more: object, pick: (answer: OpenAI.CreateEmbeddingResponse) => unknown) => async (client: OpenAI) =>
  pick(await client.embeddings.create({ model: 'm', input: ['a', 'b'], ...more }));
const item = (embedding: unknown, index: number) => ({ object: 'embedding', index, embedding });
const list = (data: readonly unknown[], more: object = {}) => ({
  body: { object: 'list', model: 'm', data, usage: { prompt_tokens: 1, total_tokens: 1 }, ...more },
});

/** Errors, embeddings and models as endpoints send them. */
const rows: readonly Row[] = [
  {
    name: 'a model that is not there, under 400',
    wire: (count) =>
      count === 0
        ? {
            status: 400,
            body: { object: 'error', message: 'Invalid model: m', type: 'invalid_model', param: null, code: '1500' },
          }
        : list([{ id: 'mm' }]),
    call: create,
    bare: same('throws 400 | 400 status code (no body)', 'throws 400 | 400 Invalid model: m | invalid_model | 1500'),
    shim: 'throws 404 | 404 Invalid model: m. The endpoint has: mm (did you mean "mm"?) | invalid_request_error | model_not_found',
  },
  {
    name: 'credits used up, under 402',
    wire: { status: 402, body: { error: 'You have depleted your monthly included credits.' } },
    call: create,
    bare: 'throws 402 | 402 "You have depleted your monthly included credits."',
    shim: 'throws 429 | 429 You have depleted your monthly included credits. | insufficient_quota | insufficient_quota',
  },
  {
    name: 'a key refused under 403',
    wire: { status: 403, body: { error: 'please check the api-key you provided' } },
    call: create,
    bare: 'throws 403 | 403 "please check the api-key you provided"',
    shim: 'throws 401 | 401 please check the api-key you provided | invalid_request_error | invalid_api_key',
  },
  {
    name: 'a provider behind a router',
    wire: {
      status: 400,
      body: {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { raw: '{"msg":"no such thing"}', provider_name: 'X' },
        },
      },
    },
    call: create,
    bare: 'throws 400 | 400 Provider returned error | 400',
    shim: 'throws 400 | 400 Provider returned error (X: no such thing) | invalid_request_error',
  },
  {
    name: 'an error beside no choices in a 200',
    wire: { body: { error: { message: 'upstream down', code: 503 }, choices: [] } },
    call: create,
    bare: '{"error":{"message":"upstream down","code":503},"choices":[]}',
    shim: 'throws 503 | 503 upstream down | server_error',
  },
  {
    name: 'a context that is too small, under 500',
    wire: {
      status: 500,
      body: { error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' } },
    },
    call: create,
    bare: 'throws 500 | 500 Context size has been exceeded. | server_error | 500',
    shim: 'throws 400 | 400 Context size has been exceeded. | invalid_request_error | context_length_exceeded',
  },
  {
    name: 'a bare JSON line in a stream',
    wire: { body: `${sse([chunk({ role: 'assistant', content: 'h' })], false)}{"error":"model runner crashed"}\n` },
    call: loop,
    bare: '["h"]',
    shim: 'throws model runner crashed | server_error',
  },
  {
    name: 'vectors in another order',
    wire: list([item([2], 1), item([1], 0)]),
    call: embed({ encoding_format: 'float' }, ({ data }) => data.map(({ embedding }) => embedding)),
    bare: '[[2],[1]]',
    shim: '[[1],[2]]',
  },
  {
    name: 'vectors as Ollama’s own route sends them',
    wire: { body: { model: 'm', embeddings: [[0.5], [0.25]] } },
    call: embed({}, ({ data }) => data?.map(({ embedding }) => embedding)),
    bare: 'undefined',
    shim: '[[0.5],[0.25]]',
  },
  {
    name: 'vectors without usage',
    wire: list([item([1], 0), item([2], 1)], { usage: null }),
    call: embed({ encoding_format: 'float' }, ({ usage }) => usage),
    bare: 'null',
    shim: '{"prompt_tokens":1,"total_tokens":1}',
  },
  {
    name: 'fewer vectors than inputs',
    wire: list([item([1], 0)]),
    call: embed({ encoding_format: 'float' }, ({ data }) => data.length),
    bare: '1',
    shim: 'throws 502 | 502 the endpoint sent 1 embeddings for 2 inputs | server_error | invalid_answer',
  },
  {
    name: 'no input',
    wire: list([]),
    call: embed({ input: [] }, ({ data }) => data.length),
    bare: '0',
    shim: 'throws 400 | 400 input is an empty list | invalid_request_error | invalid_value',
  },
  {
    name: 'a bare array of models',
    wire: { body: [{ id: 'a/b', object: 'model', created: 5, organization: 'A' }] },
    call: async (client) => (await client.models.list()).data?.map(({ id, owned_by: owner }) => [id, owner]),
    bare: '[]',
    shim: '[["a/b","A"]]',
  },
  {
    name: 'Llama Stack’s model',
    wire: { body: { data: [{ identifier: 'a', provider_id: 'p', type: 'model' }] } },
    call: async (client) => {
      const { id, object, created, owned_by: owner } = await client.models.retrieve('a');
      return [id, object, created, owner];
    },
    bare: '[null,null,null,null]',
    shim: '["a","model",0,"p"]',
  },
];

runRows(rows);
