import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ImportError, type ImportedTraffic, importers, importTraffic } from './index.ts';

const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Grüß Gott' }] };
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hallo' }, finish_reason: 'stop' }],
};
const call = { id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{"city":"Wien"}' } };
const events = 'data: {"choices":[]}\n\ndata: [DONE]\n\n';
const url = 'https://api.openai.com/v1/chat/completions';
const bodyOf = ({ exchanges }: ImportedTraffic, at = 0) => exchanges[at]?.request.body;
const textOf = ({ exchanges }: ImportedTraffic, at = 0) =>
  Buffer.concat(exchanges[at]!.response.chunks.map(([, bytes]) => bytes)).toString();
const jsonOf = (traffic: ImportedTraffic, at = 0) => JSON.parse(textOf(traffic, at));
const read = (value: unknown, format?: string) =>
  importTraffic('file', typeof value === 'string' ? value : JSON.stringify(value), format);
const lines = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join('\n');

describe('har', () => {
  const entry = (
    more: object = {},
    content: object = { text: JSON.stringify(answer), mimeType: 'application/json' },
  ) => ({
    startedDateTime: '2026-02-03T04:05:06.700Z',
    time: 812.4,
    request: {
      method: 'POST',
      url,
      headers: [
        { name: 'Authorization', value: 'Bearer sk-x' },
        { name: 'Content-Type', value: 'application/json' },
      ],
      postData: { mimeType: 'application/json', text: JSON.stringify(ask) },
    },
    response: { status: 200, headers: [{ name: 'X-Request-Id', value: 'r1' }], content },
    ...more,
  });

  test('a JSON answer keeps its bytes, its time and its date', () => {
    const traffic = read({ log: { entries: [entry()] } });
    expect(traffic).toMatchObject({ format: 'har', skipped: new Map(), lacks: new Map() });
    expect(traffic.exchanges[0]).toMatchObject({
      v: 1,
      provenance: 'recorded',
      recordedAt: '2026-02-03T04:05:06.700Z',
      target: 'openai',
      model: 'gpt-4o',
      request: {
        method: 'POST',
        path: '/chat/completions',
        headers: { 'content-type': 'application/json' },
        body: ask,
      },
      response: { status: 200, headers: { 'x-request-id': 'r1', 'content-type': 'application/json' } },
    });
    expect(traffic.exchanges[0]?.response.chunks[0]?.[0]).toBe(812);
    expect(textOf(traffic)).toBe(JSON.stringify(answer));
  });
  test('a stream has one time for the whole, so its timing lacks; Polly’s compressed pieces are read', () => {
    const pieces = JSON.stringify([gzipSync(events).toString('base64')]);
    const response = {
      status: 200,
      headers: [
        { name: 'content-type', value: 'text/event-stream' },
        { name: 'content-encoding', value: 'gzip' },
      ],
      content: { text: pieces, encoding: 'base64' },
    };
    const traffic = read({ log: { entries: [entry({ response })] } });
    expect(textOf(traffic)).toBe(events);
    expect(traffic.lacks).toEqual(new Map([['timing', 1]]));
    expect(traffic.exchanges[0]?.response.headers).toEqual({ 'content-type': 'text/event-stream' });
  });
  test('what is no call of the API, was not kept, or comes twice is counted', () => {
    const other = entry({ request: { method: 'GET', url: 'https://example.com/', headers: [] } });
    const bare = entry({}, { size: 12, mimeType: 'application/json' });
    const { exchanges, skipped } = read({ log: { entries: [entry(), entry(), other, bare, {}] } });
    expect(exchanges).toHaveLength(1);
    expect(Object.fromEntries(skipped)).toEqual({
      'the same exchange once more': 1,
      'no call of OpenAI’s API': 1,
      'an entry whose answer was not kept (save the archive with content)': 1,
      'an entry without a request or an answer': 1,
    });
  });
});

describe('cassettes', () => {
  const cassette = (body: string, encoding = '') => `interactions:
- request:
    body: '${JSON.stringify(ask)}'
    headers:
      content-type: [application/json]
      user-agent: [OpenAI/Python 1.0.0]
    method: POST
    uri: https://my.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024
  response:
    body:
      ${body}
    headers:
      Content-Type: [text/event-stream]
      Date: ['Mon, 02 Feb 2026 10:00:00 GMT']
${encoding}    status: {code: 200, message: OK}
version: 1
`;
  test('vcrpy: text, gzip as binary, and a parsed body', () => {
    const text = read(cassette(`string: ${JSON.stringify(events)}`));
    expect(text).toMatchObject({ format: 'vcrpy', lacks: new Map([['timing', 1]]) });
    expect(text.exchanges[0]).toMatchObject({
      target: 'azure-openai',
      sdk: 'OpenAI/Python 1.0.0',
      recordedAt: '2026-02-02T10:00:00.000Z',
      request: { path: '/chat/completions', body: ask },
    });
    expect(textOf(text)).toBe(events);
    const zipped = cassette(
      `string: !!binary ${gzipSync(events).toString('base64')}`,
      '      Content-Encoding: [gzip]\n',
    );
    expect(textOf(read(zipped))).toBe(events);
    const parsed = read(`interactions:
- request: { method: POST, uri: ${url}, headers: {}, parsed_body: ${JSON.stringify(ask)} }
  response: { headers: {}, parsed_body: ${JSON.stringify(answer)}, status: { code: 429, message: no } }
`);
    expect([bodyOf(parsed), jsonOf(parsed), parsed.exchanges[0]?.response.status]).toEqual([ask, answer, 429]);
    expect(parsed.lacks.get('bytes')).toBe(1);
  });
  test('Ruby’s VCR', () => {
    const traffic = read(`---
http_interactions:
- request:
    method: post
    uri: ${url}
    body: { encoding: UTF-8, string: '${JSON.stringify(ask)}' }
    headers: { Content-Type: [application/json] }
  response:
    status: { code: 200, message: OK }
    headers: { Content-Type: [application/json] }
    body: { encoding: UTF-8, string: '${JSON.stringify(answer)}' }
  recorded_at: Mon, 02 Feb 2026 10:00:00 GMT
- request: { method: post, uri: ${url}, headers: {}, body: { encoding: UTF-8, string: '{}' } }
  response:
    status: { code: 200, message: OK }
    headers: { Content-Type: [text/event-stream] }
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        ${Buffer.from(events).toString('base64')}
recorded_with: VCR 6.3.1
`);
    expect(traffic.format).toBe('ruby-vcr');
    expect([bodyOf(traffic), jsonOf(traffic), textOf(traffic, 1)]).toEqual([ask, answer, events]);
    expect(traffic.exchanges[0]?.request.method).toBe('POST');
    expect(traffic.exchanges[0]?.recordedAt).toBe('2026-02-02T10:00:00.000Z');
  });
  test('go-vcr', () => {
    const traffic = read(`---
version: 2
interactions:
  - id: 0
    request: { url: ${url}, method: POST, body: '${JSON.stringify(ask)}', headers: {} }
    response: { code: 200, duration: 1m2.5s, body: '${JSON.stringify(answer)}', headers: { Content-Type: [application/json] } }
`);
    expect(traffic).toMatchObject({ format: 'go-vcr', lacks: new Map([['date', 1]]) });
    expect([bodyOf(traffic), jsonOf(traffic)]).toEqual([ask, answer]);
    expect(traffic.exchanges[0]?.response.chunks[0]?.[0]).toBe(62_500);
  });
  test('nock: parsed JSON, and compressed hex', () => {
    const definition = {
      scope: 'https://api.openai.com:443',
      method: 'POST',
      path: '/v1/chat/completions',
      body: ask,
      status: 200,
    };
    const traffic = read([
      { ...definition, response: answer, rawHeaders: ['Content-Type', 'application/json'] },
      {
        ...definition,
        response: [gzipSync(events).toString('hex')],
        rawHeaders: ['Content-Type', 'text/event-stream', 'Content-Encoding', 'gzip'],
      },
    ]);
    expect(traffic).toMatchObject({
      format: 'nock',
      lacks: new Map([
        ['bytes', 1],
        ['date', 2],
        ['timing', 2],
      ]),
    });
    expect([jsonOf(traffic, 0), textOf(traffic, 1)]).toEqual([answer, events]);
  });
});

describe('logs', () => {
  const whole = {
    lacks: new Map([
      ['bytes', 1],
      ['headers', 1],
      ['status', 1],
    ]),
  };
  test('Langfuse: messages, tools and parameters come back; what is no generation is counted', () => {
    const record = {
      id: 'o1',
      traceId: 't1',
      type: 'GENERATION',
      name: 'triage',
      startTime: '2026-02-03T04:05:06.000Z',
      endTime: '2026-02-03T04:05:07.500Z',
      model: 'gpt-4o',
      modelParameters: { temperature: '0.5', max_tokens: 20, stream: 'true', top_p: null },
      input: JSON.stringify({ messages: ask.messages, tools: [{ type: 'function' }] }),
      output: { role: 'assistant', content: null, tool_calls: [call] },
      usageDetails: { input: 3, output: 4 },
    };
    const traffic = read({
      data: [record, { ...record, id: 'o2', type: 'SPAN' }, { ...record, id: 'o3', output: null }],
    });
    expect(traffic).toMatchObject({ format: 'langfuse', ...whole });
    expect(bodyOf(traffic)).toEqual({ ...ask, temperature: 0.5, max_tokens: 20, tools: [{ type: 'function' }] });
    expect(jsonOf(traffic)).toMatchObject({
      choices: [{ message: { tool_calls: [call] }, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    });
    expect(traffic.exchanges[0]).toMatchObject({
      callSite: 'triage',
      response: { chunks: [[1500, expect.anything()]] },
    });
    expect([...traffic.skipped.keys()]).toEqual([
      'an observation that is no generation',
      'a generation without a prompt and an answer in chat form',
    ]);
  });
  test('LiteLLM: chats and embeddings; failures, cached and withheld ones are counted', () => {
    const record = {
      id: 'l1',
      call_type: 'acompletion',
      status: 'success',
      startTime: 1_770_000_000.25,
      endTime: 1_770_000_001.5,
      model: 'gpt-4o',
      api_base: 'https://api.openai.com',
      model_parameters: { temperature: 0, stream: true },
      messages: ask.messages,
      response: answer,
    };
    const vector = { object: 'list', data: [] };
    const traffic = read(
      lines(
        record,
        {
          ...record,
          call_type: 'aembedding',
          model_parameters: {},
          messages: [
            { role: 'user', content: 'a' },
            { role: 'user', content: 'b' },
          ],
          response: vector,
        },
        { ...record, status: 'failure' },
        { ...record, cache_hit: true },
        { ...record, messages: 'redacted-by-litellm', response: {} },
        { ...record, call_type: 'arerank' },
      ),
    );
    expect(traffic.format).toBe('litellm');
    expect([bodyOf(traffic), jsonOf(traffic)]).toEqual([{ ...ask, temperature: 0 }, answer]);
    expect(traffic.exchanges[1]?.request).toMatchObject({
      path: '/embeddings',
      body: { model: 'gpt-4o', input: ['a', 'b'] },
    });
    expect(traffic.exchanges[0]).toMatchObject({ target: 'openai', response: { chunks: [[1250, expect.anything()]] } });
    expect([...traffic.skipped.values()]).toEqual([1, 1, 1, 1]);
  });
  test('OpenAI’s own: output items, stored completions with their prompts, rows of Evals, chats', () => {
    const sample = {
      input: ask.messages,
      output: [{ role: 'assistant', content: 'Hallo' }],
      model: 'gpt-4o',
      temperature: 1,
      seed: 42,
      finish_reason: 'stop',
      error: null,
    };
    const traffic = read(
      lines(
        { object: 'eval.run.output_item', id: 'outputitem_1', created_at: 1_770_000_000, sample },
        {
          ...answer,
          created: 1_770_000_001,
          temperature: 0,
          messages: ask.messages.map((message) => ({ ...message, id: 'm-0' })),
        },
        { item: { input: ask.messages }, sample: { ...sample, seed: 43 } },
        { messages: [...ask.messages, { role: 'assistant', content: 'Hallo' }], tools: [] },
        { ...answer, created: 1 },
        { item: { input: ask.messages, ideal: 'Hallo' } },
      ),
    );
    expect(traffic.format).toBe('openai-stored');
    expect([0, 1, 2, 3].map((at) => bodyOf(traffic, at))).toEqual([
      { ...ask, temperature: 1, seed: 42 },
      { ...ask, model: answer.model, temperature: 0 },
      { ...ask, temperature: 1, seed: 43 },
      { messages: ask.messages, tools: [] },
    ]);
    expect([0, 1, 2, 3].map((at) => jsonOf(traffic, at).choices[0].message.content)).toEqual(Array(4).fill('Hallo'));
    expect([0, 3].map((at) => jsonOf(traffic, at).choices[0].finish_reason)).toEqual(['stop', null]);
    expect([...traffic.skipped.keys()]).toEqual([
      expect.stringContaining('a stored completion without its prompt'),
      'a chat whose last message is no answer',
    ]);
    expect(traffic.lacks.get('timing')).toBe(4);
  });
  test('OpenTelemetry: parts become messages, calls and results; OpenLLMetry’s numbers too', () => {
    const attribute = (key: string, value: unknown) => ({
      key,
      value:
        typeof value === 'number'
          ? { intValue: String(value) }
          : { stringValue: typeof value === 'string' ? value : JSON.stringify(value) },
    });
    const span = (attributes: object) => ({
      startTimeUnixNano: '1770000000000000000',
      endTimeUnixNano: '1770000000812000000',
      attributes: Object.entries({
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        ...attributes,
      }).map(([key, value]) => attribute(key, value)),
    });
    const spans = [
      span({
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.max_tokens': 9,
        'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
        'gen_ai.input.messages': [
          { role: 'user', parts: [{ type: 'text', content: 'Wien?' }] },
          { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'look_up', arguments: { city: 'Wien' } }] },
          { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'mild' }] },
        ],
        'gen_ai.output.messages': [
          { role: 'assistant', parts: [{ type: 'text', content: 'Mild.' }], finish_reason: 'stop' },
        ],
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 2,
      }),
      span({
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': 'Hi',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.finish_reason': 'tool_calls',
        'gen_ai.completion.0.tool_calls.0.id': 'c1',
        'gen_ai.completion.0.tool_calls.0.name': 'look_up',
        'gen_ai.completion.0.tool_calls.0.arguments': '{}',
      }),
      span({}),
      span({ 'gen_ai.operation.name': 'execute_tool' }),
    ];
    const traffic = read({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    expect(traffic).toMatchObject({
      format: 'otel',
      skipped: new Map([
        ['a span without its prompt or answer: content capture was off', 1],
        ['a span of no chat', 1],
      ]),
    });
    expect(bodyOf(traffic)).toEqual({
      model: 'gpt-4o',
      max_tokens: 9,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Wien?' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'mild' },
      ],
    });
    expect(jsonOf(traffic)).toMatchObject({
      choices: [{ message: { content: 'Mild.' }, finish_reason: 'stop' }],
      usage: { total_tokens: 5 },
    });
    expect(jsonOf(traffic, 1).choices[0]).toMatchObject({
      message: { tool_calls: [{ id: 'c1', function: { name: 'look_up', arguments: '{}' } }] },
      finish_reason: 'tool_calls',
    });
    expect(traffic.exchanges[0]?.response.chunks[0]?.[0]).toBe(812);
  });
});

test('the same file gives the same ids; another call another one', () => {
  const make = (content: string) =>
    read({
      log: {
        entries: [
          {
            startedDateTime: '',
            time: 1,
            request: { method: 'POST', url, headers: [], postData: { text: content } },
            response: { status: 200, headers: [], content: { text: '{}' } },
          },
        ],
      },
    });
  const [one, again, other] = ['a', 'a', 'b'].map((content) => make(content).exchanges[0]?.id);
  expect(one).toBe(again);
  expect(one).not.toBe(other);
});

test('a file in no format, and a format that is none, are said', () => {
  expect(() => read('hello: world')).toThrow(ImportError);
  expect(() => read('hello: world')).toThrow(/in none of the formats.*har, nock, otel/);
  expect(() => read('{}', 'hра')).toThrow('there is no format "hра"; the formats: har');
  expect(new Set(importers.map(({ id }) => id)).size).toBe(importers.length);
});
