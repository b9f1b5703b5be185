import { isAbsent, isObject, type WireObject } from '../wire.ts';
import { makeObjectId } from './item.ts';
import type { ResponsesRequest } from './request.ts';

/** Makes a response that has just begun, with every key OpenAI's has and the request's settings in it. `model` is the name the caller asked for. */
export function startResponse({ body, conversationId, store }: ResponsesRequest, model: string): WireObject {
  const text = isObject(body['text']) ? body['text'] : {};
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  return {
    id: makeObjectId('resp'),
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'in_progress',
    background: false,
    completed_at: null,
    ...(conversationId === undefined ? {} : { conversation: { id: conversationId } }),
    error: null,
    frequency_penalty: body['frequency_penalty'] ?? 0,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    model,
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    presence_penalty: body['presence_penalty'] ?? 0,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    prompt_cache_retention: body['prompt_cache_retention'] ?? null,
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: body['service_tier'] ?? 'default',
    store,
    temperature: body['temperature'] ?? 1,
    text: { format: echoFormat(text['format']), verbosity: text['verbosity'] ?? 'medium' },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: Array.isArray(body['tools']) ? body['tools'].map(echoTool) : [],
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    usage: null,
    user: body['user'] ?? null,
    metadata: body['metadata'] ?? {},
  };
}

/** Writes chat's usage under the names of Responses; null when the endpoint counted nothing. */
export function writeUsage(usage: unknown): WireObject | null {
  if (!isObject(usage)) return null;
  const detail = (key: string, name: string): number => {
    const held = usage[key];
    return isObject(held) && typeof held[name] === 'number' ? held[name] : 0;
  };
  return {
    input_tokens: usage['prompt_tokens'],
    input_tokens_details: { cached_tokens: detail('prompt_tokens_details', 'cached_tokens') },
    output_tokens: usage['completion_tokens'],
    output_tokens_details: { reasoning_tokens: detail('completion_tokens_details', 'reasoning_tokens') },
    total_tokens: usage['total_tokens'],
  };
}

/** Adds the usage of one round of built-in tools to that of the ones before. */
export function addUsage(sum: WireObject | null, more: WireObject | null): WireObject | null {
  if (sum === null || more === null) return sum ?? more;
  return Object.fromEntries(
    Object.entries(more).map(([key, value]) => {
      const held = sum[key];
      return [key, isObject(value) && isObject(held) ? addUsage(held, value) : Number(held ?? 0) + Number(value ?? 0)];
    }),
  );
}

function echoFormat(format: unknown): unknown {
  if (!isObject(format)) return { type: 'text' };
  return format['type'] === 'json_schema'
    ? { description: null, ...format, strict: format['strict'] ?? false }
    : format;
}

function echoTool(tool: unknown): unknown {
  return isObject(tool) && tool['type'] === 'function'
    ? {
        ...tool,
        description: tool['description'] ?? null,
        parameters: tool['parameters'] ?? null,
        strict: isAbsent(tool['strict']) ? true : tool['strict'],
      }
    : tool;
}
