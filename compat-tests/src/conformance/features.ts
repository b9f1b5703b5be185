import type { Models } from './ask.ts';
import type { Need } from './case.ts';
import type { CaseSetting } from './run-case.ts';

/** What is known of an endpoint before it is asked. */
export interface Features {
  /** Whether it has something; what is left out is asked, or taken from the models named. */
  readonly has?: Readonly<Partial<Record<Need, boolean>>>;
  readonly models: Models;
  /** Whether a wrong key can be sent: there is a right one. */
  readonly takesKey: boolean;
}

/** Names of what an endpoint may have or not. */
export const needs: readonly Need[] = [
  'api key',
  'audio',
  'batches',
  'completions',
  'embeddings',
  'files',
  'moderations',
  'reasoning',
  'responses',
  'tools',
  'vision',
];

const modelled = ['embeddings', 'moderations', 'vision'] as const;

/** Says for each need why its cases are not asked. */
export function describeLacks({ has = {}, models, takesKey }: Features): CaseSetting['lacks'] {
  return (need) => {
    if (has[need] === false)
      return { verdict: 'UNSUPPORTED', reason: `the settings say that the endpoint has no ${need}` };
    if (has[need] === true) return undefined;
    if (need === 'api key' && !takesKey)
      return { verdict: 'UNTESTED', reason: 'no key is set, so that a wrong one says nothing' };
    const slot = modelled.find((one) => one === need);
    if (slot !== undefined && models[slot] === undefined)
      return { verdict: 'UNTESTED', reason: `no model for ${slot} is named (--${slot}-model)` };
    if (need === 'reasoning' && models.reasoning === undefined)
      return { verdict: 'UNTESTED', reason: 'nothing says that the model reasons (--has reasoning)' };
    return undefined;
  };
}
