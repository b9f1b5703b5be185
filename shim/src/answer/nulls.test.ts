import { expect, test } from 'vitest';
import { chunk, completion, sse } from '../upstream.test-server.ts';
import { ask, events, json } from './ask.test-endpoint.ts';

test('keys that OpenAI sends only with a value go when they are null', async () => {
  const { text, notes } = await ask({}, [
    json(
      completion({ content: 'hi', function_call: null, tool_calls: null, annotations: null, refusal: null }, 'stop', {
        usage: {
          prompt_tokens: 3,
          completion_tokens: 2,
          total_tokens: 5,
          prompt_tokens_details: null,
          completion_tokens_details: { audio_tokens: null, reasoning_tokens: 0 },
        },
      }),
    ),
  ]);
  const { choices, usage } = JSON.parse(text);
  expect(choices[0].message).toEqual({ role: 'assistant', content: 'hi', refusal: null });
  expect(usage).toEqual({
    prompt_tokens: 3,
    completion_tokens: 2,
    total_tokens: 5,
    completion_tokens_details: { reasoning_tokens: 0 },
  });
  expect(notes.map(({ code }) => code)).toContain('nulls-dropped');
});

test('a service tier OpenAI does not have is left out, its own stay', async () => {
  const tier = async (given: string) =>
    JSON.parse((await ask({}, [json(completion({ content: 'hi' }, 'stop', { service_tier: given }))])).text);
  expect(await tier('on_demand')).not.toHaveProperty('service_tier');
  expect(await tier('flex')).toHaveProperty('service_tier', 'flex');
});

test('log-probabilities have all of OpenAI’s keys and nothing without a probability', async () => {
  const entry = { token: 'hi', logprob: -0.5 };
  const { text } = await ask({ stream: true, logprobs: true, top_logprobs: 1 }, [
    events(
      sse([
        {
          ...chunk({ role: 'assistant', reasoning_content: 'We' }),
          choices: [{ index: 0, delta: { reasoning_content: 'We' }, logprobs: { reasoning_content: [] } }],
        },
        {
          ...chunk({}),
          choices: [
            {
              index: 0,
              delta: { content: 'hi' },
              logprobs: { content: [{ ...entry, top_logprobs: [entry, { token: 'x' }] }, { token: '' }] },
            },
          ],
        },
        chunk({}, 'stop'),
      ]),
    ),
  ]);
  const logprobs = text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)).choices[0]?.logprobs);
  expect(logprobs[0]).toEqual({ content: null, refusal: null, reasoning_content: [] });
  expect(logprobs[1]).toEqual({
    content: [{ ...entry, bytes: null, top_logprobs: [{ ...entry, bytes: null }] }],
    refusal: null,
  });
});
