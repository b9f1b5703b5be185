import {
  checkBaseURL,
  checkConfig,
  checkDialect,
  checkPolicy,
  settleBaseURL,
  type MigrateConfig,
  type MigrateOptions,
  type ReasoningPlace,
  type TargetOption,
} from './config.ts';
import { ShimConfigError, suggestWord } from './config-error.ts';
import { readConfigFile, type Surroundings } from './config-file.ts';
import { dialectAt, dialects } from './dialects/index.ts';
import { dialectIds, type DialectId } from './manifest/index.ts';
import type { Note, Policy } from './note.ts';
import type { TargetRules } from './target-rules.ts';

/** A target with everything settled. */
export interface Target {
  readonly id: string;
  readonly dialect: DialectId | 'auto';
  /** Without a slash at the end. */
  readonly baseURL: string;
  readonly apiKey: string | undefined;
  /** The caller gave this base URL together with the client's own key and headers, so they may go there. */
  readonly keepsCredentials: boolean;
  readonly rules?: TargetRules;
}

/** Everything settled at construction, or `openai`: translate nothing. */
export type Setup = 'openai' | ActiveSetup;

/** Settings of a client that translates. */
export interface ActiveSetup {
  readonly target: Target;
  /** Where a requested model goes: another name, another target, or unchanged. */
  readonly route: (model: string) => { readonly target: Target; readonly model: string };
  readonly policy: Policy;
  readonly reasoning: ReasoningPlace;
  readonly onNote: ((note: Note) => void) | undefined;
  /** Values that must not reach a target: the caller's OpenAI credentials. */
  readonly secrets: readonly string[];
}

/** What the constructor call itself says about the endpoint. */
export interface CallSettings {
  /** Base URL given in the call, when it is not OpenAI's own. */
  readonly baseURL?: string | undefined;
  readonly apiKey?: string | undefined;
}

const secretNames = [
  'OPENAI_API_KEY',
  'OPENAI_ADMIN_KEY',
  'OPENAI_ORG_ID',
  'OPENAI_PROJECT_ID',
  'OPENAI_WEBHOOK_SECRET',
  'AZURE_OPENAI_API_KEY',
];

/**
 * Settles where requests go: option `migrate`, then a base URL of the same call, then `MIGRATE_LLM_*`, then the config file.
 * `MIGRATE_LLM_TARGET=openai` is asked first: it is the kill switch. Throws `ShimConfigError`.
 */
export function resolveSetup(given: MigrateOptions | undefined, around: Surroundings, call: CallSettings = {}): Setup {
  const { env } = around;
  if (setting(env, 'MIGRATE_LLM_TARGET') === 'openai') return 'openai';
  const option = given === undefined ? {} : checkConfig(given, 'option "migrate"', true);
  if (option.target === 'openai') return 'openai';
  if (setting(env, 'MIGRATE_LLM_RECORD') !== undefined)
    throw new ShimConfigError(
      'MIGRATE_LLM_RECORD is not supported by this version; unset it, or use `migrate-llm record`',
    );
  const file = readConfigFile(around, setting(env, 'MIGRATE_LLM_CONFIG')) ?? {};
  const targets: Readonly<Record<string, TargetOption>> = { ...file.targets, ...option.targets };
  const target = chooseTarget(option, file, targets, env, call);
  if (target === 'openai') return 'openai';

  const settled = new Map<string, Target>([[target.id, target]]);
  const models = new Map(Object.entries({ ...file.models, ...option.models }));
  for (const [name, entry] of models) {
    if (typeof entry === 'string' || settled.has(entry.target)) continue;
    const named = findTarget(entry.target, targets);
    if (named === undefined)
      throw new ShimConfigError(
        `models["${name}"] names target "${entry.target}", which is not in targets${suggestWord(entry.target, Object.keys(targets))}`,
      );
    settled.set(entry.target, settleTarget(entry.target, named, env, undefined));
  }
  const everyModel = option.models === undefined ? setting(env, 'MIGRATE_LLM_MODEL') : undefined;
  const policy = option.policy ?? envPolicy(env) ?? file.policy ?? 'warn';

  return {
    target,
    policy,
    reasoning: option.reasoning ?? file.reasoning ?? 'reasoning_content',
    onNote: option.onNote,
    secrets: [call.apiKey, ...secretNames.map((name) => env[name])].filter(
      (value) => value !== undefined && value.length >= 8,
    ) as string[],
    route: (model) => {
      if (everyModel !== undefined) return { target, model: everyModel };
      const entry = models.get(model);
      if (entry === undefined) return { target, model };
      if (typeof entry === 'string') return { target, model: entry };
      return { target: settled.get(entry.target) ?? target, model: entry.model };
    },
  };
}

type Env = Surroundings['env'];

