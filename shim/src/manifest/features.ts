/** Every parameter of OpenAI's `POST /chat/completions`. Source: openai@7.57.0 resources/chat/completions. */
export const chatParams = [
  'audio',
  'frequency_penalty',
  'function_call',
  'functions',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'messages',
  'metadata',
  'modalities',
  'model',
  'moderation',
  'n',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'user',
  'verbosity',
  'web_search_options',
] as const;

/** Every parameter of OpenAI's `POST /embeddings`. Source: openai@7.57.0 resources/embeddings. */
export const embeddingParams = ['dimensions', 'encoding_format', 'input', 'model', 'user'] as const;

/** A parameter of a chat request. */
export type ChatParam = (typeof chatParams)[number];

/** A parameter of an embeddings request. */
export type EmbeddingParam = (typeof embeddingParams)[number];

/** What is more than a parameter: roles, forms of a value, whole endpoints. */
const furtherFeatures = [
  'role.developer',
  'system.several',
  'system.late',
  'system',
  'turns.repeated',
  'turns.assistant-first',
  'message.name',
  'content.text-parts',
  'content.null',
  'reasoning.in-history',
  'image.url',
  'image.detail',
  'tool_choice.auto',
  'tool_choice.none',
  'tool_choice.required',
  'tool_choice.named',
  'tools.strict',
  'tools.calls-in-history',
  'response_format.json_object',
  'response_format.json_schema',
  'schema.keywords',
  'stream.usage',
  'embeddings.dimensions',
  'embeddings.encoding_format',
  'embeddings.input',
  'embeddings.model',
  'embeddings.user',
  '/chat/completions',
  '/completions',
  '/embeddings',
  '/models',
  '/models/{id}',
  '/responses',
  '/conversations',
  '/moderations',
  '/audio',
  '/images',
  '/files',
  '/batches',
  '/vector_stores',
  '/fine_tuning',
  '/realtime',
  '/assistants',
] as const;

/** Something of OpenAI's API that an endpoint may do otherwise or not at all; parameters of embeddings have the prefix `embeddings.`, endpoints are paths. */
export type Feature = ChatParam | (typeof furtherFeatures)[number];

/** Every feature, parameters first. */
export const features: readonly Feature[] = [...chatParams, ...furtherFeatures];

/**
 * What becomes of a feature at a target: `native` works as it is, `renamed` is sent under another name or in another form, `emulated` is imitated by the
 * shim, `dropped` is left out with a note, `refused` is an error that names it, `unknown` means that nobody has checked.
 */
export type Support = 'native' | 'renamed' | 'emulated' | 'dropped' | 'refused' | 'unknown';
