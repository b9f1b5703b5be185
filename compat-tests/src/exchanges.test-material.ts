import type { Exchange } from '@migrate-llm/shim/exchange';

/** What a test says of an exchange; the rest is filled in. */
export interface Sketch {
  readonly id?: string;
  readonly path?: string;
  readonly provenance?: Exchange['provenance'];
  readonly request: unknown;
  readonly status?: number;
  /** A JSON body, or the events of a stream. */
  readonly answer: unknown;
}

/** Makes a whole exchange of a sketch; an answer that is a list becomes a stream that ends with `[DONE]`. */
export function makeExchange(sketch: Sketch): Exchange {
  const isStream = Array.isArray(sketch.answer);
  const pieces = isStream
    ? [...(sketch.answer as unknown[]).map((event) => JSON.stringify(event)), '[DONE]'].map(
        (data) => `data: ${data}\n\n`,
      )
    : [JSON.stringify(sketch.answer)];
  return {
    v: 1,
    id: sketch.id ?? 'x1',
    recordedAt: '2026-11-25T00:00:00.000Z',
    provenance: sketch.provenance ?? 'synthetic',
    target: 'openai',
    model: 'gpt-4o-mini',
    callSite: null,
    sdk: null,
    request: {
      method: 'POST',
      path: sketch.path ?? '/chat/completions',
      headers: { 'content-type': 'application/json' },
      body: sketch.request,
    },
    response: {
      status: sketch.status ?? 200,
      headers: { 'content-type': isStream ? 'text/event-stream' : 'application/json' },
      chunks: pieces.map((piece, at) => [at, Buffer.from(piece).toString('base64')]),
    },
  };
}

/** A chat request; `extra` adds or replaces fields. */
export const chatRequest = (extra: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hi' }],
  ...extra,
});

/** A chat answer in OpenAI's shape. */
export const chatAnswer = (message: object, finish_reason = 'stop') => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason,
    },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
});

/** A chunk of a stream in OpenAI's shape. */
export const chunk = (delta: object, finish_reason: string | null = null, extra: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_764_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  ...extra,
});

/** A call as it stands in a message. */
export const toolCall = (name: string, args: string) => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: args },
});

/** A tool of a request that takes one text, `city`. */
export const tool = (name: string) => ({
  type: 'function',
  function: {
    name,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
});
