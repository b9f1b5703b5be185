export type { Action, Confidence, Edit, FileChange, Finding, MigrationPlan, Skipped, SourceText } from './finding.ts';
export { planMigration, type PlanOptions } from './plan.ts';
export type { Draft, Example, Rule, RuleForm } from './rule.ts';
export { rules } from './rules/index.ts';
