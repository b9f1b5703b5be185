import type OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { chatHelpers } from '../majors.test-sdks.ts';

/** One thing an app asks, what comes of it in words that do not depend on the model's prose, and which words are right. */
export interface Ask {
  readonly name: string;
  readonly act: (client: OpenAI, model: string) => Promise<string>;
  readonly right: RegExp;
  /** Of the embedding server. */
  readonly embeds?: true;
  /** The scripted model only: a trained one need not write it. */
  readonly scripted?: true;
}

const tool = (name: string, properties: object = { city: { type: 'string' } }) => ({
  type: 'function' as const,
  function: {
    name,
    description: name.replace('_', ' '),
    parameters: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
  },
});
const weather = tool('get_weather');
const time = tool('get_time');
const demo = tool('demo', {});

// Temperature 0, so that the model does the same each time.
const say = (model: string, content = 'What is the weather in Paris?', limit = 60) => ({
  model,
  temperature: 0,
  max_tokens: limit,
  messages: [{ role: 'user' as const, content }],
});

type Message = OpenAI.ChatCompletionMessage;
const keysOf = {
  answer: ['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier', 'system_fingerprint'],
  choice: ['index', 'message', 'finish_reason', 'logprobs'],
  message: ['role', 'content', 'refusal', 'tool_calls', 'annotations', 'parsed'],
  delta: ['role', 'content', 'refusal', 'tool_calls'],
  chunk: ['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier', 'system_fingerprint'],
};

/** Names what an object has that OpenAI's has not, and what it lacks. */
function readForm(kind: keyof typeof keysOf, value: object, needed: readonly string[] = []): readonly string[] {
  return [
    ...Object.keys(value).flatMap((key) => (keysOf[kind].includes(key) ? [] : [`+${key}`])),
    ...needed.flatMap((key) => (key in value ? [] : [`-${key}`])),
    ...Object.entries(value).flatMap(([key, held]) =>
      held === null && ['tool_calls', 'annotations', 'role'].includes(key) ? [`${key} null`] : [],
    ),
  ];
}

const withForm = (text: string, form: readonly string[]) =>
  form.length === 0 ? text : `${text}; form: ${[...new Set(form)].sort().join(' ')}`;

function describeMessage({ content, tool_calls: calls }: Message): string {
  const called = (calls ?? []).map((call) => ('function' in call ? call.function.name : call.type));
  const id = (calls ?? []).every((call) => call.id.startsWith('call_')) ? '' : ', id without call_';
  if (called.length > 0) return `calls ${called.join(', ')}${content === null ? '' : ' beside ""'}${id}`;
  return content === null || content === ''
    ? 'nothing'
    : content.startsWith('<|python_tag|>')
      ? 'text <|python_tag|>…'
      : 'text';
}

function describe(answer: OpenAI.ChatCompletion): string {
  const [choice] = answer.choices;
  if (choice === undefined) return 'no choice';
  const form = [
    ...readForm('answer', answer),
    ...readForm('choice', choice, ['logprobs']),
    ...readForm('message', choice.message, ['refusal']),
  ];
  return withForm(`${describeMessage(choice.message)}, ${choice.finish_reason}`, form);
}

const helped = async (client: OpenAI, body: object): Promise<string> => {
  const { choices } = await chatHelpers(client)
    .stream(body as Parameters<OpenAI['chat']['completions']['stream']>[0])
    .finalChatCompletion();
  return `${describeMessage(choices[0]?.message as Message)}, ${choices[0]?.finish_reason}`;
};

const listChunks = async (client: OpenAI, body: object) => {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create({
    ...(body as OpenAI.ChatCompletionCreateParamsStreaming),
    stream: true,
  }))
    chunks.push(chunk);
  return chunks;
};

const person = z.object({ name: z.string(), age: z.number().int() });

