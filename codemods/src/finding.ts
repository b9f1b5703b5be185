/** What happens at a touchpoint: `rewrite` has edits in the plan, `leave` needs nothing, `manual` needs a person. */
export type Action = 'rewrite' | 'leave' | 'manual';

/** How sure the finding is: `certain` is proven by bindings, `likely` by strong signs, `unsure` by a name or a string only. */
export type Confidence = 'certain' | 'likely' | 'unsure';

/** One OpenAI touchpoint: rewritten, or left and why. */
export interface Finding {
  /**
   * Names the touchpoint wherever it moves in its file: ten hexadecimal digits over rule, file and subject.
   * The second and later ones that are equal in these have `-2`, `-3` … behind.
   */
  readonly id: string;
  /** Rule id, as `migrate-llm explain <rule>` takes it. */
  readonly rule: string;
  /** Path relative to the migrated folder, with `/`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  readonly action: Action;
  readonly confidence: Confidence;
  readonly what: string;
  /** What `what` is about, without counts and features: equal for equal touchpoints of a file. */
  readonly subject: string;
  readonly why: string;
  /** What to do about it; empty when nothing needs doing. */
  readonly fix: string;
  /** The lines around the place, as they stand in the file. */
  readonly code: Excerpt;
  /** Request features that the call uses, for example `tools` or `response_format.json_schema`. */
  readonly features?: readonly string[];
  /** Of a client: what says where its requests go. */
  readonly guide?: Guide;
  /** The day OpenAI turns off what is used here. */
  readonly deadline?: Deadline;
}

/** What says where a client's requests go: the SDK's own environment variables (`OPENAI_BASE_URL`), the settings of the shim it is built from already, or its own code, whatever that says. */
export type Guide = 'environment' | 'shim' | 'code';

/** Lines of a file. */
export interface Excerpt {
  /** Number of the first line, 1-based. */
  readonly line: number;
  /** The lines, without line ends; long ones are cut. */
  readonly lines: readonly string[];
}

/** The day OpenAI turns something off. */
export interface Deadline {
  /** ISO date. */
  readonly date: string;
  /** The model or the API that ends. */
  readonly of: string;
  /** URL of the announcement. */
  readonly source: string;
}

/** One replacement in the original text: `[start, end)` in UTF-16 code units of the text as read, a BOM included. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file that the plan changes. */
export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly edits: readonly Edit[];
}

/** A file in the folder, given to the plan; `text` is its content as UTF-8 with every byte kept (BOM, line ends). */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** A file that mentions OpenAI and was not looked into. */
export interface Skipped {
  readonly file: string;
  readonly why: string;
  /** Its syntax is wrong, so what it does with OpenAI is unknown. */
  readonly broken?: true;
}

/** A package of the folder, as reports name it. */
export interface PlannedPackage {
  /** Folder relative to the migrated one; `''` is that folder itself. */
  readonly folder: string;
  /** Name in package.json; its folder where it has none. */
  readonly name: string;
  /** Range of `openai` in its package.json. */
  readonly openai?: string;
  /** Command that runs its tests, where package.json has one. */
  readonly test?: string;
}

/** What `planMigration` makes of a folder. */
export interface MigrationPlan {
  readonly findings: readonly Finding[];
  readonly changes: readonly FileChange[];
  /** Files that mention OpenAI but could not or should not be read, and why (does not parse, generated, minified). */
  readonly skipped: readonly Skipped[];
  /** The packages that findings, changes or skipped files lie in, by folder. */
  readonly packages: readonly PlannedPackage[];
  /** How many files were looked at. */
  readonly filesScanned: number;
}
