import type {
  EngineCompletion,
  EngineDelta,
  EnginePrompt,
  EngineRequest,
  ContextOverflow,
  ModelFacts,
} from './engine.ts';

/** How the child process loads a model. */
export interface LoadOptions {
  /** Main file of `@fugood/llama.node`. */
  readonly binding: string;
  readonly model: string;
  readonly contextSize: number;
  readonly slots: number;
  readonly threads: number;
}

/** What the child can do, by name: argument and result. */
export interface EngineCalls {
  load: { argument: LoadOptions; result: ModelFacts };
  complete: { argument: EngineRequest; result: EngineCompletion };
  embed: { argument: string; result: readonly number[] };
  count: { argument: EnginePrompt; result: number };
  format: { argument: EnginePrompt; result: string };
  tokenize: { argument: string; result: readonly number[] };
  detokenize: { argument: readonly number[]; result: readonly string[] };
}

/** Parent to child. `stop` names the call it stops. */
export type ToChild =
  | { [K in keyof EngineCalls]: { id: number; call: K; argument: EngineCalls[K]['argument'] } }[keyof EngineCalls]
  | { id: number; call: 'stop' };

/** Why a call failed: the package or its libraries, the model file, the request, or something nobody expected. */
export type FailureKind = 'library' | 'model' | 'request' | 'unexpected';

/** Child to parent; a call ends with `result` or `failure`. */
export type FromChild =
  | { id: number; kind: 'start' }
  | { id: number; kind: 'delta'; delta: EngineDelta }
  | { id: number; kind: 'result'; result: unknown }
  | { id: number; kind: 'failure'; failure: FailureKind; message: string; overflow?: ContextOverflow };
