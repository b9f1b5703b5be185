import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { envNames } from '@migrate-llm/shim/manifest';
import type { Terminal } from '../terminal.ts';
import { note, ok, type Check } from './check.ts';

/** What the settings say, as far as the checks need it; the shim itself validates them. */
export interface Settings {
  readonly checks: readonly Check[];
  /** OpenAI's model name to the name at a target; `target` is undefined for the default one. */
  readonly models: ReadonlyArray<{
    readonly from: string;
    readonly model: string;
    readonly target: string | undefined;
  }>;
  /** OpenAI's embedding models whose index was built anew. */
  readonly rebuilt: readonly string[];
}

/** Lists where the settings come from, without printing a secret. */
export function readSettings(folder: string, env: Terminal['env']): Settings {
  const file = env['MIGRATE_LLM_CONFIG'] ?? findConfig(folder);
  const given = Object.keys(envNames).filter((name) => (env[name] ?? '').trim() !== '');
  const shown = given.map((name) =>
    name === 'MIGRATE_LLM_API_KEY' ? `${name} (set)` : `${name}=${hideSecrets(env[name] ?? '')}`,
  );
  const sources = [...(file === undefined ? [] : [file]), ...shown];
  const everyModel = env['MIGRATE_LLM_MODEL']?.trim();
  const config = readConfig(file);
  const models =
    everyModel === undefined || everyModel === ''
      ? listModels(config)
      : [{ from: 'every model', model: everyModel, target: undefined }];
  return {
    checks: [
      sources.length > 0
        ? ok(`settings from ${sources.join(', ')}`)
        : note('no settings: neither MIGRATE_LLM_* nor migrate-llm.config.json'),
    ],
    models,
    rebuilt: Array.isArray(config.embeddings?.rebuilt) ? config.embeddings.rebuilt : [],
  };
}

/** A URL may carry a password or a key; neither belongs on a screen. */
function hideSecrets(value: string): string {
  return value.replace(/\/\/[^/@\s]*@/, '//…@').replace(/\?.*$/, '?…');
}

function findConfig(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'migrate-llm.config.json');
    if (existsSync(file)) return file;
    if (dirname(at) === at) return undefined;
  }
}

interface Config {
  readonly models?: Readonly<Record<string, string | { readonly target: string; readonly model: string }>>;
  readonly embeddings?: { readonly rebuilt?: readonly string[] };
}

function readConfig(file: string | undefined): Config {
  if (file === undefined) return {};
  try {
    return (JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) as Config | null) ?? {};
  } catch {
    // The shim reads the same file next and says what is wrong with it.
    return {};
  }
}

function listModels({ models }: Config): Settings['models'] {
  return Object.entries(models ?? {}).map(([from, to]) =>
    typeof to === 'string' ? { from, model: to, target: undefined } : { from, model: to.model, target: to.target },
  );
}
