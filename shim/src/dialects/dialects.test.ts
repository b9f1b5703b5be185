import { describe, expect, test } from 'vitest';
import type { Dialect, Fact, ParamRule } from '../dialect.ts';
import { families } from '../families.ts';
import { extendDialect } from '../layers.ts';
import { chatParams, dialectIds, type ChatParam } from '../manifest/index.ts';
import { Refusal } from '../refusal.ts';
import { createReport } from '../report.ts';
import { applyParams } from '../request/params.ts';
import { listSupport } from '../support.ts';
import type { WireObject } from '../wire.ts';
import { dialectAt, dialects } from './index.ts';

const all: readonly Dialect[] = [
  ...dialectIds.map((id) => dialects[id]),
  ...families.map(({ id, layer }) => ({
    ...extendDialect(dialects['openai-compatible'], layer),
    name: `family ${id}`,
  })),
];

/** Values that callers send, so that every rule has one it is about. */
const samples: { readonly [P in ChatParam]?: readonly unknown[] } = {
  max_tokens: [5],
  max_completion_tokens: [5],
  n: [2],
  logprobs: [true],
  top_logprobs: [20],
  stop: ['x'],
  reasoning_effort: ['minimal', 'xhigh', 'none'],
  service_tier: ['priority'],
  modalities: [['text', 'audio']],
  response_format: [
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
  ],
  stream_options: [{ include_usage: true }],
};
const anySample = [1];

interface Outcome {
  readonly body: WireObject | undefined;
  readonly codes: readonly string[];
  readonly refused: Refusal | undefined;
}

