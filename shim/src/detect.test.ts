import { describe, expect, test } from 'vitest';
import { createFetch } from './fetch.ts';
import type { Note } from './note.ts';
import { completion } from './upstream.test-server.ts';

const json = (body: unknown, headers: Record<string, string> = {}, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

/** Sends two chat requests to an `auto` target whose `/models` answers so; each test needs a host of its own, because answers are remembered. */
async function detect(host: string, models: () => Response, scheme = 'http') {
  const notes: Note[] = [];
  const asked: string[] = [];
  const send = createFetch({
    target: { baseURL: `${scheme}://${host}/v1` },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    fetch: async (input) => {
      asked.push(String(input).replace(`${scheme}://${host}/v1`, ''));
      return String(input).endsWith('/models') ? models() : json(completion({ content: 'hi' }));
    },
  });
  for (let round = 0; round < 2; round += 1)
    await send('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
    });
  return { asked, read: notes.find(({ code }) => code === 'dialect-detected')?.what };
}

const once = ['/models', '/chat/completions', '/chat/completions'];
const each = ['/models', '/chat/completions', '/models', '/chat/completions'];

describe('auto', () => {
  test.each<[string, string, () => Response, string, readonly string[]]>([
    ['the server header', 'a.test', () => json({ data: [] }, { server: 'llama.cpp' }), 'llama.cpp', once],
    ['the owner of a model', 'b.test', () => json({ data: [{ id: 'x', owned_by: 'llamacpp' }] }), 'llama.cpp', once],
    [
      'an owner before the keys of models',
      'f.test',
      () => json({ data: [{ id: 'x', owned_by: 'vllm', active: true, context_window: 1, public_apps: null }] }),
      'vllm',
      once,
    ],
    [
      'the keys of its models',
      'g.test',
      () => json({ data: [{ id: 'x', owned_by: 'Meta', active: true, context_window: 1, public_apps: null }] }),
      'groq',
      once,
    ],
    [
      'no key that only some models have',
      'h.test',
      () => json({ data: [{ id: 'x', active: true, context_window: 1, public_apps: null }, { id: 'y' }] }),
      'openai-compatible',
      once,
    ],
    [
      'a header before what the models say',
      'i.test',
      () => json({ data: [{ id: 'x', owned_by: 'vllm' }] }, { server: 'llama.cpp' }),
      'llama.cpp',
      once,
    ],
    [
      'who is behind a gateway',
      'k.test',
      () => json({ data: [{ id: 'x', owned_by: 'vllm' }] }, { via: '1.1 kong/3.9.0' }),
      'vllm',
      once,
    ],
    ['a gateway before nobody', 'l.test', () => json({ data: [{ id: 'x' }] }, { via: 'kong/2.5.0' }), 'kong', once],
    ['SGLang', 'm.test', () => json({ data: [{ id: 'x', owned_by: 'sglang', max_model_len: 1 }] }), 'sglang', once],
    ['LM Studio', 'n.test', () => json({ data: [{ id: 'x', owned_by: 'organization_owner' }] }), 'lmstudio', once],
    ['Llama Stack', 'o.test', () => json({ data: [{ id: 'x', owned_by: 'llama_stack' }] }), 'ogx', once],
    ['a bare list', 'j.test', () => json([{ id: 'x', owned_by: 'library' }]), 'ollama', once],
    ['no sign', 'c.test', () => json({ data: [{ id: 'x', owned_by: 'me' }] }), 'openai-compatible', once],
    ['an error with a sign', 'd.test', () => json({}, { server: 'llama.cpp' }, 401), 'llama.cpp', once],
    ['an error without one, which is not remembered', 'e.test', () => json({}, {}, 503), 'openai-compatible', each],
  ])('reads %s', async (_, host, models, id, requests) => {
    const { asked, read } = await detect(host, models);
    expect(read).toContain(`read as ${id}`);
    expect(asked).toEqual(requests);
  });

  test('reads the host without a request', async () => {
    const { asked, read } = await detect('api.groq.com', () => json({}), 'https');
    expect(read).toContain('read as groq: its host is api.groq.com');
    expect(asked).toEqual(['/chat/completions', '/chat/completions']);
  });
});
