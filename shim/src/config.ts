import { checkKeys, needObject, needText } from './config-shape.ts';
import { ShimConfigError, suggestWord } from './config-error.ts';
import { dialects } from './dialects/index.ts';
import { checkEmbeddings, type EmbeddingSettings } from './embedding-settings.ts';
import { checkImages, type ImageSettings } from './images/settings.ts';
import { dialectIds, type DialectId } from './manifest/index.ts';
import { checkGuard, type GuardConfig } from './guard/settings.ts';
import type { Note, Policy } from './note.ts';
import { checkResponses, type ResponsesConfig, type ResponsesOptions } from './responses/options.ts';
import { checkRecord, type RecordConfig } from './record/settings.ts';
import { checkLimits, type LimitsConfig } from './route/limits.ts';
import { checkRoute, type RouteRule } from './route/rule.ts';
import type { OnShadow } from './route/shadow.ts';
import { checkRules, type TargetRules } from './target-rules.ts';
import { isObject } from './wire.ts';

/** An endpoint that answers instead of OpenAI, as it stands in the config file. */
export interface TargetConfig {
  /** What the endpoint is; `auto` (the default) asks it. */
  readonly dialect?: DialectId | 'auto';
  /** Base URL with its version path, e.g. `http://127.0.0.1:8080/v1`; a dialect of a provider with one address brings its own. */
  readonly baseURL?: string;
  /** Name of the environment variable that holds the endpoint's key; at a provider's own address the provider's usual one. */
  readonly apiKeyEnv?: string;
  /** What you know of the endpoint better than its dialect. */
  readonly rules?: TargetRules;
  /** How long and how often it is asked. */
  readonly limits?: LimitsConfig;
}

/** A target given in code, which may hold the key itself: a file may not. */
export interface TargetOption extends TargetConfig {
  readonly apiKey?: string;
}

/** A model on a named target. */
export interface ModelTarget {
  readonly target: string;
  readonly model: string;
}

/** The contents of `migrate-llm.config.json`. */
export interface MigrateConfig {
  /** Id in `targets`; `openai` means no translation. */
  readonly target?: string;
  readonly targets?: Readonly<Record<string, TargetConfig>>;
  /** OpenAI's model name to the name at the target. */
  readonly models?: Readonly<Record<string, string | ModelTarget>>;
  readonly policy?: Policy;
  /** Where a model's reasoning goes, wherever the endpoint put it; `reasoning_content` when left out. */
  readonly reasoning?: ReasoningPlace;
  /** How the Responses and Conversations APIs are imitated where the endpoint has none. */
  readonly responses?: ResponsesConfig;
  /** Which calls go elsewhere; the first rule that fits decides. */
  readonly route?: readonly RouteRule[];
  /** Records exchanges into a file: its path, or more. */
  readonly record?: string | RecordConfig;
  readonly embeddings?: EmbeddingSettings;
  /** Allows fetching images that stand at an address, where the endpoint takes none but data: URLs. */
  readonly images?: ImageSettings;
  /** The guard model that answers `moderations.create` and judges calls. */
  readonly guard?: GuardConfig;
}

/** What becomes of reasoning text: left out, moved to `reasoning_content`, or kept where the endpoint put it. */
export type ReasoningPlace = 'strip' | 'reasoning_content' | 'keep';

/** The constructor option `migrate`: the config file's fields, and what only code can say. */
export interface MigrateOptions extends Omit<MigrateConfig, 'target' | 'targets' | 'responses'> {
  /** Id in `targets`, a dialect id beside `MIGRATE_LLM_BASE_URL`, or the target itself. */
  readonly target?: string | TargetOption;
  readonly targets?: Readonly<Record<string, TargetOption>>;
  readonly responses?: ResponsesOptions;
  /** Hears every note of every call. */
  readonly onNote?: (note: Note) => void;
  /** Tag of this client's calls, for routing and recordings; a request's header `x-migrate-llm-call-site` goes first. */
  readonly callSite?: string;
  /** Hears both answers of each call that a rule's `shadow` asked twice. */
  readonly onShadow?: OnShadow;
}

const policies: readonly Policy[] = ['strict', 'warn', 'silent'];
const reasoningPlaces: readonly ReasoningPlace[] = ['strip', 'reasoning_content', 'keep'];
const configKeys = [
  '$schema',
  'target',
  'targets',
  'models',
  'policy',
  'reasoning',
  'responses',
  'embeddings',
  'images',
  'guard',
  'route',
  'record',
];
const codeKeys = ['onNote', 'onShadow', 'callSite'];

