import type { Deadline, Excerpt, Finding, MigrationPlan } from './finding.ts';
import { packageOf } from './planned-packages.ts';
import { rules } from './rules/index.ts';

/** A touchpoint that is left, with everything that somebody who has not seen the plan needs to finish it. */
export interface HandOver {
  readonly id: string;
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  /** Name of the package that the file belongs to. */
  readonly package: string;
  readonly what: string;
  readonly confidence: Finding['confidence'];
  readonly why: string;
  /** What to do. */
  readonly recipe: string;
  readonly code: Excerpt;
  readonly features: readonly string[];
  readonly deadline: Deadline | null;
  /** Why the rule exists. */
  readonly background: string;
  /** Commands that succeed once it is done, each with the folder to run it in, relative to the migrated one. */
  readonly accept: ReadonlyArray<{ readonly folder: string; readonly command: string }>;
}

/** Whether a finding is somebody's task: it needs a person, or stays with something to do. */
export function isLeft({ action, fix }: Finding): boolean {
  return action === 'manual' || (action === 'leave' && fix !== '');
}

/** Makes a finding self-contained. A finding that needs nothing can be handed over too; its recipe is empty then. */
export function handOver(finding: Finding, plan: MigrationPlan): HandOver {
  const { id, rule, file, line, what, confidence, why, fix, code, features = [], deadline = null } = finding;
  const owner = packageOf(plan.packages, file);
  const test = owner?.test === undefined ? [] : [{ folder: owner.folder, command: owner.test }];
  return {
    id,
    rule,
    file,
    line,
    package: owner?.name ?? '',
    what,
    confidence,
    why,
    recipe: fix,
    code,
    features,
    deadline,
    background: rules.find((one) => one.id === rule)?.why ?? '',
    accept: [{ folder: '', command: `npx migrate-llm --check --finding ${id}` }, ...test],
  };
}
