import { describe, expect, test } from 'vitest';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import { ask, events, json } from './ask.test-endpoint.ts';
import { countPromptWords } from './prompt-cut.ts';

const words = (count: number) => Array(count).fill('word').join(' \n');
const usage = (prompt: number) => ({ prompt_tokens: prompt, completion_tokens: 1, total_tokens: prompt + 1 });
const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });

describe('a prompt the endpoint cut', () => {
  test.each([
    ['whole', {}, () => json(completion({ content: 'ok' }, 'stop', { usage: usage(400) }))],
    [
      'streamed',
      { stream: true },
      () =>
        events(
          sse([
            chunk({ role: 'assistant', content: 'ok' }),
            chunk({}, 'stop'),
            { ...chunk({}), choices: [], usage: usage(400) },
          ]),
        ),
    ],
  ])('%s is a lossy note that says what to do', async (_, more, reply) => {
    const { notes } = await ask({ ...user(words(500)), ...more }, [reply()]);
    expect(notes.find(({ code }) => code === 'prompt-cut')).toMatchObject({
      severity: 'lossy',
      what: 'the endpoint read 400 tokens of a prompt of at least 500',
      fix: expect.stringContaining('num_ctx'),
    });
  });

  test('is an error under strict', async () => {
    const reply = json(completion({ content: 'ok' }, 'stop', { usage: usage(400) }));
    const { status, text } = await ask(user(words(500)), [reply], { policy: 'strict' });
    expect([status, text]).toEqual([400, expect.stringContaining('read 400 tokens of a prompt of at least 500')]);
  });

  test.each([
    ['a prompt that was read', user(words(500)), usage(500)],
    ['a short prompt', user(words(255)), usage(20)],
    ['no count', user(words(500)), usage(0)],
    [
      'earlier turns of the assistant',
      {
        messages: [
          { role: 'assistant', content: words(900) },
          { role: 'user', content: 'x' },
        ],
      },
      usage(9),
    ],
    ['pictures', user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${words(900)}` } }]), usage(9)],
  ])('%s is none', async (_, request, counted) => {
    const { notes } = await ask(request, [json(completion({ content: 'ok' }, 'stop', { usage: counted }))]);
    expect(notes.map(({ code }) => code)).not.toContain('prompt-cut');
  });
});

test.each([
  [4096, true],
  [2050, true],
  [4095, false],
])('Ollama’s count of %i is a cut: %s', async (prompt, isCut) => {
  const { notes } = await ask(user('short'), [json(completion({ content: 'ok' }, 'stop', { usage: usage(prompt) }))], {
    target: { dialect: 'ollama', baseURL: 'http://ollama.test/v1' },
  });
  expect(notes.some(({ code }) => code === 'prompt-cut')).toBe(isCut);
});

test('another endpoint may count what it likes', async () => {
  const { notes } = await ask(user('short'), [json(completion({ content: 'ok' }, 'stop', { usage: usage(4096) }))]);
  expect(notes.map(({ code }) => code)).not.toContain('prompt-cut');
});

test('words are counted in every part that is text', () => {
  expect(
    countPromptWords({
      messages: [
        { role: 'system', content: ' a  b ' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'c\nd' },
            { type: 'image_url', image_url: { url: 'x y' } },
          ],
        },
        { role: 'tool', content: 'e' },
        { role: 'assistant', content: 'f g' },
        { role: 'user', content: null },
      ],
    }),
  ).toBe(5);
});
