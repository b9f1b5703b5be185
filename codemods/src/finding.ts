/** What happens at a touchpoint: `rewrite` has edits in the plan, `leave` needs nothing, `manual` needs a person. */
export type Action = 'rewrite' | 'leave' | 'manual';

/** How sure the finding is: `certain` is proven by bindings, `likely` by strong signs, `unsure` by a name or a string only. */
export type Confidence = 'certain' | 'likely' | 'unsure';

/** One OpenAI touchpoint: rewritten, or left and why. */
export interface Finding {
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
  readonly why: string;
  /** What to do about it; empty when nothing needs doing. */
  readonly fix: string;
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

/** What `planMigration` makes of a folder. */
export interface MigrationPlan {
  readonly findings: readonly Finding[];
  readonly changes: readonly FileChange[];
  /** Files that mention OpenAI but could not or should not be read, and why (does not parse, generated, minified). */
  readonly skipped: readonly Skipped[];
  /** How many files were looked at. */
  readonly filesScanned: number;
}
