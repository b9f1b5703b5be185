import { describe, expect, test } from 'vitest';
import { ask, json } from './ask.test-endpoint.ts';

describe('a model that is not there', () => {
  const missing = json.bind(null, { error: { message: 'The model does not exist.', code: 404 } }, 404);
  let host = 0;
  const explain = async (model: string, models: unknown, status = 200) => {
    host += 1;
    const { text, sent } = await ask({ model }, [missing(), json(models, status)], {
      target: { dialect: 'openai-compatible', baseURL: `http://models-${host}.test/v1` },
    });
    return { message: (JSON.parse(text) as { error: { message: string } }).error.message, requests: sent.length };
  };
  const list = (...ids: string[]) => ({ object: 'list', data: ids.map((id) => ({ id })) });

  test('the endpoint’s models and the nearest one are named', async () => {
    const { message } = await explain('llama-3.3-70b-instrct', list('llama-3.3-70b-instruct', 'gpt-oss-120b'));
    expect(message).toBe(
      'The model does not exist. The endpoint has: llama-3.3-70b-instruct, gpt-oss-120b (did you mean "llama-3.3-70b-instruct"?)',
    );
  });
  test('the same model under the endpoint’s name is the nearest', async () => {
    const { message } = await explain('llama3.3:70b', list('gpt-oss:20b', 'meta-llama/Llama-3.3-70B-Instruct'));
    expect(message).toContain('did you mean "meta-llama/Llama-3.3-70B-Instruct"?');
  });
  test('a retired name says when, and what its host recommends', async () => {
    const { message } = await explain('llama-3.3-70b-versatile', list('openai/gpt-oss-120b'));
    expect(message).toContain(
      'groq retired "llama-3.3-70b-versatile" on 2026-08-16; it recommends openai/gpt-oss-120b',
    );
  });
  test('an OpenAI name that nobody mapped says how to map it', async () => {
    const { message } = await explain('gpt-4o-mini', list('local'));
    expect(message).toContain('"gpt-4o-mini" is OpenAI\'s name: map it');
  });
  test('an endpoint that does not list leaves the message as it is', async () => {
    expect(await explain('x', { detail: 'Not Found' }, 404)).toEqual({
      message: 'The model does not exist.',
      requests: 2,
    });
  });
  test('the list is asked once', async () => {
    const target = { dialect: 'openai-compatible', baseURL: 'http://once.test/v1' } as const;
    const first = await ask({ model: 'x' }, [missing(), json(list('y'))], { target });
    const second = await ask({ model: 'x' }, [missing()], { target });
    expect([first.sent.length, second.sent.length]).toEqual([2, 1]);
    expect(second.text).toContain('The endpoint has: y');
  });
});

describe('a place that is not there', () => {
  const explain = async (baseURL: string, body: unknown, status = 404) => {
    const { text } = await ask({}, [json(body, status)], { target: { dialect: 'openai-compatible', baseURL } });
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  };
  test('an address without its version path is named', async () => {
    const hint =
      "The request went to http://up.test/chat/completions: check that the target's baseURL ends in its version path";
    expect(await explain('http://up.test', { detail: 'Not Found' })).toContain(`Not Found. ${hint}`);
    expect(await explain('http://up.test', '404 page not found')).toContain(hint);
    expect(await explain('http://up.test', '')).toContain(hint);
  });
  test('a 404 that says what is missing gets no such hint', async () => {
    expect(await explain('http://up.test', { error: { message: 'No such organisation' } })).toBe(
      'No such organisation',
    );
  });
  test('a service that was shut down is named with its day', async () => {
    expect(
      await explain('https://api.llama.com/compat/v1', { title: 'sunset', detail: 'This API is no more' }, 410),
    ).toContain('Meta’s Llama API was shut down on 2026-07-06');
  });
});