const chat: readonly Ask[] = [
  {
    name: 'a chat answer',
    act: async (client, model) => describe(await client.chat.completions.create(say(model, 'Say hello'))),
    right: /^text, (stop|length)$/,
  },
  {
    name: 'a stream',
    act: async (client, model) => {
      const chunks = await listChunks(client, say(model, 'Say hello', 20));
      const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
      const roles = deltas.filter(({ role }) => typeof role === 'string').length;
      const form = [
        ...chunks.flatMap((chunk) => readForm('chunk', chunk)),
        ...deltas.flatMap((delta) => readForm('delta', delta)),
        ...(chunks.some((chunk) => 'usage' in chunk) ? ['usage unasked'] : []),
        ...(roles === 1 ? [] : ['role in every chunk']),
      ];
      return withForm(deltas.some(({ content }) => content) ? 'text in pieces' : 'no text', form);
    },
    right: /^text in pieces$/,
  },
  {
    name: 'usage of a stream, asked for',
    act: async (client, model) => {
      const chunks = await listChunks(client, {
        ...say(model, 'Say hello', 5),
        stream_options: { include_usage: true },
      });
      const last = chunks.at(-1);
      const others = chunks.slice(0, -1).every((chunk) => chunk.usage === null);
      return `${last?.usage?.completion_tokens ? 'counted in the last chunk' : 'none'}${others ? '' : ', not null before'}`;
    },
    right: /^counted in the last chunk$/,
  },
  {
    name: 'a limit by max_completion_tokens',
    scripted: true,
    act: async (client, model) => {
      const { max_tokens: _, ...body } = say(model, 'Say hello');
      const { choices } = await client.chat.completions.create({ ...body, max_completion_tokens: 3 });
      return `ends with ${choices[0]?.finish_reason}`;
    },
    right: /^ends with length$/,
  },
  {
    name: 'tools, the model may choose',
    act: async (client, model) => describe(await client.chat.completions.create({ ...say(model), tools: [weather] })),
    right: /^(calls get_weather, tool_calls|text( <\|python_tag\|>…)?, stop)$/,
  },
  {
    name: '`tool_choice: "required"`',
    act: async (client, model) =>
      describe(
        await client.chat.completions.create({ ...say(model), tools: [weather, time], tool_choice: 'required' }),
      ),
    right: /^calls get_(weather|time), tool_calls$/,
  },
  {
    name: '`tool_choice` names `get_time`',
    act: async (client, model) =>
      describe(
        await client.chat.completions.create({
          ...say(model),
          tools: [weather, time],
          tool_choice: { type: 'function', function: { name: 'get_time' } },
        }),
      ),
    right: /^calls get_time, stop$/,
  },
  {
    name: 'a required call, streamed',
    act: (client, model) => helped(client, { ...say(model), tools: [weather], tool_choice: 'required' }),
    right: /^calls get_weather, tool_calls$/,
  },
  {
    name: 'a call without arguments',
    scripted: true,
    act: async (client, model) =>
      describe(await client.chat.completions.create({ ...say(model, 'Call demo'), tools: [demo] })),
    right: /^calls demo, tool_calls$/,
  },
  {
    name: 'a call without arguments, streamed',
    scripted: true,
    act: (client, model) => helped(client, { ...say(model, 'Call demo'), tools: [demo] }),
    right: /^calls demo, tool_calls$/,
  },
  {
    name: 'a turn after a tool’s result',
    act: async (client, model) => {
      const call = {
        id: 'call_1',
        type: 'function' as const,
        function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
      };
      const messages = [
        ...say(model).messages,
        { role: 'assistant' as const, content: null, tool_calls: [call] },
        { role: 'tool' as const, tool_call_id: 'call_1', content: 'sunny' },
      ];
      return describe(await client.chat.completions.create({ ...say(model), messages, tools: [weather] }));
    },
    right: /^(text, (stop|length)|calls get_weather, tool_calls)$/,
  },
  {
    name: '`parse` with a zod schema',
    act: async (client, model) => {
      const { choices } = await chatHelpers(client).parse({
        ...say(model, 'Describe Ada'),
        response_format: zodResponseFormat(person, 'person'),
      });
      return person.safeParse(choices[0]?.message.parsed).success ? 'a person' : 'no person';
    },
    right: /^a person$/,
  },
  {
    name: '`n: 2`',
    act: async (client, model) => {
      const one = await client.chat.completions.create(say(model, 'Say hello', 10));
      const { choices, usage } = await client.chat.completions.create({ ...say(model, 'Say hello', 10), n: 2 });
      const tokens = usage?.completion_tokens === 2 * (one.usage?.completion_tokens ?? 0);
      return `${choices.length} choices, tokens of ${tokens ? 'both' : 'one'} counted`;
    },
    right: /^2 choices, tokens of both counted$/,
  },
  {
    name: '`logprobs: true`',
    act: async (client, model) => {
      const { choices } = await client.chat.completions.create({ ...say(model, 'Say hello', 3), logprobs: true });
      const first = choices[0]?.logprobs?.content?.[0];
      if (first === undefined) return 'none';
      const form = Object.keys(first).filter((key) => !['token', 'logprob', 'bytes', 'top_logprobs'].includes(key));
      return withForm(
        first.top_logprobs === undefined ? 'no list of alternatives' : `${first.top_logprobs.length} alternatives`,
        form.map((key) => `+${key}`),
      );
    },
    right: /^0 alternatives$/,
  },
  {
    name: 'an unknown model',
    act: async (client) => describe(await client.chat.completions.create(say('no-such-model', 'x', 2))),
    // llama-server has one model, and answers with it whatever name it is called by.
    right: /^(404 NotFoundError, model_not_found|(text|nothing), (length|stop))$/,
  },
  {
    name: 'a prompt longer than the context',
    scripted: true,
    act: async (client, model) => {
      const { usage } = await client.chat.completions.create(say(model, 'word '.repeat(20_000), 5));
      return (usage?.prompt_tokens ?? 0) < 20_000 ? 'cut' : 'read whole';
    },
    right: /^(400 BadRequestError, context_length_exceeded|cut, with the note prompt-cut)$/,
  },
  {
    name: 'a parameter of the wrong type',
    act: async (client, model) =>
      describe(await client.chat.completions.create({ ...say(model, 'x', 2), top_p: 'high' as unknown as number })),
    right: /^400 BadRequestError, invalid_request_error/,
  },
  {
    name: 'moderations',
    act: async (client) => `${(await client.moderations.create({ input: 'x' })).results.length} results`,
    right: /^400 BadRequestError, unsupported_endpoint$/,
  },
  {
    name: 'the list of models',
    act: async (client) => {
      const { data } = await client.models.list();
      return data.every(({ object, id }) => object === 'model' && id !== '') ? 'models' : 'other';
    },
    right: /^models$/,
  },
  {
    name: 'one model',
    act: async (client, model) => `${(await client.models.retrieve(model)).object}`,
    right: /^model$/,
  },
  {
    name: 'a model that is not there',
    act: async (client) => `${(await client.models.retrieve('no-such-model')).object}`,
    right: /^404 NotFoundError, model_not_found$/,
  },
];

