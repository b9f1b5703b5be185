/** Where a recording comes from: real traffic, a vendor's documentation, or made up to a vendor's documented shape. */
export type Provenance = 'recorded' | 'documented' | 'synthetic';

/** One request and the raw answer to it; a recording file holds one JSON object of this shape a line. */
export interface Exchange {
  readonly v: 1;
  readonly id: string;
  /** ISO 8601 with milliseconds, UTC. */
  readonly recordedAt: string;
  readonly provenance: Provenance;
  /** Target id the answer came from, e.g. `openai`. */
  readonly target: string;
  readonly model: string | null;
  /** Tag of the call site, when the app gave one. */
  readonly callSite: string | null;
  /** SDK name and version that made the request, e.g. `openai@7.57.0`. */
  readonly sdk: string | null;
  readonly request: {
    readonly method: string;
    /** Path below the base URL, e.g. `/chat/completions`. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Raw bytes as they arrived: milliseconds since the request was sent, base64. */
    readonly chunks: ReadonlyArray<readonly [ms: number, base64: string]>;
  };
}
