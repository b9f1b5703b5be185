import { afterEach, describe, expect, test, vi } from 'vitest';
import { ask, json } from './answer/ask.test-endpoint.ts';
import { checkEmbeddings, joinEmbeddings } from './embedding-settings.ts';

describe('the setting is checked', () => {
  test.each<[string, unknown, RegExp]>([
    ['no object', ['m'], /^embeddings must be an object$/],
    [
      'an unknown key',
      { rebuild: [] },
      /unknown key "rebuild" \(did you mean "rebuilt"\?\); known keys: rebuilt, widths/,
    ],
    ['a name alone', { rebuilt: 'm' }, /embeddings\.rebuilt must be a list of model names/],
    ['a number for a name', { rebuilt: [1] }, /embeddings\.rebuilt must be a list/],
    ['a list of widths', { widths: [256] }, /embeddings\.widths must be an object/],
    ['one width', { widths: { m: 256 } }, /embeddings\.widths\["m"\] must be a list of whole numbers/],
    ['half a width', { widths: { m: [0.5] } }, /embeddings\.widths\["m"\] must be/],
  ])('%s', (_, value, message) => expect(() => checkEmbeddings(value, 'embeddings')).toThrow(message));

  test('what is right passes', () => {
    expect(() => checkEmbeddings({ rebuilt: ['a'], widths: { m: [256] } }, 'embeddings')).not.toThrow();
    expect(() => checkEmbeddings({}, 'embeddings')).not.toThrow();
  });
});

test('code adds to the file, and wins where both speak of a model', () => {
  expect(
    joinEmbeddings({ rebuilt: ['a'], widths: { m: [1], n: [2] } }, undefined, { rebuilt: ['b'], widths: { m: [3] } }),
  ).toEqual({ rebuilt: ['a', 'b'], widths: { m: [3], n: [2] } });
});

describe('on stderr', () => {
  afterEach(() => vi.restoreAllMocks());

  test('each mapping is warned of once a process', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const models = { 'text-embedding-3-small': 'x-embed', 'text-embedding-3-large': 'x-embed' };
    const embed = (model: string) =>
      ask(
        { model, input: 'x' },
        [json({ data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 1 } })],
        { models, policy: 'warn', target: { dialect: 'openai-compatible', baseURL: 'http://warn.test/v1' } },
        'embeddings',
      );
    await embed('text-embedding-3-small');
    await embed('text-embedding-3-small');
    await embed('text-embedding-3-large');
    const lines = said.mock.calls
      .map(([line]) => String(line))
      .filter((line) => line.includes('embedding-model-changed'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('add "text-embedding-3-small" to embeddings.rebuilt');
    expect(lines[1]).toContain('add "text-embedding-3-large" to embeddings.rebuilt');
  });
});
