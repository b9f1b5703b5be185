import { ShimConfigError, suggestWord } from '../config-error.ts';
import type { Store } from '../store/store.ts';
import type { StoreOption } from '../store/open.ts';
import { isObject } from '../wire.ts';
import type { BuiltInTools } from './tools.ts';

/** How the Responses and Conversations APIs are imitated, as it stands in the config file. */
export interface ResponsesConfig {
  /** Where responses and conversations are kept; this process's memory when left out. */
  readonly store?: StoreOption;
  /** Whose they are: tenants of one store do not see each other. */
  readonly tenant?: string;
  /** Days a response is kept; 30 when left out, as at OpenAI. Source: https://platform.openai.com/docs/guides/your-data, checked 2026-11-23. */
  readonly ttlDays?: number;
}

/** The same in code, with what only code can say. */
export interface ResponsesOptions extends Omit<ResponsesConfig, 'store'> {
  readonly store?: StoreOption | Store;
  /** Answers to OpenAI's own tools, e.g. `{web_search: …}`. */
  readonly builtInTools?: BuiltInTools;
}

/** The options with everything settled. */
export interface ResponsesSettings {
  readonly store: StoreOption | Store;
  readonly tenant: string;
  readonly ttlMs: number;
  readonly builtInTools: BuiltInTools;
  /** Holds the connection string that the store names. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const dayMs = 24 * 60 * 60 * 1000;
const fileKeys = ['store', 'tenant', 'ttlDays'];
const storeKeys: Readonly<Record<string, readonly string[]>> = {
  memory: ['kind', 'maxBytes'],
  sqlite: ['kind', 'path'],
  postgres: ['kind', 'urlEnv'],
};

/** Checks the config key `responses`. Throws `ShimConfigError`. */
export function checkResponses(value: unknown, from: string, inCode: boolean): void {
  if (value === undefined) return;
  if (!isObject(value)) throw new ShimConfigError(`${from} must be an object`);
  const known = inCode ? [...fileKeys, 'builtInTools'] : fileKeys;
  for (const key of Object.keys(value))
    if (!known.includes(key))
      throw new ShimConfigError(
        `${from}: unknown key "${key}"${suggestWord(key, known)}; known keys: ${known.join(', ')}`,
      );
  checkStore(value['store'], `${from}.store`, inCode);
  const { tenant, ttlDays, builtInTools } = value;
  if (tenant !== undefined && (typeof tenant !== 'string' || tenant === ''))
    throw new ShimConfigError(`${from}.tenant must be a text that is not empty`);
  if (ttlDays !== undefined && !(typeof ttlDays === 'number' && ttlDays > 0))
    throw new ShimConfigError(`${from}.ttlDays is ${JSON.stringify(ttlDays)}; it must be a number of days above 0`);
  if (builtInTools === undefined) return;
  if (!isObject(builtInTools)) throw new ShimConfigError(`${from}.builtInTools must be an object`);
  for (const [name, tool] of Object.entries(builtInTools))
    if (!isObject(tool) || typeof tool['run'] !== 'function' || !isObject(tool['parameters']))
      throw new ShimConfigError(`${from}.builtInTools.${name} must have description, parameters and run`);
}

/** Puts the options of the constructor over those of the file. */
export function settleResponses(
  file: ResponsesConfig | undefined,
  option: ResponsesOptions | undefined,
  env: ResponsesSettings['env'],
): ResponsesSettings {
  const { store, tenant, ttlDays, builtInTools } = { ...file, ...option } as ResponsesOptions;
  return {
    store: store ?? { kind: 'memory' },
    tenant: tenant ?? 'default',
    ttlMs: (ttlDays ?? 30) * dayMs,
    builtInTools: builtInTools ?? {},
    env,
  };
}

function checkStore(value: unknown, from: string, inCode: boolean): void {
  if (value === undefined) return;
  if (!isObject(value)) throw new ShimConfigError(`${from} must be an object such as {"kind": "sqlite", "path": …}`);
  if (
    value['kind'] === undefined &&
    inCode &&
    ['get', 'put', 'list'].every((name) => typeof value[name] === 'function')
  )
    return;
  const kinds = Object.keys(storeKeys);
  const keys = storeKeys[String(value['kind'])];
  if (keys === undefined)
    throw new ShimConfigError(
      `${from}.kind is ${JSON.stringify(value['kind'])}${suggestWord(String(value['kind']), kinds)}; it must be ${kinds.join(', ')}`,
    );
  for (const key of Object.keys(value))
    if (!keys.includes(key))
      throw new ShimConfigError(
        `${from}: unknown key "${key}"${suggestWord(key, keys)}; known keys: ${keys.join(', ')}`,
      );
  const { maxBytes } = value;
  if (maxBytes !== undefined && !(typeof maxBytes === 'number' && maxBytes > 0))
    throw new ShimConfigError(`${from}.maxBytes must be a number above 0`);
  for (const key of keys.slice(1))
    if (key !== 'maxBytes' && (typeof value[key] !== 'string' || value[key] === ''))
      throw new ShimConfigError(`${from}.${key} is missing`);
}
