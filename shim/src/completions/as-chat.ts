import { type ByteSource, openBody } from '../answer/body.ts';
import { createSseReader, encodeSse, type SseEvent } from '../answer/sse.ts';
import type { Ask } from '../transport.ts';
import { isObject, omitKeys, parseJson, type WireObject } from '../wire.ts';

/** Stands for a log-probability that there is none of: the first token of an echoed prompt. */
export const unscored = Number.MIN_SAFE_INTEGER;

/**
 * Lets an endpoint's completions look like its chat, so that every pass of chat holds for them: the request's one message goes out as a prompt, and the
 * answer's text comes back as a message.
 */
export function askAsChat(ask: Ask): Ask {
  return async (path, change = {}) => {
    const body = typeof change.body === 'string' ? parseJson(change.body) : undefined;
    if (path !== '/chat/completions' || !isObject(body)) return ask(path, change);
    const response = await ask('/completions', { ...change, body: JSON.stringify(writePrompt(body)) });
    if (response.status >= 400) return response;
    const headers = new Headers();
    response.headers.forEach((value, name) => {
      if (!/^content-(length|encoding)$/i.test(name)) headers.set(name, value);
    });
    const isEvents = /event-stream/i.test(headers.get('content-type') ?? '');
    return new Response(isEvents ? adaptEvents(openBody(response)) : adaptText(await response.text()), {
      status: response.status,
      headers,
    });
  };
}

function writePrompt(body: WireObject): WireObject {
  const [message] = body['messages'] as readonly WireObject[];
  const { logprobs, top_logprobs: top } = body;
  return {
    ...omitKeys(body, ['messages', 'logprobs', 'top_logprobs']),
    prompt: message?.['content'],
    ...(logprobs === true ? { logprobs: top ?? 0 } : {}),
  };
}

function adaptText(text: string): string {
  const value = parseJson(text);
  return isObject(value) ? JSON.stringify(adaptAnswer(value, 'message')) : text;
}

/** An answer or a chunk of completions as chat has it; an error stays as it is. */
function adaptAnswer(answer: WireObject, key: 'message' | 'delta'): WireObject {
  if (!Array.isArray(answer['choices'])) return answer;
  const id = typeof answer['id'] === 'string' ? answer['id'].replace(/^cmpl-/, 'chatcmpl-') : answer['id'];
  const choices = answer['choices'].map((choice: unknown) => {
    if (!isObject(choice) || typeof choice['text'] !== 'string') return choice;
    const { text, logprobs, ...rest } = choice;
    return { ...rest, [key]: { role: 'assistant', content: text }, logprobs: adaptLogprobs(logprobs) };
  });
  return { ...answer, id, choices };
}

/** Log-probabilities of completions as chat has them. */
function adaptLogprobs(logprobs: unknown): unknown {
  if (!isObject(logprobs) || !Array.isArray(logprobs['tokens'])) return logprobs ?? null;
  const values = Array.isArray(logprobs['token_logprobs']) ? logprobs['token_logprobs'] : [];
  const tops = Array.isArray(logprobs['top_logprobs']) ? logprobs['top_logprobs'] : [];
  return {
    content: logprobs['tokens'].map((token: unknown, index) => {
      const top: unknown = tops[index];
      return {
        token,
        logprob: values[index] ?? unscored,
        bytes: null,
        top_logprobs: isObject(top)
          ? Object.entries(top).map(([word, logprob]) => ({ token: word, logprob, bytes: null }))
          : [],
      };
    }),
    refusal: null,
  };
}

function adaptEvents(source: ByteSource): ReadableStream<Uint8Array> {
  const reader = createSseReader();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const bytes = await source.next();
        const text = (bytes === undefined ? reader.end() : reader.push(bytes)).map(adaptEvent).join('');
        if (text !== '') controller.enqueue(encoder.encode(text));
        if (bytes === undefined) return controller.close();
        if (text !== '') return;
      }
    },
    cancel: () => source.cancel(),
  });
}

function adaptEvent({ event, data }: SseEvent): string {
  const value = parseJson(data);
  if (isObject(value) && Array.isArray(value['choices'])) return encodeSse(JSON.stringify(adaptAnswer(value, 'delta')));
  return event === undefined || event === '' || event === 'message'
    ? encodeSse(data)
    : `event: ${event}\n${encodeSse(data)}`;
}
