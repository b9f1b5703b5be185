import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage } from '@langchain/core/messages';
import { tool as langchainTool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  setTracingDisabled,
  tool as agentTool,
} from '@openai/agents';
import { embedMany, generateText, Output, stepCountIs, streamText, tool as aiTool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createFetch } from './fetch.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from './upstream.test-server.ts';

// Clients that other people wrote, over createFetch, on an endpoint with llama-server's habits: ids without call_, content "" beside tool
// calls, finish_reason stop, timings, no refusal and no logprobs.

let upstream: Upstream;
let fetch: ReturnType<typeof createFetch>;
const baseURL = 'https://api.openai.com/v1';
const apiKey = 'sk-stays-here-0000';

beforeAll(async () => {
  upstream = await startUpstream();
  fetch = createFetch({ target: { dialect: 'llama.cpp', baseURL: upstream.baseURL }, policy: 'silent' });
  setTracingDisabled(true);
});
afterAll(() => upstream.close());

const timings = { timings: { predicted_n: 2 } };
const call = { id: 'x1y2z3', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };
const hasToolResult = (body: Record<string, unknown>) =>
  (body['messages'] as Array<{ role: string }>).some(({ role }) => role === 'tool');

beforeEach(() => {
  upstream.received.length = 0;
  upstream.reply = ({ path, body }) => {
    if (path.endsWith('/embeddings')) {
      const input = [body['input']].flat();
      return {
        body: {
          object: 'list',
          model: 'tiny',
          usage: { prompt_tokens: 1, total_tokens: 1 },
          data: input.map((_, index) => ({ object: 'embedding', index, embedding: [0.5, -1, 0.25] })),
        },
      };
    }
    const calls = Array.isArray(body['tools']) && !hasToolResult(body);
    const wantsJson = (body['response_format'] as { type?: string } | undefined)?.type === 'json_schema';
    const text = wantsJson ? '{"city":"Paris","degrees":21}' : 'It is mild.';
    if (body['stream'] !== true)
      return {
        body: calls
          ? completion({ content: '', tool_calls: [call] }, 'tool_calls', timings)
          : completion({ content: text }, 'stop', timings),
      };
    if (calls)
      return {
        body: sse([
          chunk({ role: 'assistant', content: null }),
          chunk({ tool_calls: [{ index: 0, ...call, function: { name: 'weather', arguments: '{' } }] }),
          chunk({ tool_calls: [{ index: 0, function: { arguments: '"city":"Paris"}' } }] }),
          chunk({}, 'tool_calls'),
        ]),
      };
    return {
      body: sse([
        chunk({ role: 'assistant', content: null }),
        chunk({ content: 'It is ' }),
        chunk({ content: 'mild.' }),
        chunk({}, 'stop'),
      ]),
    };
  };
});

const City = z.object({ city: z.string() });
const Weather = z.object({ city: z.string(), degrees: z.number() });
/** No key of OpenAI's may have left, and everything must have gone to the target. */
const expectClean = () => {
  expect(upstream.received.length).toBeGreaterThan(0);
  expect(JSON.stringify(upstream.received)).not.toContain(apiKey);
};

describe.each([
  ['@ai-sdk/openai, chat', () => createOpenAI({ apiKey, fetch: fetch as typeof globalThis.fetch }).chat('gpt-4o-mini')],
  [
    '@ai-sdk/openai, its default: Responses',
    () => createOpenAI({ apiKey, fetch: fetch as typeof globalThis.fetch })('gpt-4o-mini'),
  ],
  [
    '@ai-sdk/openai-compatible',
    () =>
      createOpenAICompatible({
        name: 'openai',
        baseURL,
        apiKey,
        supportsStructuredOutputs: true,
        fetch: fetch as typeof globalThis.fetch,
      })('gpt-4o-mini'),
  ],
] as const)('%s', (_, model) => {
  test('text, whole and streamed', async () => {
    expect((await generateText({ model: model(), prompt: 'Hi' })).text).toBe('It is mild.');
    const { textStream, finishReason } = streamText({ model: model(), prompt: 'Hi' });
    let streamed = '';
    for await (const piece of textStream) streamed += piece;
    expect([streamed, await finishReason]).toEqual(['It is mild.', 'stop']);
    expectClean();
  });

  test.each([false, true])('a tool loop, streamed: %s', async (streamed) => {
    const seen: string[] = [];
    const tools = {
      weather: aiTool({ inputSchema: City, execute: ({ city }) => (seen.push(city), 'mild') }),
    };
    const options = { model: model(), prompt: 'Paris?', tools, stopWhen: stepCountIs(3) };
    const text = streamed ? await streamText(options).text : (await generateText(options)).text;
    expect([text, seen]).toEqual(['It is mild.', ['Paris']]);
    expect(upstream.received).toHaveLength(2);
    expectClean();
  });

  test('structured output', async () => {
    const { output } = await generateText({
      model: model(),
      prompt: 'Paris?',
      output: Output.object({ schema: Weather }),
    });
    expect(output).toEqual({ city: 'Paris', degrees: 21 });
    expect(upstream.received[0]?.body['response_format']).toMatchObject({ type: 'json_schema' });
  });
});

