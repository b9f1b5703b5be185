/** What the child is asked, as JSON on its stdin. */
export interface ProofRequest {
  /** Absolute path of the migrated folder. */
  readonly folder: string;
  /** Folder of the tool's own @migrate-llm/shim. */
  readonly shim: string;
  readonly files: ReadonlyArray<{ readonly file: string; readonly before: string; readonly after: string }>;
}

/** What the child answers, as JSON on its stdout. */
export interface Proof {
  /** Changed files whose types were compared. */
  readonly checked: number;
  /** Why the others were not, one line a reason. */
  readonly unchecked: readonly string[];
  /** Type errors that were not there before; `file` is relative to the folder. */
  readonly worse: ReadonlyArray<{ readonly file: string; readonly line: number; readonly message: string }>;
}
