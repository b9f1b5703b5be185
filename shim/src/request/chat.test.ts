import { describe, expect, test } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { Refusal } from '../refusal.ts';
import { createReport } from '../report.ts';
import type { WireObject } from '../wire.ts';
import { translateChat } from './chat.ts';

const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } });
const base = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] };

function translate(more: WireObject, policy: 'warn' | 'strict' | 'silent' = 'silent') {
  const report = createReport(policy, undefined);
  const input = structuredClone({ ...base, ...more });
  const before = JSON.stringify(input);
  const { bodies, plan } = translateChat(input, 'llama', dialects['llama.cpp'], report);
  expect(JSON.stringify(input)).toBe(before);
  return { bodies, body: bodies[0] as WireObject, plan, codes: report.notes.map(({ code }) => code) };
}

const refusal = (act: () => unknown): Refusal => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('llama.cpp', () => {
  test('what it has no rule for passes, falsy values included', () => {
    const more = {
      temperature: 0,
      top_p: 0.5,
      seed: 0,
      stop: '',
      frequency_penalty: -1,
      response_format: { type: 'json_object' },
      something_new: false,
      max_completion_tokens: 5,
    };
    expect(translate(more)).toMatchObject({ body: { ...base, ...more, model: 'llama' }, codes: [] });
  });

  test.each(['user', 'store', 'metadata', 'service_tier', 'verbosity', 'logit_bias', 'prediction'])(
    '%s is left out, with a note',
    (name) => {
      const { body, codes } = translate({ [name]: { a: 1 } });
      expect(body).not.toHaveProperty(name);
      expect(codes).toEqual(['param-dropped']);
    },
  );

  test.each([
    ['functions', [{ name: 'f' }]],
    ['function_call', 'auto'],
    ['audio', { voice: 'x' }],
    ['modalities', ['text', 'audio']],
    ['web_search_options', {}],
  ])('%s is refused by name', (name, value) =>
    expect(refusal(() => translate({ [name]: value }))).toMatchObject({
      status: 400,
      error: { param: name, type: 'invalid_request_error' },
    }),
  );

  test('modalities of text only pass', () =>
    expect(translate({ modalities: ['text'] }).body['modalities']).toEqual(['text']));

  test('null is absence', () => expect(translate({ functions: null, logit_bias: null }).codes).toEqual([]));

  test('developer is sent as system, leading system messages as one', () => {
    const { body, codes } = translate({
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'a' }] },
        { role: 'system', content: 'b' },
        { role: 'user', content: 'c' },
        { role: 'system', content: 'late' },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'system', content: 'a\n\nb' },
      { role: 'user', content: 'c' },
      { role: 'system', content: 'late' },
    ]);
    expect(codes).toEqual(['role-mapped', 'system-merged']);
  });

  test('empty lists of tools and calls are left out', () => {
    const { body } = translate({
      tools: [],
      tool_choice: 'auto',
      messages: [{ role: 'assistant', content: 'x', tool_calls: [] }],
    });
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
    expect(body['messages']).toEqual([{ role: 'assistant', content: 'x' }]);
  });

  test('a named choice is the only tool, required', () => {
    const { body, plan } = translate({
      tools: [tool('a'), tool('b')],
      tool_choice: { type: 'function', function: { name: 'b' } },
    });
    expect([body['tools'], body['tool_choice']]).toEqual([[tool('b')], 'required']);
    expect(plan.tools).toEqual({ mode: 'named', name: 'b', pinned: true });
  });

  test('allowed tools are the only ones', () => {
    const allowed = (mode: string) => ({
      type: 'allowed_tools',
      allowed_tools: { mode, tools: [tool('a'), tool('c')] },
    });
    expect(translate({ tools: [tool('a'), tool('b'), tool('c')], tool_choice: allowed('auto') }).body).toMatchObject({
      tools: [tool('a'), tool('c')],
      tool_choice: 'auto',
    });
    expect(
      translate({ tools: [tool('a'), tool('b'), tool('c')], tool_choice: allowed('required') }).body,
    ).toMatchObject({ tool_choice: 'required' });
  });

  test.each<[string, WireObject, string]>([
    [
      'a name that is no tool',
      { tools: [tool('a')], tool_choice: { type: 'function', function: { name: 'b' } } },
      'tool_choice',
    ],
    ['a choice without tools', { tool_choice: 'required' }, 'tool_choice'],
    [
      'a choice of a kind nobody knows',
      { tools: [tool('a')], tool_choice: { type: 'custom', custom: { name: 'a' } } },
      'tool_choice',
    ],
    ['a tool that is no function', { tools: [{ type: 'custom', custom: { name: 'a' } }] }, 'tools'],
  ])('%s is refused', (_, more, param) =>
    expect(refusal(() => translate(more))).toMatchObject({ status: 400, error: { param } }),
  );

  test('n is n requests, each with a seed of its own', () => {
    const { bodies } = translate({ n: 3, seed: 7 });
    expect(bodies.map(({ seed, n }) => [seed, n])).toEqual([
      [7, undefined],
      [8, undefined],
      [9, undefined],
    ]);
    expect(translate({ n: 1 }).bodies).toHaveLength(1);
  });

  test('a stream asks for usage, whoever wants it', () => {
    expect(translate({ stream: true })).toMatchObject({
      body: { stream_options: { include_usage: true } },
      plan: { wantsUsage: false, stream: true },
    });
    expect(
      translate({ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }),
    ).toMatchObject({
      body: { stream_options: { include_usage: true, include_obfuscation: false } },
      plan: { wantsUsage: true },
    });
    expect(translate({}).body).not.toHaveProperty('stream_options');
  });

  test('strict refuses what is lossy and lets the rest be', () => {
    expect(refusal(() => translate({ verbosity: 'low' }, 'strict'))).toMatchObject({
      status: 400,
      error: { param: 'verbosity' },
    });
    expect(translate({ user: 'u' }, 'strict').codes).toEqual(['param-dropped']);
  });
});
