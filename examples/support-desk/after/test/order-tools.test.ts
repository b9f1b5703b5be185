import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatCompletion, ChatCompletionCreateParams } from "openai/resources/chat/completions";

// A stand-in for our own client: just enough of it, no SDK involved.
const fake = vi.hoisted(() => ({
  requests: [] as ChatCompletionCreateParams[],
  answers: [] as Partial<ChatCompletion.Choice>[],
}));

vi.mock("../src/lib/openai", () => ({
  openai: {
    chat: {
      completions: {
        async create(request: ChatCompletionCreateParams) {
          fake.requests.push(structuredClone(request));
          return { choices: [fake.answers.shift()] };
        },
      },
    },
  },
}));

import { runTool, workOnOrder } from "../src/order-tools";

const toolCall = (name: string, args: string) => ({
  finish_reason: "tool_calls" as const,
  message: {
    role: "assistant" as const,
    content: null,
    refusal: null,
    tool_calls: [{ id: "call_1", type: "function" as const, function: { name, arguments: args } }],
  },
});
const note = (content: string) => ({
  finish_reason: "stop" as const,
  message: { role: "assistant" as const, content, refusal: null },
});

beforeEach(() => {
  fake.requests.length = 0;
});

describe("workOnOrder", () => {
  it("runs the tool and gives the result back under the call's id", async () => {
    fake.answers = [toolCall("look_up_order", '{"order_id":"KL-1042"}'), note("Shipped by post.")];
    const report = await workOnOrder("Where is KL-1042?");

    expect(report.text).toBe("Shipped by post.");
    expect(report.calls).toHaveLength(1);
    const result = fake.requests[1]!.messages.at(-1)!;
    expect(result).toMatchObject({ role: "tool", tool_call_id: "call_1" });
    expect(result.content).toContain('"status":"shipped"');
  });

  it("stops a model that never stops calling", async () => {
    fake.answers = Array.from({ length: 9 }, () => toolCall("look_up_order", "{}"));
    expect((await workOnOrder("?")).text).toContain("gave up");
    expect(fake.requests).toHaveLength(4);
  });
});

describe("runTool", () => {
  it.each([
    ["look_up_order", '{"order_id":"kl-1061"}', "Sencha"],
    ["start_return", '{"order_id":"KL-1055","reason":"cracked"}', "R-1055 (cracked)"],
    ["look_up_order", '{"order_id":"demo"}', "unknown order demo"],
    ["start_return", "{}", "unknown order"],
    ["look_up_order", '{"order_id":7}', "must be a string"],
    ["look_up_order", '{"order_id":', "not valid JSON"],
    ["make_tea", "{}", "unknown tool make_tea"],
  ])("%s %s", (name, args, expected) => {
    expect(runTool(name, args)).toContain(expected);
  });
});