const embeddings: readonly Ask[] = [
  {
    name: 'embeddings',
    embeds: true,
    act: async (client, model) => {
      const input = ['one', 'two'];
      const { data } = await client.embeddings.create({ model, input });
      const floats = await client.embeddings.create({ model, input, encoding_format: 'float' });
      const same = data.every(({ embedding }, at) => embedding.length === floats.data[at]?.embedding.length);
      return same ? '2 vectors' : 'vectors misread';
    },
    right: /^2 vectors$/,
  },
  {
    name: 'embeddings of 8 `dimensions`, of a model not trained for it',
    embeds: true,
    act: async (client, model) => {
      const { data } = await client.embeddings.create({ model, input: 'x', dimensions: 8 });
      return data[0]?.embedding.length === 8 ? 'cut to 8' : 'not cut';
    },
    right: /^400 BadRequestError, unsupported_parameter$/,
  },
];

/** Every ask of the table, in its order. */
export const asks: readonly Ask[] = [...chat, ...embeddings];

/** Does what an ask says, and gives what came of it; an error by its status, class and code. */
export async function outcome({ act }: Ask, client: OpenAI, model: string): Promise<string> {
  try {
    return await act(client, model);
  } catch (error) {
    const { status, code, type, message } = error as { status?: number; code?: string; type?: string; message: string };
    const kind = (error as Error).constructor.name;
    if (status === undefined) return `${kind}: ${message.slice(0, 80)}`;
    return `${status} ${kind}, ${code ?? type ?? 'no code'}`;
  }
}
