import type { Exchange } from '@migrate-llm/shim/exchange';
import { expect, test } from 'vitest';
import { chatAnswer, chatRequest, makeExchange, tool, toolCall } from '../exchanges.test-material.ts';
import { createLiveGate, type Rollback } from './live-gate.ts';

const call = chatAnswer({ tool_calls: [toolCall('get', '{"city":"Rome"}')] }, 'tool_calls');
const ask = (answer: unknown, status = 200): Exchange => ({
  ...makeExchange({ request: chatRequest({ tools: [tool('get')] }), answer, status }),
  callSite: 'orders',
});
const good = { primary: ask(call), shadow: ask(call), error: undefined };
const lost = { ...good, shadow: ask(chatAnswer({ content: 'Let me see.' })) };
const other = { ...good, shadow: ask(chatAnswer({ tool_calls: [toolCall('get', '{"city":"Lyon"}')] }, 'tool_calls')) };

function open() {
  const seen: Rollback[] = [];
  return { seen, gate: createLiveGate({ agreement: 0.9, onRollback: (rollback) => seen.push(rollback) }) };
}

test('a candidate that holds, or only says something else, is left where it is', () => {
  const { gate, seen } = open();
  for (let at = 0; at < 60; at += 1) gate.onShadow(at % 3 === 0 ? other : good);
  expect(seen).toEqual([]);
  expect(gate.state()).toMatchObject([{ callSite: 'orders', compared: 60, mean: 1 }]);
});

test('lost calls bring the call site back, once, and with the figures', () => {
  const { gate, seen } = open();
  for (let at = 0; at < 60; at += 1) gate.onShadow(at % 2 === 0 ? lost : good);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ callSite: 'orders', lastFailure: [{ check: 'tool-trigger' }] });
  expect(seen[0]?.compared).toBeLessThan(30);
  expect(seen[0]?.reason).toMatch(/^fewer than 90.0 % of its answers hold: /);
  expect(gate.isRolledBack('orders')).toBe(true);
  expect(gate.isRolledBack('other')).toBe(false);
});

test('an endpoint that does not answer fails, an old model that does not says nothing', () => {
  const { gate, seen } = open();
  for (let at = 0; at < 50; at += 1) gate.onShadow({ ...good, primary: ask({ error: {} }, 500) });
  expect(gate.state()).toEqual([]);
  for (let at = 0; at < 10; at += 1) gate.onShadow({ ...good, shadow: undefined, error: 'connection refused' });
  expect(seen[0]?.lastFailure[0]?.got).toBe('connection refused');
});

test('calls go forward until their call site is rolled back', async () => {
  const { gate } = open();
  const answering = (text: string) => async () => new Response(text);
  const fetch = gate.route(answering('candidate'), answering('OpenAI'));
  const ask1 = async (site: string) =>
    (
      await fetch('https://api.openai.com/v1/chat/completions', {
        method: 'POST',
        headers: { 'x-migrate-llm-call-site': site },
      })
    ).text();
  expect(await ask1('orders')).toBe('candidate');
  for (let at = 0; at < 20; at += 1) gate.onShadow(lost);
  expect([await ask1('orders'), await ask1('draft')]).toEqual(['OpenAI', 'candidate']);
  const untagged = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST' });
  expect(await untagged.text()).toBe('candidate');
});
