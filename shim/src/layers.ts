import type { Dialect, Fact, Identity, Layer, ParamRule, Quirks, Rules } from './dialect.ts';
import type { Feature, Support } from './manifest/index.ts';

/** The feature each quirk is about, and what the quirk makes of it. */
export const quirkFeatures: Readonly<Record<keyof Quirks, readonly [feature: Feature, becomes: Support]>> = {
  developerRole: ['role.developer', 'renamed'],
  singleSystem: ['system.several', 'emulated'],
  lateSystem: ['system.late', 'emulated'],
  noSystem: ['system', 'emulated'],
  alternateTurns: ['turns.repeated', 'emulated'],
  userFirst: ['turns.assistant-first', 'emulated'],
  messageNames: ['message.name', 'dropped'],
  textContent: ['content.text-parts', 'renamed'],
  nullContent: ['content.null', 'renamed'],
  reasoningHistory: ['reasoning.in-history', 'dropped'],
  singleCalls: ['tools.calls-in-history', 'emulated'],
  toolStrict: ['tools.strict', 'dropped'],
  imageDetail: ['image.detail', 'dropped'],
  imageData: ['image.url', 'refused'],
  noneWithoutTools: ['tool_choice.none', 'emulated'],
  stringToolChoice: ['tool_choice.named', 'emulated'],
  fanOut: ['n', 'emulated'],
  askStreamUsage: ['stream.usage', 'emulated'],
  describeTools: ['tools', 'emulated'],
  silentTools: ['tools', 'native'],
  responseFormat: ['response_format.json_schema', 'emulated'],
  schemas: ['schema.keywords', 'emulated'],
};

const emptyRules: Rules = {
  endpoints: {},
  chat: { params: {} },
  embeddings: { params: {} },
  completions: {},
  audio: {},
  native: {},
  finish: {},
  extras: { answer: [], logprob: [], models: [] },
};

/** Makes a dialect of its own rows over those of the one it extends: an engine's, or the fallback's. */
export function defineDialect({
  id,
  name,
  kind,
  signs,
  baseURL,
  baseURLForm,
  apiKeyEnv,
  keyExchange,
  extends: base,
  ...rows
}: Identity & Layer & { readonly extends?: Dialect }): Dialect {
  return {
    id,
    name,
    kind,
    signs,
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(baseURLForm === undefined ? {} : { baseURLForm }),
    ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
    ...(keyExchange === undefined ? {} : { keyExchange }),
    ...mergeRules(base ?? emptyRules, rows),
  };
}

/** Puts a layer over a dialect. */
export function extendDialect(base: Dialect, layer: Layer): Dialect {
  return { ...base, ...mergeRules(base, layer) };
}

type Rows<T> = Readonly<Record<string, T | undefined>>;

/** Puts a layer over the rules below it: its rows win key by key. `unknown` wins over nothing known, and `native` takes a rule away. */
function mergeRules(base: Rules, layer: Layer): Rules {
  const { params: ownParams = {}, ...ownQuirks } = layer.chat ?? {};
  const { params, ...quirks } = base.chat;
  const native = layer.native ?? {};
  const cuts = layer.cuts ?? base.cuts;
  const rest = omit(base.native, (feature) => isRuled(feature, layer));
  return {
    endpoints: { ...base.endpoints, ...layer.endpoints },
    chat: {
      ...omit(quirks, (quirk) => quirkFeatures[quirk as keyof Quirks][0] in native),
      ...ownQuirks,
      params: mergeParams(
        omit(params, (name) => name in native),
        ownParams,
        base.native,
      ),
    },
    embeddings: {
      ...base.embeddings,
      ...layer.embeddings,
      params: mergeParams(
        omit(base.embeddings.params, (name) => `embeddings.${name}` in native),
        layer.embeddings?.params ?? {},
        prefixed(base.native),
      ),
    },
    completions: { ...base.completions, ...layer.completions },
    audio: { ...base.audio, ...layer.audio },
    native: { ...rest, ...native },
    finish: { ...base.finish, ...layer.finish },
    ...(cuts === undefined ? {} : { cuts }),
    extras: {
      answer: [...new Set([...base.extras.answer, ...(layer.extras?.answer ?? [])])],
      logprob: [...new Set([...base.extras.logprob, ...(layer.extras?.logprob ?? [])])],
      models: [...new Set([...base.extras.models, ...(layer.extras?.models ?? [])])],
    },
  };
}

function mergeParams(below: Rows<ParamRule>, own: Rows<ParamRule>, native: Rows<Fact>): Rows<ParamRule> {
  const out: Record<string, ParamRule | undefined> = { ...below };
  for (const [name, rule] of Object.entries(own))
    if (
      rule !== undefined &&
      (rule.kind !== 'unknown' || rule.overrides === true || !(name in below || name in native))
    )
      out[name] = rule;
  return out;
}

/** Whether a layer has a rule of its own about a feature, so that a lower layer's word that it works no longer holds. */
function isRuled(feature: string, { chat = {}, embeddings }: Layer): boolean {
  const { params = {}, ...quirks } = chat;
  const rules = [
    (params as Rows<ParamRule>)[feature],
    ...(feature.startsWith('embeddings.')
      ? [(embeddings?.params as Rows<ParamRule> | undefined)?.[feature.slice('embeddings.'.length)]]
      : []),
  ];
  return (
    rules.some((rule) => rule !== undefined && (rule.kind !== 'unknown' || rule.overrides === true)) ||
    Object.keys(quirks).some((quirk) => quirkFeatures[quirk as keyof Quirks][0] === feature)
  );
}

function prefixed(native: Rows<Fact>): Rows<Fact> {
  const prefix = 'embeddings.';
  return Object.fromEntries(
    Object.entries(native).flatMap(([name, fact]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), fact]] : [],
    ),
  );
}

function omit<T extends object>(rows: T, unwanted: (name: string) => boolean): T {
  return Object.fromEntries(Object.entries(rows).filter(([name]) => !unwanted(name))) as T;
}
