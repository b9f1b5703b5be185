import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { show } from './body.ts';
import { completionTokensOf } from './usage.ts';

/** The limit the request sets, tokens; Infinity when it sets none. */
function limitOf({ body }: Observation): number {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  return typeof limit === 'number' ? limit : Infinity;
}

/** The answer ends by itself or by a stop sequence; a model that talks until the limit chose to. */
export const endsByStop: Expectation = {
  says: 'finish_reason is stop',
  judge: (seen) => {
    const reason = seen.answer.choices[0]?.finishReason ?? null;
    if (reason === 'stop') return 'held';
    return reason === 'length' && !(completionTokensOf(seen) < limitOf(seen))
      ? { choseOtherwise: `the answer was cut at ${limitOf(seen)} tokens` }
      : { broken: `${show(reason)} after ${completionTokensOf(seen)} of ${limitOf(seen)} tokens` };
  },
};

/** The answer is cut by the limit; a model that ends before it chose to. */
export const endsByLimit: Expectation = {
  says: 'finish_reason is length',
  judge: (seen) => {
    const reason = seen.answer.choices[0]?.finishReason ?? null;
    if (reason === 'length') return 'held';
    return reason === 'stop' && !(completionTokensOf(seen) >= limitOf(seen))
      ? { choseOtherwise: `the answer ended after ${completionTokensOf(seen)} of ${limitOf(seen)} tokens` }
      : { broken: `${show(reason)} after ${completionTokensOf(seen)} of ${limitOf(seen)} tokens` };
  },
};
