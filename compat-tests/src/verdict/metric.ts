import type { CheckId } from '../check.ts';

/**
 * How a check counts. `wire`: the app's code relies on it in every answer, so one failure is too many. `behaviour`: models differ from themselves in it, so
 * the share of failures counts, beside the old model's own. `noisy`: likewise, and so often that without the old model's own share nothing can be said.
 */
export type MetricKind = 'wire' | 'behaviour' | 'noisy';

const kinds: Readonly<Record<Exclude<CheckId, `task:${string}`>, MetricKind>> = {
  answered: 'wire',
  'wire-shape': 'wire',
  'error-class': 'wire',
  'error-code': 'wire',
  'embedding-count': 'wire',
  'embedding-format': 'wire',
  'embedding-width': 'wire',
  'tool-trigger': 'behaviour',
  'tool-name': 'behaviour',
  'tool-arguments': 'behaviour',
  'finish-reason': 'behaviour',
  refusal: 'behaviour',
  'json-schema': 'behaviour',
  content: 'behaviour',
  'argument-values': 'noisy',
  'json-values': 'noisy',
  language: 'noisy',
  length: 'noisy',
  similarity: 'noisy',
  judge: 'noisy',
};

/** Tells how a check counts. */
export function kindOf(check: CheckId): MetricKind {
  return check in kinds ? ((kinds as Readonly<Record<string, MetricKind>>)[check] ?? 'behaviour') : 'behaviour';
}

/** Tells the id of a check. */
export function isCheck(name: string): name is CheckId {
  return name in kinds || /^task:[a-z][a-z0-9-]*$/.test(name);
}
