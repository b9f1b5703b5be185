import type { ChatParam } from '../manifest/index.ts';

/** What an app relies on: emulated or refused, never left out, whatever a setting or an endpoint says. */
export const reliedOn = [
  'messages',
  'model',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'response_format',
  'n',
  'stop',
  'stream',
  'max_tokens',
  'max_completion_tokens',
] as const satisfies readonly ChatParam[];

/** What the answer does not depend on. */
export const cosmetic = [
  'user',
  'store',
  'metadata',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'prediction',
] as const satisfies readonly ChatParam[];
