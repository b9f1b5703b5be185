import { describe, expect, test } from 'vitest';
import type { Fact, Quirks } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { Refusal } from '../refusal.ts';
import { createReport } from '../report.ts';
import { translateChat } from './chat.ts';

const fact: Fact = { because: 'the endpoint wants it so', source: 'https://example.com/api', checked: '2026-11-25' };

function send(quirks: ReadonlyArray<keyof Quirks>, messages: readonly unknown[], more: object = {}) {
  const dialect = defineDialect({
    id: 'vllm',
    name: 'x',
    kind: 'engine',
    signs: {},
    chat: Object.fromEntries(quirks.map((quirk) => [quirk, fact])),
  });
  const input = { model: 'm', messages, ...more };
  const before = JSON.stringify(input);
  const report = createReport('silent', undefined);
  const { bodies } = translateChat(input, 'm', dialect, report);
  expect(JSON.stringify(input)).toBe(before);
  return { body: bodies[0], messages: bodies[0]?.['messages'], codes: report.notes.map(({ code }) => code) };
}

const system = (content: unknown) => ({ role: 'system', content });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown, ...calls: string[]) => ({
  role: 'assistant',
  content,
  ...(calls.length === 0 ? {} : { tool_calls: calls.map((id) => ({ id, type: 'function' })) }),
});
const tool = (id: string) => ({ role: 'tool', tool_call_id: id, content: `result of ${id}` });
const image = (url: string, more: object = {}) => ({ type: 'image_url', image_url: { url, ...more } });
const text = (value: string) => ({ type: 'text', text: value });

describe('a quirk of messages', () => {
  test.each<[string, ReadonlyArray<keyof Quirks>, readonly unknown[], readonly unknown[], readonly string[]]>([
    [
      'a late system message',
      ['lateSystem'],
      [system('a'), user('b'), system('c')],
      [system('a'), system('c'), user('b')],
      ['system-moved'],
    ],
    [
      'late and several system messages',
      ['lateSystem', 'singleSystem'],
      [user('b'), system('a'), system([text('c')])],
      [system('a\n\nc'), user('b')],
      ['system-moved', 'system-merged'],
    ],
    ['no system role', ['noSystem'], [system('a'), user('b')], [user('a\n\nb')], ['system-folded']],
    [
      'no system role, parts',
      ['noSystem'],
      [system('a'), user([image('data:x')])],
      [user([text('a'), image('data:x')])],
      ['system-folded'],
    ],
    ['no system role, no user', ['noSystem'], [system('a')], [user('a')], ['system-folded']],
    [
      'no system role, assistant first',
      ['noSystem'],
      [system('a'), assistant('b')],
      [user('a'), assistant('b')],
      ['system-folded'],
    ],
    [
      'turns in a row',
      ['alternateTurns'],
      [user('a'), user('b'), assistant('c'), assistant('d'), user([text('e')]), user('f')],
      [user('a\n\nb'), assistant('c\n\nd'), user([text('e'), text('f')])],
      ['turns-merged'],
    ],
    [
      'calls and results in a row stay apart',
      ['alternateTurns'],
      [assistant(null, 'x'), tool('x'), tool('y'), assistant('a')],
      [assistant(null, 'x'), tool('x'), tool('y'), assistant('a')],
      [],
    ],
    [
      'an assistant first',
      ['userFirst'],
      [system('s'), assistant('a')],
      [system('s'), user('(The conversation starts here.)'), assistant('a')],
      ['user-turn-added'],
    ],
    ['a user first', ['userFirst'], [system('s'), user('a')], [system('s'), user('a')], []],
    ['names', ['messageNames'], [{ ...user('a'), name: 'bo' }], [user('a')], ['message-name-dropped']],
    [
      'text parts',
      ['textContent'],
      [user([text('a'), text('b')]), { ...tool('x'), content: [text('r')] }],
      [user('a\nb'), { ...tool('x'), content: 'r' }],
      ['text-parts-joined'],
    ],
    [
      'parts that are not text only',
      ['textContent'],
      [user([text('a'), image('data:x')])],
      [user([text('a'), image('data:x')])],
      [],
    ],
    [
      'null',
      ['nullContent'],
      [assistant(null), assistant(null, 'x')],
      [assistant(''), assistant(null, 'x')],
      ['null-content-emptied'],
    ],
    [
      'detail',
      ['imageDetail'],
      [user([image('data:x', { detail: 'low' })])],
      [user([image('data:x')])],
      ['image-detail-dropped'],
    ],
    [
      'several calls',
      ['singleCalls'],
      [user('q'), assistant('both', 'x', 'y'), tool('y'), tool('x'), user('r')],
      [user('q'), assistant('both', 'x'), tool('x'), assistant('', 'y'), tool('y'), user('r')],
      ['calls-split'],
    ],
    [
      'several calls, the answers at the end, one to no call',
      ['singleCalls'],
      [assistant(null, 'x', 'y'), tool('x'), tool('z')],
      [assistant(null, 'x'), tool('x'), assistant('', 'y'), tool('z')],
      ['calls-split'],
    ],
    ['one call', ['singleCalls'], [assistant(null, 'x'), tool('x')], [assistant(null, 'x'), tool('x')], []],
  ])('%s', (_, quirks, given, wanted, codes) => expect(send(quirks, given)).toMatchObject({ messages: wanted, codes }));

  test('what an answer says nothing with does not go back to the endpoint', () => {
    const answered = { role: 'assistant', content: 'a', refusal: null, annotations: [], audio: null, tool_calls: [] };
    expect(send([], [answered])).toMatchObject({ messages: [{ role: 'assistant', content: 'a' }], codes: [] });
    expect(Object.keys((send([], [answered]).messages as object[])[0] ?? {})).toEqual(['role', 'content']);
    const refused = { role: 'assistant', content: null, refusal: 'no' };
    expect(send([], [refused]).messages).toEqual([refused]);
  });

  test('reasoning of earlier turns', () => {
    const turn = { ...assistant('a'), reasoning_content: 'hm' };
    expect(send(['reasoningHistory'], [turn])).toMatchObject({ codes: ['reasoning-dropped'] });
    expect(send(['reasoningHistory'], [turn]).messages).toEqual([assistant('a')]);
    expect(send([], [turn]).messages).toEqual([turn]);
  });

  test('without quirks messages stay as they are', () => {
    const messages = [
      assistant('a'),
      system('b'),
      { ...user([text('c')]), name: 'x' },
      assistant(null, 'x', 'y'),
      tool('x'),
    ];
    expect(send([], messages)).toMatchObject({ messages, codes: [] });
  });

  test('an image with an address is refused where only data will do', () => {
    expect(() => send(['imageData'], [user([image('https://example.com/a.png')])])).toThrow(Refusal);
    expect(send(['imageData'], [user([image('data:image/png;base64,AA==')])]).codes).toEqual([]);
  });

  test('no tools where none may be called and the endpoint does not know', () => {
    const more = { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'none' };
    expect(send(['noneWithoutTools'], [user('a')], more)).toMatchObject({
      body: { model: 'm' },
      codes: ['tools-withheld'],
    });
    expect(send(['noneWithoutTools'], [user('a')], more).body).not.toHaveProperty('tools');
    expect(send([], [user('a')], more).body).toMatchObject(more);
  });

  test('strict of a tool is left out', () => {
    const tools = [{ type: 'function', function: { name: 'f', strict: true } }];
    expect(send(['toolStrict'], [user('a')], { tools })).toMatchObject({
      body: { tools: [{ type: 'function', function: { name: 'f' } }] },
      codes: ['tool-strict-dropped'],
    });
  });
});
