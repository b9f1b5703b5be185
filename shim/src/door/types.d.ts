import type { MigrateOptions } from '@migrate-llm/shim/fetch';

// The types are the installed openai's own: a class declared anew would lose the namespaces (OpenAI.Chat.*).
export * from 'openai';
export { default } from 'openai';
export { ShimConfigError } from '@migrate-llm/shim/fetch';
export type {
  BuiltInTool,
  BuiltInTools,
  DialectId,
  EmbeddingSettings,
  ImageSettings,
  LimitsConfig,
  MigrateConfig,
  MigrateOptions,
  Migration,
  ModelTarget,
  Note,
  OnShadow,
  Policy,
  RecordConfig,
  ResponsesConfig,
  ResponsesOptions,
  RouteRule,
  RouteStop,
  Severity,
  ShadowPair,
  Store,
  StoreEntry,
  StoreOption,
  TargetConfig,
  TargetOption,
} from '@migrate-llm/shim/fetch';

declare module 'openai' {
  interface ClientOptions {
    /** Where requests go instead of OpenAI, and what is told of it; else the environment and `migrate-llm.config.json` say. */
    migrate?: MigrateOptions;
  }
}
