import { describe, expect, test } from 'vitest';
import { createFetch } from './fetch.ts';
import type { Note } from './note.ts';
import { completion } from './upstream.test-server.ts';

const json = (body: unknown, headers: Record<string, string> = {}, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

/** Sends two chat requests to an `auto` target whose `/models` answers so; each test needs a host of its own, because answers are remembered. */
async function detect(host: string, models: () => Response) {
  const notes: Note[] = [];
  const asked: string[] = [];
  const send = createFetch({
    target: { baseURL: `http://${host}/v1` },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    fetch: async (input) => {
      asked.push(String(input).replace(`http://${host}/v1`, ''));
      return String(input).endsWith('/models') ? models() : json(completion({ content: 'hi' }));
    },
  });
  for (let round = 0; round < 2; round += 1)
    await send('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [] }),
    });
  return { asked, read: notes.find(({ code }) => code === 'dialect-detected')?.what };
}

const once = ['/models', '/chat/completions', '/chat/completions'];
const each = ['/models', '/chat/completions', '/models', '/chat/completions'];

describe('auto', () => {
  test.each<[string, string, () => Response, string, readonly string[]]>([
    ['the server header', 'a.test', () => json({ data: [] }, { server: 'llama.cpp' }), 'llama.cpp', once],
    ['the owner of a model', 'b.test', () => json({ data: [{ id: 'x', owned_by: 'llamacpp' }] }), 'llama.cpp', once],
    ['no sign', 'c.test', () => json({ data: [{ id: 'x', owned_by: 'me' }] }), 'openai-compatible', once],
    ['an error with a sign', 'd.test', () => json({}, { server: 'llama.cpp' }, 401), 'llama.cpp', once],
    ['an error without one, which is not remembered', 'e.test', () => json({}, {}, 503), 'openai-compatible', each],
  ])('reads %s', async (_, host, models, id, requests) => {
    const { asked, read } = await detect(host, models);
    expect(read).toContain(`read as ${id}`);
    expect(asked).toEqual(requests);
  });
});
