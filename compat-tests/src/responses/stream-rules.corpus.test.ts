import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { readTraffic, type TrafficRow } from '../traffic.test-rows.ts';
import { readResponsesEvents } from './read-events.ts';
import { checkResponsesStream } from './stream-rules.ts';

/** Recordings that break a rule, and why that says nothing about OpenAI. */
const exceptions: Readonly<Record<string, string>> = {
  '676690a3191f2eed': 'two streams in one fixture',
  '250e5ef787b76252': 'two streams in one fixture',
  '90fff829b034a3ae': 'a fixture whose deltas were shortened by hand',
};

const readEvents = ({ response }: TrafficRow) =>
  response.sse === undefined
    ? (response.chunks ?? []).map((data) => ({ name: undefined, data: data as JsonObject }))
    : readResponsesEvents(response.sse);

const streams = (file: 'openai' | 'open-endpoints') =>
  readTraffic(file).filter(
    ({ endpoint, response }) => endpoint === 'responses' && (response.sse ?? response.chunks) !== undefined,
  );

describe('the rules of a Responses stream', () => {
  test('hold for every stream recorded from OpenAI, but for the fixtures above', () => {
    const rows = streams('openai');
    const broken = rows.flatMap((row) => {
      const resumed = /starting_after=/.test(row.request?.path ?? '');
      const problems = checkResponsesStream(readEvents(row), { resumed });
      return problems.length === 0 ? [] : [row.id];
    });
    expect(broken.sort()).toEqual(Object.keys(exceptions).sort());
    expect(rows.length).toBeGreaterThan(140);
    console.log(`rules of a Responses stream: ${rows.length - broken.length} of ${rows.length} recorded streams`);
  });

  test('see what open endpoints do differently', () => {
    const found = streams('open-endpoints').map((row) => [
      row.provider,
      [...new Set(checkResponsesStream(readEvents(row)).map(({ rule }) => rule))],
    ]);
    expect(found.filter(([, rules]) => (rules?.length ?? 0) > 0)).toEqual([
      ['bedrock', ['part-nesting', 'done-equals-item']],
    ]);
  });
});
