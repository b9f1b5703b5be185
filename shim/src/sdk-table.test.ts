import type OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { chatHelpers } from './majors.test-sdks.ts';
import { type Row, runRows, same } from './sdk-table.test-runner.ts';
import { chunk, completion, sse } from './upstream.test-server.ts';

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hi' }] };
const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const strictWeather = {
  type: 'function' as const,
  function: {
    ...weather.function,
    strict: true,
    parameters: { ...weather.function.parameters, required: ['city'], additionalProperties: false },
  },
};

const create = (client: OpenAI) => client.chat.completions.create(ask);
const loop = async (client: OpenAI) => {
  const out: unknown[] = [];
  for await (const item of await client.chat.completions.create({ ...ask, stream: true }))
    out.push(item.choices?.[0]?.delta?.content ?? item.choices?.[0]?.finish_reason ?? null);
  return out;
};
const helper = (tools: object[]) => async (client: OpenAI) => {
  const stream = chatHelpers(client).stream({ ...ask, ...(tools.length === 0 ? {} : { tools }) } as Parameters<
    OpenAI['chat']['completions']['stream']
  >[0]);
  const { choices } = await stream.finalChatCompletion();
  return choices.map(({ message, finish_reason: finish }) => [
    message.content,
    message.tool_calls?.map((call) => ('function' in call ? [call.function.name, call.function.arguments] : call)) ??
      [],
    finish,
  ]);
};
const runTools = async (client: OpenAI) => {
  const seen: unknown[] = [];
  const run = (value: unknown) => {
    seen.push(value);
    return 'sunny';
  };
  const runner = chatHelpers(client).runTools({
    ...ask,
    tools: [{ type: 'function', function: { ...weather.function, function: run, parse: JSON.parse } }],
  } as unknown as Parameters<OpenAI['chat']['completions']['runTools']>[0]);
  return [await (runner as { finalContent(): Promise<unknown> }).finalContent(), seen];
};
const toolThenText =
  (message: object, finish = 'tool_calls') =>
  (count: number) => ({ body: count === 0 ? completion(message, finish) : completion({ content: 'done' }) });
const call = (more: object) => ({
  index: 0,
  id: 'call_a',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Rome"}' },
  ...more,
});

