import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSseReader, type SseEvent } from './sse.ts';

const folder = new URL('./streams.fixtures/', import.meta.url);
const streams = readdirSync(folder).filter((name) => name.endsWith('.sse'));

/** A small generator with a seed, so that a failure can be had again. */
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

function read(bytes: Uint8Array, cuts: readonly number[]): SseEvent[] {
  const reader = createSseReader();
  const edges = [0, ...cuts, bytes.length];
  return [...edges.slice(1).flatMap((end, at) => reader.push(bytes.subarray(edges[at], end))), ...reader.end()];
}

const readText = (text: string) => read(new TextEncoder().encode(text), []);

describe.each(streams)('%s', (name) => {
  const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
  const whole = read(bytes, []);

  test('has events', () => expect(whole.length).toBeGreaterThan(1));
  test('any one cut gives the same events', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(read(bytes, [cut])).toEqual(whole);
  });
  test('byte by byte gives the same events', () =>
    expect(read(bytes, Array.from(bytes.keys()).slice(1))).toEqual(whole));
  test('many random cuts give the same events', () => {
    const random = seeded(42);
    for (let round = 0; round < 200; round += 1) {
      const cuts = Array.from({ length: 1 + Math.floor(random() * 20) }, () =>
        Math.floor(random() * bytes.length),
      ).sort((a, b) => a - b);
      expect(read(bytes, cuts)).toEqual(whole);
    }
  });
});

describe('the format', () => {
  test.each<[string, string, SseEvent[]]>([
    [
      'LF',
      'data: a\n\ndata: b\n\n',
      [
        { event: '', data: 'a' },
        { event: '', data: 'b' },
      ],
    ],
    [
      'CRLF',
      'data: a\r\n\r\ndata: b\r\n\r\n',
      [
        { event: '', data: 'a' },
        { event: '', data: 'b' },
      ],
    ],
    [
      'CR',
      'data: a\r\rdata: b\r\r',
      [
        { event: '', data: 'a' },
        { event: '', data: 'b' },
      ],
    ],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ event: '', data: 'a' }]],
    ['comments', ': ping\n\n:x\ndata: a\n\n', [{ event: '', data: 'a' }]],
    ['several data lines', 'data: a\ndata: b\n\n', [{ event: '', data: 'a\nb' }]],
    ['several data lines with CRLF', 'data: a\r\ndata: b\r\n\r\n', [{ event: '', data: 'a\nb' }]],
    [
      'one space only is taken off',
      'data:  a\n\ndata:b\n\n',
      [
        { event: '', data: ' a' },
        { event: '', data: 'b' },
      ],
    ],
    [
      'an event name',
      'event: error\ndata: a\n\ndata: b\n\n',
      [
        { event: 'error', data: 'a' },
        { event: '', data: 'b' },
      ],
    ],
    ['an event without data is none', 'event: ping\n\ndata: a\n\n', [{ event: '', data: 'a' }]],
    ['an unclosed last event', 'data: a', [{ event: '', data: 'a' }]],
    ['a field without colon', 'data\n\n', [{ event: '', data: '' }]],
    ['a character of four bytes', 'data: 🦙\n\n', [{ event: '', data: '🦙' }]],
  ])('%s', (_, text, events) => {
    expect(readText(text)).toEqual(events);
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(read(bytes, [cut])).toEqual(events);
  });

  test('a line of 2 MB in small pieces takes linear time', () => {
    const bytes = new TextEncoder().encode(`data: ${'x'.repeat(2_000_000)}\n\n`);
    const started = performance.now();
    const events = read(
      bytes,
      Array.from({ length: 20_000 }, (_, at) => (at + 1) * 100),
    );
    expect(events[0]?.data.length).toBe(2_000_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
