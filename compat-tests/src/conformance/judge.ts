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
  const results: ExpectationResult[] = [];
  for (const expectation of expect) {
    if (expectation.strict === true && profile !== 'openai-spec-strict') continue;
    if (expectation.own === true && origin !== 'live') continue;
    const result = judge(expectation, seen, all);
    results.push(result);
    // What was refused in words has nothing in it that the others could look at.
    if (result.outcome === 'refused') break;
  }
  return results;
}

function judge({ says, judge: look }: Expectation, seen: Observation, all: readonly Observation[]): ExpectationResult {
  const judgement = look(seen, all);
  if (judgement === 'held') return { says, outcome: 'held', got: '' };
  if ('broken' in judgement) return { says, outcome: 'broken', got: judgement.broken };
  if ('refused' in judgement) return { says, outcome: 'refused', got: judgement.refused };
  return { says, outcome: 'chose otherwise', got: judgement.choseOtherwise };
}
