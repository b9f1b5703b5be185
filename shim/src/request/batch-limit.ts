import { citeFact, type Dialect } from '../dialect.ts';
import type { Refusal } from '../refusal.ts';

/** How many inputs one embeddings request may have, and who says so. */
export interface BatchLimit {
  readonly count: number;
  readonly why: string;
}

const learned = new Map<string, BatchLimit>();

/** The limit that is known of an endpoint and a model: from its dialect, or from an error it gave before. */
export function findBatchLimit({ embeddings }: Dialect, baseURL: string, model: string): BatchLimit | undefined {
  const { maxInputs } = embeddings;
  return (
    learned.get(`${baseURL} ${model}`) ??
    (maxInputs === undefined ? undefined : { count: maxInputs.count, why: citeFact(maxInputs) })
  );
}

/**
 * Reads and remembers the limit an error names; `undefined` when it names none below `sent`. Source: the messages of text-embeddings-inference and
 * SiliconFlow ("batch size 100 > maximum allowed batch size 64"), DashScope ("batch size is invalid, it should not be larger than 10") and Cohere
 * ("total number of texts must be at most 96"), https://github.com/huggingface/text-embeddings-inference, checked 2026-11-25.
 */
export function learnBatchLimit(
  { status, error }: Refusal,
  sent: number,
  baseURL: string,
  model: string,
): BatchLimit | undefined {
  if (status !== 400 && status !== 413 && status !== 422) return undefined;
  const found =
    /(?:maximum allowed batch size|batch size is invalid, it should not be larger than|number of texts must be at most)\s+(\d+)/i.exec(
      error.message,
    )?.[1];
  const count = Number(found ?? 0);
  if (count < 1 || count >= sent) return undefined;
  const limit = { count, why: `the endpoint said: ${error.message}` };
  learned.set(`${baseURL} ${model}`, limit);
  return limit;
}