test('@ai-sdk/openai: embeddings', async () => {
  const model = createOpenAI({ apiKey, fetch: fetch as typeof globalThis.fetch }).embedding('text-embedding-3-small');
  const { embeddings } = await embedMany({ model, values: ['a', 'b'] });
  expect(embeddings).toEqual([
    [0.5, -1, 0.25],
    [0.5, -1, 0.25],
  ]);
  expectClean();
});

describe.each([false, true])('@langchain/openai, useResponsesApi: %s', (useResponsesApi) => {
  const chat = () =>
    new ChatOpenAI({
      model: 'gpt-4o-mini',
      useResponsesApi,
      apiKey,
      maxRetries: 0,
      configuration: { fetch: fetch as typeof globalThis.fetch },
    });
  const weather = langchainTool(() => 'mild', { name: 'weather', description: 'The weather', schema: City });

  test('text, whole and streamed', async () => {
    expect((await chat().invoke('Hi')).text).toBe('It is mild.');
    let streamed = '';
    for await (const piece of await chat().stream('Hi')) streamed += piece.text;
    expect(streamed).toBe('It is mild.');
    expectClean();
  });

  test('tool calls, whole and streamed', async () => {
    const bound = chat().bindTools([weather]);
    const whole = await bound.invoke([new HumanMessage('Paris?')]);
    expect(whole.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Paris' }, id: 'call_x1y2z3' }]);
    let streamed;
    for await (const piece of await bound.stream('Paris?'))
      streamed = streamed === undefined ? piece : streamed.concat(piece);
    expect(streamed?.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Paris' } }]);
    expectClean();
  });

  test('structured output and embeddings', async () => {
    expect(await chat().withStructuredOutput(Weather, { method: 'jsonSchema' }).invoke('Paris?')).toEqual({
      city: 'Paris',
      degrees: 21,
    });
    const embeddings = new OpenAIEmbeddings({
      apiKey,
      maxRetries: 0,
      configuration: { fetch: fetch as typeof globalThis.fetch },
    });
    expect(await embeddings.embedDocuments(['a', 'b'])).toHaveLength(2);
    expect(await embeddings.embedQuery('a')).toEqual([0.5, -1, 0.25]);
    expectClean();
  });
});

describe.each([
  ['chat', OpenAIChatCompletionsModel],
  ['Responses', OpenAIResponsesModel],
] as const)('@openai/agents over %s', (_, Model) => {
  const runAgent = async (stream: boolean) => {
    const client = new OpenAI({ apiKey, maxRetries: 0, fetch: fetch as typeof globalThis.fetch });
    const seen: string[] = [];
    const weather = agentTool({
      name: 'weather',
      description: 'The weather',
      parameters: City,
      execute: ({ city }) => (seen.push(city), 'mild'),
    });
    const agent = new Agent({
      name: 'Forecaster',
      instructions: 'Say the weather.',
      tools: [weather],
      model: new Model(client, 'gpt-4o-mini'),
    });
    const runner = new Runner({ tracingDisabled: true });
    if (!stream) return { text: (await runner.run(agent, 'Paris?')).finalOutput, seen };
    const result = await runner.run(agent, 'Paris?', { stream: true });
    await result.completed;
    return { text: result.finalOutput, seen };
  };

  test.each([false, true])('an agent calls its tool and answers, streamed: %s', async (stream) => {
    expect(await runAgent(stream)).toEqual({ text: 'It is mild.', seen: ['Paris'] });
    expect(upstream.received).toHaveLength(2);
    expectClean();
  });
});