const rows: readonly Row[] = [
  {
    name: 'a flat error',
    wire: { status: 400, body: { message: 'bad n', type: 'invalid_request_error', param: 'n', code: 'bad' } },
    call: create,
    bare: same('throws 400 | 400 status code (no body)', 'throws 400 | 400 bad n | invalid_request_error | bad'),
    shim: 'throws 400 | 400 bad n | invalid_request_error | bad',
  },
  {
    name: 'an error that is a text',
    wire: { status: 422, body: { error: 'Input validation error', error_type: 'validation' } },
    call: create,
    bare: 'throws 422 | 422 "Input validation error"',
    shim: 'throws 422 | 422 Input validation error | invalid_request_error',
  },
  {
    name: 'a FastAPI detail',
    wire: { status: 404, body: { detail: 'Not Found' } },
    call: create,
    bare: same('throws 404 | 404 status code (no body)', 'throws 404 | 404 {"detail":"Not Found"}'),
    shim: 'throws 404 | 404 Not Found | invalid_request_error',
  },
  {
    name: 'an error in a 200',
    wire: { body: { error: { message: 'upstream down', code: 502 } } },
    call: create,
    bare: '{"error":{"message":"upstream down","code":502}}',
    shim: 'throws 502 | 502 upstream down | server_error',
  },
  {
    name: 'an HTML page',
    wire: { body: '<html><body>It works</body></html>', headers: { 'content-type': 'text/html' } },
    call: create,
    bare: '"<html><body>It works</body></html>"',
    shim: 'throws 502 | 502 the endpoint answered 200 with an HTML page: It works | server_error | invalid_answer',
  },
  {
    name: 'floats where base64 was asked for',
    wire: {
      body: {
        object: 'list',
        model: 'm',
        data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25, -1, 2] }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      },
    },
    call: async (client) => (await client.embeddings.create({ model: 'm', input: 'x' })).data[0]?.embedding,
    bare: same('[3.7468882432460414e-37]', '[0.5,0.25,-1,2]'),
    shim: '[0.5,0.25,-1,2]',
  },
  {
    name: 'a streamed tool call without index',
    wire: {
      body: sse([chunk({ role: 'assistant', tool_calls: [call({ index: undefined })] }), chunk({}, 'tool_calls')]),
    },
    call: helper([weather]),
    bare: same(
      '[[null,[],"tool_calls"]]',
      'throws Chat completion stream contains an invalid tool call index: undefined',
    ),
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
  },
  {
    name: 'two streamed tool calls with index 0',
    wire: {
      body: sse([
        chunk({ role: 'assistant', tool_calls: [call({})] }),
        chunk({ tool_calls: [call({ id: 'call_b', function: { name: 'weather', arguments: '{"city":"Oslo"}' } })] }),
        chunk({}, 'tool_calls'),
      ]),
    },
    call: helper([weather]),
    bare: '[[null,[["weather","{\\"city\\":\\"Rome\\"}{\\"city\\":\\"Oslo\\"}"]],"tool_calls"]]',
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"],["weather","{\\"city\\":\\"Oslo\\"}"]],"tool_calls"]]',
  },
  {
    name: 'streamed arguments as an object',
    wire: {
      body: sse([
        chunk({
          role: 'assistant',
          tool_calls: [call({ function: { name: 'weather', arguments: { city: 'Rome' } } })],
        }),
        chunk({}, 'tool_calls'),
      ]),
    },
    call: helper([weather]),
    bare: '[[null,[["weather","[object Object]"]],"tool_calls"]]',
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
  },
  {
    name: 'empty arguments in runTools',
    wire: toolThenText({ content: null, tool_calls: [call({ function: { name: 'weather', arguments: '' } })] }),
    call: runTools,
    bare: '["done",[]]',
    shim: '["done",[{}]]',
  },
  {
    name: 'arguments as an object in runTools',
    wire: toolThenText({
      content: null,
      tool_calls: [call({ function: { name: 'weather', arguments: { city: 'Rome' } } })],
    }),
    call: runTools,
    bare: '["done",[]]',
    shim: '["done",[{"city":"Rome"}]]',
  },
  {
    name: 'a call without type in runTools',
    wire: toolThenText({ content: null, tool_calls: [call({ type: undefined })] }),
    call: runTools,
    bare: {
      openai4: '["done",[]]',
      openai5: 'throws Currently only `function` tool calls are supported; Received `undefined`',
      openai6: 'throws Currently only `function` tool calls are supported; Received `undefined`',
      openai7: 'throws Currently only `function` and `custom` tool calls are supported; Received `undefined`',
    },
    shim: '["done",[{"city":"Rome"}]]',
  },
  {
    name: 'later pieces with an empty name',
    wire: {
      body: sse([
        chunk({ role: 'assistant', tool_calls: [call({ function: { name: 'weather', arguments: '{"city":' } })] }),
        chunk({ tool_calls: [{ index: 0, type: null, function: { name: '', arguments: '"Rome"}' } }] }),
        chunk({}, 'tool_calls'),
      ]),
    },
    call: helper([strictWeather]),
    bare: same(
      '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
      'throws Chat completion stream contains a changed tool call identity',
    ),
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
  },
  {
    name: 'a streamed call without type',
    wire: {
      body: sse([chunk({ role: 'assistant', tool_calls: [call({ type: undefined })] }), chunk({}, 'tool_calls')]),
    },
    call: helper([weather]),
    bare: 'throws tool call snapshot missing `type`',
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
  },
  {
    name: 'a streamed call without id',
    wire: { body: sse([chunk({ role: 'assistant', tool_calls: [call({ id: undefined })] }), chunk({}, 'tool_calls')]) },
    call: helper([weather]),
    bare: {
      openai4: 'throws missing choices[0].tool_calls[0].id',
      openai5: 'throws missing choices[0].tool_calls[0].id',
      openai6: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
      openai7: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
    },
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
  },
  {
    name: 'a stream without role',
    wire: { body: sse([chunk({ content: 'hi' }), chunk({}, 'stop')]) },
    call: helper([]),
    bare: 'throws missing role for choice 0',
    shim: '[["hi",[],"stop"]]',
  },
  {
    name: 'a stream without finish_reason',
    wire: { body: sse([chunk({ role: 'assistant', content: 'hi' })]) },
    call: loop,
    bare: '["hi"]',
    shim: 'throws the endpoint ended the stream before choice 0 had a finish_reason | server_error | stream_truncated',
  },
  {
    name: 'stop after a tool call',
    wire: { body: sse([chunk({ role: 'assistant', tool_calls: [call({})] }), chunk({}, 'stop')]) },
    call: helper([weather]),
    bare: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"stop"]]',
    shim: '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]',
  },
  {
    name: 'eos',
    wire: { body: completion({ content: 'hi' }, 'eos') },
    call: async (client) => (await create(client)).choices[0]?.finish_reason,
    bare: '"eos"',
    shim: '"stop"',
  },
  {
    name: 'a usage chunk without choices',
    wire: {
      body: sse([
        chunk({ role: 'assistant', content: 'hi' }),
        chunk({}, 'stop'),
        {
          id: 'chatcmpl-1',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'm',
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        },
      ]),
    },
    call: helper([]),
    bare: 'throws chunk.choices is not iterable',
    shim: '[["hi",[],"stop"]]',
  },
  {
    name: 'a stream without [DONE]',
    wire: { body: sse([chunk({ role: 'assistant', content: 'hi' }), chunk({}, 'stop')], false) },
    call: loop,
    bare: '["hi","stop"]',
    shim: '["hi","stop"]',
  },
  {
    name: 'an error event',
    wire: {
      body: `${sse([chunk({ role: 'assistant', content: 'hi' })], false)}event: error\ndata: {"error":{"message":"boom","type":"server_error"}}\n\n`,
    },
    call: loop,
    bare: 'throws boom | server_error',
    shim: 'throws boom | server_error',
  },
  {
    name: 'an error that is a text mid-stream',
    wire: { body: sse([chunk({ role: 'assistant', content: 'hi' }), { error: 'boom' }], false) },
    call: loop,
    bare: 'throws "boom"',
    shim: 'throws boom | server_error',
  },
  {
    name: 'JSON for a stream',
    wire: { body: completion({ content: 'hi' }) },
    call: loop,
    bare: '[]',
    shim: '["hi","stop"]',
  },
  {
    name: 'a stream for JSON',
    wire: { body: sse([chunk({ role: 'assistant', content: 'h' }), chunk({ content: 'i' }), chunk({}, 'stop')]) },
    call: async (client) => (await create(client)).choices?.[0]?.message.content,
    bare: 'undefined',
    shim: '"hi"',
  },
  {
    name: 'comments and CRLF',
    wire: {
      body: `: ping\r\n\r\n${sse([chunk({ role: 'assistant', content: 'hi' }), chunk({}, 'stop')]).replaceAll('\n', '\r\n')}`,
    },
    call: loop,
    bare: '["hi","stop"]',
    shim: '["hi","stop"]',
  },
  {
    name: 'json_schema parsed',
    wire: { body: completion({ content: '{"city":"Rome"}' }) },
    call: async (client) =>
      (
        await chatHelpers(client).parse({
          ...ask,
          response_format: zodResponseFormat(z.object({ city: z.string() }), 'place'),
        })
      ).choices[0]?.message.parsed,
    bare: '{"city":"Rome"}',
    shim: '{"city":"Rome"}',
  },
];

runRows(rows);
