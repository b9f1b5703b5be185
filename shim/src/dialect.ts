import type { EndpointId } from './endpoints.ts';
import type { DialectId } from './manifest/index.ts';
import type { ChatParams, EmbeddingParams, FinishReason } from './wire.ts';

/** Why a row of a dialect is as it is, where that stands, and the date it was true. */
export interface Fact {
  readonly because: string;
  /** URL. */
  readonly source: string;
  /** ISO date of the source or of the measurement. */
  readonly checked: string;
}

/** What happens to one request parameter. A parameter without a rule passes through. */
export type ParamRule = Fact &
  (
    | { readonly kind: 'rename'; readonly to: string }
    /** Leaves it out; `info` where the answer stays the same, `lossy` where it may not. `unless` tells values that need no rule. */
    | { readonly kind: 'drop'; readonly severity: 'info' | 'lossy'; readonly unless?: (value: unknown) => boolean }
    | { readonly kind: 'refuse'; readonly fix: string; readonly unless?: (value: unknown) => boolean }
    | { readonly kind: 'map'; readonly with: (value: unknown) => unknown; readonly severity: 'info' | 'lossy' }
    /** Nobody has checked: it passes through, and the matrix says so. */
    | { readonly kind: 'unknown' }
  );

/** Whether an endpoint of OpenAI's API is there: as it is, imitated by the shim, or not at all. */
type EndpointRule =
  | 'native'
  | (Fact & { readonly kind: 'emulated' })
  | (Fact & { readonly kind: 'refused'; readonly fix: string });

/** What one engine or provider does differently from OpenAI, as data. Everything unsaid passes through. */
export interface Dialect {
  readonly id: DialectId;
  /** Endpoints without a rule pass through with a note. */
  readonly endpoints: { readonly [E in EndpointId]?: EndpointRule };
  readonly chat: {
    readonly params: { readonly [P in keyof ChatParams]?: ParamRule };
    /** Role `developer` is sent as `system`. */
    readonly developerRole?: Fact;
    /** Several system messages at the start are sent as one. */
    readonly singleSystem?: Fact;
    /** An object `tool_choice` is not honoured: send only the tools it allows, and a string. */
    readonly stringToolChoice?: Fact;
    /** `n` answers are `n` requests. */
    readonly fanOut?: Fact;
    /** Usage of a stream must be asked for. */
    readonly askStreamUsage?: Fact;
  };
  readonly embeddings: { readonly params: { readonly [P in keyof EmbeddingParams]?: ParamRule } };
  /** Finish reasons in other words than OpenAI's, beside the ones every endpoint's answers are read by. */
  readonly finish: Readonly<Record<string, FinishReason>>;
  /** Keys of answers that OpenAI's schema does not have. */
  readonly extras: {
    readonly answer: readonly string[];
    readonly logprob: readonly string[];
    readonly models: readonly string[];
  };
  /** Signs that an endpoint is of this dialect. */
  readonly signs: { readonly server?: RegExp; readonly ownedBy?: RegExp };
}

/** Takes a dialect's data; it exists for the type check of its rows. */
export function defineDialect(dialect: Dialect): Dialect {
  return dialect;
}
