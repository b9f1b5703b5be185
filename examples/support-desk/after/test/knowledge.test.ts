import { expect, it, vi } from "vitest";
import type OpenAI from "openai";

const words = ["parcel", "teapot", "green"];

vi.mock("../src/lib/openai", () => ({
  openai: {
    embeddings: {
      async create({ input }: OpenAI.EmbeddingCreateParams) {
        const texts = Array.isArray(input) ? (input as string[]) : [input];
        return { data: texts.map((text) => ({ embedding: words.map((word) => Number(text.toLowerCase().includes(word))) })) };
      },
    },
  },
}));

import { cosine, findHelp, readHelpPages } from "../src/knowledge";

it("reads the help pages in a stable order", () => {
  expect(readHelpPages().map((page) => page.name)).toEqual(["brewing", "delivery", "returns"]);
});

it("ranks the page that talks about the same thing first", async () => {
  const [best, ...rest] = await findHelp("Where is my parcel?");
  expect(best?.name).toBe("delivery");
  expect(rest).toHaveLength(1);
});

it("calls nothing similar when there is nothing to compare", () => {
  expect(cosine([0, 0], [1, 1])).toBe(0);
  expect(cosine([1, 2], [2, 4])).toBeCloseTo(1);
});
