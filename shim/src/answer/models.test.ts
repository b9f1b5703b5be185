import { describe, expect, test } from 'vitest';
import { createFetch, type FetchOptions } from '../fetch.ts';
import type { Note } from '../note.ts';
import { json } from './ask.test-endpoint.ts';

let host = 0;
/** Asks for models; each request to the endpoint is answered by its path. */
async function get(
  path: string,
  answers: Readonly<Record<string, () => Response>>,
  options: Partial<FetchOptions> = {},
) {
  host += 1;
  const notes: Note[] = [];
  const asked: string[] = [];
  const send = createFetch({
    target: { dialect: 'openai-compatible', baseURL: `http://list-${host}.test/v1` },
    policy: 'silent',
    onNote: (note) => notes.push(note),
    fetch: async (input) => {
      const url = new URL(String(input));
      asked.push(url.pathname.slice(3) + url.search);
      return answers[url.pathname.slice(3)]?.() ?? json({ detail: 'Not Found' }, 404);
    },
    ...options,
  });
  const response = await send(`https://api.openai.com/v1${path}`, { method: 'GET' });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, notes, asked };
}

describe('a list in OpenAI’s shape from', () => {
  test.each<[string, unknown, object]>([
    [
      'Together’s bare array',
      [{ id: 'a/b', object: 'model', created: 5, organization: 'A' }],
      { id: 'a/b', created: 5, owned_by: 'A' },
    ],
    [
      'Llama Stack',
      { data: [{ identifier: 'ollama/x', provider_id: 'ollama', type: 'model' }] },
      { id: 'ollama/x', owned_by: 'ollama', created: 0 },
    ],
    [
      'Ollama’s own',
      { models: [{ name: 'llama3.3:latest', modified_at: '2026-01-02T03:04:05Z' }] },
      { id: 'llama3.3:latest', created: 1_767_323_045 },
    ],
    [
      'Cohere’s own',
      { models: [{ name: 'command-a-03-2025', endpoints: ['chat'] }], next_page_token: 't' },
      { id: 'command-a-03-2025', endpoints: ['chat'] },
    ],
    [
      'Cloudflare',
      { success: true, result: [{ id: 'fe8904cf', name: '@cf/meta/x', created_at: '2026-01-02 03:04:05Z' }] },
      { id: '@cf/meta/x' },
    ],
    [
      'watsonx’ milliseconds',
      { data: [{ id: 'ibm/g', created: 1_744_761_600_000, owned_by: 'IBM' }] },
      { created: 1_744_761_600, owned_by: 'IBM' },
    ],
    [
      'DeepSeek, which gives no time',
      { data: [{ id: 'd', object: 'model', owned_by: 'deepseek' }] },
      { created: 0, owned_by: 'deepseek' },
    ],
    ['a name that tells the owner', { data: [{ id: 'meta-llama/L' }] }, { owned_by: 'meta-llama' }],
    ['a list of names', ['a'], { id: 'a', created: 0, owned_by: 'unknown' }],
  ])('%s', async (_, answer, wanted) => {
    const { body } = await get('/models', { '/models': () => json(answer) });
    expect(body).toMatchObject({ object: 'list', data: [{ object: 'model', ...wanted }] });
    expect(body).not.toHaveProperty('models');
    expect(body).not.toHaveProperty('result');
  });

  test('keys of paging stay', async () => {
    const { body, asked } = await get('/models?after=x', {
      '/models': () => json({ object: 'list', data: [{ id: 'a' }], has_more: true, last_id: 'a' }),
    });
    expect(body).toMatchObject({ has_more: true, last_id: 'a' });
    expect(asked).toEqual(['/models?after=x']);
  });

  test('a filled field is a note, a complete list is none', async () => {
    const { notes } = await get('/models', { '/models': () => json({ data: [{ id: 'a' }] }) });
    expect(notes.map(({ code }) => code)).toContain('model-fields-missing');
    const whole = await get('/models', { '/models': () => json({ data: [{ id: 'a', created: 1, owned_by: 'me' }] }) });
    expect(whole.notes.map(({ code }) => code)).not.toContain('model-fields-missing');
  });

  test('what is no list is an error', async () => {
    const { status, body } = await get('/models', { '/models': () => json({ hello: 'world' }) });
    expect([status, body]).toEqual([502, { error: expect.objectContaining({ code: 'invalid_answer' }) }]);
  });
});

describe('one model', () => {
  const list = () => json({ data: [{ id: 'llama3.3:latest', owned_by: 'library', created: 7 }] });

  test('comes in OpenAI’s shape', async () => {
    const { body } = await get('/models/a', { '/models/a': () => json({ identifier: 'a', provider_id: 'p' }) });
    expect(body).toMatchObject({ id: 'a', object: 'model', created: 0, owned_by: 'p' });
  });
  test('comes from the list where the endpoint has no such route', async () => {
    const { body, asked } = await get('/models/llama3.3', { '/models': list });
    expect(body).toMatchObject({ id: 'llama3.3:latest', object: 'model', created: 7 });
    expect(asked).toEqual(['/models/llama3.3', '/models']);
  });
  test('that is not in the list is OpenAI’s 404 with what there is', async () => {
    const { status, body } = await get('/models/llama3.4', { '/models': list });
    expect([status, body]).toEqual([
      404,
      {
        error: {
          message: expect.stringMatching(
            /'llama3\.4' does not exist at the endpoint\. The endpoint has: llama3\.3:latest/,
          ),
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_found',
        },
      },
    ]);
  });
  test('keeps the endpoint’s 404 where there is no list either', async () => {
    const { status, body } = await get('/models/x', {});
    expect([status, body]).toEqual([404, { error: expect.objectContaining({ message: 'Not Found' }) }]);
  });
});
