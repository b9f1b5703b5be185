import { type DialectId, type Feature, features, type Support, supportOf } from '@migrate-llm/shim/manifest';
import type { Finding } from './finding.ts';

/** A feature that calls of a plan use, and what becomes of it at a dialect's endpoints. */
export interface TargetFeature {
  readonly feature: Feature;
  readonly support: Support;
  /** Why; empty where nothing is known or nothing needs saying. */
  readonly because: string;
  /** URL; empty where there is no fact. */
  readonly source: string;
  /** ISO date of the source; empty where there is no fact. */
  readonly checked: string;
  /** The calls that use it. */
  readonly findings: readonly Finding[];
}

/** What hurts most comes first. */
const order: readonly Support[] = ['refused', 'dropped', 'unknown', 'emulated', 'renamed', 'native'];
/** Parameters that only embeddings have; the manifest names them by their endpoint. */
const ofEmbeddings = ['dimensions', 'encoding_format'];

/** Joins the features that a plan's calls use with the rows of a dialect: what is refused first, what works as it is last. Features the manifest does not know are not told. */
export function joinTarget(findings: readonly Finding[], dialect: DialectId): readonly TargetFeature[] {
  const uses = new Map<Feature, Finding[]>();
  for (const finding of findings)
    for (const name of finding.features ?? []) {
      const feature = features.find((known) => known === (ofEmbeddings.includes(name) ? `embeddings.${name}` : name));
      if (feature !== undefined) uses.set(feature, [...(uses.get(feature) ?? []), finding]);
    }
  return [...uses]
    .map(([feature, found]): TargetFeature => ({ feature, ...supportOf(dialect, feature), findings: found }))
    .sort(
      (a, b) =>
        order.indexOf(a.support) - order.indexOf(b.support) ||
        features.indexOf(a.feature) - features.indexOf(b.feature),
    );
}
