import { expect, test } from 'vitest';
import { createFetch } from '../fetch.ts';
import type { GuardConfig } from './settings.ts';

const open = (guard: object, more: object = {}) =>
  createFetch({
    target: { dialect: 'vllm', baseURL: 'http://up.test/v1' },
    guard: guard as GuardConfig,
    ...more,
  });

test.each([
  ['no model', {}, 'guard.model must be a text'],
  ['a name nobody knows', { model: 'my-guard' }, 'guard.kind which family it is: llama-guard-4'],
  ['a key nobody knows', { model: 'llama-guard-3-8b', modle: 'x' }, 'unknown key "modle"'],
  ['a kind nobody knows', { model: 'my-guard', kind: 'llama-gard-3' }, 'guard.kind'],
  ['a mode nobody knows', { model: 'llama-guard-3-8b', input: 'stop' }, 'guard.input'],
  ['a task that is not known', { model: 'llama-guard-4-12b', prompt: 'written' }, 'only template is known'],
  ['a policy for a model that follows none', { model: 'llama-guard-3-8b', policy: 'x' }, 'guard.policy'],
  ['a number out of bounds', { model: 'llama-guard-3-8b', turns: 0 }, 'guard.turns'],
  ['a target that is not there', { model: 'llama-guard-3-8b', target: 'elsewhere' }, '"elsewhere"'],
])('%s is a settings error', (_, guard, message) => expect(() => open(guard)).toThrow(message));

test('a guard needs a target other than OpenAI', () => {
  const rules = { target: 'openai', route: [{ target: 'vllm' }], targets: { vllm: { baseURL: 'http://up.test/v1' } } };
  expect(() => open({ model: 'llama-guard-3-8b' }, rules)).toThrow('guard.target');
  expect(() => open({ model: 'llama-guard-3-8b', target: 'vllm' }, rules)).not.toThrow();
});

test('a name of one’s own with its kind', () =>
  expect(() => open({ model: 'my-guard', kind: 'llama-guard-3' })).not.toThrow());
