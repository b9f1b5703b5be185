import type { Asked } from './asked.ts';
import type { Action, Confidence, Deadline, Edit, Guide } from './finding.ts';
import type { Scene } from './scene.ts';

/** One example of a rule: a test, a piece of documentation and what `explain` prints. */
export interface Example {
  readonly name: string;
  readonly before: string;
  /** What becomes of `before`; undefined when it must stay as it is. */
  readonly after: string | undefined;
  /** File name of the example, default `app.ts`. */
  readonly file?: string;
  /** The actions of this rule's findings in the file, in order; absent where the example is about the edit only. */
  readonly finds?: readonly Action[];
  /** Other files that the example needs beside it, by path. */
  readonly beside?: Readonly<Record<string, string>>;
  /** What is asked for beside the defaults. */
  readonly options?: Asked;
}

/** A finding as a rule states it: the place is an offset in the text as read, and a rewrite brings its edits. */
export interface Draft {
  readonly file: string;
  readonly offset: number;
  /** Where the code that matters ends, for the excerpt; a few lines are shown when it is left out. */
  readonly end?: number;
  readonly action: Action;
  readonly confidence: Confidence;
  readonly what: string;
  /** What `what` is about, without counts and features; `what` itself when left out. */
  readonly subject?: string;
  readonly why: string;
  readonly fix: string;
  readonly features?: readonly string[];
  readonly guide?: Guide;
  readonly deadline?: Deadline;
  readonly edits?: readonly Edit[];
}

/** A draft with the rule that made it. */
export interface Found extends Draft {
  readonly rule: string;
}

/** A rule as readers see it: what it is, why, and examples. */
export interface RuleForm {
  /** Id in kebab-case, as findings and `migrate-llm explain` name it. */
  readonly id: string;
  readonly summary: string;
  readonly why: string;
  readonly examples: readonly Example[];
  /** Majors of the `openai` package the rule is about; absent when it does not depend on them. */
  readonly sdkMajors?: readonly number[];
}

/** A rule: its form, and how it finds its touchpoints in the whole repository. */
export interface Rule extends RuleForm {
  /** Looks at each file of code by itself, so that it is given the files in which no client is followed too, a few at a time. */
  readonly isPerFile?: true;
  /** @param before what the rules before this one found, so that a rule can keep in step with their edits. */
  readonly find: (scene: Scene, before: readonly Found[]) => readonly Draft[];
}

/** States a rule; the types check the form. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
