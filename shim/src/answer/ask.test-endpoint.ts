import { expect } from 'vitest';
import { createFetch, type FetchOptions } from '../fetch.ts';
import type { Note } from '../note.ts';

/** Sends one request through the shim; each of its requests to the endpoint gets the next reply. */
export async function ask(
  request: object,
  replies: readonly Response[],
  options: Partial<FetchOptions> = {},
  path = 'chat/completions',
) {
  const sent: Array<Record<string, unknown>> = [];
  const notes: Note[] = [];
  const send = createFetch({
    target: { dialect: 'llama.cpp', baseURL: 'http://up.test/v1' },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    fetch: async (input, init) => {
      // The engine's page about itself is no request of the call.
      if (String(input).endsWith('/props')) return new Response('{}', { status: 404 });
      sent.push(JSON.parse(String(init?.body ?? '{}')) as Record<string, unknown>);
      return replies[sent.length - 1] ?? new Response('{}', { status: 500 });
    },
    ...options,
  });
  const response = await send(`https://api.openai.com/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], ...request }),
  });
  return { status: response.status, headers: response.headers, text: await response.text(), sent, notes };
}

/** An event stream as an endpoint answers it. */
export const events = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
/** A JSON answer of an endpoint. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

/** Lets an endpoint answer an error, and compares the shim's with what is wanted; hints may follow upstream's words. */
export async function checkError(status: number, body: unknown, wanted: number, error: object): Promise<void> {
  const { status: got, text } = await ask({}, [json(body, status)]);
  const { error: found } = JSON.parse(text) as { error: object };
  const words = (error as { message?: unknown }).message;
  const expected = typeof words === 'string' ? { ...error, message: expect.stringContaining(words) } : error;
  expect([got, found]).toEqual([wanted, expect.objectContaining(expected)]);
  expect(Object.keys(found).sort()).toEqual(['code', 'message', 'param', 'type']);
}
