import { expect, test } from 'vitest';
import { ask, events, json } from '../answer/ask.test-endpoint.ts';
import { chunk, completion, sse } from '../upstream.test-server.ts';

let count = 0;
/** An endpoint nobody has learnt anything of yet. */
const fresh = (dialect: 'openai-compatible' | 'ogx' = 'openai-compatible') => {
  count += 1;
  return { target: { dialect, baseURL: `http://forced-${count}.test/v1` } };
};
const tool = (name: string) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
});
const asked = { messages: [{ role: 'user', content: 'Rome?' }], tools: [tool('weather'), tool('time')] };
const named = { ...asked, tool_choice: { type: 'function', function: { name: 'weather' } } };
const called = (name: string) => ({ id: 'call_1', type: 'function', index: 0, function: { name, arguments: '{}' } });
const written = '{"name":"weather","parameters":{"city":"Rome"}}';
const said = (content: string, finish = 'stop') => json(completion({ content }, finish));

const readCalls = (text: string) => {
  const { choices, error } = JSON.parse(text) as {
    choices?: Array<{ message: { content: unknown; tool_calls?: Array<{ function: { name: string } }> } }>;
    error?: { code: string; message: string };
  };
  const message = choices?.[0]?.message;
  return { calls: message?.tool_calls?.map((call) => call.function.name), content: message?.content, error };
};

test('a call of another function than the named one is not handed over: the named one is described', async () => {
  const wrong = json(completion({ content: null, tool_calls: [called('time')] }, 'tool_calls'));
  const { text, sent } = await ask(named, [wrong, said(written)], fresh());
  expect(readCalls(text)).toMatchObject({ calls: ['weather'], content: null });
  expect(sent[1]).not.toHaveProperty('tools');
});

test('nor is it in a stream, where nothing of it goes out', async () => {
  const wrong = events(
    sse([
      chunk({ role: 'assistant', content: null }),
      chunk({ tool_calls: [called('time')] }),
      chunk({}, 'tool_calls'),
    ]),
  );
  const right = events(sse([chunk({ role: 'assistant', content: written }), chunk({}, 'stop')]));
  const { text } = await ask({ ...named, stream: true }, [wrong, right], fresh());
  expect(text).toContain('"name":"weather"');
  expect(text).not.toContain('"name":"time"');
});

test('the named call passes as it is', async () => {
  const right = json(completion({ content: null, tool_calls: [called('weather')] }, 'stop'));
  const { text, sent } = await ask(named, [right], fresh());
  expect([readCalls(text).calls, sent.length]).toEqual([['weather'], 1]);
});

test('text that reached its limit before the call is described, then an error that says so', async () => {
  const required = { ...asked, tool_choice: 'required', max_tokens: 5 };
  const good = await ask(required, [said('It is', 'length'), said(written)], fresh());
  expect(readCalls(good.text).calls).toEqual(['weather']);
  const bad = await ask(required, [said('It is', 'length'), said('{"name":"wea', 'length')], fresh());
  expect([bad.status, readCalls(bad.text).error]).toMatchObject([
    502,
    { code: 'tool_choice_not_honoured', message: expect.stringContaining('max_completion_tokens') },
  ]);
});

test('a limit that is reached before any text is an answer cut by length, as at OpenAI', async () => {
  const { text } = await ask({ ...asked, tool_choice: 'required' }, [said('', 'length')], fresh());
  expect(readCalls(text)).toMatchObject({ content: '', error: undefined });
});

test('content stays null beside a call that is read from text, whatever empty text ends the stream', async () => {
  const wire = [chunk({ role: 'assistant', content: written }), chunk({ role: 'assistant', content: '' }, 'stop')];
  const { text } = await ask({ ...asked, stream: true }, [events(sse(wire))], fresh());
  expect(text).toContain('"tool_calls"');
  expect(text).not.toContain('"content":""');
});

test.each([
  ['llama_stack', ['weather']],
  ['someone', undefined],
])(
  'tools that are ignored without a word show in the count of tokens, asked of an engine only: %s',
  async (owner, calls) => {
    const options = fresh('ogx');
    const fetch = async (input: string | URL | Request, init?: RequestInit) => {
      if (String(input).endsWith('/props')) return json({ detail: 'Not Found' }, 404);
      if (String(input).endsWith('/models'))
        return json({ data: [{ id: 'local', object: 'model', created: 1, owned_by: owner }] });
      const described = String(init?.body).includes('You can call functions');
      return said(described ? written : 'It is sunny.');
    };
    expect(readCalls((await ask(asked, [], { ...options, fetch })).text).calls).toEqual(calls);
  },
);