function apply(dialect: Dialect, name: string, value: unknown): Outcome {
  const report = createReport('silent', undefined);
  try {
    const body = applyParams({ model: 'm', [name]: value }, dialect.chat.params, report);
    return { body, codes: report.notes.map(({ code }) => code), refused: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { body: undefined, codes: [], refused: error };
  }
}

describe('every parameter’s row fires', () => {
  const rows = all.flatMap((dialect) =>
    Object.entries(dialect.chat.params).map(([name, rule]): readonly [string, Dialect, string, ParamRule] => [
      `${dialect.name}: ${name}`,
      dialect,
      name,
      rule,
    ]),
  );
  test.each(rows)('%s', (_, dialect, name, rule) => {
    const outcomes = (samples[name as ChatParam] ?? anySample).map((value) => apply(dialect, name, value));
    if (rule.kind === 'refuse') {
      const refused = outcomes.find((outcome) => outcome.refused !== undefined)?.refused;
      expect(refused).toMatchObject({ status: 400, error: { param: name, type: 'invalid_request_error' } });
      expect(refused?.message).toContain(rule.because);
      return;
    }
    const code = { rename: 'param-renamed', map: 'param-mapped', drop: 'param-dropped', unknown: 'param-unchecked' }[
      rule.kind
    ];
    const fired = outcomes.find(({ codes }) => codes.includes(code));
    expect(fired).toBeDefined();
    if (rule.kind === 'drop' || rule.kind === 'rename') expect(fired?.body).not.toHaveProperty(name);
    if (rule.kind === 'rename') expect(fired?.body).toHaveProperty(rule.to);
    if (rule.kind === 'unknown') expect(fired?.body).toHaveProperty(name);
  });
});

describe('every fact', () => {
  const isFact = (row: unknown): row is Fact => typeof row === 'object' && row !== null && 'because' in row;
  const facts = all.flatMap(({ name, endpoints, chat, embeddings, native }) => {
    const { params, ...quirks } = chat;
    return [endpoints, params, quirks, embeddings.params, native].flatMap((rows) =>
      Object.entries(rows).flatMap(([key, row]): ReadonlyArray<readonly [string, Fact]> =>
        isFact(row) ? [[`${name}: ${key}`, row]] : [],
      ),
    );
  });
  // The clock of the machine is not asked: a date of the future is one after the day the tree was last edited.
  const today = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  test.each(facts)('%s has a reason, a source and a date', (_, { because, source, checked }) => {
    expect(because).toMatch(/\S.{5}/);
    expect(because).not.toMatch(/[.|]$| \| /);
    expect(new URL(source).protocol).toBe('https:');
    expect(checked).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(new Date(checked).toISOString().slice(0, 10)).toBe(checked);
    expect(checked <= today).toBe(true);
  });
});

describe('a dialect', () => {
  test.each(dialectIds)('%s is registered under its own id, with a name and a way to its address', (id) => {
    const { id: own, name, baseURL, baseURLForm } = dialects[id];
    expect([own, name === '']).toEqual([id, false]);
    expect((baseURL === undefined) !== (baseURLForm === undefined)).toBe(true);
    if (baseURL !== undefined) expect(new URL(baseURL).protocol).toBe('https:');
  });
  test.each(dialectIds)('%s says nothing twice: no feature is both native and ruled', (id) => {
    const { chat, native } = dialects[id];
    expect(Object.keys(chat.params).filter((name) => name in native)).toEqual([]);
  });
  test('rules only parameters that OpenAI has', () => {
    for (const { chat } of all)
      expect(Object.keys(chat.params).filter((name) => !chatParams.some((known) => known === name))).toEqual([]);
  });
  test('knows something, unless it is a fallback', () => {
    for (const id of dialectIds) expect(listSupport(dialects[id]).size).toBeGreaterThan(4);
  });
});

describe('the host of a base URL', () => {
  test.each([
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.fireworks.ai/inference/v1', 'fireworks'],
    ['https://api.together.xyz/v1', 'together'],
    ['https://router.huggingface.co/v1', 'huggingface'],
    ['https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1', 'bedrock'],
    ['https://bedrock-mantle.us-east-1.api.aws/v1', 'bedrock-mantle'],
    ['https://api.cerebras.ai/v1', 'cerebras'],
    ['https://api.sambanova.ai/v1', 'sambanova'],
    ['https://integrate.api.nvidia.com/v1', 'nvidia-nim'],
    ['https://api.deepinfra.com/v1/openai', 'deepinfra'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://api.mistral.ai/v1', 'mistral'],
    ['https://api.cohere.ai/compatibility/v1', 'cohere'],
    ['https://x.services.ai.azure.com/openai/v1', 'azure-ai'],
    ['https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi', 'vertex'],
    ['https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi', 'vertex'],
    ['https://dbc-1.cloud.databricks.com/serving-endpoints', 'databricks'],
    ['https://acct.snowflakecomputing.com/api/v2/cortex/v1', 'snowflake'],
    ['https://eu-de.ml.cloud.ibm.com/ml/gateway/v1', 'watsonx'],
    ['https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/openai/v1', 'oci'],
    ['https://api.cloudflare.com/client/v4/accounts/a/ai/v1', 'cloudflare'],
    ['https://ollama.com/v1', 'ollama'],
    ['http://127.0.0.1:8000/v1', undefined],
    ['https://api.groq.com.evil.test/v1', undefined],
    ['https://evil-api.groq.com.test/v1', undefined],
    ['https://api.openai.com/v1', undefined],
  ])('%s is %s', (baseURL, id) => expect(dialectAt(baseURL)?.id).toBe(id));

  test('names at most one dialect', () => {
    for (const { baseURL } of all)
      if (baseURL !== undefined) {
        const { hostname } = new URL(baseURL);
        expect(dialectIds.filter((id) => dialects[id].signs.host?.test(hostname) === true)).toHaveLength(1);
      }
  });
});

describe('what a provider takes in another form', () => {
  test.each<[string, string, unknown, WireObject]>([
    ['tgi', 'stop', 'x', { stop: ['x'] }],
    ['tgi', 'stop', ['x'], { stop: ['x'] }],
    [
      'tgi',
      'response_format',
      { type: 'json_object' },
      { response_format: { type: 'json', value: { type: 'object' } } },
    ],
    [
      'tgi',
      'response_format',
      { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'array' } } },
      { response_format: { type: 'json', value: { type: 'array' } } },
    ],
    ['tgi', 'response_format', { type: 'text' }, {}],
    ['together', 'stop', 'x', { stop: ['x'] }],
    ['together', 'logprobs', true, { logprobs: 1 }],
    ['together', 'logprobs', false, {}],
    ['mistral', 'seed', 0, { random_seed: 0 }],
    ['mistral', 'max_completion_tokens', 5, { max_tokens: 5 }],
    ['mistral', 'logprobs', false, {}],
    ['openrouter', 'reasoning_effort', 'high', { reasoning: { effort: 'high' } }],
    ['fireworks', 'reasoning_effort', 'minimal', { reasoning_effort: 'low' }],
    ['fireworks', 'reasoning_effort', 'medium', { reasoning_effort: 'medium' }],
    ['groq', 'service_tier', 'flex', { service_tier: 'flex' }],
    ['groq', 'frequency_penalty', 0, { frequency_penalty: 0 }],
    ['snowflake', 'response_format', { type: 'text' }, { response_format: { type: 'text' } }],
  ])('%s: %s %j', (id, name, value, sent) => {
    const { body } = apply(dialects[id as keyof typeof dialects], name, value);
    expect(JSON.parse(JSON.stringify(body))).toEqual({ model: 'm', ...sent });
  });

  test('Together’s number of log-probabilities comes from two parameters', () => {
    const report = createReport('silent', undefined);
    const body = { logprobs: true, top_logprobs: 3 };
    expect(applyParams(body, dialects.together.chat.params, report)).toEqual({ logprobs: 3 });
  });
  test('Snowflake takes tools for the closed models it hosts', () => {
    const report = createReport('silent', undefined);
    const body = { model: 'claude-sonnet-4-5', tools: [1] };
    expect(applyParams(body, dialects.snowflake.chat.params, report)).toEqual(body);
  });
});
