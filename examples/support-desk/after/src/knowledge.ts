import { readdirSync, readFileSync } from "node:fs";
import { openai } from "./lib/openai";
import { EMBEDDING_MODEL } from "./models";

export interface HelpPage {
  name: string;
  text: string;
}

const folder = new URL("../data/help/", import.meta.url);

export function readHelpPages(): HelpPage[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => ({ name: file.replace(/\.md$/, ""), text: readFileSync(new URL(file, folder), "utf8").trim() }));
}

async function embed(texts: string[]): Promise<number[][]> {
  const response = await openai.embeddings.create({ model: EMBEDDING_MODEL, input: texts });
  return response.data.map((item) => item.embedding);
}

export function cosine(a: number[], b: number[]): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    lengthA += a[i]! ** 2;
    lengthB += b[i]! ** 2;
  }
  return lengthA && lengthB ? dot / Math.sqrt(lengthA * lengthB) : 0;
}

/** The help pages closest to the ticket, best first. */
export async function findHelp(ticket: string, count = 2): Promise<(HelpPage & { score: number })[]> {
  const pages = readHelpPages();
  const [pageVectors, [ticketVector]] = await Promise.all([embed(pages.map((page) => page.text)), embed([ticket])]);
  if (!ticketVector) throw new Error("No embedding for the ticket");

  return pages
    .map((page, i) => ({ ...page, score: cosine(ticketVector, pageVectors[i] ?? []) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
