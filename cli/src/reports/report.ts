import type { MigrationPlan } from '@migrate-llm/codemods';
import type { DialectId } from '@migrate-llm/shim/manifest';
import type { Unread } from '../files.ts';
import type { Proof } from '../proof/protocol.ts';
import type { Broken } from '../run.ts';

/** What a report is written from. */
export interface Report {
  readonly plan: MigrationPlan;
  /** Files that were not read or not parsed although they mention OpenAI. */
  readonly skipped: readonly Unread[];
  /** Absolute path of the migrated folder. */
  readonly root: string;
  /** Today as an ISO date, from which days to a deadline are counted. */
  readonly today: string;
  /** The dialect whose rows the calls' features are held against. */
  readonly target?: DialectId | undefined;
  /** What was written; undefined for a plan. */
  readonly outcome?: Outcome;
}

/** What a run wrote. */
export interface Outcome {
  /** Number of the run in the journal; undefined when every file was put back. */
  readonly id: string | undefined;
  readonly written: readonly string[];
  readonly broken: readonly Broken[];
  /** Undefined where types were not to be checked. */
  readonly types: Proof | undefined;
}
