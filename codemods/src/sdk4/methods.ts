/** A method of openai 4 whose path parameters are named from openai 5 on, all but the last. */
export interface Renamed {
  /** Names of the leading path parameters, which move into the object. */
  readonly keys: readonly string[];
  /** Whether an object of parameters follows the path: always, never (request options follow), or either. */
  readonly body: 'some' | 'none' | 'either';
}

/** Methods with positional path parameters. Source: openai@5.23.2 MIGRATION.md and bin/migration-config.json; checked 2026-11-25. */
export const positional: Readonly<Record<string, Renamed>> = {
  'fineTuning.checkpoints.permissions.del': { keys: ['fine_tuned_model_checkpoint'], body: 'none' },
  'vectorStores.files.retrieve': { keys: ['vector_store_id'], body: 'none' },
  'vectorStores.files.update': { keys: ['vector_store_id'], body: 'some' },
  'vectorStores.files.del': { keys: ['vector_store_id'], body: 'none' },
  'vectorStores.files.content': { keys: ['vector_store_id'], body: 'none' },
  'vectorStores.fileBatches.retrieve': { keys: ['vector_store_id'], body: 'none' },
  'vectorStores.fileBatches.cancel': { keys: ['vector_store_id'], body: 'none' },
  'vectorStores.fileBatches.listFiles': { keys: ['vector_store_id'], body: 'either' },
  'beta.threads.runs.retrieve': { keys: ['thread_id'], body: 'none' },
  'beta.threads.runs.update': { keys: ['thread_id'], body: 'some' },
  'beta.threads.runs.cancel': { keys: ['thread_id'], body: 'none' },
  'beta.threads.runs.submitToolOutputs': { keys: ['thread_id'], body: 'some' },
  'beta.threads.runs.steps.retrieve': { keys: ['thread_id', 'run_id'], body: 'either' },
  'beta.threads.runs.steps.list': { keys: ['thread_id'], body: 'either' },
  'beta.threads.messages.retrieve': { keys: ['thread_id'], body: 'none' },
  'beta.threads.messages.update': { keys: ['thread_id'], body: 'some' },
  'beta.threads.messages.del': { keys: ['thread_id'], body: 'none' },
  'evals.runs.retrieve': { keys: ['eval_id'], body: 'none' },
  'evals.runs.del': { keys: ['eval_id'], body: 'none' },
  'evals.runs.cancel': { keys: ['eval_id'], body: 'none' },
  'evals.runs.outputItems.retrieve': { keys: ['eval_id', 'run_id'], body: 'none' },
  'evals.runs.outputItems.list': { keys: ['eval_id'], body: 'either' },
  'containers.files.retrieve': { keys: ['container_id'], body: 'none' },
  'containers.files.del': { keys: ['container_id'], body: 'none' },
  'containers.files.content.retrieve': { keys: ['container_id'], body: 'none' },
};

/** Events and getters of the runners, by their new names. Source: openai@5.23.2 MIGRATION.md; checked 2026-11-25. */
export const runnerNames: Readonly<Record<string, string>> = {
  functionCall: 'functionToolCall',
  functionCallResult: 'functionToolCallResult',
  finalFunctionCall: 'finalFunctionToolCall',
  finalFunctionCallResult: 'finalFunctionToolCallResult',
};

/** Keys of request options, which `list` took in the place of its query. Source: openai@4.104.0 core.d.ts (RequestOptions); checked 2026-11-25. */
export const requestOptionKeys: ReadonlySet<string> = new Set([
  'headers',
  'timeout',
  'maxRetries',
  'signal',
  'idempotencyKey',
  'httpAgent',
  'path',
  'method',
]);
