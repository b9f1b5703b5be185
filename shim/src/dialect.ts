import type { EndpointId } from './endpoints.ts';
import type { DialectId, Feature } from './manifest/index.ts';
import type { SchemaRules } from './schema/lower.ts';
import type { ChatParams, EmbeddingParams, FinishReason, WireObject } from './wire.ts';

/** Why a row of a dialect is as it is, where that stands, and the date it was true. */
export interface Fact {
  readonly because: string;
  /** URL; empty for what the user's own settings say. */
  readonly source: string;
  /** ISO date of the source or of the measurement. */
  readonly checked: string;
}

/** Tells values that need no rule: they pass as they are. */
interface Exempt {
  readonly unless?: (value: unknown, body: WireObject) => boolean;
}

/** What happens to one request parameter. A parameter without a rule passes through. */
export type ParamRule = Fact &
  (
    | (Exempt & { readonly kind: 'rename'; readonly to: string; readonly with?: (value: unknown) => unknown })
    /** Leaves it out; `info` where the answer stays the same, `lossy` where it may not. */
    | (Exempt & {
        readonly kind: 'drop';
        readonly severity: 'info' | 'lossy';
        /** The shim does it instead. */
        readonly emulated?: true;
      })
    | (Exempt & {
        readonly kind: 'refuse';
        readonly fix: string;
        /** Tells values that ask for nothing: they are left out. */
        readonly idle?: (value: unknown) => boolean;
      })
    | (Exempt & {
        readonly kind: 'map';
        readonly with: (value: unknown, body: WireObject) => unknown;
        readonly severity: 'info' | 'lossy';
      })
    /** Nobody has checked: it passes through, and the matrix says so. A known row of a lower layer stands, unless this one `overrides` it. */
    | { readonly kind: 'unknown'; readonly overrides?: true }
  );

/** Whether an endpoint of OpenAI's API is there: as it is, imitated by the shim, or not at all; `unchecked` is translated as if it were. */
export type EndpointRule =
  | 'native'
  | 'unchecked'
  | (Fact & { readonly kind: 'emulated' })
  | (Fact & { readonly kind: 'refused'; readonly fix: string });

/** What an endpoint does with a chat request beside its parameters. */
export interface Quirks {
  /** Role `developer` is sent as `system`. */
  readonly developerRole?: Fact;
  /** Several system messages at the start are sent as one. */
  readonly singleSystem?: Fact;
  /** System messages after the first turn move to the front. */
  readonly lateSystem?: Fact;
  /** The template knows no system role: system text goes to the front of the first user message. */
  readonly noSystem?: Fact;
  /** Turns of one role in a row are sent as one. */
  readonly alternateTurns?: Fact;
  /** The first turn must be the user's. */
  readonly userFirst?: Fact;
  /** `name` of a message is left out. */
  readonly messageNames?: Fact;
  /** Content that is a list of text parts is sent as one text. */
  readonly textContent?: Fact;
  /** Content that is null, in a message without calls, is sent as an empty text. */
  readonly nullContent?: Fact;
  /** Reasoning of earlier turns is left out. */
  readonly reasoningHistory?: Fact;
  /** Several tool calls in one message of the history are sent as messages of one call each. */
  readonly singleCalls?: Fact;
  /** `strict` of a tool is left out. */
  readonly toolStrict?: Fact;
  /** `detail` of an image is left out. */
  readonly imageDetail?: Fact;
  /** Images must come as data: URLs. */
  readonly imageData?: Fact;
  /** `tool_choice: "none"` is not honoured: tools are left out. */
  readonly noneWithoutTools?: Fact;
  /** An object `tool_choice` is not honoured: send only the tools it allows, and a string. */
  readonly stringToolChoice?: Fact;
  /** `n` answers are `n` requests. */
  readonly fanOut?: Fact;
  /** Usage of a stream must be asked for. */
  readonly askStreamUsage?: Fact;
  /** Tools are refused or ignored: they are described to the model, and its calls read from its text. */
  readonly describeTools?: Fact;
  /** Tools are ignored without a word where the model's template knows none: a probe tells. */
  readonly silentTools?: Fact;
  /** A JSON Schema in `response_format` is refused or ignored: `object` where "a JSON object" is held to, `described` where nothing is. */
  readonly responseFormat?: Fact & { readonly level: 'object' | 'described' };
  /** Keywords of the schemas in `tools` and `response_format` that it does not take; none when left out. */
  readonly schemas?: Fact & SchemaRules;
}

