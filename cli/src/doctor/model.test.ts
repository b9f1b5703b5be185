import { describe, expect, test } from 'vitest';
import { checkModel } from './model.ts';

const lines = (model: string, known: readonly string[]) =>
  checkModel('gpt-4o', model, known, []).map(({ level, what }) => `${level} ${what}`);

describe('a mapped model', () => {
  test('that is there and free of conditions is one line', () => {
    expect(lines('openai/gpt-oss-120b', ['openai/gpt-oss-120b'])).toEqual([
      'ok gpt-4o is answered by openai/gpt-oss-120b',
    ]);
  });
  test('that a host retired says when, and what the host recommends', () => {
    expect(lines('llama-3.3-70b-versatile', ['openai/gpt-oss-120b', 'other'])[0]).toBe(
      'problem gpt-4o goes to "llama-3.3-70b-versatile", which the endpoint does not have; groq retired it on 2026-08-16, recommending openai/gpt-oss-120b or qwen/qwen3.6-27b',
    );
  });
  test('with conditions on its use names them', () => {
    const [, licence] = lines('llama4:maverick', ['llama4:maverick']);
    expect(licence).toMatch(
      /^note meta-llama\/Llama-4-Maverick.* is under the Llama 4 Community License: .*700 million/,
    );
    expect(licence).toContain('European Union');
    expect(licence).toContain('Built with Llama');
  });
  test('whose licence nobody has read says so', () => {
    expect(lines('qwen3.6:27b', ['qwen3.6:27b'])[1]).toBe(
      'note the licence of Qwen/Qwen3.6-27B is not in the catalogue',
    );
  });
  test('that the catalogue does not know gets no word on licences', () => {
    expect(lines('local', ['local'])).toHaveLength(1);
  });
  test('for embeddings asks for the index, until it is said to be built anew', () => {
    const ask = (model: string, rebuilt: readonly string[]) =>
      checkModel('text-embedding-3-small', model, [model], rebuilt).map(({ what }) => what);
    const warning = 'vectors of my-embed do not fit an index built with text-embedding-3-small';
    expect(ask('my-embed', [])).toContain(warning);
    expect(ask('my-embed', ['text-embedding-3-small'])).not.toContain(warning);
    expect(ask('openai/text-embedding-3-small', [])).toHaveLength(1);
  });
});
