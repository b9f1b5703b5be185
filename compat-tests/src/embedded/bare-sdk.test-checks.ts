import type OpenAI from 'openai';

/** What an app on OpenAI's API relies on. */
export interface SdkCheck {
  readonly id: string;
  /** Whether the bare SDK passes it against the embedded endpoint, as it would against llama-server. */
  readonly bare: 'passes' | 'differs';
  /** Why the SDK through the shim does not pass it yet; left out when it does. */
  readonly gap?: string;
  /** Resolves with nothing when the SDK hands out what it would from OpenAI, else with what is different. */
  run(client: OpenAI, model: string): Promise<string | undefined>;
}

const messages = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];
const tools = ['get_time', 'get_weather'].map((name) => ({
  type: 'function' as const,
  function: {
    name,
    description: name,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
}));
const named = (name: string) => ({ type: 'function' as const, function: { name } });

/** The error of a call that must fail, as the SDK throws it. */
async function errorOf(
  call: PromiseLike<unknown>,
): Promise<{ status?: number; code?: unknown; type?: unknown; param?: unknown }> {
  try {
    await call;
  } catch (error) {
    return error as object;
  }
  return {};
}

const unless = (ok: boolean, why: string) => (ok ? undefined : why);
const show = (value: unknown) => JSON.stringify(value) ?? 'undefined';

const passes = (id: string, run: SdkCheck['run']): SdkCheck => ({ id, bare: 'passes', run });
const differs = (id: string, run: SdkCheck['run']): SdkCheck => ({ id, bare: 'differs', run });
const gap = (id: string, why: string, run: SdkCheck['run']): SdkCheck => ({ id, bare: 'differs', gap: why, run });

/** The stream and tool helpers, which SDK 4 keeps under `beta`. */
const helpers = (client: OpenAI): OpenAI['chat']['completions'] =>
  'stream' in client.chat.completions
    ? client.chat.completions
    : (client as unknown as { beta: { chat: OpenAI['chat'] } }).beta.chat.completions;

/** The checks, in the order of OpenAI's reference. */
export const sdkChecks: readonly SdkCheck[] = [
  passes('chat: a plain answer', async (client, model) => {
    const { choices } = await client.chat.completions.create({ model, messages });
    return unless(choices[0]?.message.content?.startsWith('Hello') === true, show(choices));
  }),
  differs('chat: refusal and logprobs are null, not missing', async (client, model) => {
    const [choice] = (await client.chat.completions.create({ model, messages })).choices;
    return unless(choice?.message.refusal === null && choice.logprobs === null, show(choice));
  }),
  differs('chat: no field that OpenAI does not send', async (client, model) => {
    const answer = await client.chat.completions.create({ model, messages });
    return unless(!('timings' in answer), Object.keys(answer).join(' '));
  }),
  differs('chat: no messages is a 400', async (client, model) => {
    const { status } = await errorOf(client.chat.completions.create({ model, messages: [] }));
    return unless(status === 400, `status ${status}`);
  }),
  differs('chat: a temperature of 9 is a 400', async (client, model) => {
    const { status } = await errorOf(client.chat.completions.create({ model, messages, temperature: 9 }));
    return unless(status === 400, `status ${status}`);
  }),
  differs('chat: usage of two choices counts both', async (client, model) => {
    const one = await client.chat.completions.create({ model, messages });
    const two = await client.chat.completions.create({ model, messages, n: 2 });
    const counts = [one, two].map(({ usage }) => usage?.completion_tokens ?? 0);
    return unless(counts[1] === 2 * (counts[0] ?? 0), show(counts));
  }),
  differs('chat: more choices than the server has slots', async (client, model) => {
    const { choices } = await client.chat.completions.create({ model, messages, n: 5 });
    return unless(show(choices.map(({ index }) => index)) === '[0,1,2,3,4]', show(choices));
  }),
  differs('chat: logprobs alone report no alternatives', async (client, model) => {
    const { choices } = await client.chat.completions.create({ model, messages, logprobs: true, max_tokens: 1 });
    const tops = choices[0]?.logprobs?.content?.[0]?.top_logprobs;
    return unless(tops?.length === 0, `${tops?.length} alternatives`);
  }),
  gap(
    'chat stream: the first content is a text',
    'the first chunk goes through with the null that llama-server puts there',
    async (client, model) => {
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
        const { delta } = chunk.choices[0] ?? {};
        return unless(delta?.role === 'assistant' && delta.content === '', show(delta));
      }
      return 'no chunk';
    },
  ),
  differs('chat stream: with include_usage the other chunks say usage null', async (client, model) => {
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const usages: unknown[] = [];
    for await (const chunk of stream) usages.push(chunk.usage);
    const last = usages.pop();
    return unless(last !== null && last !== undefined && usages.every((usage) => usage === null), show(usages[0]));
  }),
  differs('tools: the id begins with call_', async (client, model) => {
    const { choices } = await client.chat.completions.create({ model, messages, tools });
    const id = choices[0]?.message.tool_calls?.[0]?.id;
    return unless(id?.startsWith('call_') === true, show(id));
  }),
  differs('tools: content beside a call is null', async (client, model) => {
    const { message } = (await client.chat.completions.create({ model, messages, tools })).choices[0] ?? {};
    return unless(message?.tool_calls !== undefined && message.content === null, show(message?.content));
  }),
  differs('tools: a named tool is called', async (client, model) => {
    const called: Array<string | undefined> = [];
    for (const name of ['get_time', 'get_weather']) {
      const { choices } = await client.chat.completions.create({ model, messages, tools, tool_choice: named(name) });
      const call = choices[0]?.message.tool_calls?.[0];
      called.push(call?.type === 'function' ? call.function.name : undefined);
    }
    return unless(show(called) === '["get_time","get_weather"]', show(called));
  }),
  differs('tools: a named tool that is not offered is a 400', async (client, model) => {
    const { status } = await errorOf(
      client.chat.completions.create({ model, messages, tools, tool_choice: named('nope') }),
    );
    return unless(status === 400, `status ${status}`);
  }),
  differs('tools: only an allowed tool is called', async (client, model) => {
    const { choices } = await client.chat.completions.create({
      model,
      messages,
      tools,
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [named('get_weather')] } },
    });
    const call = choices[0]?.message.tool_calls?.[0];
    return unless(call?.type === 'function' && call.function.name === 'get_weather', show(call));
  }),
  gap(
    'tools: tool_choice none gives a text without tool syntax',
    'the tools stay in the prompt, and a small model then writes a call as text',
    async (client, model) => {
      const { message } =
        (await client.chat.completions.create({ model, messages, tools, tool_choice: 'none' })).choices[0] ?? {};
      return unless(
        message?.tool_calls === undefined && message?.content?.includes('<|') === false,
        show(message?.content),
      );
    },
  ),
  differs('tools stream: the helper puts a named call together', async (client, model) => {
    const stream = helpers(client).stream({ model, messages, tools, tool_choice: named('get_weather') });
    const { message } = (await stream.finalChatCompletion()).choices[0] ?? {};
    const call = message?.tool_calls?.[0];
    return unless(
      call?.type === 'function' && call.function.name === 'get_weather' && call.id.startsWith('call_'),
      show(call),
    );
  }),
  passes('tools: runTools goes through the loop', async (client, model) => {
    const asked: string[] = [];
    const runner = helpers(client).runTools({
      model,
      messages,
      tools: tools.map((tool) => ({
        type: 'function' as const,
        function: {
          ...tool.function,
          parse: JSON.parse as (text: string) => object,
          function: () => asked.push(tool.function.name) && 'sunny',
        },
      })),
    });
    const final = await runner.finalContent();
    return unless(asked.length === 1 && final?.startsWith('The tool has answered') === true, show([asked, final]));
  }),
  passes('schema: the answer fits', async (client, model) => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
      additionalProperties: false,
    };
    const { choices } = await client.chat.completions.create({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'plan', strict: true, schema } },
    });
    const value = JSON.parse(choices[0]?.message.content ?? '') as object;
    return unless(show(Object.keys(value)) === '["city","days"]', show(value));
  }),
  differs('errors: too long a prompt is context_length_exceeded', async (client, model) => {
    const long = [{ role: 'user' as const, content: ' and so'.repeat(3000) }];
    const { status, code } = await errorOf(client.chat.completions.create({ model, messages: long }));
    return unless(status === 400 && code === 'context_length_exceeded', `${status} ${show(code)}`);
  }),
  differs('errors: code is a text or null, never a number', async (client, model) => {
    const bad = { type: 'json_schema' as const, json_schema: { name: 'x', schema: { type: 'wat' } } };
    const { status, code, param } = await errorOf(
      client.chat.completions.create({ model, messages, response_format: bad }),
    );
    return unless(
      status === 400 && typeof code !== 'number' && param !== undefined,
      `${status} ${show(code)} ${show(param)}`,
    );
  }),
  differs('models: one can be looked up', async (client, model) => {
    const { id } = await client.models.retrieve(model);
    return unless(id === model, show(id));
  }),
  passes('embeddings: as numbers', async (client, model) => {
    const { data } = await client.embeddings.create({ model, input: ['a', 'b'], encoding_format: 'float' });
    return unless(data.length === 2 && typeof data[0]?.embedding[0] === 'number', show(data.length));
  }),
  differs('embeddings: dimensions are kept to, or refused', async (client, model) => {
    const call = client.embeddings.create({ model, input: 'a', dimensions: 8 });
    const { status } = await errorOf(call);
    if (status === 400) return undefined;
    const { length } = (await call).data[0]?.embedding ?? [];
    return unless(length === 8, `${length} numbers`);
  }),
  differs('embeddings: too long a text is a 400', async (client, model) => {
    const { status } = await errorOf(client.embeddings.create({ model, input: ' and so'.repeat(1000) }));
    return unless(status === 400, `status ${status}`);
  }),
  differs('completions: the id begins with cmpl-', async (client, model) => {
    const { id } = await client.completions.create({ model, prompt: 'Once', max_tokens: 2 });
    return unless(id.startsWith('cmpl-'), id);
  }),
  differs('completions: echo gives the prompt back', async (client, model) => {
    const { choices } = await client.completions.create({ model, prompt: 'Once', max_tokens: 2, echo: true });
    return unless(choices[0]?.text.startsWith('Once') === true, show(choices[0]?.text));
  }),
  differs('responses: the stream helper finishes', async (client, model) => {
    const response = await client.responses.stream({ model, input: 'Hi' }).finalResponse();
    // openai 4 gives no output_text here, not even from OpenAI.
    const [item] = response.output;
    const text = item?.type === 'message' && item.content[0]?.type === 'output_text' ? item.content[0].text : '';
    return unless(text.startsWith('Hello'), show(response.output));
  }),
  differs('responses: a length limit is incomplete', async (client, model) => {
    const { status } = await client.responses.create({ model, input: 'Hi', max_output_tokens: 16 });
    return unless(status === 'incomplete', show(status));
  }),
];
