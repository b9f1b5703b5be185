/** How much a change to a request or an answer matters: `info` loses nothing, `lossy` does, `refused` means the call was not made. */
export type Severity = 'info' | 'lossy' | 'refused';

/** What lossy steps do: `strict` refuses them, `warn` prints each distinct note once on stderr, `silent` prints nothing. */
export type Policy = 'strict' | 'warn' | 'silent';

/** One change the shim made to a request or an answer, in the words an engineer needs to act on it. */
export interface Note {
  /** Stable kebab-case id, e.g. `param-dropped`, `finish-reason-repaired`. */
  readonly code: string;
  readonly severity: Severity;
  /** Where it happened: a path into the request or the answer, e.g. `request.tool_choice`, `response.choices[0].finish_reason`. */
  readonly where: string;
  readonly what: string;
  readonly why: string;
  /** What the reader can do about it; empty when nothing needs doing. */
  readonly fix: string;
}