/** Checks settings from a file or from code. `from` names them in errors. Throws `ShimConfigError` for the first thing wrong. */
export function checkConfig(value: unknown, from: string, inCode: boolean): MigrateOptions {
  const config = needObject(value, from);
  checkKeys(config, inCode ? [...configKeys, ...codeKeys] : configKeys, from);
  if (config['policy'] !== undefined) checkPolicy(config['policy'], `${from}: policy`);
  if (config['reasoning'] !== undefined && !reasoningPlaces.some((place) => place === config['reasoning']))
    throw new ShimConfigError(
      `${from}: reasoning is ${JSON.stringify(config['reasoning'])}; it must be ${reasoningPlaces.join(', ')}${suggestWord(String(config['reasoning']), reasoningPlaces)}`,
    );
  checkResponses(config['responses'], `${from}: responses`, inCode);
  for (const hook of ['onNote', 'onShadow'])
    if (config[hook] !== undefined && typeof config[hook] !== 'function')
      throw new ShimConfigError(`${from}: ${hook} must be a function`);
  const { target, targets, models, embeddings, guard, images, route, record, callSite } = config;
  if (callSite !== undefined) needText(callSite, `${from}: callSite`);
  if (route !== undefined) checkRoute(route, `${from}: route`);
  if (embeddings !== undefined) checkEmbeddings(embeddings, `${from}: embeddings`);
  if (images !== undefined) checkImages(images, `${from}: images`);
  if (guard !== undefined) checkGuard(guard, `${from}: guard`);
  if (record !== undefined) checkRecord(record, `${from}: record`);
  if (target !== undefined && typeof target !== 'string') {
    if (!inCode) throw new ShimConfigError(`${from}: "target" must be the id of an entry in "targets"`);
    checkTarget(target, `${from}: target`, true);
  }
  if (targets !== undefined)
    for (const [id, entry] of Object.entries(needObject(targets, `${from}: targets`))) {
      if (id === 'openai')
        throw new ShimConfigError(`${from}: targets.openai: "openai" means no translation; choose another id`);
      checkTarget(entry, `${from}: targets.${id}`, inCode);
    }
  if (models !== undefined)
    for (const [name, entry] of Object.entries(needObject(models, `${from}: models`)))
      checkModel(entry, `${from}: models["${name}"]`);
  return config as MigrateOptions;
}

/** Checks a policy's name. Throws `ShimConfigError`. */
export function checkPolicy(value: unknown, from: string): Policy {
  const found = policies.find((policy) => policy === value);
  if (found === undefined)
    throw new ShimConfigError(
      `${from} is ${JSON.stringify(value)}; it must be strict, warn or silent${suggestWord(String(value), policies)}`,
    );
  return found;
}

/** Checks a base URL and takes the slashes off its end. Throws `ShimConfigError`. */
export function checkBaseURL(value: unknown, from: string): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new ShimConfigError(`${from} is missing: give the endpoint's URL, e.g. http://127.0.0.1:8080/v1`);
  let url: URL;
  try {
    url = new URL(value.trim());
  } catch {
    throw new ShimConfigError(
      `${from} is ${JSON.stringify(value)}, which is not a URL; write it whole, e.g. http://127.0.0.1:8080/v1`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ShimConfigError(`${from} is ${JSON.stringify(value)}; it must start with http:// or https://`);
  if (url.username !== '' || url.password !== '')
    throw new ShimConfigError(`${from} holds a user name or password; name a variable in apiKeyEnv instead`);
  if (url.search !== '' || url.hash !== '')
    throw new ShimConfigError(`${from} is ${JSON.stringify(value)}; it must not have a query or a fragment`);
  return url.href.replace(/\/+$/, '');
}

/** Gives a target's base URL, or its dialect's own. Throws `ShimConfigError`, which says what it looks like where it must be given. */
export function settleBaseURL(dialect: DialectId | 'auto', value: unknown, from: string): string {
  if (value !== undefined || dialect === 'auto') return checkBaseURL(value, from);
  const { baseURL, baseURLForm, name } = dialects[dialect];
  if (baseURL !== undefined) return baseURL;
  throw new ShimConfigError(`${from} is missing: give the address of ${name}, e.g. ${baseURLForm}`);
}

/** Checks a dialect id. Throws `ShimConfigError`. */
export function checkDialect(value: unknown, from: string): DialectId | 'auto' {
  if (value === undefined || value === 'auto') return 'auto';
  const found = dialectIds.find((id) => id === value);
  if (found === undefined)
    throw new ShimConfigError(
      `${from} is ${JSON.stringify(value)}${suggestWord(String(value), dialectIds)}; known dialects: auto, ${dialectIds.join(', ')}`,
    );
  return found;
}

const targetKeys = ['dialect', 'baseURL', 'apiKeyEnv', 'rules', 'limits'];

function checkTarget(value: unknown, from: string, inCode: boolean): void {
  const target = needObject(value, from);
  if ('apiKey' in target && !inCode)
    throw new ShimConfigError(
      `${from}: a key does not belong in a file; put it in an environment variable and name that in "apiKeyEnv"`,
    );
  checkKeys(target, [...targetKeys, ...(inCode ? ['apiKey'] : [])], from);
  settleBaseURL(checkDialect(target['dialect'], `${from}.dialect`), target['baseURL'], `${from}.baseURL`);
  if (target['rules'] !== undefined) checkRules(target['rules'], `${from}.rules`);
  if (target['limits'] !== undefined) checkLimits(target['limits'], `${from}.limits`);
  for (const key of ['apiKeyEnv', 'apiKey'])
    if (target[key] !== undefined && (typeof target[key] !== 'string' || target[key] === ''))
      throw new ShimConfigError(`${from}.${key} must be a text that is not empty`);
}

function checkModel(value: unknown, from: string): void {
  if (typeof value === 'string' && value !== '') return;
  if (
    isObject(value) &&
    typeof value['target'] === 'string' &&
    typeof value['model'] === 'string' &&
    Object.keys(value).length === 2
  )
    return;
  throw new ShimConfigError(`${from} must be a model's name or {"target": id, "model": name}`);
}
