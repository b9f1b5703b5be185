import { sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { isObject } from '../wire.ts';
import { openaiCompatible } from './openai-compatible.ts';

const inPydantic = sourced(
  'https://github.com/pydantic/pydantic-ai/blob/main/pydantic_ai_slim/pydantic_ai/providers/snowflake.py',
  '2026-08-22',
);
const documented = sourced('https://docs.snowflake.com/en/user-guide/snowflake-cortex/open_ai_sdk', '2026-11-23');
const missing = (what: string, fix: string) =>
  ({ kind: 'refused', fix, ...documented(`the OpenAI route has no ${what}`) }) as const;
/** Tools and formats work on the closed models it hosts. */
const isClosed = (_: unknown, { model }: Readonly<Record<string, unknown>>): boolean =>
  /^(openai|claude)-/.test(String(model));

/** Snowflake Cortex. */
export const snowflake = defineDialect({
  id: 'snowflake',
  name: 'Snowflake Cortex',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://{account}.snowflakecomputing.com/api/v2/cortex/v1',
  apiKeyEnv: ['SNOWFLAKE_PAT', 'SNOWFLAKE_CORTEX_PAT'],
  endpoints: {
    embeddings: missing('embeddings', 'Call Cortex’ own embeddings'),
    ...absentEndpoints('the OpenAI route', documented, 'completions', 'moderations', 'audio', 'images'),
  },
  chat: {
    params: {
      response_format: {
        kind: 'refuse',
        unless: (value, body) => isClosed(value, body) || (isObject(value) && value['type'] === 'text'),
        fix: 'Ask for JSON in the prompt and check the answer, or choose a model that keeps to formats',
        ...inPydantic('it is silently ignored for open models'),
      },
      tools: {
        kind: 'refuse',
        unless: isClosed,
        fix: 'Choose a model with tools, or another endpoint',
        ...inPydantic('tools are an error for Llama, Mistral and DeepSeek'),
      },
      reasoning_effort: {
        kind: 'drop',
        severity: 'lossy',
        unless: isClosed,
        ...inPydantic('reasoning controls are ignored for open models'),
      },
    },
    toolStrict: inPydantic('strict of a tool is not taken'),
  },
  signs: { host: /\.snowflakecomputing\.com$/ },
});
