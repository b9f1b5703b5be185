import { expect, test } from 'vitest';
import { json } from '../answer/ask.test-endpoint.ts';
import { createFetch } from '../fetch.ts';
import { chunk, sse } from '../upstream.test-server.ts';

const call = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'web_search', arguments: '{"query":"llamas"}' },
};
const first = sse([chunk({ role: 'assistant', tool_calls: [call] }), chunk({}, 'tool_calls')]);

/** Asks for a response whose model searches first; the second round's stream says when its connection is freed. */
async function ask(onSecond: () => void = () => undefined) {
  const freed: number[] = [];
  let rounds = 0;
  const send = createFetch({
    target: { dialect: 'openai-compatible', baseURL: 'http://leaving.test/v1' },
    policy: 'silent',
    responses: {
      builtInTools: {
        web_search: {
          description: 'Searches',
          parameters: { type: 'object', properties: { query: { type: 'string' } } },
          run: async () => ({ output: 'camelids' }),
        },
      },
    },
    fetch: async (input) => {
      if (!String(input).endsWith('/chat/completions')) return json({}, 404);
      rounds += 1;
      const round = rounds;
      if (round === 2) onSecond();
      const text = new TextEncoder().encode(
        round === 1 ? first : sse([chunk({ role: 'assistant', content: 'Llamas' })], false),
      );
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(text),
        pull: (controller) => (round === 1 ? controller.close() : undefined),
        cancel: () => void freed.push(round),
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  const response = await send('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', input: 'x', stream: true, store: false, tools: [{ type: 'web_search' }] }),
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const readUntil = async (word: string): Promise<void> => {
    let text = '';
    while (!text.includes(word)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended before ${word}`);
      text += new TextDecoder().decode(value);
    }
  };
  return { reader, readUntil, freed, count: () => rounds };
}

test('a reader that leaves in a later round frees that round’s connection', async () => {
  const { reader, readUntil, freed } = await ask();
  await readUntil('Llamas');
  await reader.cancel();
  expect(freed).toContain(2);
});

test('a reader that leaves while a later round is asked for frees it once it is there', async () => {
  let leave = (): void => undefined;
  const { reader, readUntil, freed, count } = await ask(() => leave());
  leave = () => void reader.cancel();
  await readUntil('Llamas').catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([freed, count()]).toEqual([[2], 2]);
});
