/** How bad a broken case is: `must` breaks a stock OpenAI client or an agent loop, `should` is a visible difference, `info` is recorded only. */
export type Level = 'must' | 'should' | 'info';

/** `wire` is decided by one asking; `model` depends on what the model chooses and is asked several times. */
export type CaseKind = 'wire' | 'model';

/**
 * How a case ended. `FAIL` counts against the endpoint in the chosen profile, `WARN` is a difference that does not;
 * `UNSUPPORTED` was refused in words, `UNTESTED` was not asked, `FLAKY` held in some of the askings,
 * `INCONCLUSIVE` could not be judged, `TIMEOUT` did not end in time.
 */
export type CaseVerdict = 'PASS' | 'FAIL' | 'WARN' | 'UNSUPPORTED' | 'UNTESTED' | 'FLAKY' | 'INCONCLUSIVE' | 'TIMEOUT';

/** The verdicts in the order reports show them. */
export const caseVerdicts: readonly CaseVerdict[] = [
  'FAIL',
  'WARN',
  'FLAKY',
  'TIMEOUT',
  'INCONCLUSIVE',
  'UNSUPPORTED',
  'UNTESTED',
  'PASS',
];

/** A client whose readers a broken case hurts: the majors of the OpenAI SDK, and the frameworks built on it. */
export type ClientId = 'openai-4' | 'openai-5' | 'openai-6' | 'openai-7' | 'ai-sdk' | 'langchain' | 'agents';

/** What an endpoint is held against: OpenAI as it was recorded, its published schema to the letter, or the needs of one client. */
export type ProfileId = 'openai-observed' | 'openai-spec-strict' | ClientId;

/** What came of an expectation; `chose otherwise` is the model's doing and not the endpoint's. */
export type ExpectationOutcome = 'held' | 'broken' | 'refused' | 'chose otherwise';

/** One expectation with what was seen. */
export interface ExpectationResult {
  readonly says: string;
  readonly outcome: ExpectationOutcome;
  /** What came instead; empty when it held. */
  readonly got: string;
}

/** A request and what came back, for reports: keys are hidden, long texts cut. */
export interface SeenExchange {
  readonly request: {
    readonly method: string;
    /** Path below the base URL, e.g. `/chat/completions`. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** JSON, text, or null where there is none. */
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
    /** Arrival of each piece, milliseconds since the request was sent. */
    readonly chunkMs: readonly number[];
  } | null;
  /** Why there is no whole answer; null when there is one. */
  readonly failure: string | null;
  readonly durationMs: number;
}

/** One asking of a case. */
export interface Attempt {
  readonly verdict: CaseVerdict;
  readonly expectations: readonly ExpectationResult[];
  readonly exchanges: readonly SeenExchange[];
}

/** A deviation of a dialect that is known; it explains a failure and excuses nothing. */
export interface Gap {
  readonly dialect: string;
  readonly case: string;
  readonly reason: string;
  readonly source: string;
}

/** How a case ended, with its evidence. */
export interface CaseResult {
  readonly id: string;
  readonly capability: string;
  readonly level: Level;
  readonly kind: CaseKind;
  readonly title: string;
  readonly source: string;
  readonly verdict: CaseVerdict;
  readonly reason: string;
  /** What to do about it; empty for `PASS`. */
  readonly fix: string;
  /** Whom it hurts; empty when nobody is known to break. */
  readonly hurts: readonly ClientId[];
  readonly gap: Gap | null;
  /** How many recorded exchanges of OpenAI the case holds on; a wire case that is not calibrated never fails an endpoint. */
  readonly calibrated: number | 'uncalibrated';
  readonly attempts: readonly Attempt[];
  readonly durationMs: number;
}

/** A run of the conformance cases at one endpoint. */
export interface ConformanceReport {
  readonly v: 1;
  readonly kind: 'conformance';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly endpoint: {
    readonly name: string;
    readonly via: 'direct' | 'shim' | 'recording' | 'embedded';
    readonly baseURL: string;
    readonly model: string;
    /** What the endpoint says it runs, when it does. */
    readonly software: string | null;
  };
  readonly profile: ProfileId;
  /** Why the endpoint could not be tested at all; null when it could. */
  readonly obstacle: string | null;
  readonly counts: Readonly<Record<CaseVerdict, number>>;
  /** The most the run could have cost, known before its first request. */
  readonly ceilings: Cost;
  readonly spent: Cost;
  readonly results: readonly CaseResult[];
}

/** Requests, and tokens of prompts and answers together. */
export interface Cost {
  readonly requests: number;
  readonly tokens: number;
}
