import type { ChatParam, EmbeddingParam } from './manifest/index.ts';

/** A JSON object as it stands on the wire; its fields are checked where they are read. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Request body of `POST /chat/completions`: every parameter OpenAI's API has, so that a table keyed by it cannot misspell one. */
export type ChatParams = { readonly [P in ChatParam]?: unknown };

/** Request body of `POST /embeddings`. */
export type EmbeddingParams = { readonly [P in EmbeddingParam]?: unknown };

/** The finish reasons of OpenAI's API. Source: openai@7.57.0 resources/chat/completions. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

/** The error object inside OpenAI's envelope `{error: …}`. */
export interface WireError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** One chunk of a streamed chat answer, already in OpenAI's shape. */
export interface ChatChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChunkChoice[];
  readonly usage?: WireObject | null;
  /** What a guard says of input and output. */
  readonly moderation?: WireObject;
}

/** One choice of a {@link ChatChunk}. */
export interface ChunkChoice {
  readonly index: number;
  readonly delta: WireObject;
  readonly finish_reason: FinishReason | null;
  readonly logprobs: unknown;
}

/** Tells whether a value is a JSON object: not null, not an array. */
export function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells whether a value is missing or null, which the wire uses alike; 0, false and '' are values. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Copies an object without some keys. */
export function omitKeys(object: WireObject, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Parses JSON text; `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
