import type { Case, Expectation } from './case.ts';
import type { Observation } from './observation.ts';
import type { ExpectationResult, ProfileId } from './result.ts';

/** Where the observations come from: a recorded exchange was asked by somebody else, so what only the case's own request promises is left out. */
export type Origin = 'live' | 'recording';

/** Holds what was seen against each expectation of a case that counts here. Never throws. */
export function judgeCase(
  { expect }: Pick<Case, 'expect'>,
  all: readonly Observation[],
  { profile, origin = 'live' }: { readonly profile: ProfileId; readonly origin?: Origin },
): ExpectationResult[] {
  const seen = all.at(-1);
  if (seen === undefined) return [];
  return expect
    .filter(({ strict }) => strict !== true || profile === 'openai-spec-strict')
    .filter(({ own }) => own !== true || origin === 'live')
    .map((expectation) => judge(expectation, seen, all));
}

function judge({ says, judge: look }: Expectation, seen: Observation, all: readonly Observation[]): ExpectationResult {
  const judgement = look(seen, all);
  if (judgement === 'held') return { says, outcome: 'held', got: '' };
  if ('broken' in judgement) return { says, outcome: 'broken', got: judgement.broken };
  if ('refused' in judgement) return { says, outcome: 'refused', got: judgement.refused };
  return { says, outcome: 'chose otherwise', got: judgement.choseOtherwise };
}
