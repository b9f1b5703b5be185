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
import { type Clock, systemClock } from './clock.ts';
import { dialectAt, dialects } from './dialects/index.ts';
import { type EmbeddingSettings, joinEmbeddings } from './embedding-settings.ts';
import type { ImageSettings } from './images/settings.ts';
import { type GuardSettings, settleGuard } from './guard/settings.ts';
import { dialectIds } from './manifest/index.ts';
import type { Note, Policy } from './note.ts';
import type { RecordConfig } from './record/settings.ts';
import { type ResponsesSettings, settleResponses } from './responses/options.ts';
import type { OpenAIAccess } from './route/openai.ts';
import type { RouteMap } from './route/plan.ts';
import { listStops } from './route/rule.ts';
import type { OnShadow } from './route/shadow.ts';
import { type Destination, isOpenAIOrigin, type Target } from './target.ts';

/** Everything settled at construction, or `openai`: translate nothing. */
export type Setup = 'openai' | ActiveSetup;

/** Settings of a client whose requests the shim looks at. */
export interface ActiveSetup {
  /** Where calls go that no rule names; `openai` where only some are taken away from it, or all are recorded. */
  readonly target: Destination;
  readonly routes: RouteMap;
  /** The caller's own way to OpenAI, for rules that name it. */
  readonly openai: OpenAIAccess;
  readonly policy: Policy;
  readonly reasoning: ReasoningPlace;
  readonly responses: ResponsesSettings;
  readonly embeddings: EmbeddingSettings;
  readonly images: ImageSettings | undefined;
  readonly guard: GuardSettings | undefined;
  readonly onNote: ((note: Note) => void) | undefined;
  readonly onShadow: OnShadow | undefined;
  readonly callSite: string | undefined;
  readonly record: RecordConfig | undefined;
  /** Why rules in the config file are not used; `undefined` when they are, or there are none. */
  readonly unusedRoute: string | undefined;
  readonly clock: Clock;
  /** Values that must not reach a target: the caller's OpenAI credentials. */
  readonly secrets: readonly string[];
  /** Keys of the targets, which with the caller's own must not reach a recording. */
  readonly targetKeys: readonly string[];
}

/** What the constructor call itself says about the endpoint. */
export interface CallSettings {
  /** Base URL given in the call, when it is not OpenAI's own. */
  readonly baseURL?: string | undefined;
  readonly apiKey?: string | undefined;
  /** The caller's identity at OpenAI, as far as the call gives it; `null` means none, the rest comes from `OPENAI_*`. */
  readonly openai?: {
    readonly apiKey?: string | (() => Promise<string>) | undefined;
    readonly baseURL?: string | undefined;
    readonly organization?: string | null | undefined;
    readonly project?: string | null | undefined;
  };
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
  const { env, clock = systemClock } = around;
  const killed = setting(env, 'MIGRATE_LLM_TARGET') === 'openai';
  if (killed) return recordOnly(given, around, call);
  const option = given === undefined ? {} : checkConfig(given, 'option "migrate"', true);
  const file = readConfigFile(around, setting(env, 'MIGRATE_LLM_CONFIG')) ?? {};
  const targets: Readonly<Record<string, TargetOption>> = { ...file.targets, ...option.targets };
  const target = chooseTarget(option, file, targets, env, call);
  const above = option.target !== undefined ? 'the constructor' : nameAbove(env, call);
  const rules = option.route ?? (above === undefined ? file.route : undefined) ?? [];
  const record = settleRecord(option, env, file);
  if (target === 'openai' && rules.length === 0 && record === undefined) return 'openai';

  const settled = new Map<string, Target>(target === 'openai' ? [] : [[target.id, target]]);
  const settle = (id: string, place: string): void => {
    if (id === 'openai' || settled.has(id)) return;
    const entry = findTarget(id, targets);
    if (entry === undefined)
      throw new ShimConfigError(
        `${place} names target "${id}", which is not in targets${suggestWord(id, [...Object.keys(targets), 'openai'])}`,
      );
    settled.set(id, settleTarget(id, entry, env, undefined));
  };
  rules.forEach((rule, index) => listStops(rule).forEach((id) => settle(id, `route[${index}]`)));
  const models = new Map(Object.entries({ ...file.models, ...option.models }));
  for (const [name, entry] of models) if (typeof entry !== 'string') settle(entry.target, `models["${name}"]`);
  const guard = option.guard ?? file.guard;
  if (guard?.target !== undefined) settle(guard.target, 'guard');
  const guardTo = guard?.target === undefined ? target : settled.get(guard.target);
  if (guard !== undefined && (guardTo === undefined || guardTo === 'openai'))
    throw new ShimConfigError(
      'guard stands at OpenAI, which has no guard models: name one of the targets in guard.target',
    );
  const everyModel = option.models === undefined ? setting(env, 'MIGRATE_LLM_MODEL') : undefined;
  const find = (id: string): Destination => (id === 'openai' ? id : (settled.get(id) ?? target));
  const nameModel = (to: Destination, requested: string): string => {
    const entry = to === 'openai' ? undefined : models.get(requested);
    if (typeof entry === 'string') return entry;
    return entry !== undefined && find(entry.target) === to ? entry.model : requested;
  };

