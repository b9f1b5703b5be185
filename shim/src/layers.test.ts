import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Dialect, Fact, Layer, ParamRule } from './dialect.ts';
import { dialects } from './dialects/index.ts';
import { defineDialect, extendDialect } from './layers.ts';
import { settleDialect } from './settle.ts';

const fact = (because: string): Fact => ({ because, source: 'https://example.com/api', checked: '2026-11-25' });
const define = (rows: Layer): Dialect => defineDialect({ id: 'vllm', name: 'x', kind: 'engine', signs: {}, ...rows });
const drop = (because: string): ParamRule => ({ kind: 'drop', severity: 'info', ...fact(because) });
const unknown: ParamRule = { kind: 'unknown', ...fact('nobody checked') };

describe('a layer over another', () => {
  const base = define({
    chat: { params: { seed: drop('below'), user: drop('below') }, fanOut: fact('below'), developerRole: fact('below') },
    native: { stop: fact('below'), 'embeddings.dimensions': fact('below') },
    finish: { eos: 'stop' },
    extras: { answer: ['a'] },
  });

  test('wins row by row, and what it does not say stands', () => {
    const { chat, finish, extras } = extendDialect(base, {
      chat: { params: { seed: drop('above') }, developerRole: fact('above') },
      finish: { abort: 'stop' },
      extras: { answer: ['a', 'b'] },
    });
    expect(chat).toMatchObject({
      params: { seed: { because: 'above' }, user: { because: 'below' } },
      developerRole: { because: 'above' },
      fanOut: { because: 'below' },
    });
    expect(finish).toEqual({ eos: 'stop', abort: 'stop' });
    expect(extras.answer).toEqual(['a', 'b']);
  });

  test('"native" takes rules and quirks away, and a rule takes "native" away', () => {
    const { chat, native, embeddings } = extendDialect(base, {
      chat: { params: { stop: drop('above') } },
      native: { seed: fact('above'), n: fact('above') },
      embeddings: { params: { dimensions: drop('above') } },
    });
    expect(Object.keys(chat.params)).toEqual(['user', 'stop']);
    expect(chat.fanOut).toBeUndefined();
    expect(Object.keys(native)).toEqual(['seed', 'n']);
    expect(embeddings.params.dimensions?.because).toBe('above');
  });

  test('"unknown" says nothing against what is known below, unless it overrides', () => {
    const rows: Layer = { chat: { params: { seed: unknown, stop: unknown, top_p: unknown } } };
    const { chat, native } = extendDialect(base, rows);
    expect([chat.params.seed?.kind, chat.params.stop, chat.params.top_p?.kind]).toEqual(['drop', undefined, 'unknown']);
    expect(native).toHaveProperty('stop');
    const over = { kind: 'unknown', overrides: true, ...fact('above') } as const;
    const other = extendDialect(base, { chat: { params: { seed: over, stop: over } } });
    expect([other.chat.params.seed?.kind, other.chat.params.stop?.kind]).toEqual(['unknown', 'unknown']);
    expect(other.native).not.toHaveProperty('stop');
  });

  test('the one below stays as it is', () => {
    const before = JSON.stringify(base);
    extendDialect(base, { chat: { params: { seed: unknown } }, native: { user: fact('above') } });
    expect(JSON.stringify(base)).toBe(before);
  });
});

describe('engine < provider < model family < user', () => {
  test('a family’s rows come over the provider’s', () => {
    expect(dialects.groq.chat.params.reasoning_effort?.kind).toBe('unknown');
    expect(settleDialect(dialects.groq, 'openai/gpt-oss-120b', undefined).chat.params.reasoning_effort?.kind).toBe(
      'map',
    );
    expect(settleDialect(dialects.groq, 'qwen/qwen3-32b', undefined)).toBe(dialects.groq);
  });
  test('the user’s come over the family’s', () => {
    const rules = { pass: ['reasoning_effort'], drop: ['seed'], rename: { user: 'uid' } } as const;
    const { chat, native } = settleDialect(dialects.groq, 'openai/gpt-oss-120b', rules);
    expect(chat.params.reasoning_effort).toBeUndefined();
    expect(chat.params).toMatchObject({ seed: { kind: 'drop' }, user: { kind: 'rename', to: 'uid' } });
    expect(native).toHaveProperty('reasoning_effort');
  });
  test('what was settled once is the same object', () =>
    expect(settleDialect(dialects.vllm, 'Llama-3.3-70B', undefined)).toBe(
      settleDialect(dialects.vllm, 'llama3.1', undefined),
    ));
  test('a provider’s own rows come over its engine’s', () => {
    const engine = define({ chat: { params: { seed: drop('engine'), stop: drop('engine') } } });
    const provider = defineDialect({
      id: 'groq',
      name: 'y',
      kind: 'provider',
      signs: {},
      extends: engine,
      native: { seed: fact('provider') },
    });
    expect(Object.keys(provider.chat.params)).toEqual(['stop']);
  });
});

test('a misspelt parameter, quirk or feature does not compile', () => {
  expectTypeOf<'max_token'>().not.toExtend<keyof NonNullable<NonNullable<Layer['chat']>['params']>>();
  expectTypeOf<'max_tokens'>().toExtend<keyof NonNullable<NonNullable<Layer['chat']>['params']>>();
  expectTypeOf<'developerRoles'>().not.toExtend<keyof NonNullable<Layer['chat']>>();
  expectTypeOf<'stops'>().not.toExtend<keyof NonNullable<Layer['native']>>();
  expectTypeOf<{ chat: { params: { seeed: ParamRule } } }>().not.toExtend<Layer>();
});