/** What a layer says; an upper layer's rows win over a lower one's. */
export interface Layer {
  /** Endpoints without a rule pass through with a note. */
  readonly endpoints?: { readonly [E in EndpointId]?: EndpointRule };
  readonly chat?: Quirks & { readonly params?: { readonly [P in keyof ChatParams]?: ParamRule } };
  readonly embeddings?: {
    readonly params?: { readonly [P in keyof EmbeddingParams]?: ParamRule };
    /** Token ids are taken as input, of the model's own tokenizer. */
    readonly tokenInput?: Fact;
    /** More inputs in one request are refused: they are sent in several. */
    readonly maxInputs?: Fact & { readonly count: number };
  };
  /** What its legacy completions are known to do beyond the prompt's own continuation. */
  readonly completions?: {
    /** `suffix` is honoured. */
    readonly suffix?: Fact;
    /** `echo` with `logprobs` gives the log-probabilities of the prompt. */
    readonly promptLogprobs?: Fact;
  };
  readonly audio?: {
    /** `srt` and `vtt` are refused: they are written of the segments. */
    readonly noSubtitles?: Fact;
  };
  /** What is known to work as it does at OpenAI; it takes a lower layer's rule away. */
  readonly native?: { readonly [F in Exclude<Feature, `/${string}`>]?: Fact };
  /** Finish reasons in other words than OpenAI's, beside the ones every endpoint's answers are read by. */
  readonly finish?: Readonly<Record<string, FinishReason>>;
  /** Counts of prompt tokens that say the prompt was cut: where the endpoint cuts without a word. */
  readonly cuts?: Fact & { readonly counts: readonly number[] };
  /** Keys of answers that OpenAI's schema does not have. */
  readonly extras?: {
    readonly answer?: readonly string[];
    readonly logprob?: readonly string[];
    readonly models?: readonly string[];
  };
}

/** Signs that an endpoint is of a dialect. */
interface Signs {
  /** Of the base URL's host, without its port. */
  readonly host?: RegExp;
  /** Headers of an answer, by name in lower case. */
  readonly headers?: Readonly<Record<string, RegExp>>;
  /** Of a model in `GET /models`. */
  readonly ownedBy?: RegExp;
  /** Keys that every model in `GET /models` has. */
  readonly modelKeys?: readonly string[];
}

/** How a provider changes a key for an access token: a form by POST, `{access_token, expires_in}` back. */
export interface KeyExchange extends Fact {
  readonly url: string;
  readonly grantType: string;
}

/** Who an endpoint is and where it stands. */
export interface Identity {
  readonly id: DialectId;
  readonly name: string;
  /** A `provider` runs models for others, an `engine` is a server program, a `gateway` stands in front of either; the `fallback` is for the rest. */
  readonly kind: 'engine' | 'provider' | 'gateway' | 'fallback';
  /** The one address a provider has. */
  readonly baseURL?: string;
  /** What a base URL looks like where there is not one for all. */
  readonly baseURLForm?: string;
  /** Environment variables its own tools read the key from; the first that is set counts, at its own host only. */
  readonly apiKeyEnv?: readonly [string, ...string[]];
  readonly signs: Signs;
  /** Its requests carry an access token instead of the key. */
  readonly keyExchange?: KeyExchange;
}

/** What one engine or provider does differently from OpenAI, as data. Everything unsaid passes through. */
export interface Dialect extends Identity {
  readonly endpoints: NonNullable<Layer['endpoints']>;
  readonly chat: Quirks & { readonly params: { readonly [P in keyof ChatParams]?: ParamRule } };
  readonly embeddings: NonNullable<Layer['embeddings']> & {
    readonly params: { readonly [P in keyof EmbeddingParams]?: ParamRule };
  };
  readonly completions: NonNullable<Layer['completions']>;
  readonly audio: NonNullable<Layer['audio']>;
  readonly native: NonNullable<Layer['native']>;
  readonly finish: NonNullable<Layer['finish']>;
  readonly cuts?: NonNullable<Layer['cuts']>;
  readonly extras: {
    readonly answer: readonly string[];
    readonly logprob: readonly string[];
    readonly models: readonly string[];
  };
}

/** A dialect without its identity: what layers add up to. */
export type Rules = Omit<Dialect, keyof Identity>;

/** Writes where a fact stands, for the `why` of a note or an error. */
export function citeFact({ because, source, checked }: Fact): string {
  return source === '' ? because : `${because} (${source}, ${checked})`;
}

/** Makes facts that stand in one place. */
export function sourced(source: string, checked: string): (because: string) => Fact {
  return (because) => ({ because, source, checked });
}

/** Says one thing of several features or parameters. */
export function each<N extends string, R>(row: R, ...names: readonly N[]): Readonly<Record<N, R>> {
  return Object.fromEntries(names.map((name) => [name, row])) as Record<N, R>;
}
