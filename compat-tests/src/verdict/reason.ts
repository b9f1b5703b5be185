import type { MetricJudgement } from './judge.ts';
import { kindOf } from './metric.ts';
import type { SiteTally } from './tally.ts';

/** Says why a site's evidence cannot show more than its wire, whatever its amount; `undefined` when it can. */
export function explainWireSafe(tally: SiteTally, metrics: readonly MetricJudgement[]): string | undefined {
  const { evidence, freeText, repeats } = tally;
  const unknown = 'so nothing is said about how good the answers are';
  if (evidence.recorded === 0) return `no recorded traffic, ${unknown}`;
  if (evidence.documented + evidence.synthetic > 0) return `part of the recording is made up, ${unknown}`;
  if (metrics.length === 0) return `only shapes can be compared here, ${unknown}`;
  if (freeText > 0 && !metrics.some(({ check }) => check.startsWith('task:') || check === 'judge'))
    return `free text without a task check or a validated judge, ${unknown}`;
  if (metrics.some(({ oldModel }) => oldModel === null))
    return `${repeats === 0 ? 'the old model was asked once each' : 'the old model was not asked again everywhere'}, ${unknown} (migrate-llm baseline --repeats 3 asks it while it lives)`;
  return undefined;
}

/** Says what keeps a site open, other than too few prompts; `undefined` when nothing does. */
export function explainOpen(tally: SiteTally, metrics: readonly MetricJudgement[], level: number): string | undefined {
  const { open, compared, exchanges } = tally;
  if (open.length > 0)
    return `${open.length} of ${exchanges} exchange${exchanges === 1 ? '' : 's'} got no usable answer: ${open[0]?.reason ?? ''}`;
  if (compared === 0) return 'nothing in the recording could be compared';
  const unmeasured = metrics.filter(
    ({ check, candidate, oldModel }) =>
      oldModel === null && kindOf(check) === 'behaviour' && candidate.held < candidate.asked,
  );
  if (unmeasured.length === 0) return explainUnsettled(metrics, level);
  const shares = unmeasured.map(
    ({ check, candidate: { held, asked } }) => `${check} failed in ${asked - held} of ${asked}`,
  );
  return `${shares.join(', ')}, and how often the old model differs from itself was not measured; ask it again while it lives: migrate-llm baseline --repeats 3`;
}

/** Failures that may be the old model's own noise and may be more: shapes alone do not excuse them, also where answers are not judged further. */
function explainUnsettled(metrics: readonly MetricJudgement[], level: number): string | undefined {
  const short = metrics.filter(
    ({ check, candidate, notWorse }) =>
      kindOf(check) === 'behaviour' && candidate.held < candidate.asked && notWorse > level,
  );
  if (short.length === 0) return undefined;
  const shares = short.map(
    ({ check, candidate: { held, asked }, oldModel }) =>
      `${check} failed in ${asked - held} of ${asked}, the old model's own in ${(oldModel?.asked ?? 0) - (oldModel?.held ?? 0)} of ${oldModel?.asked ?? 0}`,
  );
  const needed = Math.max(...short.map((metric) => metric.needed ?? Number.POSITIVE_INFINITY));
  return `${shares.join('; ')}: ${Number.isFinite(needed) ? `about ${needed} more prompts would settle whether that is more` : 'so near the margin that no number of exchanges settles it; look at the failures, or allow a wider margin'}`;
}
