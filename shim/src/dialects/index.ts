import type { Dialect } from '../dialect.ts';
import type { DialectId } from '../manifest/index.ts';
import { azureAi } from './azure-ai.ts';
import { bedrock, bedrockMantle } from './bedrock.ts';
import { cerebras } from './cerebras.ts';
import { cloudflare } from './cloudflare.ts';
import { cohere } from './cohere.ts';
import { databricks } from './databricks.ts';
import { deepinfra } from './deepinfra.ts';
import { fireworks } from './fireworks.ts';
import { groq } from './groq.ts';
import { huggingface } from './huggingface.ts';
import { kong } from './kong.ts';
import { llamaCpp } from './llama-cpp.ts';
import { lmstudio } from './lmstudio.ts';
import { mistral } from './mistral.ts';
import { nvidiaNim } from './nvidia-nim.ts';
import { oci } from './oci.ts';
import { ogx } from './ogx.ts';
import { ollama } from './ollama.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openrouter } from './openrouter.ts';
import { sambanova } from './sambanova.ts';
import { sglang } from './sglang.ts';
import { snowflake } from './snowflake.ts';
import { tgi } from './tgi.ts';
import { together } from './together.ts';
import { vertex } from './vertex.ts';
import { vllm } from './vllm.ts';
import { watsonx } from './watsonx.ts';

/** Every dialect by its id. */
export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'llama.cpp': llamaCpp,
  vllm,
  ollama,
  ogx,
  sglang,
  tgi,
  lmstudio,
  groq,
  fireworks,
  together,
  huggingface,
  bedrock,
  'bedrock-mantle': bedrockMantle,
  cerebras,
  sambanova,
  'nvidia-nim': nvidiaNim,
  deepinfra,
  openrouter,
  mistral,
  cohere,
  'azure-ai': azureAi,
  vertex,
  databricks,
  snowflake,
  watsonx,
  oci,
  cloudflare,
  kong,
  'openai-compatible': openaiCompatible,
};

/** Finds the dialect whose host a base URL names; `undefined` when its host says nothing. */
export function dialectAt(baseURL: string): Dialect | undefined {
  const { hostname } = new URL(baseURL);
  return Object.values(dialects).find(({ signs }) => signs.host?.test(hostname) === true);
}