function chooseTarget(
  option: MigrateOptions,
  file: MigrateConfig,
  targets: Readonly<Record<string, TargetOption>>,
  env: Env,
  call: CallSettings,
): Target | 'openai' {
  const envKey = setting(env, 'MIGRATE_LLM_API_KEY');
  if (option.target !== undefined && typeof option.target !== 'string')
    return settleTarget('inline', option.target, env, option.target.apiKeyEnv === undefined ? envKey : undefined);
  const chosen = option.target;
  if (chosen !== undefined && targets[chosen] !== undefined) return settleTarget(chosen, targets[chosen], env, envKey);
  if (chosen === undefined && call.baseURL !== undefined) {
    const baseURL = checkBaseURL(call.baseURL, 'option "baseURL"');
    const match = Object.values(targets).find(
      (entry) => settleBaseURL(checkDialect(entry.dialect, 'dialect'), entry.baseURL, 'baseURL') === baseURL,
    );
    return {
      id: 'baseURL',
      dialect: checkDialect(match?.dialect, 'dialect'),
      baseURL,
      apiKey: undefined,
      keepsCredentials: true,
      ...(match?.rules === undefined ? {} : { rules: match.rules }),
    };
  }
  const envURL = setting(env, 'MIGRATE_LLM_BASE_URL');
  const id = chosen ?? setting(env, 'MIGRATE_LLM_TARGET') ?? (envURL === undefined ? file.target : undefined);
  if (id === 'openai') return 'openai';
  if (envURL !== undefined) {
    const baseURL = checkBaseURL(envURL, 'MIGRATE_LLM_BASE_URL');
    if (id === undefined) return settleTarget('env', { baseURL }, env, envKey);
    const entry = targets[id];
    if (entry !== undefined) return settleTarget(id, { ...entry, baseURL }, env, envKey);
    if (id === 'auto' || dialectIds.some((known) => known === id))
      return settleTarget(id, { dialect: checkDialect(id, 'MIGRATE_LLM_TARGET'), baseURL }, env, envKey);
  }
  if (id === undefined)
    throw new ShimConfigError(
      'no target: the shim does not know which endpoint answers instead of OpenAI. Set MIGRATE_LLM_BASE_URL (e.g. http://127.0.0.1:8080/v1), or write {"target": …, "targets": …} into migrate-llm.config.json, or pass `migrate` to the constructor. MIGRATE_LLM_TARGET=openai keeps the app on OpenAI',
    );
  const entry = findTarget(id, targets);
  if (entry === undefined)
    throw new ShimConfigError(
      `target "${id}" is not in targets (${Object.keys(targets).join(', ') || 'there are none'})${hintTarget(id, targets)}`,
    );
  return settleTarget(id, entry, env, envKey);
}

/** Finds a target by its id; a provider's dialect with an address of its own is one without an entry. */
function findTarget(id: string, targets: Readonly<Record<string, TargetOption>>): TargetOption | undefined {
  if (Object.hasOwn(targets, id)) return targets[id];
  const dialect = dialectIds.find((known) => known === id);
  return dialect !== undefined && dialects[dialect].baseURL !== undefined ? { dialect } : undefined;
}

function hintTarget(id: string, targets: Readonly<Record<string, TargetOption>>): string {
  const dialect = dialectIds.find((known) => known === id);
  if (dialect === undefined) return suggestWord(id, [...Object.keys(targets), 'openai', ...dialectIds]);
  return `: a dialect as target needs MIGRATE_LLM_BASE_URL beside it, e.g. ${dialects[dialect].baseURLForm}`;
}

function settleTarget(id: string, entry: TargetOption, env: Env, envKey: string | undefined): Target {
  const { apiKey, apiKeyEnv, rules } = entry;
  const dialect = checkDialect(entry.dialect, `targets.${id}.dialect`);
  const baseURL = settleBaseURL(dialect, entry.baseURL, `targets.${id}.baseURL`);
  const key = apiKey ?? envKey ?? (apiKeyEnv === undefined ? usualKey(baseURL, env) : setting(env, apiKeyEnv));
  const wanted = apiKeyEnv ?? (entry.baseURL === undefined ? dialectAt(baseURL)?.apiKeyEnv?.join(' or ') : undefined);
  if (wanted !== undefined && key === undefined)
    throw new ShimConfigError(
      `target "${id}" takes its key from ${wanted}, which is not set; set it${apiKeyEnv === undefined ? ', or name another variable in "apiKeyEnv"' : ', or remove "apiKeyEnv" where the endpoint needs no key'}`,
    );
  return { id, dialect, baseURL, apiKey: key, keepsCredentials: false, ...(rules === undefined ? {} : { rules }) };
}

/** A provider's usual variable counts at the provider's own host only, so that its key goes nowhere else. */
function usualKey(baseURL: string, env: Env): string | undefined {
  if (!baseURL.startsWith('https:')) return undefined;
  return dialectAt(baseURL)
    ?.apiKeyEnv?.map((name) => setting(env, name))
    .find((value) => value !== undefined);
}

function envPolicy(env: Env): Policy | undefined {
  const value = setting(env, 'MIGRATE_LLM_POLICY');
  return value === undefined ? undefined : checkPolicy(value, 'MIGRATE_LLM_POLICY');
}

/** Reads a variable; an empty one counts as unset, as in a `.env` template. */
function setting(env: Env, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
