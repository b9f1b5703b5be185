import { beforeEach, describe, expect, it, vi } from "vitest";

const create = vi.hoisted(() => vi.fn());

vi.mock("@migrate-llm/shim", () => ({
  default: class {
    chat = { completions: { create } };
  },
}));

import { draftAnswer } from "../src/answer";

async function* stream(...chunks: unknown[]) {
  yield* chunks;
}

const text = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});

describe("draftAnswer", () => {
  beforeEach(() => create.mockReset());

  it("passes pieces on as they come and adds them up", async () => {
    create.mockResolvedValue(
      stream(text("Dear Mira, "), text("it is on its way."), text("", "stop"), { choices: [], usage: { total_tokens: 42 } }),
    );
    const heard: string[] = [];
    const draft = await draftAnswer("Where is it?", { orderNote: "shipped", helpPages: [] }, (piece) => heard.push(piece));

    expect(heard).toEqual(["Dear Mira, ", "it is on its way."]);
    expect(draft).toEqual({ text: "Dear Mira, it is on its way.", finishReason: "stop", totalTokens: 42 });
  });

  it("marks a draft that was cut off", async () => {
    create.mockResolvedValue(stream(text("Dear"), text("", "length")));
    expect((await draftAnswer("Hi", { orderNote: "", helpPages: [] })).text).toBe("Dear […]");
  });

  it("hands the help pages to the model", async () => {
    create.mockResolvedValue(stream());
    await draftAnswer("Hi", { orderNote: "", helpPages: [{ name: "returns", text: "Within 30 days." }] });
    const [request] = create.mock.calls[0]!;
    expect(request.stream).toBe(true);
    expect(request.messages[0].content).toContain("Within 30 days.");
  });
});
