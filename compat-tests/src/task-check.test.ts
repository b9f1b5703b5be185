import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer.ts';
import { chatAnswer, chatRequest, makeExchange, tool, toolCall } from './exchanges.test-material.ts';
import { readTaskChecks, runTaskChecks, type TaskCheck } from './task-check.ts';

const answer = (message: object) => readAnswer(200, 'application/json', JSON.stringify(chatAnswer(message)));
const exchange = { ...makeExchange({ request: chatRequest(), answer: {} }), callSite: 'draft' };
const namesOrder: TaskCheck = {
  name: 'names-order',
  check: ({ text }) => text.includes('A-17') || 'the order is not named',
};
const run = (checks: readonly TaskCheck[], before: object, after: object) =>
  runTaskChecks(checks, exchange, { recorded: answer(before), candidate: answer(after) });

describe('both answers are asked', () => {
  test.each([
    ['order A-17', 'Order A-17 is late', 'PASS', 'PASS'],
    ['order A-17', 'It is late', 'FAIL', 'PASS'],
    ['it is late', 'It is late', 'DIFFERENT', 'FAIL'],
    ['it is late', 'Order A-17', 'PASS', 'FAIL'],
  ])('%s -> %s', (before, after, verdict, recorded) => {
    const [check] = run([namesOrder], { content: before }, { content: after });
    expect(check).toMatchObject({ check: 'task:names-order', verdict, recorded });
    if (verdict === 'FAIL') expect(check?.got).toBe('the order is not named: "It is late"');
  });
  test('calls are parsed, and the request is at hand', () => {
    const check: TaskCheck = {
      name: 'right-city',
      check: ({ toolCalls }, { request, recorded }) =>
        JSON.stringify(toolCalls[0]?.arguments) === JSON.stringify(recorded.toolCalls[0]?.arguments) &&
        request['model'] === 'gpt-4o-mini',
    };
    const call = (city: string) => ({ tool_calls: [toolCall('get_weather', JSON.stringify({ city }))] });
    expect(run([check], call('Paris'), call('Paris'))[0]?.verdict).toBe('PASS');
    expect(run([check], call('Paris'), call('Rome'))[0]?.verdict).toBe('FAIL');
    expect(tool('x').function.name).toBe('x');
  });
});

test('a check of another call site is not asked, and one that throws says so and counts for nobody', () => {
  expect(run([{ ...namesOrder, callSites: ['other'] }], {}, {})).toEqual([]);
  const broken: TaskCheck = {
    name: 'broken',
    check: () => {
      throw new Error('oops');
    },
  };
  expect(run([broken], { content: 'a' }, { content: 'b' })[0]).toMatchObject({
    verdict: 'NOT COMPARABLE',
    got: 'it threw: oops',
  });
});

test.each<[unknown, RegExp]>([
  [{}, /must export a list `checks`/],
  [{ checks: [] }, /must export a list/],
  [{ checks: [7] }, /checks\[0\] is no object/],
  [{ checks: [{ name: 'Bad Name', check: () => true }] }, /kebab-case/],
  [{ checks: [{ name: 'a' }] }, /checks\[0\]\.check must be a function/],
  [{ checks: [namesOrder, namesOrder] }, /is there twice/],
  [{ checks: [{ ...namesOrder, callSite: 'x' }] }, /unknown key "callSite"/],
  [{ checks: [{ ...namesOrder, callSites: 'x' }] }, /list of texts/],
])('a module that cannot be used is said: %j', (module, message) =>
  expect(() => readTaskChecks(module, 'checks.mjs')).toThrow(message),
);
test('a module with a default export is read too', () =>
  expect(readTaskChecks({ default: { checks: [namesOrder] } }, 'checks.cjs')).toEqual([namesOrder]));
