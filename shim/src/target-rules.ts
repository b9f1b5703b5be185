import { ShimConfigError, suggestWord } from './config-error.ts';
import type { Fact, Layer, ParamRule } from './dialect.ts';
import { chatParams, type ChatParam, type Feature } from './manifest/index.ts';
import { reliedOn } from './request/relied-on.ts';
import { endpointFeatures } from './support.ts';
import { isObject } from './wire.ts';

/** What the user knows of a target better than its dialect, by name of a chat parameter. */
export interface TargetRules {
  /** Sent as they are; an endpoint by its path, e.g. `/files`, is there as OpenAI has it. */
  readonly pass?: ReadonlyArray<ChatParam | EndpointFeature>;
  /** Left out. */
  readonly drop?: readonly ChatParam[];
  /** Answered with an error that names the parameter. */
  readonly refuse?: readonly ChatParam[];
  /** Sent under another name. */
  readonly rename?: { readonly [P in ChatParam]?: string };
}

/** An endpoint by its path. */
type EndpointFeature = Extract<Feature, `/${string}`>;

/** Endpoints that the user may know of; those that the shim imitates stay imitated. */
const passable = Object.entries(endpointFeatures).filter(
  ([id]) => !['chat.completions', 'responses', 'conversations', 'moderations', 'assistants'].includes(id),
);

const kinds = ['pass', 'drop', 'refuse', 'rename'];

/** Checks a target's `rules`. `from` names them in errors. Throws `ShimConfigError`. */
export function checkRules(value: unknown, from: string): void {
  if (!isObject(value)) throw new ShimConfigError(`${from} must be an object`);
  const seen = new Set<string>();
  for (const [kind, given] of Object.entries(value)) {
    if (!kinds.includes(kind))
      throw new ShimConfigError(
        `${from}: unknown key "${kind}"${suggestWord(kind, kinds)}; known keys: ${kinds.join(', ')}`,
      );
    if (kind === 'rename' ? !isObject(given) : !Array.isArray(given))
      throw new ShimConfigError(
        `${from}.${kind} must be ${kind === 'rename' ? 'an object {"parameter": "other name"}' : 'a list of parameters'}`,
      );
    for (const name of Array.isArray(given) ? given : Object.keys(given as object)) {
      if (kind === 'pass' && passable.some(([, path]) => path === name)) continue;
      if (!chatParams.some((known) => known === name))
        throw new ShimConfigError(
          `${from}.${kind}: ${JSON.stringify(name)} is no chat parameter${suggestWord(String(name), chatParams)}`,
        );
      if (kind === 'drop' && reliedOn.some((known) => known === name))
        throw new ShimConfigError(
          `${from}.drop: ${name} cannot be dropped, because the app relies on it; use "refuse" to see who sends it`,
        );
      if (seen.has(name)) throw new ShimConfigError(`${from}: ${name} is named twice`);
      seen.add(name);
    }
    if (kind === 'rename')
      for (const [name, other] of Object.entries(given as object))
        if (typeof other !== 'string' || other === '')
          throw new ShimConfigError(`${from}.rename.${name} must be a text that is not empty`);
  }
}

/** Makes the uppermost layer of what the user says. */
export function readRules({ pass = [], drop = [], refuse = [], rename = {} }: TargetRules): Layer {
  const said: Fact = { because: 'the target’s "rules" in your settings say so', source: '', checked: '' };
  const rows = (names: readonly ChatParam[], rule: ParamRule): ReadonlyArray<readonly [ChatParam, ParamRule]> =>
    names.map((name) => [name, rule]);
  const renamed = Object.entries(rename).map(([name, to]): readonly [ChatParam, ParamRule] => [
    name as ChatParam,
    { kind: 'rename', to, ...said },
  ]);
  return {
    endpoints: Object.fromEntries(
      passable.flatMap(([id, path]) => (pass.some((name) => name === path) ? [[id, 'native' as const]] : [])),
    ),
    native: Object.fromEntries(pass.filter((name) => !name.startsWith('/')).map((name) => [name, said])),
    chat: {
      params: Object.fromEntries([
        ...rows(drop, { kind: 'drop', severity: 'info', ...said }),
        ...rows(refuse, { kind: 'refuse', fix: 'Change the target’s "rules" or the call', ...said }),
        ...renamed,
      ]),
    },
  };
}
