/** Name of the optional peer. */
export const LLAMA_PACKAGE = '@fugood/llama.node';

/**
 * The part of `@fugood/llama.node` 1.7 that the engine uses. Written out because the package is an optional peer, whose types must not be needed
 * to read ours. Source: https://github.com/mybigday/llama.node, lib/binding.ts and lib/parallel.ts of 1.7.15 (checked 2026-11-25).
 */
export interface LlamaBinding {
  loadModel(options: Readonly<Record<string, unknown>>): Promise<LlamaContext>;
}

/** A loaded model. */
export interface LlamaContext {
  getModelInfo(): { nEmbd: number; nParams: number; size: number; metadata: Readonly<Record<string, string>> };
  getFormattedChat(
    messages: readonly unknown[],
    template: undefined,
    options: Readonly<Record<string, unknown>>,
  ): { prompt: string };
  tokenize(text: string): Promise<{ tokens: ArrayLike<number> & Iterable<number> }>;
  detokenize(tokens: readonly number[]): Promise<string>;
  readonly parallel: {
    enable(options: { n_parallel: number; n_batch: number }): Promise<boolean>;
    completion(
      options: Readonly<Record<string, unknown>>,
      onToken: (requestId: number, token: LlamaToken) => void,
    ): Promise<{ promise: Promise<LlamaResult>; stop: () => void }>;
    embedding(text: string): Promise<{ promise: Promise<{ embedding: ArrayLike<number> }> }>;
  };
}

/** Tool calls so far; the list and its argument texts grow with each token. */
export type LlamaToolCalls = ReadonlyArray<{
  readonly function: { readonly name: string; readonly arguments: string };
}>;

/** One generated piece; `content` and `tool_calls` are everything up to now. */
export interface LlamaToken {
  readonly token: string;
  readonly content?: string;
  readonly tool_calls?: LlamaToolCalls;
  readonly probs?: ReadonlyArray<{ readonly tok: number; readonly prob: number }>;
}

/** The end of a generation. */
export interface LlamaResult {
  readonly text: string;
  readonly content?: string;
  readonly tool_calls?: LlamaToolCalls;
  readonly stopped_eos: boolean;
  readonly stopped_word: boolean;
  readonly tokens_predicted: number;
  readonly timings: Readonly<Record<string, number>>;
}
