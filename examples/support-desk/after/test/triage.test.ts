import { expect, it, vi } from "vitest";

const parse = vi.hoisted(() => vi.fn());

// Keep the real error classes and statics, replace only what talks to the network.
vi.mock("@migrate-llm/shim", async (importOriginal) => {
  const actual = await importOriginal<typeof import("openai")>();
  return {
    ...actual,
    default: class {
      chat = { completions: { parse } };
    },
  };
});

import { triage } from "../src/triage";

const answer = (message: object) => ({ choices: [{ index: 0, message, finish_reason: "stop" }] });

it("asks for the schema and returns what was parsed", async () => {
  const parsed = { category: "delivery", urgency: "normal", order_id: "KL-1042", summary: "Parcel is late" };
  parse.mockResolvedValue(answer({ parsed, refusal: null }));

  expect(await triage("Where is KL-1042?")).toEqual(parsed);
  const { response_format } = parse.mock.calls[0]![0];
  expect(response_format.json_schema).toMatchObject({ name: "triage", strict: true });
});

it("does not hide a refusal", async () => {
  parse.mockResolvedValue(answer({ parsed: null, refusal: "I cannot help with that." }));
  await expect(triage("…")).rejects.toThrow("I cannot help with that.");
});

it("does not go on without a result", async () => {
  parse.mockResolvedValue(answer({ parsed: null, refusal: null }));
  await expect(triage("…")).rejects.toThrow("empty");
});
