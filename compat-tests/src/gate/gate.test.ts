import { describe, expect, test } from 'vitest';
import { chatAnswer, chatRequest, makeExchange } from '../exchanges.test-material.ts';
import { compare } from '../parity.ts';
import { findBreaches, parseGate } from './gate.ts';

const report = async (content = 'Hello') =>
  compare({
    recordings: [
      { ...makeExchange({ request: chatRequest(), answer: chatAnswer({ content: 'Hello' }) }), callSite: 'draft' },
    ],
    candidate: { name: 'stub', fetch: async () => Response.json(chatAnswer({ content })) },
  });

test('an empty gate asks for the wire', async () => {
  const gate = parseGate('', 'gate.yaml');
  expect(gate).toMatchObject({ require: 'WIRE-SAFE', rules: { level: 0.05 }, live: { agreement: 0.9, risk: 0.05 } });
  expect(findBreaches(await report(), gate)).toEqual([]);
  expect(findBreaches(await report(''), gate)).toEqual(['the verdict is NOT SAFE, and the gate asks for WIRE-SAFE']);
});

test('margins and ignored checks go from the call site to the gate', () => {
  const { rules } = parseGate(
    `
level: 0.1
margins: { default: 0.04, tool-name: 0.03 }
ignore: [length]
sites:
  draft: { margins: { tool-name: 0.2 }, ignore: ["task:tone"] }
`,
    'gate.yaml',
  );
  expect(rules.level).toBe(0.1);
  expect(rules.marginOf('draft', 'tool-name')).toBe(0.2);
  expect(rules.marginOf('other', 'tool-name')).toBe(0.03);
  expect(rules.marginOf('draft', 'refusal')).toBe(0.04);
  expect(parseGate('{}', 'g').rules.marginOf('draft', 'refusal')).toBeUndefined();
  expect([
    rules.isIgnored('x', 'length'),
    rules.isIgnored('x', 'task:tone'),
    rules.isIgnored('draft', 'task:tone'),
  ]).toEqual([true, false, true]);
});

test('what is not reached is named', async () => {
  const gate = parseGate(
    'require: SAFE\nsites: { draft: { require: SAFE }, gone: { require: WIRE-SAFE } }\nlimits: { cost: 1, total-p95: 2 }',
    'g',
  );
  expect(findBreaches(await report(), gate)).toEqual([
    'the verdict is WIRE-SAFE, and the gate asks for SAFE',
    'draft is WIRE-SAFE, and the gate asks for SAFE',
    'gone: the gate asks for WIRE-SAFE, and the traffic has no such call site',
    'total-p95 was not measured on both sides, and the gate limits it',
    'cost was not measured on both sides (a price is unknown), and the gate limits it',
  ]);
});

describe('limits', () => {
  test.each([
    ['limits: { total-p50: 0.5 }', ["total-p50 is 2.00 times the old model's, and the gate allows 0.5"]],
    ['limits: { total-p50: 2 }', []],
  ])('%s', async (text, breaches) => {
    const spread = (p50: number) => ({ count: 1, p50, p95: p50, bins: [] });
    const held = await report();
    const measures = { ...held.measures, totalMs: { old: spread(100), candidate: spread(200) } };
    expect(findBreaches({ ...held, measures }, parseGate(text, 'g'))).toEqual(breaches);
  });
});

test.each([
  ['levl: 0.1', /gate.yaml has an unknown key "levl"; known are level, /],
  ['level: 2', /level is 2; it must be a number between 0 and 1/],
  ['require: GOOD', /require is "GOOD"/],
  ['margins: { tool: 0.1 }', /unknown check "tool"/],
  ['ignore: [tools]', /unknown check "tools"/],
  ['ignore: tool-name', /must be a list of checks/],
  ['limits: { price: 1 }', /limits has an unknown key "price"/],
  ['limits: { cost: -1 }', /limits.cost must be a number above 0/],
  ['sites: { a: { verdict: SAFE } }', /sites.a has an unknown key "verdict"/],
  ['sites: [a]', /sites must be a mapping/],
  ['level: 0.1\nlevel: 0.2', /unique/],
  ['a: [', /gate.yaml: /],
])('%s is one clear line', (text, message) => expect(() => parseGate(text, 'gate.yaml')).toThrow(message));
