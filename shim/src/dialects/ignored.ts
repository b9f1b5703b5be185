import type { Fact, Layer, ParamRule } from '../dialect.ts';
import { each } from '../dialect.ts';
import { cosmetic } from '../request/relied-on.ts';

type Params = NonNullable<NonNullable<Layer['chat']>['params']>;

/** Rows for an endpoint that ignores request fields it does not know: what changes nothing is left out, what the app would miss is refused. */
export function ignoredParams(name: string, fact: (because: string) => Fact): Params {
  const because = `${name} ignores it`;
  const refuse = (fix: string): ParamRule => ({ kind: 'refuse', fix, ...fact(because) });
  return {
    ...each(
      { kind: 'drop', severity: 'info', ...fact(`${because}, and the answer does not depend on it`) } as const,
      ...cosmetic,
    ),
    verbosity: { kind: 'drop', severity: 'lossy', ...fact(because) },
    modalities: {
      kind: 'refuse',
      unless: (value) => Array.isArray(value) && value.every((item) => item === 'text'),
      fix: 'Ask for text only',
      ...fact(`${because} and answers text`),
    },
    audio: refuse('Ask for text only'),
    web_search_options: refuse('Search in a tool of your own'),
    moderation: refuse('Ask a guard model in a call of its own'),
    functions: refuse('Send tools instead'),
    function_call: refuse('Send tool_choice instead'),
  };
}
