import { checkKeys, needNumber, needObject, needText, needWord } from '../config-shape.ts';
import { ShimConfigError, suggestWord } from '../config-error.ts';
import { type ModelRole, openReplacements } from '../manifest/index.ts';
import { isObject } from '../wire.ts';
import { checkDeadline } from './limits.ts';

/** Where a call may go: an id in `targets`, or `openai`; with a model's name there where the model map should not say it. */
export type RouteStop = string | { readonly target: string; readonly model?: string };

/** One rule of `route`. The first whose conditions hold decides; what no rule names goes to the default target. */
export interface RouteRule {
  /** Name in notes; `route[0]`, `route[1]` … when left out. */
  readonly name?: string;
  /** Conditions, all of which must hold; each may be a list of alternatives. Without any the rule is for every call. */
  readonly when?: {
    /** The requested model, with `*` for any characters. */
    readonly model?: string | readonly string[];
    /** The call's tag: header `x-migrate-llm-call-site`, or the client's `migrate.callSite`; with `*` for any characters. */
    readonly callSite?: string | readonly string[];
    /** What the requested model is for, by the catalogue. */
    readonly role?: ModelRole | readonly ModelRole[];
  };
  /** Id of a target, or `openai`; where left out, the model map and the default target decide. */
  readonly target?: string;
  /** The model's name there. */
  readonly model?: string;
  /** Asked in order when the one before does not answer: connection errors, deadlines, 5xx, and 429 after its retries. */
  readonly fallback?: readonly RouteStop[];
  /** Sends a share of the calls elsewhere; the same key always to the same side. */
  readonly canary?: {
    readonly target: string;
    readonly model?: string;
    /** 0 to 100. */
    readonly percent: number;
    /** What decides the side: the request's own bytes (default), its `user`, or a header (`header:x-tenant`). */
    readonly by?: 'request' | 'user' | `header:${string}`;
  };
  /** Asks another target too and hands both answers to `migrate.onShadow`; the app gets the first one only. */
  readonly shadow?: {
    readonly target: string;
    readonly model?: string;
    /** 0 to 100. */
    readonly percent: number;
  };
  /** Milliseconds for the whole call, all targets together. */
  readonly deadlineMs?: number;
  /** Takes the rule's calls back to OpenAI, untranslated, whatever else it says. */
  readonly off?: boolean;
}

const ruleKeys = ['name', 'when', 'target', 'model', 'fallback', 'canary', 'shadow', 'deadlineMs', 'off'] as const;
const conditions = ['model', 'callSite', 'role'] as const;

/** Checks the rules of `route`. Throws `ShimConfigError`. */
export function checkRoute(value: unknown, from: string): void {
  if (!Array.isArray(value)) throw new ShimConfigError(`${from} must be a list of rules`);
  value.forEach((item, index) => checkRule(item, `${from}[${index}]`));
}

function checkRule(value: unknown, from: string): void {
  const rule = needObject(value, from);
  checkKeys(rule, ruleKeys, from);
  const { name, when, target, model, fallback, canary, shadow, deadlineMs, off } = rule;
  if (name !== undefined) needText(name, `${from}.name`);
  if (when !== undefined) checkWhen(when, `${from}.when`);
  if (target !== undefined) needText(target, `${from}.target`);
  if (model !== undefined) {
    needText(model, `${from}.model`);
    if (target === undefined) throw new ShimConfigError(`${from}.model needs a target beside it`);
  }
  if (fallback !== undefined) {
    if (!Array.isArray(fallback)) throw new ShimConfigError(`${from}.fallback must be a list of targets`);
    fallback.forEach((stop, index) => checkStop(stop, `${from}.fallback[${index}]`));
  }
  if (canary !== undefined) {
    const by = checkShare(canary, `${from}.canary`, ['target', 'model', 'percent', 'by'])['by'];
    if (by !== undefined && !(typeof by === 'string' && /^(request|user|header:[\w-]+)$/.test(by)))
      throw new ShimConfigError(
        `${from}.canary.by is ${JSON.stringify(by)}${suggestWord(String(by), ['request', 'user'])}; it must be request, user or header:<name>`,
      );
  }
  if (shadow !== undefined) checkShare(shadow, `${from}.shadow`, ['target', 'model', 'percent']);
  if (deadlineMs !== undefined) checkDeadline(deadlineMs, `${from}.deadlineMs`);
  if (off !== undefined && typeof off !== 'boolean') throw new ShimConfigError(`${from}.off must be true or false`);
}

function checkWhen(value: unknown, from: string): void {
  const when = needObject(value, from);
  checkKeys(when, conditions, from);
  for (const key of conditions) {
    if (when[key] === undefined) continue;
    const words = [when[key]].flat();
    if (words.length === 0) throw new ShimConfigError(`${from}.${key} is an empty list, which no call fits`);
    for (const word of words)
      if (key === 'role') needWord(word, Object.keys(openReplacements), `${from}.role`);
      else needText(word, `${from}.${key}`);
  }
}

function checkStop(value: unknown, from: string): void {
  if (typeof value === 'string') return void needText(value, from);
  const stop = needObject(value, from);
  checkKeys(stop, ['target', 'model'], from);
  needText(stop['target'], `${from}.target`);
  if (stop['model'] !== undefined) needText(stop['model'], `${from}.model`);
}

function checkShare(value: unknown, from: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const share = needObject(value, from);
  checkKeys(share, keys, from);
  needText(share['target'], `${from}.target`);
  if (share['model'] !== undefined) needText(share['model'], `${from}.model`);
  needNumber(share['percent'], `${from}.percent`, 'a percentage from 0 to 100', 0, 100);
  return share;
}

/** Names every target a rule sends calls to. */
export function listStops({ target, fallback = [], canary, shadow }: RouteRule): string[] {
  return [
    target,
    canary?.target,
    shadow?.target,
    ...fallback.map((stop) => (isObject(stop) ? stop.target : stop)),
  ].filter((id) => id !== undefined) as string[];
}
