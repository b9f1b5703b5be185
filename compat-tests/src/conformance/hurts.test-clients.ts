import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { type AIMessageChunk, HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, OpenAIChatCompletionsModel, Runner, setTracingDisabled, tool as agentTool } from '@openai/agents';
import { generateText, jsonSchema, streamText, tool as aiTool, type ToolSet } from 'ai';
import OpenAI4 from 'openai4';
import OpenAI5 from 'openai5';
import OpenAI6 from 'openai6';
import OpenAI7 from 'openai';
import type { ClientId } from './result.ts';

// What clients make of an answer: two answers that give the same here are the same to their users.

/** What is asked: plain text, or with a tool; whole or streamed. */
export interface Asking {
  readonly stream: boolean;
  readonly tools: boolean;
}

/** Asks once through a client and gives everything its user sees of the answer. */
type Ask = (fetch: typeof globalThis.fetch, asking: Asking) => Promise<unknown>;

const baseURL = 'http://127.0.0.1:1/v1';
const question = 'What is the weather in Paris and in London?';
const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false as const,
};
const functions = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }];
const base = { apiKey: 'sk-none', baseURL, maxRetries: 0 };

setTracingDisabled(true);

/** The SDK as its documentation shows it: `create`, the loop over chunks, and the `.stream()` helper. */
function askSdk(open: (fetch: typeof globalThis.fetch) => unknown): Ask {
  return async (fetch, { stream, tools }) => {
    const client = open(fetch) as OpenAI7;
    const body = {
      model: 'tiny',
      messages: [{ role: 'user' as const, content: question }],
      ...(tools ? { tools: functions } : {}),
    };
    if (!stream) return settle(async () => pick(await client.chat.completions.create(body)));
    const options = { stream_options: { include_usage: true } };
    const loop = await settle(async () => {
      const seen = { text: '', calls: [] as unknown[], finish: [] as unknown[], usage: null as unknown };
      const calls = new Map<unknown, { id: string; name: string; args: string }>();
      for await (const chunk of await client.chat.completions.create({ ...body, ...options, stream: true })) {
        seen.usage = chunk.usage ?? seen.usage;
        const [choice] = chunk.choices;
        if (choice === undefined) continue;
        seen.text += choice.delta.content ?? '';
        if (choice.finish_reason !== null) seen.finish.push(choice.finish_reason);
        for (const piece of choice.delta.tool_calls ?? []) {
          const call = calls.get(piece.index) ?? { id: '', name: '', args: '' };
          calls.set(piece.index, call);
          if (piece.id !== undefined) call.id = piece.id;
          if (piece.function?.name !== undefined) call.name = piece.function.name;
          call.args += piece.function?.arguments ?? '';
        }
      }
      return { ...seen, calls: [...calls.values()], finish: seen.finish.at(-1) ?? null };
    });
    const helper = await settle(async () => {
      const completions =
        'stream' in client.chat.completions
          ? client.chat.completions
          : (client as unknown as Old).beta.chat.completions;
      return pick(await completions.stream({ ...body, ...options }).finalChatCompletion());
    });
    return { loop, helper };
  };
}

interface Old {
  readonly beta: { readonly chat: { readonly completions: OpenAI7['chat']['completions'] } };
}

function pick(completion: OpenAI7.ChatCompletion) {
  const [choice] = completion.choices;
  return {
    text: choice?.message.content ?? '',
    calls: choice?.message.tool_calls?.map((call) =>
      call.type === 'function' ? { id: call.id, name: call.function.name, args: call.function.arguments } : call,
    ),
    finish: choice?.finish_reason,
    usage: completion.usage?.total_tokens,
  };
}

const askAiSdk: Ask = (fetch, { stream, tools }) =>
  settle(async () => {
    const model = createOpenAICompatible({ name: 'compatible', baseURL, apiKey: 'sk-none', fetch, includeUsage: true })(
      'tiny',
    );
    const tooled: ToolSet = {
      get_weather: aiTool({ inputSchema: jsonSchema<{ city: string }>(parameters) }) as never,
    };
    const settings = {
      model,
      prompt: question,
      maxRetries: 0,
      tools: tools ? tooled : {},
    };
    let failed: unknown;
    const result = stream
      ? streamText({ ...settings, onError: ({ error }) => void (failed = error) })
      : await generateText(settings);
    const seen = {
      text: await result.text,
      calls: (await result.toolCalls).map(({ toolCallId, toolName, input }) => ({
        id: toolCallId,
        name: toolName,
        input,
      })),
      finish: await result.finishReason,
      usage: (await result.usage).totalTokens,
    };
    return failed === undefined ? seen : { ...seen, failed: describe(failed) };
  });

const askLangChain: Ask = (fetch, { stream, tools }) =>
  settle(async () => {
    const chat = new ChatOpenAI({ model: 'tiny', apiKey: 'sk-none', maxRetries: 0, configuration: { baseURL, fetch } });
    const model = tools ? chat.bindTools(functions) : chat;
    const messages = [new HumanMessage(question)];
    const pieces: AIMessageChunk[] = [];
    if (stream) for await (const piece of await model.stream(messages)) pieces.push(piece);
    else pieces.push((await model.invoke(messages)) as AIMessageChunk);
    const message = pieces.length === 0 ? undefined : pieces.reduce((all, piece) => all.concat(piece));
    return {
      text: message?.content,
      calls: message?.tool_calls?.map(({ id, name, args }) => ({ id, name, args })),
      broken: message?.invalid_tool_calls?.length ?? 0,
      finish: message?.response_metadata['finish_reason'],
      usage: (message?.usage_metadata as { readonly total_tokens: number } | undefined)?.total_tokens,
    };
  });

const askAgents: Ask = (fetch, { stream, tools }) =>
  settle(async () => {
    const called: unknown[] = [];
    const agent = new Agent({
      name: 'weather',
      model: new OpenAIChatCompletionsModel(new OpenAI7({ ...base, fetch }) as never, 'tiny'),
      tools: tools
        ? [
            agentTool({
              name: 'get_weather',
              description: 'Gets the weather.',
              parameters,
              strict: true,
              execute: async (input) => {
                called.push(input);
                return 'mild';
              },
            }),
          ]
        : [],
      toolUseBehavior: 'stop_on_first_tool',
    });
    const runner = new Runner({ tracingDisabled: true });
    if (!stream) return { text: (await runner.run(agent, question, { maxTurns: 2 })).finalOutput, called };
    const result = await runner.run(agent, question, { maxTurns: 2, stream: true });
    await result.completed;
    return { text: result.finalOutput, called };
  });

/** The clients, each as its own documentation uses it. */
export const clients: Readonly<Record<ClientId, Ask>> = {
  'openai-4': askSdk((fetch) => new OpenAI4({ ...base, fetch: fetch as never })),
  'openai-5': askSdk((fetch) => new OpenAI5({ ...base, fetch })),
  'openai-6': askSdk((fetch) => new OpenAI6({ ...base, fetch })),
  'openai-7': askSdk((fetch) => new OpenAI7({ ...base, fetch })),
  'ai-sdk': askAiSdk,
  langchain: askLangChain,
  agents: askAgents,
};

/** An error is something a user sees too. */
async function settle(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    return { error: describe(error) };
  }
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { status, statusCode, code, type } = error as Error & Record<string, unknown>;
  return { class: error.constructor.name, message: error.message, status: status ?? statusCode, code, type };
}
