import type { Feature, Support } from './features.ts';
import type { DialectId } from './names.ts';
import { supportFacts, supportTable } from './support-table.ts';

/** What becomes of a feature at a dialect's endpoints, and why. */
export interface FeatureSupport {
  readonly support: Support;
  /** Empty where nothing is known or nothing needs saying. */
  readonly because: string;
  /** URL; empty where there is no fact. */
  readonly source: string;
  /** ISO date of the source; empty where there is no fact. */
  readonly checked: string;
}

/** Says what becomes of a feature of OpenAI's API at a dialect, before any model family's rows and the user's own; `unknown` where nobody has checked. */
export function supportOf(dialect: DialectId, feature: Feature): FeatureSupport {
  const line = supportTable.find((text) => text.startsWith(`${dialect} `));
  const row = line?.split(' ').find((entry) => entry.startsWith(`${feature}=`));
  const [support = 'unknown', index] = row?.slice(feature.length + 1).split(':') ?? [];
  const [because = '', source = '', checked = ''] = supportFacts[Number(index)]?.split(' | ') ?? [];
  return { support: support as Support, because, source, checked };
}
