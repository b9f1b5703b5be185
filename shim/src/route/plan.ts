import { type Destination, nameDestination } from '../target.ts';
import type { EndpointId } from '../endpoints.ts';
import { findOpenAIModel } from '../manifest/index.ts';
import { isObject, type WireObject } from '../wire.ts';
import type { RouteRule, RouteStop } from './rule.ts';

/** One place a call is sent to. */
export interface Hop {
  readonly to: Destination;
  /** The model's name there. */
  readonly model: string;
}

/** What routing looks at in a call. */
export interface CallFacts {
  readonly endpoint: EndpointId;
  /** As the caller named it; '' when the call names none. */
  readonly model: string;
  readonly callSite: string | undefined;
  readonly body: WireObject | undefined;
  /** The request's bytes as text, which decide a canary's side. */
  readonly text: string;
  readonly header: (name: string) => string | undefined;
}

/** Where one call goes. */
export interface Plan {
  /** In the order they are asked; never empty. */
  readonly hops: readonly Hop[];
  readonly shadow: Hop | undefined;
  readonly deadlineMs: number | undefined;
  /** The rule that decided and why it chose the first hop; `undefined` when no rule fits. */
  readonly why: string | undefined;
  /** Ids of targets left out, since their vectors would not fit the caller's. */
  readonly skipped: readonly string[];
}

/** What the settings say of targets and models. */
export interface RouteMap {
  readonly rules: readonly RouteRule[];
  /** By the model map, or else the default target. */
  readonly usual: (model: string) => Hop;
  /** Resolves an id of a rule, and the model's name there unless the rule gives one. */
  readonly resolve: (target: string, requested: string, model: string | undefined) => Hop;
  readonly random: () => number;
}

/** Calls that another target can answer as well: nothing of them is stored at the first. */
const movable: readonly EndpointId[] = ['chat.completions', 'completions', 'embeddings', 'moderations'];

/** Decides where a call goes: the first rule that fits, else the model map. */
export function planCall(facts: CallFacts, { rules, usual, resolve, random }: RouteMap): Plan {
  const index = rules.findIndex((rule) => fits(rule, facts));
  const rule = rules[index];
  const rest = { shadow: undefined, deadlineMs: undefined, skipped: [] };
  if (rule === undefined) return { hops: [usual(facts.model)], why: undefined, ...rest };
  const name = rule.name ?? `route[${index}]`;
  if (rule.off === true) return { hops: [resolve('openai', facts.model, undefined)], why: `${name} is off`, ...rest };

  const at = (stop: RouteStop): Hop =>
    isObject(stop) ? resolve(stop.target, facts.model, stop.model) : resolve(stop, facts.model, undefined);
  const primary = rule.target === undefined ? usual(facts.model) : resolve(rule.target, facts.model, rule.model);
  const canMove = movable.includes(facts.endpoint);
  const others = canMove ? (rule.fallback ?? []).map(at) : [];
  const { canary, shadow } = rule;
  const chosen = canary !== undefined && canMove && isChosen(canary.percent, readKey(canary.by, facts));
  const wished = chosen ? [at(canary), primary, ...others] : [primary, ...others];
  // Vectors of one model say nothing beside another's: an index must not get a few of them.
  const keeps = (hop: Hop): boolean => facts.endpoint !== 'embeddings' || hop.model === primary.model;
  const hops = wished.filter(keeps).filter((hop, place, all) => all.findIndex((other) => isSame(hop, other)) === place);
  const onCanary = chosen && hops[0] !== primary;
  return {
    hops,
    shadow: shadow !== undefined && canMove && random() * 100 < shadow.percent ? at(shadow) : undefined,
    deadlineMs: rule.deadlineMs,
    why: onCanary ? `${name} sends ${canary.percent} % of its calls there` : `${name} says so`,
    skipped: wished.filter((hop) => !keeps(hop)).map(({ to }) => nameDestination(to)),
  };
}

function isSame(a: Hop, b: Hop): boolean {
  return nameDestination(a.to) === nameDestination(b.to) && a.model === b.model;
}

function fits({ when = {} }: RouteRule, { model, callSite, endpoint }: CallFacts): boolean {
  if (when.model !== undefined && !matchesAny(when.model, model)) return false;
  if (when.callSite !== undefined && (callSite === undefined || !matchesAny(when.callSite, callSite))) return false;
  return when.role === undefined || [when.role].flat().some((role) => role === roleOf(model, endpoint));
}

function matchesAny(patterns: string | readonly string[], text: string): boolean {
  return [patterns].flat().some((pattern) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
      's',
    ).test(text),
  );
}

function roleOf(model: string, endpoint: EndpointId): string | undefined {
  return findOpenAIModel(model)?.model.role ?? (endpoint === 'embeddings' ? 'embedding' : undefined);
}

function readKey(by: string | undefined, { body, text, header }: CallFacts): string {
  const given = by?.startsWith('header:') === true ? header(by.slice('header:'.length)) : undefined;
  const user =
    by === 'user' ? (body?.['user'] ?? body?.['safety_identifier'] ?? body?.['prompt_cache_key']) : undefined;
  return given ?? (typeof user === 'string' ? user : text);
}

/** Puts a key on one of two sides, always the same: FNV-1a over its UTF-16 units, mixed once more so that near keys part. */
function isChosen(percent: number, key: string): boolean {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < percent / 100;
}
