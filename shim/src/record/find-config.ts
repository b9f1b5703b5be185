import { lookAround, readConfigFile, type Surroundings } from '../config-file.ts';
import { namesCredential } from './kinds.ts';
import { checkRecord, type RecordConfig } from './settings.ts';

/**
 * Settles how to record: what is given, then `MIGRATE_LLM_RECORD`, then `record` of `migrate-llm.config.json`, then `traffic.jsonl` in the
 * working directory. Patterns given are added to those of the file. Throws `ShimConfigError`.
 */
export function findRecordConfig(
  given: { readonly path?: string; readonly patterns?: Readonly<Record<string, string>> } = {},
  around: Surroundings = lookAround(),
): RecordConfig {
  const { env } = around;
  const setting = (name: string): string | undefined => (env[name]?.trim() === '' ? undefined : env[name]?.trim());
  const held = readConfigFile(around, setting('MIGRATE_LLM_CONFIG'))?.record;
  const file = typeof held === 'string' ? { path: held } : held;
  const patterns = { ...file?.redact?.patterns, ...given.patterns };
  const config: RecordConfig = {
    ...file,
    path: given.path ?? setting('MIGRATE_LLM_RECORD') ?? file?.path ?? 'traffic.jsonl',
    ...(Object.keys(patterns).length === 0 ? {} : { redact: { ...file?.redact, patterns } }),
  };
  checkRecord(config, 'record');
  return config;
}

/** Lists the values of an environment that are credentials by their names, such as `OPENAI_API_KEY`. */
export function listSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= 8 && (namesCredential(name) || /^OPENAI_(ORG_ID|PROJECT_ID)$/.test(name))
      ? [value]
      : [],
  );
}
