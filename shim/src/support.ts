import type { Dialect, EndpointRule, Fact, ParamRule } from './dialect.ts';
import type { EndpointId } from './endpoints.ts';
import { quirkFeatures } from './layers.ts';
import type { Feature, Support } from './manifest/index.ts';

/** What becomes of one feature at a dialect, and the fact it rests on. */
export interface SupportRow {
  readonly support: Support;
  readonly fact: Fact | undefined;
}

/** The feature that each endpoint is. */
export const endpointFeatures: { readonly [E in EndpointId]?: Feature } = {
  'chat.completions': '/chat/completions',
  completions: '/completions',
  embeddings: '/embeddings',
  'models.list': '/models',
  'models.retrieve': '/models/{id}',
  responses: '/responses',
  conversations: '/conversations',
  moderations: '/moderations',
  audio: '/audio',
  images: '/images',
  files: '/files',
  batches: '/batches',
  vector_stores: '/vector_stores',
  fine_tuning: '/fine_tuning',
  realtime: '/realtime',
  assistants: '/assistants',
};

/** What the shim does itself at every target, whatever that can; moderations once the settings name a guard model. */
const ownFeatures: readonly Feature[] = ['parallel_tool_calls', 'embeddings.encoding_format', '/moderations'];

/** Lists what is known of a dialect, feature by feature; what is missing is unknown. */
export function listSupport({ endpoints, chat, embeddings, native }: Dialect): ReadonlyMap<Feature, SupportRow> {
  const out = new Map<Feature, SupportRow>();
  const add = (feature: Feature | undefined, support: Support, fact: Fact | undefined): void => {
    if (feature !== undefined && support !== 'unknown' && !out.has(feature)) out.set(feature, { support, fact });
  };
  const { params, ...quirks } = chat;
  for (const [name, rule] of Object.entries(params)) add(name as Feature, readRule(rule), rule);
  for (const [name, rule] of Object.entries(embeddings.params))
    add(`embeddings.${name}` as Feature, readRule(rule), rule);
  for (const [quirk, fact] of Object.entries(quirks)) {
    const [feature, becomes] = quirkFeatures[quirk as keyof typeof quirks];
    add(feature, becomes, fact);
  }
  for (const [feature, fact] of Object.entries(native)) add(feature as Feature, 'native', fact);
  for (const [id, rule] of Object.entries(endpoints)) add(endpointFeatures[id as EndpointId], ...readEndpoint(rule));
  for (const feature of ownFeatures) add(feature, 'emulated', undefined);
  return out;
}

function readRule(rule: ParamRule): Support {
  if (rule.kind === 'drop') return rule.emulated === true ? 'emulated' : 'dropped';
  if (rule.kind === 'refuse') return 'refused';
  return rule.kind === 'unknown' ? 'unknown' : 'renamed';
}

function readEndpoint(rule: EndpointRule): [Support, Fact | undefined] {
  if (rule === 'unchecked') return ['unknown', undefined];
  return rule === 'native' ? ['native', undefined] : [rule.kind, rule];
}
