export { redactKeys } from './excerpt.ts';
export type {
  Action,
  Confidence,
  Deadline,
  Edit,
  Excerpt,
  FileChange,
  Finding,
  Guide,
  MigrationPlan,
  PlannedPackage,
  Skipped,
  SourceText,
} from './finding.ts';
export { handOver, isLeft, type HandOver } from './hand-over.ts';
export { planMigration, type PlanOptions, type PlanStep } from './plan.ts';
export { packageOf } from './planned-packages.ts';
export type { Draft, Example, Rule, RuleForm } from './rule.ts';
export { joinTarget, type TargetFeature } from './target-support.ts';
export { rules } from './rules/index.ts';
