/** Ids a target's `dialect` may have, beside `auto`. */
export const dialectIds = [
  'llama.cpp',
  'vllm',
  'ollama',
  'ogx',
  'sglang',
  'tgi',
  'lmstudio',
  'groq',
  'fireworks',
  'together',
  'huggingface',
  'bedrock',
  'bedrock-mantle',
  'cerebras',
  'sambanova',
  'nvidia-nim',
  'deepinfra',
  'openrouter',
  'mistral',
  'cohere',
  'azure-ai',
  'vertex',
  'databricks',
  'snowflake',
  'watsonx',
  'oci',
  'cloudflare',
  'kong',
  'openai-compatible',
] as const;

/** Id of a dialect. */
export type DialectId = (typeof dialectIds)[number];

/** Environment variables the shim reads, with what each says. `MIGRATE_LLM_TARGET=openai` turns the shim off. */
export const envNames = {
  MIGRATE_LLM_TARGET:
    'id of a target or of a dialect (beside MIGRATE_LLM_BASE_URL where that has no address of its own), or `openai` for no translation',
  MIGRATE_LLM_BASE_URL: 'base URL of the endpoint, e.g. http://127.0.0.1:8080/v1',
  MIGRATE_LLM_API_KEY: 'key of the endpoint',
  MIGRATE_LLM_MODEL: 'model name at the endpoint, for every request',
  MIGRATE_LLM_POLICY: 'strict, warn or silent',
  MIGRATE_LLM_RECORD: 'file that recordings are appended to',
  MIGRATE_LLM_CONFIG: 'path of the config file',
} as const;

/** Name of an environment variable the shim reads. */
export type EnvName = keyof typeof envNames;
