import OpenAI, { APIConnectionError } from "@migrate-llm/shim";
import { expect, it } from "vitest";
import { explainFailure } from "../src/errors";

const failure = (status: number, code: string | null) => {
  const body = { error: { message: "from the API", type: "error", param: null, code } };
  return OpenAI.APIError.generate(status, body, undefined, new Headers());
};

it.each([
  [401, "invalid_api_key", "Check OPENAI_API_KEY"],
  [429, "rate_limit_exceeded", "busy"],
  [429, "insufficient_quota", "budget"],
  [404, "model_not_found", "model is gone"],
  [400, "context_length_exceeded", "too long"],
  [400, null, "from the API"],
  [500, null, "(500)"],
])("status %i, code %s", (status, code, expected) => {
  expect(explainFailure(failure(status, code))).toContain(expected);
});

it("knows a broken connection from a broken key", () => {
  expect(explainFailure(new APIConnectionError({ message: "no route" }))).toContain("cannot be reached");
  expect(explainFailure(new Error("disk full"))).toContain("disk full");
});
