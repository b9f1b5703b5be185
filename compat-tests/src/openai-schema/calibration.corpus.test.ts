import { expect, test } from 'vitest';
import { isObject } from '../json.ts';
import { readTraffic, type TrafficRow } from '../traffic.test-rows.ts';
import { findSchemaProblems, type WireSchema } from './validate.ts';

// The published schemas against what OpenAI really sent: a check built on them may only claim what passes here.

/** Where OpenAI's own answers leave its schema, and why a check has to allow it. */
const exceptions: Readonly<Record<string, string>> = {
  'CreateChatCompletionStreamResponse /system_fingerprint must be string': 'null on models without a fingerprint',
  'CreateChatCompletionResponse /system_fingerprint must be string': 'null on models without a fingerprint',
  "CreateChatCompletionResponse /choices/N must have required property 'logprobs'": 'absent on reasoning models',
  "CreateChatCompletionResponse /choices/N/message must have required property 'refusal'":
    'recordings from before refusals existed',
  "CreateModerationResponse /results/N must have required property 'category_applied_input_types'":
    'text-moderation models have fewer fields',
  "CreateModerationResponse /results/N/categories must have required property 'illicit'":
    'text-moderation models have fewer categories',
  "CreateModerationResponse /results/N/categories must have required property 'illicit/violent'":
    'text-moderation models have fewer categories',
  "CreateModerationResponse /results/N/category_scores must have required property 'illicit'":
    'text-moderation models have fewer categories',
  "CreateModerationResponse /results/N/category_scores must have required property 'illicit/violent'":
    'text-moderation models have fewer categories',
  'CreateChatCompletionStreamResponse /choices/N/delta/tool_calls/N/function/arguments must be string':
    'one chunk of one recording has null',
};

const schemaOf = ({ endpoint, response }: TrafficRow): WireSchema | undefined => {
  if (response.status >= 400) return 'ErrorResponse';
  if (endpoint === 'models') return isObject(response.body) && response.body['data'] ? 'ListModelsResponse' : 'Model';
  return (
    {
      'chat.completions': 'CreateChatCompletionResponse',
      completions: 'CreateCompletionResponse',
      embeddings: 'CreateEmbeddingResponse',
      moderations: 'CreateModerationResponse',
    } as const
  )[endpoint];
};

test("OpenAI's recorded answers conform to OpenAI's schemas, but for the exceptions above", () => {
  const rows = readTraffic('openai');
  const looked = new Map<WireSchema, number>();
  const problems = new Map<string, number>();
  const hold = (schema: WireSchema, value: unknown) => {
    looked.set(schema, (looked.get(schema) ?? 0) + 1);
    for (const problem of findSchemaProblems(schema, value)) {
      const key = `${schema} ${problem.replaceAll(/\/\d+/g, '/N')}`;
      problems.set(key, (problems.get(key) ?? 0) + 1);
    }
  };
  for (const row of rows.filter(({ provider, provenance }) => provider === 'openai' && provenance.raw)) {
    const schema = schemaOf(row);
    if (schema && row.response.body) hold(schema, row.response.body);
    if (row.endpoint !== 'chat.completions') continue;
    for (const line of row.response.sse?.split('\n') ?? []) {
      if (line.startsWith('data: {'))
        hold('CreateChatCompletionStreamResponse', JSON.parse(line.slice('data: '.length)));
    }
  }
  console.log(
    'answers behind each schema:',
    Object.fromEntries(looked),
    'exceptions met:',
    Object.fromEntries(problems),
  );
  expect([...problems.keys()].sort()).toEqual(Object.keys(exceptions).sort());
  expect(looked.get('CreateChatCompletionResponse')).toBeGreaterThan(300);
  expect(looked.get('CreateChatCompletionStreamResponse')).toBeGreaterThan(3000);
});
