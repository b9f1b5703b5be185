import type { Expectation, Judgement } from '../case.ts';
import type { Observation } from '../observation.ts';

/** Makes an expectation out of a look at one observation that gives what is wrong with it, or undefined. */
export function expecting(says: string, findWrong: (seen: Observation) => string | undefined): Expectation {
  return {
    says,
    judge: (seen) => {
      const wrong = findWrong(seen);
      return wrong === undefined ? 'held' : { broken: wrong };
    },
  };
}

/** The same of the observation with this number instead of the last one. */
export function atStep(at: number, { says, judge, ...flags }: Expectation): Expectation {
  return {
    ...flags,
    says: `answer ${at + 1}: ${says}`,
    judge: (_seen, all) => {
      const seen = all[at];
      return seen === undefined ? { broken: 'this request was not sent' } : judge(seen, all);
    },
  };
}

/** The same of every observation. */
export function atEveryStep({ says, judge, ...flags }: Expectation): Expectation {
  return {
    ...flags,
    says: `every answer: ${says}`,
    judge: (_seen, all): Judgement => all.map((seen) => judge(seen, all)).find((one) => one !== 'held') ?? 'held',
  };
}

/** Judged in the profile `openai-spec-strict` only, because OpenAI itself was recorded to leave it. */
export function strictly(expectation: Expectation): Expectation {
  return { ...expectation, strict: true };
}

/** Means something for the case's own request only, and is left out on recorded exchanges. */
export function own(expectation: Expectation): Expectation {
  return { ...expectation, own: true };
}

/** What the model need not do by the API's word: where it is broken, that is its choice and not the endpoint's fault. */
export function byChoice(expectation: Expectation): Expectation {
  return {
    ...expectation,
    judge: (seen, all) => {
      const judgement = expectation.judge(seen, all);
      return judgement !== 'held' && 'broken' in judgement ? { choseOtherwise: judgement.broken } : judgement;
    },
  };
}