  return {
    target,
    routes: {
      rules,
      random: clock.random,
      resolve: (id, requested, model) => {
        const to = find(id);
        return {
          to,
          model: model ?? (to === target && everyModel !== undefined ? everyModel : nameModel(to, requested)),
        };
      },
      usual: (model) => {
        if (target === 'openai') return { to: target, model };
        if (everyModel !== undefined) return { to: target, model: everyModel };
        const entry = models.get(model);
        if (entry === undefined || typeof entry === 'string') return { to: target, model: entry ?? model };
        return { to: find(entry.target), model: entry.model };
      },
    },
    openai: settleAccess(call, env, target === 'openai'),
    policy: option.policy ?? envPolicy(env) ?? file.policy ?? 'warn',
    reasoning: option.reasoning ?? file.reasoning ?? 'reasoning_content',
    responses: settleResponses(file.responses, option.responses, env),
    embeddings: joinEmbeddings(file.embeddings, option.embeddings),
    images: option.images ?? file.images,
    guard:
      guard === undefined || guardTo === undefined || guardTo === 'openai' ? undefined : settleGuard(guard, guardTo),
    onNote: option.onNote,
    onShadow: option.onShadow,
    callSite: option.callSite,
    record,
    unusedRoute:
      above !== undefined && option.route === undefined && file.route !== undefined
        ? `${above} says the target, and whoever says the target says the route`
        : undefined,
    clock,
    targetKeys: [...settled.values()].flatMap(({ apiKey }) => (apiKey === undefined ? [] : [apiKey])),
    secrets: [call.apiKey, call.openai?.apiKey, ...secretNames.map((name) => env[name])].filter(
      (value) => typeof value === 'string' && value.length >= 8,
    ) as string[],
  };
}

/** The kill switch leaves nothing but the recorder, and no mistake in the settings can keep it from working. */
function recordOnly(given: MigrateOptions | undefined, around: Surroundings, call: CallSettings): Setup {
  try {
    const option = given === undefined ? {} : checkConfig(given, 'option "migrate"', true);
    const file = readConfigFile(around, setting(around.env, 'MIGRATE_LLM_CONFIG')) ?? {};
    const record = settleRecord(option, around.env, file);
    if (record === undefined) return 'openai';
    const { onNote, callSite } = option;
    const bare: MigrateOptions = { target: 'openai', route: [], policy: 'silent', record };
    const env = { ...around.env, MIGRATE_LLM_TARGET: undefined };
    const setup = resolveSetup(bare, { ...around, env, readText: () => undefined, cwd: undefined }, call);
    return setup === 'openai' ? setup : { ...setup, onNote, callSite };
  } catch (error) {
    if (!(error instanceof ShimConfigError)) throw error;
    console.error(`migrate-llm: nothing is recorded: ${error.message} (requests go to OpenAI as they are)`);
    return 'openai';
  }
}

function nameAbove(env: Env, { baseURL }: CallSettings): string | undefined {
  if (baseURL !== undefined) return 'the baseURL of the call';
  return ['MIGRATE_LLM_TARGET', 'MIGRATE_LLM_BASE_URL'].find((name) => setting(env, name) !== undefined);
}

function settleRecord(option: MigrateOptions, env: Env, file: MigrateConfig): RecordConfig | undefined {
  const path = setting(env, 'MIGRATE_LLM_RECORD');
  const given = option.record ?? (path === undefined ? file.record : { ...asRecord(file.record), path });
  return asRecord(given);
}

function asRecord(given: string | RecordConfig | undefined): RecordConfig | undefined {
  return typeof given === 'string' ? { path: given } : given;
}

function settleAccess({ openai = {} }: CallSettings, env: Env, asIs: boolean): OpenAIAccess {
  const { apiKey, baseURL, organization, project } = openai;
  const base = [baseURL, setting(env, 'OPENAI_BASE_URL')].find((url) => url !== undefined && isOpenAIOrigin(url));
  return {
    asIs,
    baseURL: (base ?? 'https://api.openai.com/v1').replace(/\/+$/, ''),
    readKey: async () => (typeof apiKey === 'function' ? apiKey() : (apiKey ?? setting(env, 'OPENAI_API_KEY'))),
    organization: (organization === undefined ? setting(env, 'OPENAI_ORG_ID') : organization) ?? undefined,
    project: (project === undefined ? setting(env, 'OPENAI_PROJECT_ID') : project) ?? undefined,
  };
}

type Env = Surroundings['env'];

function chooseTarget(
  option: MigrateOptions,
  file: MigrateConfig,
  targets: Readonly<Record<string, TargetOption>>,
  env: Env,
  call: CallSettings,
): Destination {
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
      limits: match?.limits,
      rules: match?.rules,
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
  const { apiKey, apiKeyEnv, rules, limits } = entry;
  const dialect = checkDialect(entry.dialect, `targets.${id}.dialect`);
  const baseURL = settleBaseURL(dialect, entry.baseURL, `targets.${id}.baseURL`);
  const key = apiKey ?? envKey ?? (apiKeyEnv === undefined ? usualKey(baseURL, env) : setting(env, apiKeyEnv));
  const wanted = apiKeyEnv ?? (entry.baseURL === undefined ? dialectAt(baseURL)?.apiKeyEnv?.join(' or ') : undefined);
  if (wanted !== undefined && key === undefined)
    throw new ShimConfigError(
      `target "${id}" takes its key from ${wanted}, which is not set; set it${apiKeyEnv === undefined ? ', or name another variable in "apiKeyEnv"' : ', or remove "apiKeyEnv" where the endpoint needs no key'}`,
    );
  return { id, dialect, baseURL, apiKey: key, keepsCredentials: false, limits, rules };
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
