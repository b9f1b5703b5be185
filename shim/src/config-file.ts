import type { Clock } from './clock.ts';
import { checkConfig, type MigrateConfig } from './config.ts';
import { ShimConfigError } from './config-error.ts';
import { lineOf, locateJsonError } from './json-place.ts';
import { parseJson } from './wire.ts';

/** Name of the settings file. */
export const configFileName = 'migrate-llm.config.json';

/** What the shim reads of its surroundings; other runtimes than Node have an environment at most. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory, or `undefined` where there is no file system. */
  readonly cwd: string | undefined;
  /** Reads a file's text; `undefined` when there is none. Throws when it cannot be read. */
  readonly readText: (path: string) => string | undefined;
  /** The platform's when left out. */
  readonly clock?: Clock;
}

interface NodeProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: () => string;
  readonly getBuiltinModule?: (name: string) => unknown;
}

interface NodeFiles {
  readonly readFileSync: (path: string, encoding: 'utf8') => string;
}

/** Looks at the running process. Node's file system is asked for at run time, so that the core loads where there is none. */
export function lookAround(): Surroundings {
  const host = (globalThis as { readonly process?: NodeProcess }).process;
  const files = host?.getBuiltinModule?.('node:fs') as NodeFiles | undefined;
  return {
    env: host?.env ?? {},
    cwd: files === undefined ? undefined : host?.cwd?.(),
    readText: (path) => {
      try {
        return files?.readFileSync(path, 'utf8');
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return undefined;
        throw new ShimConfigError(
          `${path} cannot be read (${(error as Error).message}); fix its permissions or remove it`,
        );
      }
    },
  };
}

/** Reads the settings file `path` names, or else the nearest `migrate-llm.config.json` upward from the working directory; `undefined` when there is none. Throws `ShimConfigError`. */
export function readConfigFile({ cwd, readText }: Surroundings, path: string | undefined): MigrateConfig | undefined {
  if (path !== undefined) {
    const text = readText(path);
    if (text === undefined) throw new ShimConfigError(`MIGRATE_LLM_CONFIG names ${path}, which does not exist`);
    return parseConfig(text, path);
  }
  for (let folder = cwd; folder !== undefined; folder = parentOf(folder)) {
    const file = `${folder.replace(/[/\\]$/, '')}/${configFileName}`;
    const text = readText(file);
    if (text !== undefined) return parseConfig(text, file);
  }
  return undefined;
}

/** Parses a settings file's text. Throws `ShimConfigError` with file and line. */
export function parseConfig(text: string, file: string): MigrateConfig {
  const bare = text.replace(/^\uFEFF/, '');
  const value = parseJson(bare);
  if (value === undefined) {
    const { line, column } = lineOf(bare, locateJsonError(bare));
    throw new ShimConfigError(`${file}:${line}:${column} is not JSON (no comments, no trailing commas)`);
  }
  return checkConfig(value, file, false) as MigrateConfig;
}

function parentOf(folder: string): string | undefined {
  const cut = Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'));
  if (cut < 0 || folder.length === 1 || /^[a-z]:[/\\]?$/i.test(folder)) return undefined;
  return cut === 0 ? '/' : folder.slice(0, cut);
}
