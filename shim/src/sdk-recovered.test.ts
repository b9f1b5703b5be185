import type OpenAI from 'openai';
import { chatHelpers } from './majors.test-sdks.ts';
import { type Row, runRows } from './sdk-table.test-runner.ts';
import { chunk, completion, sse } from './upstream.test-server.ts';

const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hi' }], tools: [weather] };

const read = ({ choices }: OpenAI.ChatCompletion) =>
  choices.map(({ message, finish_reason: finish }) => [
    message.content,
    message.tool_calls?.map((call) => ('function' in call ? [call.function.name, call.function.arguments] : call)) ??
      [],
    finish,
  ]);
const whole = async (client: OpenAI) => read(await client.chat.completions.create(ask));
const streamed = async (client: OpenAI) =>
  read(
    (await chatHelpers(client)
      .stream(ask as Parameters<OpenAI['chat']['completions']['stream']>[0])
      .finalChatCompletion()) as OpenAI.ChatCompletion,
  );
const runTools = async (client: OpenAI) => {
  const seen: unknown[] = [];
  const run = (value: unknown) => {
    seen.push(value);
    return 'sunny';
  };
  const tools = [{ type: 'function', function: { ...weather.function, function: run, parse: JSON.parse } }];
  const runner = chatHelpers(client).runTools({ ...ask, tools } as unknown as Parameters<
    OpenAI['chat']['completions']['runTools']
  >[0]);
  return [await (runner as { finalContent(): Promise<unknown> }).finalContent(), seen];
};

const called = '[[null,[["weather","{\\"city\\":\\"Rome\\"}"]],"tool_calls"]]';
/** Forms in which open models write a call as text, for the endpoint to lose. */
const forms: ReadonlyArray<readonly [name: string, text: string]> = [
  ['JSON', '{"name": "weather", "parameters": {"city": "Rome"}}'],
  ['<|python_tag|>', '<|python_tag|>{"name": "weather", "parameters": {"city": "Rome"}}'],
  ['<function=…>', '<function=weather>{"city": "Rome"}</function>'],
  ['<tool_call>', '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>'],
  ['a list in Python', '[weather(city="Rome")]'],
  ['a fence', '```json\n{"name": "weather", "parameters": {"city": "Rome"}}\n```'],
];

runRows(
  forms.flatMap(([name, text]): readonly Row[] => [
    {
      name: `a call as text: ${name}`,
      wire: { body: completion({ content: text }) },
      call: whole,
      bare: JSON.stringify([[text, [], 'stop']]),
      shim: called,
    },
    {
      name: `a call as text, streamed: ${name}`,
      wire: {
        body: sse([
          chunk({ role: 'assistant' }),
          ...(text.match(/[^]{1,4}/g) ?? []).map((content) => chunk({ content })),
          chunk({}, 'stop'),
        ]),
      },
      call: streamed,
      bare: JSON.stringify([[text, [], 'stop']]),
      shim: called,
    },
    {
      name: `a call as text in runTools: ${name}`,
      wire: (count: number) => ({ body: completion({ content: count === 0 ? text : 'done' }) }),
      call: runTools,
      bare: JSON.stringify([text, []]),
      shim: '["done",[{"city":"Rome"}]]',
    },
  ]),
);
