import type OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { z } from "zod";
import { openai } from "./lib/openai";
import { CHAT_MODEL } from "./models";
import { findOrder, startReturn } from "./orders";

const MAX_ROUNDS = 4;

export const tools: ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "look_up_order",
      description: "Looks up an order by its number, e.g. KL-1042.",
      parameters: {
        type: "object",
        properties: { order_id: { type: "string", description: "The order number, starting with KL-" } },
        required: ["order_id"],
        additionalProperties: false,
      },
    },
  },
  {
    type: "function",
    function: {
      name: "start_return",
      description: "Opens a return for a delivered order.",
      parameters: {
        type: "object",
        properties: {
          order_id: { type: "string" },
          reason: { type: "string", description: "What is wrong, in the customer's words" },
        },
        required: ["order_id", "reason"],
        additionalProperties: false,
      },
    },
  },
];

const Arguments = z.object({ order_id: z.string().default(""), reason: z.string().default("") });

/** Never throws: whatever the model asked for, it gets an answer it can work with. */
export function runTool(name: string, rawArguments: string): string {
  let json: unknown;
  try {
    json = JSON.parse(rawArguments || "{}");
  } catch {
    return JSON.stringify({ error: "arguments are not valid JSON" });
  }
  const args = Arguments.safeParse(json);
  if (!args.success) return JSON.stringify({ error: "order_id must be a string" });
  const { order_id, reason } = args.data;

  switch (name) {
    case "look_up_order":
      return JSON.stringify(findOrder(order_id) ?? { error: `unknown order ${order_id}`.trim() });
    case "start_return": {
      const label = startReturn(order_id, reason);
      return JSON.stringify(label ? { return: label } : { error: `unknown order ${order_id}`.trim() });
    }
    default:
      return JSON.stringify({ error: `unknown tool ${name}` });
  }
}

export interface OrderReport {
  text: string;
  calls: { name: string; result: string }[];
}

/** Lets the model work with the order system until it has something to say. */
export async function workOnOrder(ticket: string): Promise<OrderReport> {
  const messages: ChatCompletionMessageParam[] = [
    {
      role: "system",
      content:
        "You work for Kettle & Leaf, a tea shop. Look the order up before you say anything about it. " +
        "Open a return only if the customer asks for one. Reply with one short note for the colleague who takes over.",
    },
    { role: "user", content: ticket },
  ];
  const calls: OrderReport["calls"] = [];

  for (let round = 0; round < MAX_ROUNDS; round++) {
    const completion: OpenAI.Chat.Completions.ChatCompletion = await openai.chat.completions.create({
      model: CHAT_MODEL,
      messages,
      tools,
      tool_choice: "auto",
      temperature: 0,
      max_tokens: 300,
    });

    const choice = completion.choices[0];
    if (!choice) throw new Error("The model sent no choice");
    messages.push(choice.message);

    if (choice.finish_reason !== "tool_calls") {
      return { text: choice.message.content ?? "", calls };
    }
    for (const call of choice.message.tool_calls ?? []) {
      if (call.type !== "function") continue;
      const result = runTool(call.function.name, call.function.arguments);
      calls.push({ name: call.function.name, result });
      messages.push({ role: "tool", tool_call_id: call.id, content: result });
    }
  }
  return { text: "(gave up: too many tool rounds)", calls };
}
