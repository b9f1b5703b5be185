import { createMemoryStore } from './memory.ts';
import type { Store } from './store.ts';

/** Where responses and conversations are kept. */
export type StoreOption =
  | {
      /** In this process, gone with it. */
      readonly kind: 'memory';
      /** Characters of text kept; the oldest go first. */
      readonly maxBytes?: number;
    }
  | {
      /** In a file, by the optional package `libsql`. */
      readonly kind: 'sqlite';
      readonly path: string;
    }
  | {
      /** On a server, by the optional package `pg`. */
      readonly kind: 'postgres';
      /** Environment variable that holds the connection string. */
      readonly urlEnv: string;
    };

const opened = new Map<string, Promise<Store>>();
const defaultMaxBytes = 64 * 1024 * 1024;

/** Opens a store once per process: clients with the same settings share it. `env` holds the connection strings. */
export function openStore(
  option: StoreOption | Store,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Store> {
  if (!('kind' in option)) return Promise.resolve(option);
  const key = JSON.stringify(option);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const store = makeStore(option, env);
  opened.set(key, store);
  // A server that is down now may be up at the next call.
  store.catch(() => opened.delete(key));
  return store;
}

async function makeStore(option: StoreOption, env: Readonly<Record<string, string | undefined>>): Promise<Store> {
  switch (option.kind) {
    case 'memory':
      return createMemoryStore(option.maxBytes ?? defaultMaxBytes);
    case 'sqlite':
      return (await import('./sqlite.ts')).openSqliteStore(option.path);
    case 'postgres': {
      const url = env[option.urlEnv];
      if (url === undefined || url === '') throw new Error(`the environment variable ${option.urlEnv} is not set`);
      return (await import('./postgres.ts')).openPostgresStore(url);
    }
  }
}
