import type { MigrateOptions } from './config.ts';
import { lookAround } from './config-file.ts';
import { createTranslatingFetch } from './core.ts';
import { resolveSetup } from './setup.ts';
import type { Fetch } from './transport.ts';

export type {
  MigrateConfig,
  MigrateOptions,
  ModelTarget,
  ReasoningPlace,
  TargetConfig,
  TargetOption,
} from './config.ts';
export { ShimConfigError } from './config-error.ts';
export type { EmbeddingSettings } from './embedding-settings.ts';
export type { ImageSettings } from './images/settings.ts';
export type { DialectId } from './manifest/index.ts';
export type { Note, Policy, Severity } from './note.ts';
export type { Migration } from './response.ts';
export type { RecordConfig } from './record/settings.ts';
export type { LimitsConfig } from './route/limits.ts';
export type { RouteRule, RouteStop } from './route/rule.ts';
export type { OnShadow, ShadowPair } from './route/shadow.ts';
export type { ResponsesConfig, ResponsesOptions } from './responses/options.ts';
export type { BuiltInTool, BuiltInTools } from './responses/tools.ts';
export type { StoreOption } from './store/open.ts';
export type { Store, StoreEntry } from './store/store.ts';
export type { Fetch } from './transport.ts';

/** Settings of {@link createFetch}: those of the constructor option `migrate`, and the fetch to send with. */
export interface FetchOptions extends MigrateOptions {
  /** Sends the requests; the platform's fetch when left out. */
  readonly fetch?: Fetch;
}

/**
 * Makes a fetch that answers OpenAI requests from the configured target, for any client that takes a fetch.
 * Settings missing here come from `MIGRATE_LLM_*` and `migrate-llm.config.json`; under `MIGRATE_LLM_TARGET=openai` the inner fetch comes back as it is.
 * Throws `ShimConfigError`.
 */
export function createFetch({ fetch: given, ...migrate }: FetchOptions = {}): Fetch {
  // Looked up at each call, so that a fetch replaced later (a test's mock) is the one that sends.
  const inner: Fetch = given ?? ((input, init) => globalThis.fetch(input, init));
  const setup = resolveSetup(migrate, lookAround());
  return setup === 'openai' ? inner : createTranslatingFetch(setup, inner);
}
