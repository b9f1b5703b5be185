/** Something is wrong with the engine's package, its libraries or the model file; the message says what and what to do. */
export class EmbeddedEngineError extends Error {
  override readonly name = 'EmbeddedEngineError';
}

/** The engine will not take a request as it is (bad schema, template error, prompt too long): the caller's mistake, not the engine's. */
export class EngineRequestError extends Error {
  override readonly name = 'EngineRequestError';
  /** Set when the prompt does not fit the context. */
  readonly overflow: ContextOverflow | undefined;
  constructor(message: string, overflow?: ContextOverflow) {
    super(message);
    this.overflow = overflow;
  }
}

/** How far a prompt is over the context, in tokens. */
export interface ContextOverflow {
  readonly promptTokens: number;
  readonly contextSize: number;
}

/** A conversation for the model's chat template, or a text to go on from. */
export type EnginePrompt =
  | {
      readonly kind: 'chat';
      /** Messages on OpenAI's wire; the template sees them as they are. */
      readonly messages: readonly unknown[];
      readonly tools?: readonly unknown[];
      readonly toolChoice: 'auto' | 'none' | 'required';
      readonly parallelToolCalls: boolean;
      /** JSON Schema that the answer is forced into. */
      readonly schema?: unknown;
    }
  | { readonly kind: 'text'; readonly text: string };

/** One generation. */
export interface EngineRequest {
  readonly prompt: EnginePrompt;
  /** Longest answer in tokens; -1 is until the context is full. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** 0 takes the best token always. */
  readonly temperature: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  /** GBNF grammar of the answer. */
  readonly grammar?: string;
  /** How many alternatives to report per token; 0 reports none. */
  readonly topLogprobs: number;
}

/** One token and its probability, 0 to 1. */
export interface TokenChance {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** What one token added. */
export interface EngineDelta {
  /** New text of the answer, without tool-call syntax. */
  readonly text: string;
  readonly toolCalls: ReadonlyArray<{ readonly index: number; readonly name?: string; readonly arguments: string }>;
  /** Alternatives for each token in this delta, best first, when asked for. */
  readonly chances?: readonly TokenChance[];
}

/** Times and counts of a generation, named as llama-server names them. */
export interface EngineTimings {
  readonly cache_n: number;
  readonly prompt_n: number;
  readonly prompt_ms: number;
  readonly prompt_per_token_ms: number;
  readonly prompt_per_second: number;
  readonly predicted_n: number;
  readonly predicted_ms: number;
  readonly predicted_per_token_ms: number;
  readonly predicted_per_second: number;
}

/** A finished generation. */
export interface EngineCompletion {
  /** Answer without tool calls; a stop string that ended it may still be at its end. */
  readonly text: string;
  readonly toolCalls: ReadonlyArray<{ readonly name: string; readonly arguments: string }>;
  readonly finish: 'end' | 'stop-string' | 'length';
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** The end-of-turn token counts, as it does in llama-server. */
  readonly completionTokens: number;
  readonly timings: EngineTimings;
}

/** What a loaded model is. */
export interface ModelFacts {
  readonly vocabularySize: number;
  /** Longest text it was made for, tokens. */
  readonly trainedContext: number;
  readonly embeddingSize: number;
  readonly parameters: number;
  /** Bytes of its tensors. */
  readonly bytes: number;
  readonly fileType: string;
  readonly chatTemplate: string;
}

/** A model that is loaded and answers; the endpoint knows no more of it than this. */
export interface Engine {
  readonly modelId: string;
  readonly facts: ModelFacts;
  /** Context of one slot, tokens: prompt and answer together. */
  readonly contextSize: number;
  /** How many generations run at once; more wait in a queue. */
  readonly slots: number;
  /**
   * Generates. `onStart` is called once the request was accepted, `onDelta` for each token after it. An abort stops the generation and rejects.
   * @throws {EngineRequestError} the request is at fault; before `onStart`.
   * @throws {EmbeddedEngineError} the engine is gone.
   */
  complete(request: EngineRequest, events?: CompletionEvents): Promise<EngineCompletion>;
  /** Mean-pooled embedding of a text, of length 1. */
  embed(text: string): Promise<readonly number[]>;
  /** Tokens of a prompt, the template's included. */
  countTokens(prompt: EnginePrompt): Promise<number>;
  tokenize(text: string): Promise<readonly number[]>;
  /** Text of each token. */
  detokenize(tokens: readonly number[]): Promise<readonly string[]>;
  /** The prompt as the model sees it. */
  formatPrompt(prompt: EnginePrompt): Promise<string>;
  /** Ends the engine; unfinished generations reject. Calling it again does nothing. */
  close(): Promise<void>;
}

/** Hooks of one generation. */
export interface CompletionEvents {
  readonly onStart?: () => void;
  readonly onDelta?: (delta: EngineDelta) => void;
  readonly signal?: AbortSignal;
}
