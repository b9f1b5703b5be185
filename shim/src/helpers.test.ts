import { zodFunction as zodFunction7, zodResponseFormat as zodResponseFormat7 } from 'openai/helpers/zod';
import { zodFunction as zodFunction4, zodResponseFormat as zodResponseFormat4 } from 'openai4/helpers/zod';
import { zodFunction as zodFunction5, zodResponseFormat as zodResponseFormat5 } from 'openai5/helpers/zod';
import { zodFunction as zodFunction6, zodResponseFormat as zodResponseFormat6 } from 'openai6/helpers/zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { chatHelpers, type Major, majors } from './majors.test-sdks.ts';
import { chunk, completion, sse, startUpstream, type Upstream } from './upstream.test-server.ts';

// The strictest helpers of each major, each with its own zod helper, on the habits of open models. Every row says what the bare SDK makes of it.

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
});

const shape3 = z3.object({ city: z3.string(), degrees: z3.number() });
const shape4 = z.object({ city: z.string(), degrees: z.number() });
/** Each major's own helpers; the first two know zod 3 only. */
const own = {
  openai4: { format: zodResponseFormat4(shape3 as never, 'weather'), tool: zodFunction4 },
  openai5: { format: zodResponseFormat5(shape3 as never, 'weather'), tool: zodFunction5 },
  openai6: { format: zodResponseFormat6(shape4, 'weather'), tool: zodFunction6 },
  openai7: { format: zodResponseFormat7(shape4, 'weather'), tool: zodFunction7 },
};

const good = { city: 'Paris', degrees: 21 };
const json = JSON.stringify(good);
const messages = [{ role: 'user' as const, content: 'Paris?' }];
type Client = InstanceType<Major['Shim']>;
const open = ({ Bare, Shim }: Major): Readonly<Record<'bare' | 'shim', Client>> => ({
  bare: new Bare({ apiKey: 'none', maxRetries: 0, baseURL: upstream.baseURL }),
  shim: new Shim({
    apiKey: 'none',
    maxRetries: 0,
    migrate: { target: { dialect: 'openai-compatible', baseURL: upstream.baseURL }, policy: 'silent' },
  } as object),
});
/** Resolves with what a call gives; a throw is `error`. */
const outcome = async (act: Promise<unknown>): Promise<unknown> => act.catch(() => 'error');

describe.each(majors)('$name', (major) => {
  const { format, tool } = own[major.name] as { readonly format: unknown; readonly tool: (options: object) => unknown };
  const parse = async (client: Client) =>
    (await chatHelpers(client).parse({ model: 'gpt-4o', messages, response_format: format as never })).choices[0]
      ?.message.parsed ?? null;
  const stream = async (client: Client) =>
    (
      await chatHelpers(client)
        .stream({ model: 'gpt-4o', messages, response_format: format as never })
        .finalChatCompletion()
    ).choices[0]?.message.parsed ?? null;

  test.each<[string, string, unknown, unknown]>([
    ['JSON as asked for', json, good, good],
    ['JSON in a fence', `\`\`\`json\n${json}\n\`\`\``, 'error', good],
    ['JSON behind a sentence', `Here it is: ${json}`, 'error', good],
    ['JSON with words after it', `${json}\nI hope that helps!`, 'error', good],
    ['a value of the wrong type', '{"city":"Paris","degrees":"mild"}', 'error', 'error'],
    ['no JSON', 'It is mild.', 'error', 'error'],
  ])('parse(): %s', async (_, content, bare, shim) => {
    upstream.reply = { body: completion({ content }) };
    const clients = open(major);
    expect(await outcome(parse(clients.bare))).toEqual(bare);
    expect(await outcome(parse(clients.shim))).toEqual(shim);
  });

  test.each<[string, readonly string[], unknown, unknown]>([
    ['JSON as asked for', ['{"city":"Pa', 'ris","degrees":21}'], good, good],
    ['no JSON', ['It is ', 'mild.'], 'error', 'error'],
  ])('stream(): %s', async (_, pieces, bare, shim) => {
    upstream.reply = {
      body: sse([chunk({ role: 'assistant' }), ...pieces.map((content) => chunk({ content })), chunk({}, 'stop')]),
    };
    const clients = open(major);
    expect(await outcome(stream(clients.bare))).toEqual(bare);
    expect(await outcome(stream(clients.shim))).toEqual(shim);
  });

  describe('runTools() with zodFunction', () => {
    const run = async (client: Client) => {
      const seen: unknown[] = [];
      const parameters =
        major.name === 'openai4' || major.name === 'openai5'
          ? z3.object({ city: z3.string() })
          : z.object({ city: z.string() });
      const weather = tool({
        name: 'weather',
        description: 'The weather',
        parameters,
        function: (args: unknown) => (seen.push(args), 'mild'),
      });
      const runner = chatHelpers(client).runTools({ model: 'gpt-4o', messages, tools: [weather] } as never);
      const text = await runner.finalContent();
      return { seen, text };
    };
    const called = { seen: [{ city: 'Paris' }], text: 'Mild.' };
    const args = '{"city":"Paris"}';
    const callWith = (more: object) => ({ content: '', tool_calls: [{ id: 'x1', type: 'function', ...more }] });

    test.each<[string, object, string, unknown]>([
      ['a call as OpenAI makes it', callWith({ function: { name: 'weather', arguments: args } }), 'tool_calls', called],
      ['a finish that is stop', callWith({ function: { name: 'weather', arguments: args } }), 'stop', called],
      [
        'arguments as an object',
        callWith({ function: { name: 'weather', arguments: { city: 'Paris' } } }),
        'tool_calls',
        'error',
      ],
      [
        'a call as JSON text',
        { content: '{"name": "weather", "parameters": {"city": "Paris"}}' },
        'stop',
        { seen: [], text: '{"name": "weather", "parameters": {"city": "Paris"}}' },
      ],
      [
        'a call behind <|python_tag|>',
        { content: '<|python_tag|>{"name": "weather", "parameters": {"city": "Paris"}}' },
        'stop',
        { seen: [], text: '<|python_tag|>{"name": "weather", "parameters": {"city": "Paris"}}' },
      ],
      [
        'a pythonic call',
        { content: '[weather(city="Paris")]' },
        'stop',
        { seen: [], text: '[weather(city="Paris")]' },
      ],
      [
        'a call in function tags',
        { content: '<function=weather>{"city": "Paris"}</function>' },
        'stop',
        { seen: [], text: '<function=weather>{"city": "Paris"}</function>' },
      ],
    ])('%s', async (_, message, finish, bare) => {
      upstream.reply = ({ body }) => ({
        body: (body['messages'] as Array<{ role: string }>).some(({ role }) => role === 'tool')
          ? completion({ content: 'Mild.' })
          : completion(message, finish),
      });
      const clients = open(major);
      expect(await outcome(run(clients.bare))).toEqual(bare);
      expect(await run(clients.shim)).toEqual(called);
    });
  });
});
