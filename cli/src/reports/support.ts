import { joinTarget, type TargetFeature } from '@migrate-llm/codemods';
import type { Report } from './report.ts';

/** What becomes at the report's target of the features its calls use; nothing where none was named. */
export function listSupport({ plan, target }: Pick<Report, 'plan' | 'target'>): readonly TargetFeature[] {
  return target === undefined ? [] : joinTarget(plan.findings, target);
}
